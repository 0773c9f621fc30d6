//! Whether decoded bytes are worth another look.

use crate::Hint;
use crate::decode::{Decoder, HEAD};

/// Whether bytes are text: UTF-8 without control characters but for space. A character may be cut at the end.
pub(super) fn is_text(bytes: &[u8]) -> bool {
    let valid = match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    valid && !bytes.iter().any(|byte| matches!(byte, 0..=8 | 11 | 12 | 14..=31 | 127))
}

/// Whether bytes begin like a container or like UTF-16 text.
pub(super) fn is_container(bytes: &[u8]) -> bool {
    Decoder::of(bytes.get(..HEAD).unwrap_or(bytes), &Hint::Text).is_some()
}

/// Whether so few first bytes may still become one of the two.
pub(super) fn may_be(first: &[u8]) -> bool {
    let magic: [&[u8]; 6] =
        [b"\x1f\x8b\x08", b"PK\x03\x04", b"\x28\xb5\x2f\xfd", b"\xfd7zXZ", b"7z\xbc\xaf", b"BZh"];
    let zeros = |from| first.len() >= 4 && first.iter().skip(from).step_by(2).all(|byte| *byte == 0);
    let marked = first.starts_with(&[0xff, 0xfe]) || first.starts_with(&[0xfe, 0xff]);
    let wide = marked || zeros(0) != zeros(1);
    wide || is_text(first) || magic.iter().any(|magic| first.starts_with(magic))
}
