//! GitHub classic tokens: the last six characters are the CRC-32 of the body in base62.
//!
//! `ghp_`, `gho_`, `ghu_`, `ghs_` and `ghr_` with 36 characters, refresh tokens with 76 too. The longer
//! installation tokens of 2026 (`ghs_<app>_<JWT>`) have no such sum.
//!
//! Source: <https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/>

use super::sum::{radix, tail};
use super::{Check, nothing};

/// See the module.
pub(super) static CHECK: Check = Check {
    name: "github-crc32",
    noun: "checksum",
    verify: |token| tail::verify(token, ending),
    seal: |token| tail::seal(token, ending),
    tells: nothing,
};

const PREFIXES: &[&[u8]] = &[b"ghp_", b"gho_", b"ghu_", b"ghs_", b"ghr_"];

fn ending(token: &[u8]) -> Option<Vec<u8>> {
    let body = tail::body(token, PREFIXES, 6)?;
    let known = body.len() == 30 || (body.len() == 70 && token.starts_with(b"ghr_"));
    let plain = token.iter().skip(4).all(u8::is_ascii_alphanumeric);
    (known && plain).then(|| radix::padded(crc32fast::hash(body), radix::BASE62, 6))
}

#[cfg(test)]
mod tests {
    use super::super::Outcome;
    use super::super::sum::law;
    use super::*;

    const SHAPE: &str = "gh[opusr]_[0-9A-Za-z]{36}";
    const BODY: &str = "tightlipTightlipTIGHTLIP012345";

    #[test]
    fn a_revoked_token_that_its_owner_published_holds() {
        // https://gist.github.com/coolaj86/eb8cddfd3e4251258712dfed03e1f86d
        let parts = ["ghp_", "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ", "0mLq17"];
        assert_eq!(law::verify(&CHECK, &parts), Outcome::Holds);
    }

    #[test]
    fn sums_computed_independently_hold_for_every_prefix() {
        for prefix in ["ghp_", "gho_", "ghu_", "ghs_", "ghr_"] {
            assert_eq!(law::verify(&CHECK, &[prefix, BODY, "12cKB7"]), Outcome::Holds);
        }
    }

    #[test]
    fn a_small_sum_computed_independently_is_padded_with_zeros() {
        let parts = ["ghp_", "tightlipTightlipTIGHTLIP000162", "00NoyD"];
        assert_eq!(law::verify(&CHECK, &parts), Outcome::Holds);
    }

    #[test]
    fn a_long_refresh_token_computed_independently_holds() {
        let digits = "0123456789".repeat(4);
        assert_eq!(law::verify(&CHECK, &["ghr_", BODY, &digits, "3mnlJH"]), Outcome::Holds);
    }

    #[test]
    fn an_invented_token_fails() {
        assert_eq!(law::verify(&CHECK, &["ghp_", BODY, "abcdef"]), Outcome::Fails);
    }

    #[test]
    fn a_stateless_installation_token_has_none() {
        let jwt = ["ghs_", "12345", "_", "eyJhbGciOiJSUzI1NiJ9", ".", "e30", ".", "c2ln"];
        assert_eq!(law::verify(&CHECK, &jwt), Outcome::Absent);
    }

    #[test]
    fn the_laws_hold() {
        law::a_sealed_token_holds(&CHECK, SHAPE);
        law::a_flipped_character_fails(&CHECK, SHAPE, 4..40);
    }
}
