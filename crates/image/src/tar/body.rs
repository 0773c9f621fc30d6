//! The readers that visitors get: an entry's body, and bytes that are no entry.

use std::io::{self, Read};

use super::{BLOCK, is_header};
use crate::compress::Stream;

/// The body of one entry. It ends early where the stream does.
pub(super) struct Body<'s, 'a> {
    pub(super) stream: &'s mut Stream<'a>,
    pub(super) left: u64,
}

impl Read for Body<'_, '_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(out.len());
        if most == 0 {
            return Ok(0);
        }
        let length = self.stream.read(out.get_mut(..most).unwrap_or_default());
        self.left -= length as u64;
        Ok(length)
    }
}

/// Where [`Junk`] ends.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Until {
    /// Before the next block that is a header.
    Header,
    /// At the end of the stream.
    End,
}

/// Blocks that are no entries.
pub(super) struct Junk<'s, 'a> {
    pub(super) stream: &'s mut Stream<'a>,
    pub(super) until: Until,
    /// Buffered bytes that are known to be junk.
    known: usize,
}

impl<'s, 'a> Junk<'s, 'a> {
    pub(super) fn new(stream: &'s mut Stream<'a>, until: Until) -> Junk<'s, 'a> {
        Junk { stream, until, known: 0 }
    }

    fn look(&mut self) {
        self.stream.need(BLOCK);
        let bytes = self.stream.buffered();
        if self.until == Until::End || bytes.len() < BLOCK {
            self.known = bytes.len();
            return;
        }
        let blocks = bytes.chunks_exact(BLOCK).take_while(|block| !is_header(block)).count();
        self.known = blocks * BLOCK;
    }
}

impl Read for Junk<'_, '_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.known == 0 {
            self.look();
        }
        let length = self.known.min(out.len());
        if let (Some(from), Some(to)) = (self.stream.buffered().get(..length), out.get_mut(..length)) {
            to.copy_from_slice(from);
        }
        self.stream.take(length);
        self.known -= length;
        Ok(length)
    }
}
