//! Readers and readings that say when something is missing.

use std::cell::Cell;
use std::io::{self, Read};

/// Counts what is taken from a compressed stream.
pub(crate) struct Counted<'a> {
    body: &'a mut dyn Read,
    taken: &'a Cell<u64>,
}

impl<'a> Counted<'a> {
    pub(crate) fn new(body: &'a mut dyn Read, taken: &'a Cell<u64>) -> Self {
        Self { body, taken }
    }
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.body.read(buffer)?;
        self.taken.set(self.taken.get().saturating_add(count as u64));
        Ok(count)
    }
}

/// So many bytes of a stream, and an error where it ends before.
pub(crate) struct Exactly<'a> {
    body: &'a mut dyn Read,
    left: u64,
}

impl<'a> Exactly<'a> {
    pub(crate) fn new(body: &'a mut dyn Read, left: u64) -> Self {
        Self { body, left }
    }

    /// Reads what the receiver left, so that the next header is at hand.
    pub(crate) fn rest(mut self) -> io::Result<()> {
        io::copy(&mut self, &mut io::sink()).map(drop)
    }
}

impl Read for Exactly<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let Some(buffer) = buffer.get_mut(..most).filter(|buffer| !buffer.is_empty()) else { return Ok(0) };
        let count = self.body.read(buffer)?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left = self.left.saturating_sub(count as u64);
        Ok(count)
    }
}

/// Reads until the buffer is full or the stream ends; how much was read.
pub(crate) fn fill(body: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match body.read(rest) {
            Ok(0) => break,
            Ok(count) => filled = filled.saturating_add(count),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// Reads past so many bytes.
pub(crate) fn skip(body: &mut dyn Read, count: u64) -> io::Result<()> {
    Exactly::new(body, count).rest()
}
