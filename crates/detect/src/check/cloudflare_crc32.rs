//! Cloudflare API credentials: the last eight hexadecimal digits are the CRC-32 of the 40 characters of the body.
//!
//! `cfk_`, `cfut_`, `cfat_`. Cloudflare documents that there is a checksum; how it is made was recomputed on
//! published samples.
//!
//! Source: <https://developers.cloudflare.com/fundamentals/api/get-started/token-formats/>

use super::sum::{radix, tail};
use super::{Check, nothing};

/// See the module.
pub(super) static CHECK: Check = Check {
    name: "cloudflare-crc32",
    noun: "checksum",
    verify: |token| tail::verify(token, ending),
    seal: |token| tail::seal(token, ending),
    tells: nothing,
};

fn ending(token: &[u8]) -> Option<Vec<u8>> {
    let body = tail::body(token, &[b"cfk_", b"cfut_", b"cfat_"], 8).filter(|body| body.len() == 40)?;
    Some(radix::hex_as_in(token, crc32fast::hash(body)))
}

#[cfg(test)]
mod tests {
    use super::super::Outcome;
    use super::super::sum::law;
    use super::*;

    const SHAPE: &str = "cf(k|ut|at)_[0-9A-Za-z]{40}[0-9a-f]{8}";
    const BODY: &str = "tightlip0123456789TIGHTLIP0123456789abcd";

    #[test]
    fn sums_computed_independently_hold_in_either_case() {
        for prefix in ["cfk_", "cfut_", "cfat_"] {
            assert_eq!(law::verify(&CHECK, &[prefix, BODY, "23519af0"]), Outcome::Holds);
            assert_eq!(law::verify(&CHECK, &[prefix, BODY, "23519AF0"]), Outcome::Holds);
        }
    }

    #[test]
    fn the_laws_hold() {
        law::a_sealed_token_holds(&CHECK, SHAPE);
        law::a_flipped_character_fails(&CHECK, SHAPE, 5..53);
    }
}
