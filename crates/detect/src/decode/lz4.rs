//! LZ4 frames, all of a file as one stream.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Cursor, Read};

use lz4_flex::frame::FrameDecoder;

use super::seam::{Bytes, Counted, Exactly, Members, Stop, fill, unpack};
use super::{Decoder, Holds};
use crate::Hint;

/// LZ4 frames.
pub(crate) static DECODER: Decoder =
    Decoder { name: "lz4", claims, open, tool: Some("lz4 -dc"), holds: Holds::Files };

const FRAME: u32 = 0x184d_2204;
/// The format of the Linux kernel, before there were frames.
const LEGACY: u32 = 0x184c_2102;

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    Bytes(head).u32_le(0).is_some_and(|magic| magic == FRAME || magic == LEGACY)
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let taken = Cell::new(0);
    let mut body = Counted::new(body, &taken);
    let mut magic = [0; 4];
    let filled = fill(&mut body, &mut magic)?;
    let begun = magic.get(..filled).unwrap_or_default();
    let rest = BufReader::with_capacity(64 << 10, begun.chain(body));
    if u32::from_le_bytes(magic) == LEGACY {
        return unpack(members, "", &mut Blocks { rest, plain: Cursor::default() }, &taken).map(drop);
    }
    let mut plain = Frames(FrameDecoder::new(Tail { rest, last: [0; 8] }));
    unpack(members, "", &mut plain, &taken).map(drop)
}

/// The legacy form: blocks behind their sizes, each of which says at most [`BLOCK`] bytes. Its magic may stand between them
/// again, where files were put together.
struct Blocks<R> {
    rest: R,
    plain: Cursor<Vec<u8>>,
}

const BLOCK: usize = 8 << 20;

impl<R: Read> Blocks<R> {
    /// The next block; none at the end.
    fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut size = [0; 4];
        loop {
            match fill(&mut self.rest, &mut size)? {
                0 => return Ok(None),
                4 => {}
                _ => return Err(io::ErrorKind::UnexpectedEof.into()),
            }
            let size = u32::from_le_bytes(size);
            if size == LEGACY {
                continue;
            }
            let length = usize::try_from(size).unwrap_or(usize::MAX);
            if length > lz4_flex::block::get_maximum_output_size(BLOCK) {
                return Err(io::Error::other("a block that is larger than blocks are"));
            }
            let mut block = Vec::new();
            Exactly::new(&mut self.rest, u64::from(size)).read_to_end(&mut block)?;
            return lz4_flex::block::decompress(&block, BLOCK).map(Some).map_err(io::Error::other);
        }
    }
}

impl<R: Read> Read for Blocks<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.plain.read(buffer)?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            let Some(plain) = self.next()? else { return Ok(0) };
            self.plain = Cursor::new(plain);
        }
    }
}

/// The library ends at each frame and goes on when asked again.
struct Frames<R>(FrameDecoder<Tail<R>>)
where
    Tail<R>: Read;

impl<R: BufRead> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.0.read(buffer)?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            let tail = self.0.get_mut();
            if tail.rest.fill_buf()?.is_empty() {
                return if tail.is_whole() { Ok(0) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
            }
        }
    }
}

/// Remembers the last bytes that were read: the library takes a file that ends between two blocks for a whole one.
struct Tail<R> {
    rest: R,
    last: [u8; 8],
}

impl<R> Tail<R> {
    /// Whether the mark of the end, four zeros, stands there, a checksum behind it or not.
    fn is_whole(&self) -> bool {
        let (before, last) = self.last.split_at(4);
        last == [0; 4] || (before == [0; 4] && last != FRAME.to_le_bytes())
    }
}

impl<R: Read> Read for Tail<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.rest.read(buffer)?;
        for byte in buffer.get(count.saturating_sub(8)..count).unwrap_or_default() {
            self.last.rotate_left(1);
            self.last[7] = *byte;
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::decode::seam::law;

    fn packed(plain: &[u8]) -> Vec<u8> {
        let mut writer = lz4_flex::frame::FrameEncoder::new(Vec::new());
        writer.write_all(plain).unwrap();
        writer.finish().unwrap()
    }

    #[test]
    fn all_frames_of_a_file_are_one_stream() {
        law::holds(&DECODER, &[packed(b"first "), packed(b"second")].concat(), &[("", b"first second")]);
    }

    /// As `lz4 -l` and the kernel's build write it.
    fn legacy(plain: &[u8]) -> Vec<u8> {
        let mut file = LEGACY.to_le_bytes().to_vec();
        for block in plain.chunks(BLOCK) {
            let packed = lz4_flex::block::compress(block);
            file.extend(u32::try_from(packed.len()).unwrap().to_le_bytes());
            file.extend(packed);
        }
        file
    }

    #[test]
    fn the_legacy_form_is_one_stream() {
        law::holds(&DECODER, &[legacy(b"first "), legacy(b"second")].concat(), &[("", b"first second")]);
        let long = b"some text ".repeat(BLOCK / 9);
        assert_eq!(law::see(&DECODER, &legacy(&long)).of(""), &long[..]);
    }

    #[test]
    fn a_bomb_hits_the_ratio() {
        for file in [packed(&vec![0; 8 << 20]), legacy(&vec![0; 8 << 20])] {
            law::bomb_is_stopped(&DECODER, &file);
        }
    }

    #[test]
    fn any_cut_is_survived_and_told() {
        law::cuts_are_told(&DECODER, &packed(b"some content that is compressed"));
        law::changes_are_survived(&DECODER, &legacy(b"some content that is compressed"));
    }
}
