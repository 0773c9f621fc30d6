//! Pieces of values in names that a header has no room for.
//!
//! Tar writes such a name as a whole before the header, and its first hundred bytes into the header once more. A value
//! that stands across that border is whole in the one and cut off in the other, where no search for it finds it.

use std::ops::Range;

use tightlip_image::is_tar_header;

use super::exact::{Hit, Values};
use super::locate::Part;

const BLOCK: usize = 512;
/// Where names stand in a header: the entry's, and the target of a link.
const FIELDS: [Range<usize>; 2] = [0..100, 157..257];
/// A shorter piece says nothing.
const SHORTEST: usize = 4;
/// Longer headers are hostile: a value in them is masked where it is whole, and a second scan follows in any case.
const LONGEST: u64 = 1 << 20;

/// The header blocks of entries whose names are longer than a header, as the stream passes.
pub(crate) struct Pieces<'p> {
    /// In the order of the stream.
    parts: Vec<&'p Part>,
    /// The first that is not whole yet, and its bytes so far.
    next: usize,
    held: Vec<u8>,
    hits: Vec<Hit>,
    values: &'p Values,
}

impl<'p> Pieces<'p> {
    pub(crate) fn new(parts: &'p [Part], values: &'p Values) -> Self {
        let is_long = |part: &&Part| {
            let length = part.body - part.header;
            BLOCK as u64 * 2 < length && length <= LONGEST && !whole_in(part, values).is_empty()
        };
        Self {
            parts: parts.iter().filter(is_long).collect(),
            next: 0,
            held: Vec::new(),
            hits: Vec::new(),
            values,
        }
    }

    /// Whether no name holds a value and is longer than a header.
    pub(crate) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// The next bytes of the stream, which stand there.
    pub(crate) fn push(&mut self, mut at: u64, mut bytes: &[u8]) {
        while let Some(headers) = self.parts.get(self.next).map(|part| part.headers()) {
            let want = headers.start + self.held.len() as u64;
            let skipped = usize::try_from(want - at).unwrap_or(usize::MAX).min(bytes.len());
            bytes = bytes.get(skipped..).unwrap_or_default();
            at += skipped as u64;
            let taken = usize::try_from(headers.end - want).unwrap_or(usize::MAX).min(bytes.len());
            self.held.extend_from_slice(bytes.get(..taken).unwrap_or_default());
            bytes = bytes.get(taken..).unwrap_or_default();
            at += taken as u64;
            if headers.start + (self.held.len() as u64) < headers.end {
                return;
            }
            self.look();
            self.next += 1;
        }
    }

    /// What was found.
    pub(crate) fn into_hits(self) -> Vec<Hit> {
        self.hits
    }

    fn look(&mut self) {
        let held = std::mem::take(&mut self.held);
        let Some(part) = self.parts.get(self.next) else { return };
        let named = whole_in(part, self.values);
        for (number, block) in held.chunks_exact(BLOCK).enumerate().filter(|(_, block)| is_tar_header(block))
        {
            let start = part.header + (number * BLOCK) as u64;
            for field in FIELDS {
                let text = block.get(field.clone()).unwrap_or_default();
                let length = text.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
                let text = text.get(..length).unwrap_or_default();
                for (identity, value) in &named {
                    let pieces = (SHORTEST..value.len()).rev().filter_map(|piece| value.get(..piece));
                    let Some(piece) = pieces.into_iter().find(|piece| text.ends_with(piece)) else {
                        continue;
                    };
                    let end = start + (field.start + length) as u64;
                    let range = end - piece.len() as u64..end;
                    self.hits.push(Hit { identity: (*identity).to_owned(), range });
                }
            }
        }
    }
}

/// The values that stand in an entry's names as they are.
fn whole_in<'v>(part: &Part, values: &'v Values) -> Vec<(&'v str, &'v [u8])> {
    let names = [Some(part.name.as_slice()), part.link.as_deref()];
    let holds = |value: &[u8]| {
        names.iter().flatten().any(|name| name.len() > 99 && memchr::memmem::find(name, value).is_some())
    };
    values.strong().filter(|(_, value)| holds(value)).collect()
}
