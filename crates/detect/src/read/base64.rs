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

/// `user:password` out of its base64 form, if that is what it is: printable, with a name and a password. Old clients write it in
/// ISO 8859-1 (RFC 7617, 3).
pub(crate) fn user_and_password(text: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let plain = decode(text)?;
    let plain = match String::from_utf8(plain) {
        Ok(plain) => plain,
        Err(other) => latin(other.as_bytes())?,
    };
    let (user, password) = plain.split_once(':')?;
    let printable = plain.bytes().all(|b| !b.is_ascii_control());
    printable.then(|| (user.into(), password.into()))
}

/// A text of ISO 8859-1: some of its letters are none of ASCII, and most are.
fn latin(plain: &[u8]) -> Option<String> {
    let is_letter = |b: &u8| b.is_ascii() || *b > 0xa0;
    let foreign = plain.iter().filter(|b| !b.is_ascii()).count();
    let reads = plain.iter().all(is_letter) && foreign.saturating_mul(4) <= plain.len();
    reads.then(|| plain.iter().copied().map(char::from).collect())
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
        assert_eq!(user_and_password(b"Ym86AQ=="), None);
    }

    #[test]
    fn a_pair_may_be_of_iso_8859_1() {
        let pair = |plain: &[u8]| user_and_password(ORDINARY.encode(plain).as_bytes());
        assert_eq!(pair(b"bob:k\xfchl"), Some((b"bob".to_vec(), "k\u{fc}hl".into())));
        assert_eq!(pair(b"bob:k\x81hl and more"), None);
        assert_eq!(pair(b"b:\xe0\xf0\xfc\xc8"), None);
    }
}
