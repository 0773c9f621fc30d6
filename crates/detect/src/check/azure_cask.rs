//! Azure keys in the common annotated form: a fixed mark, kind, date and provider at fixed places.
//!
//! 84 characters, or 88 with `==`. At 52 stands `JQQJ9`, then the kind (`9`, `D`, `H`), the year (`A` is 2024), the
//! month (`A` to `L`), twelve characters of the platform, four of the provider, the provider's mark (`AZDO`, `ACOG`, …)
//! and a checksum, all letters and digits. The checksum is not judged: its encoding changed over time, and no
//! published key shows which one services use.
//!
//! Source: <https://github.com/microsoft/security-utilities>, `CommonAnnotatedKey`.

use super::sum::put;
use super::{Check, Outcome, nothing};

/// See the module.
pub(super) static CHECK: Check =
    Check { name: "azure-cask", noun: "structure", verify, seal, tells: nothing };

const MARK: &[u8] = b"JQQJ9";
const MARK_AT: usize = 52;
const KIND_AT: usize = 57;
const MONTH_AT: usize = 59;
const PROVIDER_AT: usize = 76;

fn verify(token: &[u8]) -> Outcome {
    if is_key(token) { Outcome::Holds } else { Outcome::Fails }
}

fn is_key(token: &[u8]) -> bool {
    let text = token.strip_suffix(b"==").unwrap_or(token);
    let sized = text.len() == 84 || (text.len() == 86 && text.len() != token.len());
    let marked = text.get(MARK_AT..).is_some_and(|rest| rest.starts_with(MARK));
    let kind = text.get(KIND_AT).is_some_and(|kind| b"9DH".contains(kind));
    let month = text.get(MONTH_AT).is_some_and(|month| (b'A'..=b'L').contains(month));
    let provider = text.get(PROVIDER_AT).is_some_and(u8::is_ascii_alphabetic);
    sized && marked && kind && month && provider && text.iter().all(u8::is_ascii_alphanumeric)
}

fn seal(token: &mut [u8]) -> bool {
    if !put(token, MARK_AT, MARK) {
        return false;
    }
    for (at, choices) in [(KIND_AT, &b"9DH"[..]), (MONTH_AT, b"ABCDEFGHIJKL"), (PROVIDER_AT, b"A")] {
        let Some(character) = token.get_mut(at) else { return false };
        if !choices.contains(character) {
            *character = choices.get(usize::from(*character) % choices.len()).copied().unwrap_or(b'A');
        }
    }
    verify(token) == Outcome::Holds
}

#[cfg(test)]
mod tests {
    use super::super::sum::law;
    use super::*;

    const RANDOM: &str = "tightlip0123456789TIGHTLIP0123456789abcdefghijklmnop";

    #[test]
    fn a_key_of_either_length_holds() {
        let rest = ["BAAC", "AAAAAAAAAAAA", "AS", "AZDO", "1234"];
        let [date, platform, provider, mark, sum] = rest;
        let parts = [RANDOM, "JQQJ9", "9", &date[..2], platform, "AA", provider, mark, sum];
        assert_eq!(law::verify(&CHECK, &parts), Outcome::Holds);
        assert_eq!(law::verify(&CHECK, &[&parts.concat(), "5Q", "=="]), Outcome::Holds);
    }

    #[test]
    fn a_thirteenth_month_fails() {
        let parts = [RANDOM, "JQQJ9", "9", "BM", "AAAAAAAAAAAA", "AAAS", "AZDO", "1234"];
        assert_eq!(law::verify(&CHECK, &parts), Outcome::Fails);
    }

    #[test]
    fn the_laws_hold() {
        law::a_sealed_token_holds(&CHECK, "[0-9A-Za-z]{84}([0-9A-Za-z]{2}==)?");
    }
}
