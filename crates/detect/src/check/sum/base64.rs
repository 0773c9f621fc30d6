//! Base64 as tokens use it: with or without padding.

use base64::Engine;
use base64::alphabet::{Alphabet, STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::put;

const CONFIG: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_encode_padding(false)
    .with_decode_allow_trailing_bits(true)
    .with_decode_padding_mode(DecodePaddingMode::Indifferent);

/// `+` and `/` (RFC 4648, section 4).
pub(crate) static PLAIN: GeneralPurpose = engine(&STANDARD);
/// `-` and `_` (RFC 4648, section 5).
pub(crate) static URL: GeneralPurpose = engine(&URL_SAFE);

const fn engine(alphabet: &Alphabet) -> GeneralPurpose {
    GeneralPurpose::new(alphabet, CONFIG)
}

/// The bytes of a text in the alphabet of `engine`, padded or not.
pub(crate) fn decode(engine: &GeneralPurpose, text: &[u8]) -> Option<Vec<u8>> {
    engine.decode(text).ok()
}

/// Overwrites a text with the encoding of `bytes`; false where the lengths differ. Padding stays as it was.
pub(crate) fn overwrite(engine: &GeneralPurpose, text: &mut [u8], bytes: &[u8]) -> bool {
    let written = engine.encode(bytes);
    written.len() == unpadded(text).len() && put(text, 0, written.as_bytes())
}

/// How many bytes a text of this many characters holds; none where base64 has no such length.
pub(crate) fn capacity(text: &[u8]) -> Option<usize> {
    let characters = unpadded(text).len();
    (characters % 4 != 1).then_some(characters / 4 * 3 + (characters % 4).saturating_sub(1))
}

/// A text without the `=` at its end.
fn unpadded(text: &[u8]) -> &[u8] {
    let padding = text.iter().rev().take_while(|&&character| character == b'=').count();
    text.get(..text.len() - padding).unwrap_or_default()
}
