//! A loose git object: history that no checkout shows lies in `.git/objects` as zlib streams.

use std::cell::Cell;
use std::io::Read;

use flate2::read::ZlibDecoder;
use flate2::{Decompress, FlushDecompress};

use super::seam::{Counted, Exactly, Members, Stop, unpack};
use super::{Decoder, Holds};
use crate::Hint;

/// Loose git objects: commits, trees, blobs, tags.
pub(crate) static DECODER: Decoder = Decoder { name: "git-object", claims, open, holds: Holds::Files };

const KINDS: [&str; 4] = ["blob", "tree", "commit", "tag"];
/// The longest header: a kind, a size, a NUL.
const HEADER: usize = 32;

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    let Some([first, second]) = head.first_chunk() else { return false };
    // A zlib header is a multiple of 31; most files end here.
    if *first != 0x78 || u16::from_be_bytes([*first, *second]) % 31 != 0 {
        return false;
    }
    let mut begin = [0; HEADER];
    let mut stream = Decompress::new(true);
    let inflated = stream.decompress(head, &mut begin, FlushDecompress::None).is_ok();
    let written = usize::try_from(stream.total_out()).unwrap_or_default();
    inflated && header(begin.get(..written).unwrap_or_default()).is_some()
}

/// The kind, and how long the header is.
fn header(begin: &[u8]) -> Option<(&'static str, usize)> {
    let end = begin.iter().position(|byte| *byte == 0)?;
    let (kind, size) = std::str::from_utf8(begin.get(..end)?).ok()?.split_once(' ')?;
    size.parse::<u64>().ok()?;
    let kind = KINDS.into_iter().find(|known| *known == kind)?;
    Some((kind, end.checked_add(1)?))
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let taken = Cell::new(0);
    let mut plain = ZlibDecoder::new(Counted::new(body, &taken));
    let mut begin = Vec::new();
    while begin.len() < HEADER && begin.last() != Some(&0) {
        let mut byte = [0];
        Exactly::new(&mut plain, 1).read_exact(&mut byte)?;
        begin.extend(byte);
    }
    let (kind, _) = header(&begin).ok_or_else(|| Stop::damaged("not a git object"))?;
    unpack(members, kind, &mut plain, &taken).map(drop)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::decode::seam::law;

    fn loose(kind: &str, content: &[u8]) -> Vec<u8> {
        let mut writer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        write!(writer, "{kind} {}\0", content.len()).unwrap();
        writer.write_all(content).unwrap();
        writer.finish().unwrap()
    }

    #[test]
    fn objects_are_members_by_their_kind() {
        law::holds(&DECODER, &loose("blob", b"content of a file"), &[("blob", b"content of a file")]);
        law::holds(&DECODER, &loose("commit", b"tree 0\n\nwords"), &[("commit", b"tree 0\n\nwords")]);
    }

    #[test]
    fn other_zlib_streams_are_not_claimed() {
        assert!(!claims(&loose("blub", b""), &Hint::Text));
        assert!(!claims(b"x\x9c", &Hint::Text));
    }

    #[test]
    fn a_bomb_hits_the_ratio() {
        law::bomb_is_stopped(&DECODER, &loose("blob", &vec![0; 8 << 20]));
    }

    #[test]
    fn any_cut_is_told() {
        law::cuts_are_told(&DECODER, &loose("blob", b"content of a file"));
    }
}
