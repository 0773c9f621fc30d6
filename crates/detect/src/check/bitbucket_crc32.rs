//! Bitbucket Cloud app passwords: the last eight capital hexadecimal digits are the CRC-32 of the 28 characters before.
//!
//! Recomputed on published samples; Atlassian states the prefix `ATBB` only.
//!
//! Source: <https://support.atlassian.com/bitbucket-cloud/docs/app-passwords/>

use super::sum::{radix, tail};
use super::{Check, nothing};

/// See the module.
pub(super) static CHECK: Check = Check {
    name: "bitbucket-crc32",
    noun: "checksum",
    verify: |token| tail::verify(token, ending),
    seal: |token| tail::seal(token, ending),
    tells: nothing,
};

fn ending(token: &[u8]) -> Option<Vec<u8>> {
    let covered = token.get(..28).filter(|_| token.len() == 36 && token.starts_with(b"ATBB"))?;
    Some(radix::padded(crc32fast::hash(covered), radix::UPPER_HEX, 8))
}

#[cfg(test)]
mod tests {
    use super::super::Outcome;
    use super::super::sum::law;
    use super::*;

    const SHAPE: &str = "ATBB[0-9A-Za-z]{24}[0-9A-F]{8}";

    #[test]
    fn a_sum_computed_independently_holds() {
        let parts = ["ATBB", "tightlip0123456789TIGHTL", "AC88DEA5"];
        assert_eq!(law::verify(&CHECK, &parts), Outcome::Holds);
    }

    #[test]
    fn the_laws_hold() {
        law::a_sealed_token_holds(&CHECK, SHAPE);
        law::a_flipped_character_fails(&CHECK, SHAPE, 0..36);
    }
}
