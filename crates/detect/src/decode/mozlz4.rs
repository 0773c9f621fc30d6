//! What Firefox keeps compressed: sessions with their cookies, search engines, bookmarks (`.jsonlz4`, `.mozlz4`). One block of LZ4
//! behind a magic and its size.

use std::io::Read;

use super::seam::{Bytes, Limit, Members, Stop, give, hold};
use super::{Decoder, Holds};
use crate::Hint;

/// `.jsonlz4`.
pub(crate) static DECODER: Decoder =
    Decoder { name: "mozlz4", claims, open, tool: None, holds: Holds::Files };

const MAGIC: &[u8] = b"mozLz40\0";
/// So many times larger than what it is made of no block is.
const RATIO: usize = 255;

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    head.starts_with(MAGIC)
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let file = hold(body, members)?;
    let stated = Bytes(&file).u32_le(MAGIC.len()).and_then(|size| usize::try_from(size).ok());
    let (size, block) =
        stated.zip(file.get(MAGIC.len() + 4..)).ok_or_else(|| Stop::damaged("no size behind its magic"))?;
    if size as u64 > members.budget().limits().held {
        return Err(Limit::Held.into());
    }
    if size > block.len().saturating_mul(RATIO) {
        return Err(Stop::damaged("its size is larger than its block can be"));
    }
    let plain = lz4_flex::block::decompress(block, size).map_err(|error| Stop::damaged(error.to_string()))?;
    give(members, "", &mut plain.as_slice()).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::Unread;
    use crate::decode::seam::law;

    fn file_of(plain: &[u8]) -> Vec<u8> {
        let size = u32::try_from(plain.len()).unwrap().to_le_bytes();
        [MAGIC, &size, &lz4_flex::block::compress(plain)].concat()
    }

    #[test]
    fn its_content_is_one_member() {
        let plain = b"{\"windows\":[{\"cookies\":[]}],\"windows_too\":[]}";
        law::holds(&DECODER, &file_of(plain), &[("", plain)]);
    }

    #[test]
    fn a_size_that_cannot_be_is_told() {
        let file = [MAGIC, &u32::MAX.to_le_bytes(), b"\x10a"].concat();
        assert_eq!(law::see(&DECODER, &file).unread, [(String::new(), Unread::Limit(Limit::Held))]);
        let file = [MAGIC, &10_000_u32.to_le_bytes(), b"\x10a"].concat();
        assert_eq!(law::see(&DECODER, &file).unread, [(String::new(), Unread::Damaged)]);
    }

    #[test]
    fn any_change_is_survived() {
        law::changes_are_survived(&DECODER, &file_of(b"some content, some content, some content"));
    }
}
