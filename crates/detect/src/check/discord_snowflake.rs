//! Discord bot tokens: the first part is the base64 of the bot's identifier, a decimal number.
//!
//! Source: <https://discord.com/developers/docs/reference#snowflakes>

use super::sum::base64;
use super::{Check, Outcome, nothing};

/// See the module.
pub(super) static CHECK: Check =
    Check { name: "discord-snowflake", noun: "structure", verify, seal, tells: nothing };

/// Identifiers count milliseconds since 2015: those of accounts have had 17 digits or more from the start.
const DIGITS: std::ops::RangeInclusive<usize> = 17..=20;

fn verify(token: &[u8]) -> Outcome {
    let id = first_part(token).and_then(|text| base64::decode(&base64::URL, text)).unwrap_or_default();
    let decimal = id.iter().all(u8::is_ascii_digit);
    let started = id.first().is_some_and(|&digit| digit != b'0');
    if DIGITS.contains(&id.len()) && decimal && started { Outcome::Holds } else { Outcome::Fails }
}

fn seal(token: &mut [u8]) -> bool {
    let Some(length) = first_part(token).map(<[u8]>::len) else { return false };
    let Some(text) = token.get_mut(..length) else { return false };
    let Some(mut id) = base64::decode(&base64::URL, text) else { return false };
    id.iter_mut().filter(|byte| !byte.is_ascii_digit()).for_each(|byte| *byte = b'0' + *byte % 10);
    id.iter_mut().take(1).for_each(|first| *first = (*first).max(b'1'));
    base64::overwrite(&base64::URL, text, &id) && verify(token) == Outcome::Holds
}

fn first_part(token: &[u8]) -> Option<&[u8]> {
    let dot = token.iter().position(|&character| character == b'.')?;
    token.get(..dot)
}

#[cfg(test)]
mod tests {
    use super::super::sum::law;
    use super::*;

    #[test]
    fn a_decimal_identifier_holds() {
        // 123456789012345678
        let parts = ["MTIzNDU2Nzg5", "MDEyMzQ1Njc4", ".", "abcdef", ".", "tightlip0123456789tightlip0"];
        assert_eq!(law::verify(&CHECK, &parts), Outcome::Holds);
    }

    #[test]
    fn three_words_with_dots_fail() {
        assert_eq!(
            law::verify(&CHECK, &["MnotABase64OfDigits00000", ".", "abcdef", ".", "tightlip"]),
            Outcome::Fails
        );
        assert_eq!(law::verify(&CHECK, &["tightlip"]), Outcome::Fails);
    }

    #[test]
    fn the_laws_hold() {
        law::a_sealed_token_holds(
            &CHECK,
            "[MNO]([0-9A-Za-z]{23}|[0-9A-Za-z]{25}|[0-9A-Za-z]{26})\\.[0-9A-Za-z_-]{6}\\.[0-9A-Za-z_-]{27,38}",
        );
    }
}
