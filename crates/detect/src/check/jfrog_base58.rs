//! JFrog Artifactory API keys: 73 characters of base58.
//!
//! `AKCp` and 69 more. Any such text decodes to 54 bytes, so that the alphabet is all there is to check: it lacks
//! `0`, `O`, `I` and `l`.
//!
//! Source of the kind: <https://jfrog.com/help/r/jfrog-platform-administration-documentation/api-key>

use super::{Check, Outcome, nothing};

/// See the module.
pub(super) static CHECK: Check =
    Check { name: "jfrog-base58", noun: "structure", verify, seal, tells: nothing };

fn verify(token: &[u8]) -> Outcome {
    let known = token.len() == 73 && token.starts_with(b"AKCp");
    if known && token.iter().all(is_base58) { Outcome::Holds } else { Outcome::Fails }
}

fn is_base58(character: &u8) -> bool {
    character.is_ascii_alphanumeric() && !matches!(character, b'0' | b'O' | b'I' | b'l')
}

fn seal(token: &mut [u8]) -> bool {
    for character in token.iter_mut().filter(|character| character.is_ascii_alphanumeric()) {
        if !is_base58(character) {
            // The next letter or digit is always of the alphabet.
            *character += 1;
        }
    }
    verify(token) == Outcome::Holds
}

#[cfg(test)]
mod tests {
    use super::super::sum::law;
    use super::*;

    #[test]
    fn letters_that_look_like_others_fail() {
        let body = "tightip23456789TIGHTLP".repeat(4);
        let body = body.replace('I', "J");
        assert_eq!(law::verify(&CHECK, &["AKCp", &body[..69]]), Outcome::Holds);
        for letter in ["0", "O", "I", "l"] {
            assert_eq!(law::verify(&CHECK, &["AKCp", &body[..68], letter]), Outcome::Fails);
        }
    }

    #[test]
    fn the_laws_hold() {
        law::a_sealed_token_holds(&CHECK, "AKCp[0-9A-Za-z]{69}");
    }
}
