//! Atlassian Cloud and Bitbucket Cloud API tokens: the last eight capital hexadecimal digits are the CRC-32 of all up
//! to and including the `=` before them.
//!
//! `ATATT3…=XXXXXXXX` and `ATCTT3…=XXXXXXXX`. Recomputed on published samples; Atlassian states the prefix only.
//!
//! Source: <https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/>

use super::sum::{radix, tail};
use super::{Check, nothing};

/// See the module.
pub(super) static CHECK: Check = Check {
    name: "atlassian-crc32",
    noun: "checksum",
    verify: |token| tail::verify(token, ending),
    seal: |token| tail::seal(token, ending),
    tells: nothing,
};

fn ending(token: &[u8]) -> Option<Vec<u8>> {
    let covered = token.get(..token.len().checked_sub(8)?).filter(|covered| covered.ends_with(b"="))?;
    let known = covered.starts_with(b"ATATT3") || covered.starts_with(b"ATCTT3");
    known.then(|| radix::padded(crc32fast::hash(covered), radix::UPPER_HEX, 8))
}

#[cfg(test)]
mod tests {
    use super::super::Outcome;
    use super::super::sum::law;
    use super::*;

    const SHAPE: &str = "ATATT3xFfGF0[0-9A-Za-z_-]{40,60}=[0-9A-F]{8}";

    #[test]
    fn sums_computed_independently_hold() {
        let body = "tightlip0123456789".repeat(10);
        let body = body.get(..176).unwrap();
        assert_eq!(law::verify(&CHECK, &["ATATT3xFfGF0", body, "=", "EEAA83C8"]), Outcome::Holds);
        assert_eq!(law::verify(&CHECK, &["ATCTT3xFfGN0", body, "=", "CCA30391"]), Outcome::Holds);
    }

    #[test]
    fn an_older_token_without_the_equals_sign_has_none() {
        assert_eq!(law::verify(&CHECK, &["ATATT3xFfGF0", "tightlip0123456789"]), Outcome::Absent);
    }

    #[test]
    fn the_laws_hold() {
        law::a_sealed_token_holds(&CHECK, SHAPE);
        law::a_flipped_character_fails(&CHECK, SHAPE, 0..90);
    }
}
