//! JFrog reference tokens: base64 of `reftkn:<version>:<expiry>:<random>`.
//!
//! 64 characters, or 66 and their padding. The expiry is in seconds since 1970, ten digits, zeros for never; 27 or 28 letters or
//! digits follow.
//!
//! Source of the kind: <https://jfrog.com/help/r/jfrog-platform-administration-documentation/reference-token>

use super::sum::{base64, fill};
use super::{Check, Outcome, nothing};

/// See the module.
pub(super) static CHECK: Check =
    Check { name: "jfrog-reference", noun: "structure", verify, seal, tells: nothing };

fn verify(token: &[u8]) -> Outcome {
    let bytes = base64::decode(&base64::PLAIN, token).unwrap_or_default();
    let parts: Vec<&[u8]> = bytes.split(|&byte| byte == b':').collect();
    match parts.as_slice() {
        [b"reftkn", version, expiry, random]
            if is_number(version) && is_number(expiry) && is_random(random) =>
        {
            Outcome::Holds
        }
        _ => Outcome::Fails,
    }
}

fn is_number(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(u8::is_ascii_digit)
}

fn is_random(text: &[u8]) -> bool {
    text.len() >= 16 && text.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_/+-".contains(byte))
}

fn seal(token: &mut [u8]) -> bool {
    let written = fill::overwrite_between(&base64::PLAIN, token, "reftkn:01:0000000000:", "");
    written && verify(token) == Outcome::Holds
}

#[cfg(test)]
mod tests {
    use super::super::sum::law;
    use super::*;

    #[test]
    fn a_version_an_expiry_and_letters_hold() {
        // "reftkn:01:0123456789:" and 27 letters.
        let parts = ["cmVmdGtuOjAxOjAxMjM0NTY3", "ODk6YWJjZGVmZ2hpamtsbW5v", "cHFyc3R1dnd4eXoy"];
        assert_eq!(law::verify(&CHECK, &parts), Outcome::Holds);
    }

    #[test]
    fn random_base64_fails() {
        let body = "tightlip0123456789".repeat(4);
        assert_eq!(law::verify(&CHECK, &["cmVmd", &body[..59]]), Outcome::Fails);
    }

    #[test]
    fn the_laws_hold() {
        law::a_sealed_token_holds(&CHECK, "cmVmd[0-9A-Za-z]{59}");
    }
}
