//! Base64 as people store it: either alphabet, padded or not, broken by white space.

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
static ORDINARY: GeneralPurpose = GeneralPurpose::new(&STANDARD, LENIENT);
static URL: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, LENIENT);

/// Whether a byte may stand in base64 of the usual alphabet.
pub(crate) fn is_digit(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=')
}

/// What the text stands for, or none if it is no base64.
pub(crate) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let tight: Vec<u8> = text.iter().copied().filter(|b| !b.is_ascii_whitespace()).collect();
    if tight.is_empty() {
        return None;
    }
    let engine = if tight.iter().any(|b| matches!(b, b'-' | b'_')) { &URL } else { &ORDINARY };
    engine.decode(&tight).ok()
}

/// What the leading digits of a text that may be cut anywhere stand for.
pub(crate) fn decode_prefix(text: &[u8]) -> Vec<u8> {
    let tight: Vec<u8> = text.iter().copied().filter(|b| is_digit(*b) && *b != b'=').collect();
    let even = if tight.len() % 4 == 1 { tight.len() - 1 } else { tight.len() };
    tight.get(..even).and_then(|t| ORDINARY.decode(t).ok()).unwrap_or_default()
}

/// `user:password` out of its base64 form, if that is what it is: printable, with a name and a password.
pub(crate) fn user_and_password(text: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let plain = decode(text)?;
    let colon = memchr::memchr(b':', &plain)?;
    let printable = plain.iter().all(|b| !b.is_ascii_control());
    let password = plain.get(colon + 1..)?.to_vec();
    (printable && std::str::from_utf8(&plain).is_ok()).then(|| (plain[..colon].to_vec(), password))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_alphabet_and_any_padding_decode() {
        assert_eq!(decode(b"aGk"), Some(b"hi".to_vec()));
        assert_eq!(decode(b"aG\nk="), Some(b"hi".to_vec()));
        assert_eq!(decode(b"-_8"), Some(vec![0xfb, 0xff]));
        assert_eq!(decode(b"no base64!"), None);
        assert_eq!(decode_prefix(b"aGkaG"), b"hi\x1a".to_vec());
    }

    #[test]
    fn a_pair_needs_a_colon() {
        assert_eq!(user_and_password(b"Ym9iOng="), Some((b"bob".to_vec(), b"x".to_vec())));
        assert_eq!(user_and_password(b"Ym9i"), None);
    }
}
