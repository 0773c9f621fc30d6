//! What everybody has: published test keys, and tokens of manuals. A match is a thing to know, not a leak.
//!
//! `known.txt` beside this file has a line for each: SHA-256 in hexadecimal of the decoded key (the DER bytes, or those of
//! the OpenSSH, OpenPGP or PuTTY form) or of the token as it is written, a space, and where it is published.
//!
//! The lines come from scans of published packages, each named in its lines: the test suites of Python, GnuTLS, rPGP,
//! RustCrypto and others; the packages of Debian 12 that ship tests or examples (`Debian's …` names the package); the
//! pages of providers and RFCs for tokens and keys; popular packages of npm and PyPI with their tests (`cargo xtask
//! false-positives`). A line is added only for what was seen in one of these.

use sha2::{Digest as _, Sha256};
use tightlip_report::{Confidence, Level};

use crate::Found;
use crate::read::hex;

static KNOWN: &str = include_str!("known.txt");

/// Where this key is published as test material, if it is.
pub(crate) fn known_test_material(decoded: &[u8]) -> Option<&'static str> {
    look_up(KNOWN, &hex::digits(&Sha256::digest(decoded)))
}

/// A found key, lowered to a note if everybody has it.
pub(crate) fn lowered(found: Found<'_>) -> Found<'_> {
    match known_test_material(&found.secret) {
        None => found,
        Some(place) => {
            let shape = format!("{}, published as test material: {place}", found.shape);
            Found { shape, ..found }.at(Level::Note, Confidence::High)
        }
    }
}

fn look_up(table: &'static str, hash: &str) -> Option<&'static str> {
    table
        .lines()
        .filter_map(|line| line.split_once(' '))
        .find(|(known, _)| *known == hash)
        .map(|(_, place)| place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_hash_and_a_place_and_they_ascend() {
        let lines: Vec<&str> = KNOWN.lines().collect();
        assert!(lines.is_sorted());
        for line in lines {
            let (hash, place) = line.split_once(' ').unwrap();
            assert!(
                hash.len() == 64
                    && hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
                    && !place.is_empty(),
                "{line}"
            );
        }
    }

    #[test]
    fn a_listed_key_is_found_and_no_other() {
        let table = "aa one\nbb a place with spaces\n";
        assert_eq!(look_up(table, "bb"), Some("a place with spaces"));
        assert_eq!(look_up(table, "b"), None);
        assert_eq!(known_test_material(b"nobody has published this"), None);
    }

    #[test]
    fn the_hash_is_sha_256_of_the_bytes() {
        assert!(hex::digits(&Sha256::digest(b"")).starts_with("e3b0c44298fc1c14"));
    }
}
