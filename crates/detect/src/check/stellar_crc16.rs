//! Secret seeds of Stellar: base32 over a byte that says what it is, 32 bytes, and a CRC-16.
//!
//! Source: <https://github.com/stellar/stellar-protocol/blob/master/ecosystem/sep-0023.md>

use super::sum::{base32, crc16, put};
use super::{Check, Outcome, nothing};

/// See the module.
pub(super) static CHECK: Check =
    Check { name: "stellar-crc16", noun: "checksum", verify, seal, tells: nothing };

/// Characters of a seed.
const LENGTH: usize = 56;
/// The first byte: `S` and three zero bits.
const SEED: u8 = 18 << 3;

fn verify(token: &[u8]) -> Outcome {
    let right = crc16::resealed(token).filter(|_| is_seed(token));
    if right.is_some_and(|right| right == token) { Outcome::Holds } else { Outcome::Fails }
}

fn is_seed(token: &[u8]) -> bool {
    token.len() == LENGTH && base32::decode(token).is_some_and(|bytes| bytes.first() == Some(&SEED))
}

fn seal(token: &mut [u8]) -> bool {
    let right = crc16::resealed(token).filter(|_| is_seed(token));
    right.is_some_and(|right| right.len() == token.len() && put(token, 0, &right))
}

#[cfg(test)]
mod tests {
    use super::super::sum::law;
    use super::*;

    const SHAPE: &str = "S[A-D][A-Z2-7]{54}";

    #[test]
    fn a_seed_computed_independently_holds() {
        let body = ["SAAACAQDAQCQMBYIBEFAWDANBYHR", "AEISCMKBKFQXDAMRUGY4DUPB"];
        let [head, tail] = body;
        assert_eq!(law::verify(&CHECK, &[head, tail, "6NKI"]), Outcome::Holds);
        assert_eq!(law::verify(&CHECK, &[head, tail, "6NKJ"]), Outcome::Fails);
        assert_eq!(law::verify(&CHECK, &[head, "6NKI"]), Outcome::Fails);
    }

    #[test]
    fn an_account_is_no_seed() {
        // A public key of SEP-0023.
        let parts = ["GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA", "4KVWLTJJFC7MGXUA74P7UJVSGZ"];
        assert_eq!(law::verify(&CHECK, &parts), Outcome::Fails);
        assert_eq!(crc16::resealed(&parts.concat().into_bytes()), Some(parts.concat().into_bytes()));
    }

    #[test]
    fn the_laws_hold() {
        law::a_sealed_token_holds(&CHECK, SHAPE);
        law::a_flipped_character_fails(&CHECK, SHAPE, 0..56);
        law::any_shape_is_survived(&CHECK, "S[0-9A-Z]{50,60}");
    }
}
