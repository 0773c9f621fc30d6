//! Applies edits to a tar stream as it passes.

use std::io::{self, Write};

use super::edit::{BLOCK, Change, Edit, Edits};
use crate::tar::is_header;

/// What stands in the place of a secret in bytes: it means nothing in any format, and no scanner takes it for a secret.
pub const FILLER: u8 = b'x';

const CHECKSUM: std::ops::Range<usize> = 148..156;

/// Masks bytes: see [`Change::Mask`].
pub fn fill(bytes: &mut [u8]) {
    for byte in bytes.iter_mut().filter(|byte| !matches!(byte, b'\n' | b'\r' | 0)) {
        *byte = FILLER;
    }
}

/// Passes a tar stream on to `out`, changed.
pub(super) struct Patch<'e, W> {
    out: W,
    edits: &'e Edits,
    /// The first edit that is not over yet.
    edit: usize,
    /// The first block that is not over yet.
    block: usize,
    /// A header block that is not whole yet.
    held: Vec<u8>,
    at: u64,
    changed: Vec<u8>,
}

impl<'e, W: Write> Patch<'e, W> {
    pub(super) fn new(edits: &'e Edits, out: W) -> Self {
        Self { out, edits, edit: 0, block: 0, held: Vec::new(), at: 0, changed: Vec::new() }
    }

    /// Ends the stream; a block that is not whole is passed on as it is.
    pub(super) fn finish(mut self) -> io::Result<W> {
        let held = std::mem::take(&mut self.held);
        self.plain(&held)?;
        Ok(self.out)
    }

    /// The next bytes of the stream.
    pub(super) fn push(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let seen = self.at + self.held.len() as u64;
            let block = self.edits.blocks().get(self.block).copied();
            let taken = match block {
                Some(block) if block <= seen => self.hold(bytes)?,
                Some(block) => {
                    let most = usize::try_from(block - seen).unwrap_or(usize::MAX).min(bytes.len());
                    self.plain(bytes.get(..most).unwrap_or_default())?;
                    most
                }
                None => {
                    self.plain(bytes)?;
                    bytes.len()
                }
            };
            bytes = bytes.get(taken..).unwrap_or_default();
        }
        Ok(())
    }

    /// Collects a header block, and passes it on once it is whole.
    fn hold(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let want = usize::try_from(BLOCK).unwrap_or(512) - self.held.len();
        let taken = want.min(bytes.len());
        self.held.extend_from_slice(bytes.get(..taken).unwrap_or_default());
        if taken == want {
            let mut block = std::mem::take(&mut self.held);
            let header = is_header(&block);
            let (start, end) = (self.at, self.at + BLOCK);
            let over = |edit: &&Edit| edit.range.start < end && start < edit.range.end;
            for edit in
                self.edits.list().iter().skip(self.edit).take_while(|e| e.range.start < end).filter(over)
            {
                let from = usize::try_from(edit.range.start.max(start) - start).unwrap_or(0);
                let to = usize::try_from(edit.range.end.min(end) - start).unwrap_or(0);
                change(edit.change, block.get_mut(from..to).unwrap_or_default());
            }
            if header {
                renew(&mut block);
            }
            self.block += 1;
            self.whole(&block)?;
        }
        Ok(taken)
    }

    /// A block that is changed already; only a cut still takes it away.
    fn whole(&mut self, block: &[u8]) -> io::Result<()> {
        self.pass(block, |edit| edit.change == Change::Cut)
    }

    fn plain(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.pass(bytes, |_| true)
    }

    /// Passes bytes on, with the edits that `counts` lets through.
    fn pass(&mut self, mut bytes: &[u8], counts: impl Fn(&Edit) -> bool) -> io::Result<()> {
        while !bytes.is_empty() {
            let edit = self.edits.list().get(self.edit);
            if edit.is_some_and(|edit| edit.range.end <= self.at) {
                self.edit += 1;
                continue;
            }
            let within = edit.filter(|edit| edit.range.start <= self.at);
            let until = within.map(|edit| edit.range.end).or(edit.map(|edit| edit.range.start));
            let left = until.map_or(u64::MAX, |until| until - self.at);
            let length = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
            let (now, rest) = bytes.split_at(length);
            match within.filter(|edit| counts(edit)) {
                None => self.out.write_all(now)?,
                Some(Edit { change: Change::Cut, .. }) => {}
                Some(edit) => {
                    self.changed.clear();
                    self.changed.extend_from_slice(now);
                    change(edit.change, &mut self.changed);
                    self.out.write_all(&self.changed)?;
                }
            }
            self.at += length as u64;
            bytes = rest;
        }
        Ok(())
    }
}

/// Changes bytes in their place. What is cut is left to whoever passes it on.
fn change(change: Change, bytes: &mut [u8]) {
    match change {
        Change::Mask => fill(bytes),
        Change::Blank => bytes.fill(0),
        Change::Cut => {}
    }
}

/// Writes the checksum of a header block anew.
fn renew(block: &mut [u8]) {
    let outside = block.iter().enumerate().filter(|(at, _)| !CHECKSUM.contains(at));
    let sum: u32 = outside.map(|(_, byte)| u32::from(*byte)).sum::<u32>() + 8 * u32::from(b' ');
    if let Some(field) = block.get_mut(CHECKSUM) {
        field.copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    }
}
