//! Confluent Cloud API secrets: the last six characters are the CRC-32 of the body in base64, least byte first.
//!
//! `cflt` and 60 characters. Recomputed on published samples; Confluent states the prefix only.
//!
//! Source: <https://docs.confluent.io/cloud/current/api.html#tag/API-Keys-(iamv2)>

use ::base64::Engine;

use super::sum::{base64, tail};
use super::{Check, nothing};

/// See the module.
pub(super) static CHECK: Check = Check {
    name: "confluent-crc32",
    noun: "checksum",
    verify: |token| tail::verify(token, ending),
    seal: |token| tail::seal(token, ending),
    tells: nothing,
};

fn ending(token: &[u8]) -> Option<Vec<u8>> {
    let body = tail::body(token, &[b"cflt"], 6).filter(|body| body.len() == 54)?;
    Some(base64::PLAIN.encode(crc32fast::hash(body).to_le_bytes()).into_bytes())
}

#[cfg(test)]
mod tests {
    use super::super::Outcome;
    use super::super::sum::law;
    use super::*;

    const SHAPE: &str = "cflt[0-9A-Za-z+/]{60}";

    #[test]
    fn a_sum_computed_independently_holds() {
        let body = "tightlip0123456789TIGHTLIP0123456789abcd0123456789wxyz";
        assert_eq!(law::verify(&CHECK, &["cflt", body, "OAhxmw"]), Outcome::Holds);
    }

    #[test]
    fn the_laws_hold() {
        law::a_sealed_token_holds(&CHECK, SHAPE);
        law::a_flipped_character_fails(&CHECK, SHAPE, 4..64);
    }
}
