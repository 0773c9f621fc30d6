//! A loose git object: history that no checkout shows lies in `.git/objects` as zlib streams.

use std::cell::Cell;
use std::io::Read;

use flate2::read::ZlibDecoder;
use flate2::{Decompress, FlushDecompress};

use super::git_pack::names::{self, Id, called};
use super::seam::{Counted, Ending, Exactly, Members, Stop, unpack};
use super::{Decoder, Holds};
use crate::Hint;

/// Loose git objects: commits, trees, blobs, tags.
pub(crate) static DECODER: Decoder =
    Decoder { name: "git-object", claims, open, tool: Some(super::zlib::TOOL), holds: Holds::Objects };

const KINDS: [&str; 4] = ["blob", "tree", "commit", "tag"];
/// The longest header: a kind, a size, a NUL.
const HEADER: usize = 32;

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    kind(head).is_some()
}

/// What a file that begins so is.
fn kind(head: &[u8]) -> Option<&'static str> {
    let [first, second] = head.first_chunk()?;
    // A zlib header is a multiple of 31; most files end here.
    if *first != 0x78 || u16::from_be_bytes([*first, *second]) % 31 != 0 {
        return None;
    }
    let mut begin = [0; HEADER];
    let mut stream = Decompress::new(true);
    let inflated = stream.decompress(head, &mut begin, FlushDecompress::None).is_ok();
    let written = usize::try_from(stream.total_out()).unwrap_or_default();
    header(begin.get(..written).filter(|_| inflated)?).map(|(kind, _)| kind)
}

/// The kind, and how long the header is.
fn header(begin: &[u8]) -> Option<(&'static str, usize)> {
    let end = begin.iter().position(|byte| *byte == 0)?;
    let (kind, size) = std::str::from_utf8(begin.get(..end)?).ok()?.split_once(' ')?;
    size.parse::<u64>().ok()?;
    let kind = KINDS.into_iter().find(|known| *known == kind)?;
    Some((kind, end.checked_add(1)?))
}

/// Whether it is a loose blob, whose name stands in another file: it is best read when all of those were read.
pub(super) fn is_blob(path: &[u8], head: &[u8]) -> bool {
    std::str::from_utf8(path).ok().and_then(place).is_some() && kind(head) == Some("blob")
}

/// The folder of a repository's objects, and which of them lies at a path: `.git/objects/0a/1b…`.
fn place(path: &str) -> Option<(&str, Id)> {
    let (folder, rest) = path.rsplit_once('/')?;
    let (objects, first) = folder.rsplit_once('/')?;
    let is_objects = objects == "objects" || objects.ends_with("/objects");
    let id = names::id(&format!("{first}{rest}")).filter(|_| first.len() == 2)?;
    is_objects.then_some((objects, id))
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
    let path = members.path();
    match place(&path) {
        Some((objects, id)) if kind == "tree" => {
            let mut content = Vec::new();
            let mut plain = Kept { body: &mut plain, kept: &mut content };
            if unpack(members, kind, &mut plain, &taken)? == Ending::Well {
                members.budget().beside().learn(objects, id, &content);
            }
            Ok(())
        }
        Some((objects, id)) if kind == "blob" => {
            let path = members.budget().beside().path(objects, &id);
            let name = path.map(|path| called(kind, Some(&id), Some(&path)));
            unpack(members, name.as_deref().unwrap_or(kind), &mut plain, &taken).map(drop)
        }
        _ => unpack(members, kind, &mut plain, &taken).map(drop),
    }
}

/// A tree is kept up to this size while it is read.
const LARGEST: usize = 16 << 20;

/// A body, and what was read of it.
struct Kept<'k> {
    body: &'k mut dyn Read,
    kept: &'k mut Vec<u8>,
}

impl Read for Kept<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.body.read(buffer)?;
        let room = LARGEST.saturating_sub(self.kept.len());
        self.kept.extend_from_slice(buffer.get(..count.min(room)).unwrap_or_default());
        Ok(count)
    }
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
    fn only_what_lies_where_git_puts_it_is_a_loose_blob() {
        let (blob, tree) = (loose("blob", b"x"), loose("tree", b""));
        let path = format!("srv/.git/objects/0a/{}", "1b".repeat(19));
        assert!(is_blob(path.as_bytes(), &blob) && !is_blob(path.as_bytes(), &tree));
        assert!(!is_blob(b"srv/.git/objects/0a/1b", &blob) && !is_blob(path.as_bytes(), b"text"));
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
