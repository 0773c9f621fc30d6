//! Zuplo API keys: the last eight hexadecimal digits are the CRC-32 of the 32 characters of the body.
//!
//! `zpka_…_xxxxxxxx`. Zuplo documents that there is a checksum; how it is made was recomputed on published samples.
//!
//! Source: <https://zuplo.com/blog/api-key-authentication>

use super::sum::{radix, tail};
use super::{Check, nothing};

/// See the module.
pub(super) static CHECK: Check = Check {
    name: "zuplo-crc32",
    noun: "checksum",
    verify: |token| tail::verify(token, ending),
    seal: |token| tail::seal(token, ending),
    tells: nothing,
};

fn ending(token: &[u8]) -> Option<Vec<u8>> {
    let body = tail::body(token, &[b"zpka_"], 9).filter(|body| body.len() == 32)?;
    (token.get(37) == Some(&b'_')).then(|| radix::hex_as_in(token, crc32fast::hash(body)))
}

#[cfg(test)]
mod tests {
    use super::super::Outcome;
    use super::super::sum::law;
    use super::*;

    const SHAPE: &str = "zpka_[0-9A-Za-z]{32}_[0-9a-f]{8}";

    #[test]
    fn a_sum_computed_independently_holds() {
        let parts = ["zpka_", "tightlip0123456789TIGHTLIP012345", "_", "b2c901b1"];
        assert_eq!(law::verify(&CHECK, &parts), Outcome::Holds);
    }

    #[test]
    fn the_laws_hold() {
        law::a_sealed_token_holds(&CHECK, SHAPE);
        law::a_flipped_character_fails(&CHECK, SHAPE, 5..46);
    }
}
