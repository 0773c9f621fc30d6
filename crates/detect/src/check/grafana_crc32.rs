//! Grafana service account tokens: eight hexadecimal digits are the CRC-32 of what stands before, byte by byte from
//! the least.
//!
//! Source: Grafana's `pkg/components/satokengen/tokengen.go`, whose `Decode` refuses a wrong one.

use super::sum::{radix, tail};
use super::{Check, nothing};

/// See the module.
pub(super) static CHECK: Check = Check {
    name: "grafana-crc32",
    noun: "checksum",
    verify: |token| tail::verify(token, ending),
    seal: |token| tail::seal(token, ending),
    tells: nothing,
};

fn ending(token: &[u8]) -> Option<Vec<u8>> {
    let covered = token.strip_suffix(token.get(37..46)?).filter(|_| token.len() == 46)?;
    let known = token.starts_with(b"glsa_") && token.get(37) == Some(&b'_');
    known.then(|| radix::padded(crc32fast::hash(covered).swap_bytes(), radix::HEX, 8))
}

#[cfg(test)]
mod tests {
    use super::super::Outcome;
    use super::super::sum::law;
    use super::*;

    const SHAPE: &str = "glsa_[0-9A-Za-z]{32}_[0-9a-f]{8}";

    #[test]
    fn the_token_of_grafanas_own_test_holds() {
        // pkg/components/satokengen/tokengen_test.go
        let parts = ["glsa_", "iNValIdinValiDinvalidinvalidinva", "_", "5b582697"];
        assert_eq!(law::verify(&CHECK, &parts), Outcome::Holds);
    }

    #[test]
    fn the_laws_hold() {
        law::a_sealed_token_holds(&CHECK, SHAPE);
        law::a_flipped_character_fails(&CHECK, SHAPE, 5..46);
    }
}
