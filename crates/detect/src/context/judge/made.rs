//! Is this what a provider gives out: too short to be random by its looks alone, and yet no word of anybody?

use super::value::{classes, is_mixed_case};
use super::weak::is_made_of_letters;
use crate::words::is_unspelled;

/// Fewer characters are a word with a number as easily.
const FEWEST: usize = 12;
/// Of one case, and of letters alone, more of them are needed.
const FEWEST_OF_ONE_CASE: usize = 14;
/// So many digits in so many places stand in no name.
const DIGITS: usize = 3;
const TURNS: usize = 5;

/// Letters and digits that a program made for a token or a key, in a program where this is expected.
pub(crate) fn is_given_out(value: &[u8]) -> bool {
    let plain = value.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    let marks = value.iter().filter(|b| !b.is_ascii_alphanumeric()).count();
    if !plain || marks > 2 || value.len() < FEWEST {
        return false;
    }
    let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
    let scattered = digits >= DIGITS && turns(value) >= TURNS;
    match classes(value) {
        3 => is_unspelled(value) && is_mixed(value) || scattered,
        2 if digits > 0 => {
            marks == 0
                && value.len() >= FEWEST_OF_ONE_CASE
                && digits >= 2
                && is_unspelled(value)
                && turns(value) >= 2
        }
        _ => marks == 0 && is_made_of_letters(value),
    }
}

/// A digit stands before letters, or cases change as in no name: `Rfc2898DeriveBytes` is one.
fn is_mixed(value: &[u8]) -> bool {
    is_mixed_case(value) || turns(value) >= DIGITS
}

/// How often a digit stands beside what is none.
fn turns(value: &[u8]) -> usize {
    value.windows(2).filter(|w| w[0].is_ascii_digit() != w[1].is_ascii_digit()).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Sampler;

    #[test]
    fn what_providers_give_out_is_told_from_names() {
        for (template, least) in
            [("{base62:12}", 700), ("{base62:15}", 880), ("{b36:16}", 550), ("{base62:20}", 900)]
        {
            let mut sampler = Sampler::new(11);
            let found = (0..1000).filter(|_| is_given_out(&sampler.expand(template).unwrap())).count();
            assert!(found >= least, "{template}: {found} of 1000");
        }
    }

    #[test]
    fn names_of_programs_are_not() {
        for value in [
            "Rfc2898DeriveBytes",
            "OAuth2ClientSecret",
            "Base64UrlEncoder",
            "sha256WithRSAEncryption",
            "Utf8JsonWriter2",
            "AccessTokenV2",
            "my-token-123456",
            "abc123def456",
            "Level3Cache2Size",
            "x509CertificateChain",
            "getAccessTokenFor",
            "token_2024_01_02",
            "TOKEN_TYPE_OAUTH2",
            "deadbeef12345678",
            "ResponseTypeCode1",
        ] {
            assert!(!is_given_out(value.as_bytes()), "{value}");
        }
    }
}
