//! What is not looked through: texts, catalogues of them, programs, and what is seen or heard.
//!
//! Only magic that no other file begins with by chance: to look through a font costs little, to miss a stream much.

use crate::decode::seam::Bytes;

/// Where a magic stands, and what it is.
const KNOWN: &[(usize, &[u8])] = &[
    // Programs.
    (0, b"\x7fELF"),
    (0, b"\xfe\xed\xfa\xce"),
    (0, b"\xfe\xed\xfa\xcf"),
    (0, b"\xce\xfa\xed\xfe"),
    (0, b"\xcf\xfa\xed\xfe"),
    (0, b"\xca\xfe\xba\xbe"),
    (0, b"\0asm"),
    // Catalogues of translated words, whose texts stand as they are.
    (0, b"\xde\x12\x04\x95"),
    (0, b"\x95\x04\x12\xde"),
    // Pictures.
    (0, b"\x89PNG\r\n\x1a\n"),
    (0, b"\x8aMNG\r\n\x1a\n"),
    (0, b"\xff\xd8\xff"),
    (0, b"GIF87a"),
    (0, b"GIF89a"),
    (0, b"II*\0"),
    (0, b"MM\0*"),
    (0, b"8BPS"),
    (0, b"gimp xcf"),
    (0, b"icns"),
    (0, b"\0\0\0\x0cjP  \r\n"),
    (0, b"\0\0\0\x0cJXL "),
    // Sounds and films.
    (0, b"RIFF"),
    (0, b"OggS"),
    (0, b"fLaC"),
    (0, b"ID3"),
    (0, b"MThd"),
    (0, b"\x1a\x45\xdf\xa3"),
    (0, b"FLV\x01"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"),
    (4, b"ftyp"),
    // Fonts.
    (0, b"OTTO"),
    (0, b"ttcf"),
    (0, b"wOFF"),
    (0, b"wOF2"),
    (0, b"\x01fcp"),
];

/// Whether it is known what a file is, and that nothing is packed in it.
pub(super) fn is_known(head: &[u8]) -> bool {
    KNOWN.iter().any(|(at, magic)| Bytes(head).has(*at, magic))
}

/// Whether a file begins with nothing but text. Every file is asked: only what no text has, and nearly every stream or what
/// stands around it.
pub(super) fn is_text(head: &[u8]) -> bool {
    memchr::memchr2(0, 0x1f, head).is_none()
}
