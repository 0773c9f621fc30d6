//! age identities: a bech32 checksum over 32 bytes.
//!
//! `AGE-SECRET-KEY-1…` and, for post-quantum keys, `AGE-SECRET-KEY-PQ-1…`, both with 58 characters behind the `1`.
//!
//! Source: <https://age-encryption.org/v1> and BIP-173.

use bech32::primitives::decode::CheckedHrpstring;
use bech32::primitives::iter::Fe32IterExt;
use bech32::{Bech32, Fe32, Hrp};

use super::sum::put;
use super::{Check, Outcome, nothing};

/// See the module.
pub(super) static CHECK: Check = Check { name: "age-bech32", noun: "checksum", verify, seal, tells: nothing };

const KINDS: &[&str] = &["AGE-SECRET-KEY-1", "AGE-SECRET-KEY-PQ-1"];
/// Characters that hold the 32 bytes; six check characters follow.
const DATA: usize = 52;

fn verify(token: &[u8]) -> Outcome {
    if is_identity(token) { Outcome::Holds } else { Outcome::Fails }
}

fn is_identity(token: &[u8]) -> bool {
    let Some(text) = std::str::from_utf8(token).ok() else { return false };
    let Ok(decoded) = CheckedHrpstring::new::<Bech32>(text) else { return false };
    let bytes: Vec<u8> = decoded.byte_iter().collect();
    // Encoding again tells whether the bits that fill no byte are zero, as BIP-173 wants.
    bytes.len() == 32 && data(token).is_some() && encode(token, &bytes).as_deref() == Some(token)
}

fn seal(token: &mut [u8]) -> bool {
    let Some(sealed) = data(token).and_then(|bytes| encode(token, &bytes)) else { return false };
    sealed.len() == token.len() && put(token, 0, &sealed) && verify(token) == Outcome::Holds
}

/// The 32 bytes, whatever the checksum says.
fn data(token: &[u8]) -> Option<Vec<u8>> {
    let text = KINDS.iter().find_map(|kind| token.strip_prefix(kind.as_bytes()))?;
    let digits: Vec<Fe32> = text
        .get(..DATA)?
        .iter()
        .map(|&digit| Fe32::from_char(char::from(digit)).ok())
        .collect::<Option<_>>()?;
    Some(digits.into_iter().fes_to_bytes().take(32).collect())
}

/// The bytes as an identity of the same kind as `token`.
fn encode(token: &[u8], bytes: &[u8]) -> Option<Vec<u8>> {
    let kind = KINDS.iter().find(|kind| token.starts_with(kind.as_bytes()))?;
    let hrp = Hrp::parse(kind.strip_suffix('1')?).ok()?;
    bech32::encode_upper::<Bech32>(hrp, bytes).ok().map(String::into_bytes)
}

#[cfg(test)]
mod tests {
    use super::super::sum::law;
    use super::*;

    const SHAPE: &str = "AGE-SECRET-KEY-(PQ-)?1[02-9AC-HJ-NP-Z]{58}";

    #[test]
    fn the_identity_of_the_published_test_vectors_holds() {
        // The x25519 vector of https://c2sp.org/CCTV/age
        let parts = ["AGE-SECRET-KEY-1", "XMWWC06LY3EE5RYTXM9MFLAZ2U5", "6JJJ36S0MYPDRWSVLUL66MV4QX3S7F6"];
        assert_eq!(law::verify(&CHECK, &parts), Outcome::Holds);
    }

    #[test]
    fn identities_computed_independently_hold() {
        let body = ["QQQSYQCYQ5RQWZQFPG9SCRGWPUG", "PZYSNZS23V9CCRYDPK8QARC0S"];
        let [head, tail] = body;
        assert_eq!(law::verify(&CHECK, &[KINDS[0], head, tail, "WRYDWG"]), Outcome::Holds);
        assert_eq!(law::verify(&CHECK, &[KINDS[1], head, tail, "5DYVQQ"]), Outcome::Holds);
        assert_eq!(law::verify(&CHECK, &[KINDS[0], head, tail, "5DYVQQ"]), Outcome::Fails);
    }

    #[test]
    fn the_laws_hold() {
        law::a_sealed_token_holds(&CHECK, SHAPE);
        law::a_flipped_character_fails(&CHECK, SHAPE, 0..80);
        law::any_shape_is_survived(&CHECK, "AGE-SECRET-KEY-1[0-9A-Z]{50,60}");
    }
}
