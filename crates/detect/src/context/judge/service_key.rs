//! Is this the key of a service? A name that ends in `key` says only that something is one; the value says the rest.

use super::name::{ends_in_key, is_key_of_something};

/// Shorter values are as often names of rows, files and settings.
const SHORTEST: usize = 20;
/// Longer ones are documents.
const LONGEST: usize = 160;
/// How public keys begin, in base64: those of SSH, DER, minisign and PGP.
const PUBLIC: &[&[u8]] =
    &[b"AAAA", b"MII", b"MFkw", b"MCow", b"MHYw", b"RW", b"mDME", b"mQIN", b"mQEN", b"xsBN", b"xsFN"];

/// Whether a name like `acmeKey` with this value, which looks random, is a secret.
///
/// In the texts of two hundred popular packages no such pair is anything else once those are left out whose name says what the
/// key is for (`cacheKey`, `siteKey`: see `NOT_KEYS`), and public keys, which are told by how they begin.
pub(crate) fn is_one(name: &[u8], value: &[u8]) -> bool {
    is_key_of_something(name)
        && ends_in_key(name)
        && (SHORTEST..=LONGEST).contains(&value.len())
        && value.iter().all(|b| b.is_ascii_alphanumeric() || b"+/_-=.".contains(b))
        && !PUBLIC.iter().any(|start| value.starts_with(start))
        && !is_fingerprint(value)
        && value.iter().any(u8::is_ascii_digit)
        && !is_joined(value)
}

/// Small words and numbers with marks between: `acme-store-v2-2021`, `gss_rfc1964_data`. In random text, letters of both
/// cases come with so many marks.
fn is_joined(value: &[u8]) -> bool {
    let marks = value.iter().filter(|b| matches!(b, b'-' | b'.' | b'/' | b'_')).count();
    marks >= 2 && !value.iter().any(u8::is_ascii_uppercase) || marks * 8 > value.len()
}

/// Forty digits in upper case: the fingerprint of a key of PGP, or of a certificate.
fn is_fingerprint(value: &[u8]) -> bool {
    value.len() == 40 && value.iter().all(|b| b.is_ascii_digit() || (b'A'..=b'F').contains(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_random_value_makes_a_key_one_of_a_service() {
        let value: String = ["a8Kd", "92mX", "qP3z", "L0vW", "7tYb", "Qw1e"].concat();
        for name in ["acmeKey", "ACME_KEY", "ACME_KEY_PROD", "acme.gateway.key", "billing-key"] {
            assert!(is_one(name.as_bytes(), value.as_bytes()), "{name}");
        }
        for name in [
            "cacheKey",
            "SITE_KEY",
            "public_key",
            "key",
            "keyboard",
            "acmeKeyId",
            "acme_key_extraction",
            "fileKey",
            "apiToken",
        ] {
            assert!(!is_one(name.as_bytes(), value.as_bytes()), "{name}");
        }
    }

    #[test]
    fn public_keys_fingerprints_and_names_are_none() {
        let digits: String =
            ["A035", "C8C1", "9219", "BA82", "1ECE", "A86B", "64E6", "28F8", "D684", "696D"].concat();
        let line = format!("AAAAC3NzaC1lZDI1NTE5{digits}");
        let names =
            ["acme-store-v2-2021-08-12-a1", "gss_krb5_rfc1964_keydata", "UIKeyInputRightArrow", "a1B2"];
        for value in [digits.as_str(), line.as_str()].into_iter().chain(names) {
            assert!(!is_one(b"acmeKey", value.as_bytes()), "{value}");
        }
    }
}
