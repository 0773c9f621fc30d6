//! Azure DevOps personal access tokens of the old form: a CRC-32 hidden among 32 random bytes.
//!
//! 52 base32 characters. The CRC-32 of the 28 random bytes, exclusive-or a constant, is spread over the bytes 22, 8, 7
//! and 2, the least first. The constant tells users from applications.
//!
//! Source: <https://github.com/microsoft/security-utilities>, `SEC101_102_AdoPat.cs`.

use super::sum::{base32, put};
use super::{Check, Outcome, nothing};

/// See the module.
pub(super) static CHECK: Check =
    Check { name: "azure-devops-pat", noun: "checksum", verify, seal, tells: nothing };

const USER: u32 = 0xE0B9_692D;
const APPLICATION: u32 = 0x1019_F92E;
/// Where the sum stands, its least byte first.
const PLACES: [usize; 4] = [22, 8, 7, 2];

fn verify(token: &[u8]) -> Outcome {
    let Some(bytes) = decode(token) else { return Outcome::Absent };
    let held = PLACES.map(|place| bytes.get(place).copied().unwrap_or_default());
    let mark = u32::from_le_bytes(held) ^ sum(&bytes);
    if mark == USER || mark == APPLICATION { Outcome::Holds } else { Outcome::Fails }
}

fn seal(token: &mut [u8]) -> bool {
    let Some(mut bytes) = decode(token) else { return false };
    let right = sum(&bytes) ^ USER;
    for (place, byte) in PLACES.into_iter().zip(right.to_le_bytes()) {
        if let Some(slot) = bytes.get_mut(place) {
            *slot = byte;
        }
    }
    put(token, 0, &base32::encode(&bytes).to_ascii_lowercase()) && verify(token) == Outcome::Holds
}

/// The 32 bytes.
fn decode(token: &[u8]) -> Option<Vec<u8>> {
    base32::decode(token).filter(|_| token.len() == 52)
}

/// The CRC-32 of the bytes that are not the sum.
fn sum(bytes: &[u8]) -> u32 {
    let random: Vec<u8> = bytes
        .iter()
        .enumerate()
        .filter(|(place, _)| !PLACES.contains(place))
        .map(|(_, &byte)| byte)
        .collect();
    crc32fast::hash(&random)
}

#[cfg(test)]
mod tests {
    use super::super::sum::law;
    use super::*;

    const SHAPE: &str = "[a-z2-7]{52}";

    #[test]
    fn tokens_of_users_and_applications_computed_independently_hold() {
        let user = ["aaatwayeaudnhgajbifqydiob4", "ibceqtcqkucfyydenbwha5dypq"];
        let application = ["aaa4wayeaudhgcajbifqydiob4", "ibceqtcqkuefyydenbwha5dypq"];
        assert_eq!(law::verify(&CHECK, &user), Outcome::Holds);
        assert_eq!(law::verify(&CHECK, &application), Outcome::Holds);
    }

    #[test]
    fn noise_fails() {
        assert_eq!(
            law::verify(&CHECK, &["abcdefghijklmnopqrstuvwxyz", "abcdefghijklmnopqrstuvwxyz"]),
            Outcome::Fails
        );
    }

    #[test]
    fn the_laws_hold() {
        law::a_sealed_token_holds(&CHECK, SHAPE);
        // Most bits of the last character belong to no byte.
        law::a_flipped_character_fails(&CHECK, SHAPE, 0..51);
    }
}
