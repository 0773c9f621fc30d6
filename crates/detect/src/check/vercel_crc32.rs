//! Vercel tokens: the last six characters are the CRC-32 of the 50 characters of the body in base62.
//!
//! `vcp_`, `vci_`, `vca_`, `vcr_`, `vck_`. Recomputed on published samples; Vercel states the prefixes only.
//!
//! Source: <https://vercel.com/changelog/new-token-formats-and-secret-scanning>

use super::sum::{radix, tail};
use super::{Check, nothing};

/// See the module.
pub(super) static CHECK: Check = Check {
    name: "vercel-crc32",
    noun: "checksum",
    verify: |token| tail::verify(token, ending),
    seal: |token| tail::seal(token, ending),
    tells: nothing,
};

const PREFIXES: &[&[u8]] = &[b"vcp_", b"vci_", b"vca_", b"vcr_", b"vck_"];

fn ending(token: &[u8]) -> Option<Vec<u8>> {
    let body = tail::body(token, PREFIXES, 6).filter(|body| body.len() == 50)?;
    Some(radix::padded(crc32fast::hash(body), radix::BASE62, 6))
}

#[cfg(test)]
mod tests {
    use super::super::Outcome;
    use super::super::sum::law;
    use super::*;

    const SHAPE: &str = "vc[piark]_[0-9A-Za-z_-]{50}[0-9A-Za-z]{6}";

    #[test]
    fn sums_computed_independently_hold() {
        let body = "tightlip0123456789TIGHTLIP0123456789abcd0123456789";
        for prefix in ["vcp_", "vci_", "vca_", "vcr_", "vck_"] {
            assert_eq!(law::verify(&CHECK, &[prefix, body, "2byzlW"]), Outcome::Holds);
        }
    }

    #[test]
    fn the_laws_hold() {
        law::a_sealed_token_holds(&CHECK, SHAPE);
        law::a_flipped_character_fails(&CHECK, SHAPE, 4..60);
    }
}
