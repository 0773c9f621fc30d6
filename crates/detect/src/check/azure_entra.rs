//! Client secrets of Microsoft Entra applications: the last three characters begin a Marvin32 hash of the others.
//!
//! `???8Q~` and 34 characters. The hash is written in base 66 without leading zeros, so that it has five or six
//! digits; the first three are kept. The older `???7Q~` form has none.
//!
//! Source: <https://github.com/microsoft/security-utilities>, `IdentifiableMetadata.cs`.

use super::sum::{marvin32, radix, tail};
use super::{Check, nothing};

/// See the module.
pub(super) static CHECK: Check = Check {
    name: "azure-entra",
    noun: "checksum",
    verify: |token| tail::verify(token, ending),
    seal: |token| tail::seal(token, ending),
    tells: nothing,
};

const SEED: u64 = u64::from_be_bytes(*b"AadPwd00");
const BASE66: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ1234567890.-_~";

fn ending(token: &[u8]) -> Option<Vec<u8>> {
    let known = token.len() == 40 && token.get(3..6) == Some(b"8Q~");
    let hash = marvin32::hash(token.get(..37).filter(|_| known)?, SEED);
    radix::digits(hash, BASE66).get(..3).map(<[u8]>::to_vec)
}

#[cfg(test)]
mod tests {
    use super::super::Outcome;
    use super::super::sum::law;
    use super::*;

    const SHAPE: &str = "[0-9A-Za-z]{3}8Q~[0-9A-Za-z._~-]{34}";

    #[test]
    fn the_example_of_microsofts_own_library_holds() {
        // SEC101_156_AzureClientAppIdentifiableCredentialsCurrent.cs: letters `z` and the sum.
        let body = "z".repeat(31);
        assert_eq!(law::verify(&CHECK, &["zzz", "8Q~", &body, "blP"]), Outcome::Holds);
        assert_eq!(law::verify(&CHECK, &["zzy", "8Q~", &body, "blP"]), Outcome::Fails);
    }

    #[test]
    fn the_older_form_has_none() {
        assert_eq!(law::verify(&CHECK, &["abc", "7Q~", "tightlip0123456789tightlip01234"]), Outcome::Absent);
    }

    #[test]
    fn the_laws_hold() {
        law::a_sealed_token_holds(&CHECK, SHAPE);
        // Three digits are few: a change elsewhere may meet the same sum by chance.
        law::a_flipped_character_fails(&CHECK, SHAPE, 37..40);
    }
}
