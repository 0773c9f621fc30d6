//! A stream with as much of it in memory as it takes to see what a head is.

use std::cell::Cell;
use std::io::{self, BufRead, Read};

use super::head::{self, Kind, LONGEST};

/// So much is read at once.
const CHUNK: usize = 64 << 10;

pub(super) struct Window<'b> {
    body: &'b mut dyn Read,
    /// What was read and not passed yet, behind what was passed last.
    held: Vec<u8>,
    at: usize,
    /// Where in the stream the held bytes begin.
    base: u64,
    over: bool,
    /// How many bytes were passed since somebody set it.
    taken: &'b Cell<u64>,
}

impl<'b> Window<'b> {
    pub(super) fn new(body: &'b mut dyn Read, taken: &'b Cell<u64>) -> Self {
        Self { body, held: Vec::new(), at: 0, base: 0, over: false, taken }
    }

    /// Where in the stream it stands.
    pub(super) fn place(&self) -> u64 {
        self.base.saturating_add(self.at as u64)
    }

    pub(super) fn taken(&self) -> &'b Cell<u64> {
        self.taken
    }

    pub(super) fn past(&mut self, count: usize) {
        self.at = self.at.saturating_add(count).min(self.held.len());
        self.taken.set(self.taken.get().saturating_add(count as u64));
    }

    /// What comes next, so many bytes of it at least, if there are as many.
    pub(super) fn ahead(&mut self, wanted: usize) -> io::Result<&[u8]> {
        if self.held.len().saturating_sub(self.at) < wanted {
            self.fill(wanted)?;
        }
        Ok(self.held.get(self.at..).unwrap_or_default())
    }

    /// Reads on; what was passed is forgotten.
    fn fill(&mut self, wanted: usize) -> io::Result<()> {
        let passed = self.at.saturating_sub(head::BEFORE);
        self.held.drain(..passed);
        self.at = self.at.saturating_sub(passed);
        self.base = self.base.saturating_add(passed as u64);
        let more = CHUNK.saturating_add(wanted) as u64;
        if !self.over {
            let before = self.held.len();
            self.body.take(more).read_to_end(&mut self.held)?;
            self.over = (self.held.len().saturating_sub(before) as u64) < more;
        }
        Ok(())
    }

    /// Goes to the next place that looks like the beginning of a stream.
    pub(super) fn seek(&mut self) -> io::Result<Option<Kind>> {
        loop {
            self.ahead(LONGEST)?;
            if let Some((place, kind)) = head::next(&self.held, self.at) {
                self.at = place;
                return Ok(Some(kind));
            }
            // A head may be cut where the held bytes end.
            self.at = self.at.max(self.held.len().saturating_sub(LONGEST.saturating_sub(1)));
            if self.over {
                return Ok(None);
            }
        }
    }
}

impl Read for Window<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut ready = self.fill_buf()?;
        let count = ready.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Window<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.ahead(1)
    }

    fn consume(&mut self, count: usize) {
        self.past(count);
    }
}
