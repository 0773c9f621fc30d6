//! LZ4 frames, all of a file as one stream.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read};

use lz4_flex::frame::FrameDecoder;

use super::seam::{Bytes, Counted, Members, Stop, unpack};
use super::{Decoder, Holds};
use crate::Hint;

/// LZ4 frames.
pub(crate) static DECODER: Decoder = Decoder { name: "lz4", claims, open, holds: Holds::Files };

const FRAME: u32 = 0x184d_2204;
/// The format of the Linux kernel, before there were frames.
const LEGACY: u32 = 0x184c_2102;

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    Bytes(head).u32_le(0).is_some_and(|magic| magic == FRAME || magic == LEGACY)
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let taken = Cell::new(0);
    let mut rest = BufReader::with_capacity(64 << 10, Counted::new(body, &taken));
    if Bytes(rest.fill_buf()?).u32_le(0) == Some(LEGACY) {
        return Err(Stop::unsupported("the legacy form of lz4"));
    }
    let mut plain = Frames(FrameDecoder::new(Tail { rest, last: [0; 8] }));
    unpack(members, "", &mut plain, &taken).map(drop)
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

    #[test]
    fn the_legacy_form_is_told() {
        assert_eq!(
            law::see(&DECODER, &LEGACY.to_le_bytes()).unread,
            [(String::new(), crate::decode::Unread::Unsupported)]
        );
    }

    #[test]
    fn a_bomb_hits_the_ratio() {
        law::bomb_is_stopped(&DECODER, &packed(&vec![0; 8 << 20]));
    }

    #[test]
    fn any_cut_is_survived_and_told() {
        law::cuts_are_told(&DECODER, &packed(b"some content that is compressed"));
    }
}
