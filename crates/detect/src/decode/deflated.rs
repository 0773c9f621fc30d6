//! Deflate without a header (RFC 1951), and zlib behind the length of what it says, both in text that is encoded: diagrams of
//! draw.io, scripts that `DeflateStream` of .NET packed, messages of SAML, `COMPRESS()` of MySQL, `qCompress` of Qt.
//!
//! Nothing shows such a stream but itself: it has to end where its bytes do, and to say text.

use std::cell::Cell;
use std::io::{BufReader, Read};

use flate2::bufread::{DeflateDecoder, ZlibDecoder};
use flate2::{Decompress, FlushDecompress, Status};

use super::seam::{Counted, Members, Stop, fill, unpack};
use super::{Decoder, HEAD, Holds, zlib};
use crate::Hint;

/// Streams that nothing shows.
pub(crate) static DECODER: Decoder =
    Decoder { name: "deflated", claims, open, tool: None, holds: Holds::Files };

/// Fewer bytes are not tried: those of digests.
pub(super) const LEAST: usize = 72;
/// What comes out is looked at in pieces of so many bytes.
const PIECE: usize = 1 << 10;
/// The order in which the lengths of the codes for lengths are written.
const CODES: usize = 19;

fn claims(head: &[u8], hint: &Hint<'_>) -> bool {
    // A file has a name or a magic.
    if !matches!(hint, Hint::Text) {
        return false;
    }
    if let Some(stream) = behind_length(head) {
        return zlib::claims(stream, hint);
    }
    head.len() >= LEAST && may_begin(head) && !head.is_ascii() && says_text(head)
}

fn behind_length(head: &[u8]) -> Option<&[u8]> {
    head.get(zlib::LENGTH..).filter(|stream| zlib::has_header(stream))
}

/// Whether a stream may begin so: with a block whose codes are fixed or fit together. Most other bytes are told by that.
pub(super) fn may_begin(first: &[u8]) -> bool {
    let bits = first.iter().take(12).rev().fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
    let field = |at: usize, width: u32| bits >> at & ((1 << width) - 1);
    match field(1, 2) {
        1 => true,
        2 => {
            let count = usize::try_from(field(13, 4)).unwrap_or_default().saturating_add(4).min(CODES);
            // Each code takes its part of 128, and all of them take it all.
            let parts = (0..count).map(|code| field(code.saturating_mul(3).saturating_add(17), 3));
            let taken: u32 = parts.filter(|length| *length > 0).map(|length| 128 >> length).sum();
            field(3, 5) < 30 && field(8, 5) < 30 && taken == 128
        }
        _ => false,
    }
}

/// Whether all of a stream is text, or all that so much of it says.
fn says_text(head: &[u8]) -> bool {
    let mut stream = Decompress::new(false);
    let mut piece = [0; PIECE];
    loop {
        let taken = usize::try_from(stream.total_in()).unwrap_or(usize::MAX);
        let before = stream.total_out();
        let rest = head.get(taken..).unwrap_or_default();
        let Ok(status) = stream.decompress(rest, &mut piece, FlushDecompress::None) else { return false };
        let given = usize::try_from(stream.total_out().saturating_sub(before)).unwrap_or_default();
        if !piece.get(..given).unwrap_or_default().iter().all(is_of_text) {
            return false;
        }
        if status == Status::StreamEnd {
            return stream.total_in() == head.len() as u64;
        }
        if given == 0 {
            return head.len() >= HEAD;
        }
    }
}

/// Of UTF-8, of which a piece may be cut anywhere.
fn is_of_text(byte: &u8) -> bool {
    !byte.is_ascii_control() || byte.is_ascii_whitespace()
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let mut head = [0; 8];
    let filled = fill(body, &mut head)?;
    let head = head.get(..filled).unwrap_or_default();
    let taken = Cell::new(0);
    let whole = &mut head.chain(body);
    let mut body = BufReader::new(Counted::new(whole, &taken));
    if behind_length(head).is_some() {
        std::io::copy(&mut (&mut body).take(zlib::LENGTH as u64), &mut std::io::sink())?;
        return unpack(members, "", &mut ZlibDecoder::new(body), &taken).map(drop);
    }
    unpack(members, "", &mut DeflateDecoder::new(body), &taken).map(drop)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, ZlibEncoder};

    use super::*;
    use crate::decode::seam::law;

    /// Words, none of which is like another.
    fn words(count: u32) -> Vec<u8> {
        (0..count).flat_map(|n| format!("{:x} ", n.wrapping_mul(2_654_435_761)).into_bytes()).collect()
    }

    fn raw(plain: &[u8]) -> Vec<u8> {
        let mut writer = DeflateEncoder::new(Vec::new(), Compression::default());
        writer.write_all(plain).unwrap();
        writer.finish().unwrap()
    }

    fn behind(length: [u8; 4], plain: &[u8]) -> Vec<u8> {
        let mut writer = ZlibEncoder::new(length.to_vec(), Compression::default());
        writer.write_all(plain).unwrap();
        writer.finish().unwrap()
    }

    #[test]
    fn its_content_is_one_member() {
        for count in [20, 200, 20_000] {
            let plain = words(count);
            law::holds(&DECODER, &raw(&plain), &[("", &plain)]);
        }
        let length = |plain: &[u8]| u32::try_from(plain.len()).unwrap();
        let plain = b"some content";
        law::holds(&DECODER, &behind(length(plain).to_le_bytes(), plain), &[("", plain)]);
        law::holds(&DECODER, &behind(length(plain).to_be_bytes(), plain), &[("", plain)]);
    }

    #[test]
    fn what_is_cut_goes_on_or_is_no_text_is_not_claimed() {
        let file = raw(&words(40));
        assert!(claims(&file, &Hint::Text));
        assert!(!claims(&file, &Hint::File(b"app/state")));
        assert!(!claims(&file[..file.len() - 1], &Hint::Text));
        assert!(!claims(&[&file[..], b"x"].concat(), &Hint::Text));
        assert!(!claims(&raw(&[&words(40)[..], b"\x01"].concat()), &Hint::Text));
        assert!(!claims(&raw(b"short"), &Hint::Text));
    }

    #[test]
    fn other_bytes_are_not_claimed() {
        let mut state = 7_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 56) as u8
        };
        for _ in 0..20_000 {
            let bytes: Vec<u8> = (0..96).map(|_| next()).collect();
            assert!(!claims(&bytes, &Hint::Text));
        }
    }

    #[test]
    fn a_bomb_hits_the_ratio() {
        law::bomb_is_stopped(&DECODER, &raw(&vec![b' '; 8 << 20]));
    }

    #[test]
    fn any_cut_is_survived_and_told() {
        law::cuts_are_told(&DECODER, &raw(&words(40)));
        law::cuts_are_told(&DECODER, &behind([12, 0, 0, 0], b"some content that is compressed"));
    }
}
