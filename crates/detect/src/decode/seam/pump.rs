//! A stream that is turned into another one, chunk by chunk.

use std::io::{self, Read};

const CHUNK: usize = 32 << 10;

/// Reads what `turn` writes. `turn` gets every chunk as it comes, and an empty one at the end.
pub(crate) struct Pump<'a, T> {
    body: &'a mut dyn Read,
    turn: T,
    written: Vec<u8>,
    read: usize,
    ended: bool,
}

impl<'a, T: FnMut(&[u8], &mut Vec<u8>)> Pump<'a, T> {
    pub(crate) fn new(body: &'a mut dyn Read, turn: T) -> Self {
        Self { body, turn, written: Vec::new(), read: 0, ended: false }
    }

    fn refill(&mut self) -> io::Result<()> {
        self.written.clear();
        self.read = 0;
        let mut chunk = [0; CHUNK];
        let count = self.body.read(&mut chunk)?;
        self.ended = count == 0;
        (self.turn)(chunk.get(..count).unwrap_or_default(), &mut self.written);
        Ok(())
    }
}

impl<T: FnMut(&[u8], &mut Vec<u8>)> Read for Pump<'_, T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.read >= self.written.len() && !self.ended {
            self.refill()?;
        }
        let mut ready = self.written.get(self.read..).unwrap_or_default();
        let count = ready.read(buffer)?;
        self.read = self.read.saturating_add(count);
        Ok(count)
    }
}
