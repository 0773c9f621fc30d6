//! npm access tokens: the last six characters are the CRC-32 of the body in base62.
//!
//! Source: <https://github.blog/2021-09-23-announcing-npms-new-access-token-format/>

use super::sum::{radix, tail};
use super::{Check, nothing};

/// See the module.
pub(super) static CHECK: Check = Check {
    name: "npm-crc32",
    noun: "checksum",
    verify: |token| tail::verify(token, ending),
    seal: |token| tail::seal(token, ending),
    tells: nothing,
};

fn ending(token: &[u8]) -> Option<Vec<u8>> {
    let body = tail::body(token, &[b"npm_"], 6).filter(|body| body.len() == 30)?;
    Some(radix::padded(crc32fast::hash(body), radix::BASE62, 6))
}

#[cfg(test)]
mod tests {
    use super::super::Outcome;
    use super::super::sum::law;
    use super::*;

    const SHAPE: &str = "npm_[0-9A-Za-z]{36}";

    #[test]
    fn a_sum_computed_independently_holds() {
        let parts = ["npm_", "tightlipTightlipTIGHTLIP012345", "12cKB7"];
        assert_eq!(law::verify(&CHECK, &parts), Outcome::Holds);
    }

    #[test]
    fn the_laws_hold() {
        law::a_sealed_token_holds(&CHECK, SHAPE);
        law::a_flipped_character_fails(&CHECK, SHAPE, 4..40);
    }
}
