//! A zlib stream (RFC 1950) that is a file of its own, or begins one: caches of programs, journals, what `zlib.compress` made.

use std::cell::Cell;
use std::io::Read;

use flate2::bufread::ZlibDecoder;
use flate2::{Decompress, FlushDecompress, Status};

use super::seam::{Counted, Members, Stop, unpack};
use super::{Decoder, Holds};
use crate::Hint;

/// zlib streams, but for those of git.
pub(crate) static DECODER: Decoder =
    Decoder { name: "zlib", claims, open, tool: Some(TOOL), holds: Holds::Files };

/// The library of Python's that every machine with it has.
pub(super) const TOOL: &str =
    "python3 -c 'import sys,zlib; sys.stdout.buffer.write(zlib.decompress(sys.stdin.buffer.read()))'";
/// So much comes out of a stream before it is taken for one, if it is not over before.
const ENOUGH: usize = 512;
/// Before it, some write how much comes out: `COMPRESS()` of MySQL, `qCompress` of Qt.
pub(super) const LENGTH: usize = 4;

/// Deflate with a window of 32 KiB, no dictionary; a multiple of 31.
pub(super) fn has_header(head: &[u8]) -> bool {
    head.first_chunk().is_some_and(|[first, second]| {
        *first == 0x78 && *second & 0x20 == 0 && u16::from_be_bytes([*first, *second]) % 31 == 0
    })
}

pub(super) fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    if !has_header(head) {
        return false;
    }
    let mut begin = [0; ENOUGH];
    let mut stream = Decompress::new(true);
    match stream.decompress(head, &mut begin, FlushDecompress::None) {
        Ok(Status::StreamEnd) => true,
        Ok(_) => stream.total_out() == ENOUGH as u64,
        Err(_) => false,
    }
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let taken = Cell::new(0);
    let body = std::io::BufReader::new(Counted::new(body, &taken));
    unpack(members, "", &mut ZlibDecoder::new(body), &taken).map(drop)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::decode::seam::law;

    fn file_of(plain: &[u8]) -> Vec<u8> {
        let mut writer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        writer.write_all(plain).unwrap();
        writer.finish().unwrap()
    }

    #[test]
    fn its_content_is_one_member() {
        let file = file_of(b"some content");
        assert!(claims(&file, &Hint::Text));
        law::holds(&DECODER, &file, &[("", b"some content")]);
        law::holds(&DECODER, &[&file[..], b"and a rest"].concat(), &[("", b"some content")]);
    }

    #[test]
    fn a_text_with_its_first_letters_is_none() {
        for text in [&b"x^2 + y^2 = z^2, and more of it"[..], b"x\x9c", b"x\xda\0\0\0\0", b"x"] {
            assert!(!claims(text, &Hint::Text));
        }
    }

    #[test]
    fn a_bomb_hits_the_ratio() {
        law::bomb_is_stopped(&DECODER, &file_of(&vec![0; 8 << 20]));
    }

    #[test]
    fn any_cut_is_survived_and_told() {
        law::cuts_are_told(&DECODER, &file_of(b"some content that is compressed"));
    }
}
