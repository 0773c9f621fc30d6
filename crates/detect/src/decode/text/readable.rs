//! Whether decoded bytes are worth another look.

use crate::Hint;
use crate::decode::{Decoder, HEAD, zlib};
use crate::key::judge;

/// So many characters side by side may be a token.
pub(super) const WORD: usize = 12;
/// Fewer bytes are no text of another character set.
const FOREIGN: usize = 16;

/// Whether bytes are text: UTF-8 without control characters but for space. A character may be cut at the end.
pub(super) fn is_text(bytes: &[u8]) -> bool {
    let valid = match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    valid && !bytes.iter().any(is_control)
}

fn is_control(byte: &u8) -> bool {
    matches!(byte, 0..=8 | 11 | 12 | 14..=31 | 127)
}

/// Whether a byte stands in no text, not in one with colours or pages either.
pub(super) fn is_structure(byte: &u8) -> bool {
    is_control(byte) && !matches!(byte, 8 | 12 | 27)
}

/// Whether bytes begin like a container or like UTF-16 text.
pub(super) fn is_container(bytes: &[u8]) -> bool {
    Decoder::of(bytes.get(..HEAD).unwrap_or(bytes), &Hint::Text)
        .is_some_and(|decoder| !decoder.only_searches())
}

/// Whether bytes are a private key in DER.
pub(super) fn is_key(bytes: &[u8]) -> bool {
    may_be_key(bytes) && judge::asn1(bytes).is_some_and(|key| key.extent == judge::Extent::Whole)
}

/// Whether so few first bytes may become one: a sequence, with a small number first.
pub(super) fn may_be_key(first: &[u8]) -> bool {
    matches!(first, [0x30, 0..=0x7f, 2, 1, ..] | [0x30, 0x81, _, 2, 1, ..] | [0x30, 0x82, _, _, 2, 1, ..])
}

/// Whether bytes that are neither hold something to read: they are text of ISO 8859-1 or its like, or have a word that may
/// be a token among them.
pub(super) fn holds_words(bytes: &[u8]) -> bool {
    is_foreign_text(bytes) || has_word(bytes)
}

/// Text but for a few letters.
fn is_foreign_text(bytes: &[u8]) -> bool {
    let foreign = bytes.iter().filter(|byte| !byte.is_ascii()).count();
    bytes.len() >= FOREIGN && foreign.saturating_mul(4) <= bytes.len() && !bytes.iter().any(is_control)
}

fn has_word(bytes: &[u8]) -> bool {
    bytes.split(|byte| !byte.is_ascii_graphic()).any(|word| word.len() >= WORD)
}

/// Whether so few first bytes may still become text or a container.
pub(super) fn may_be(first: &[u8]) -> bool {
    let zeros = |from| first.len() >= 4 && first.iter().skip(from).step_by(2).all(|byte| *byte == 0);
    let marked = first.starts_with(&[0xff, 0xfe]) || first.starts_with(&[0xfe, 0xff]);
    let wide = marked || zeros(0) != zeros(1);
    wide || is_text(first) || is_packed(first)
}

/// Whether something compressed begins so.
pub(super) fn is_packed(first: &[u8]) -> bool {
    let magic: [&[u8]; 6] =
        [b"\x1f\x8b\x08", b"PK\x03\x04", b"\x28\xb5\x2f\xfd", b"\xfd7zXZ", b"7z\xbc\xaf", b"BZh"];
    let behind_length = first.get(zlib::LENGTH..).unwrap_or_default();
    magic.iter().any(|magic| first.starts_with(magic))
        || zlib::has_header(first)
        || zlib::has_header(behind_length)
}
