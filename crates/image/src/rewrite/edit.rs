//! Which stretches of a tar stream change, and how.

use std::ops::Range;

/// What becomes of a stretch of bytes, the weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// Filler of the same length; line breaks and zero bytes stay, so that lines and UTF-16 stay what they are.
    Mask,
    /// Zero bytes of the same length.
    Blank,
    /// Nothing: what follows moves up.
    Cut,
}

const CHANGES: [Change; 3] = [Change::Mask, Change::Blank, Change::Cut];

/// A stretch that changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Where, in bytes of the tar stream.
    pub range: Range<u64>,
    /// How.
    pub change: Change,
}

/// The edits of one layer: in order, none over another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edits {
    edits: Vec<Edit>,
    /// Offsets of blocks in which a mask falls and that may be headers: their checksum is to hold again.
    blocks: Vec<u64>,
}

/// Bytes of a tar block.
pub(super) const BLOCK: u64 = 512;

impl Edits {
    /// Edits in any order; where they overlap the strongest counts. `headers` are the stretches in which header blocks
    /// lie, each from an entry's first header to its body.
    #[must_use]
    pub fn new(edits: Vec<Edit>, headers: &[Range<u64>]) -> Self {
        let edits = sweep(&edits);
        let mut blocks = Vec::new();
        for edit in edits.iter().filter(|edit| edit.change != Change::Cut) {
            for header in headers.iter().filter(|header| overlaps(header, &edit.range)) {
                let from = edit.range.start.max(header.start) / BLOCK;
                let to = edit.range.end.min(header.end).div_ceil(BLOCK);
                blocks.extend((from..to).map(|block| block * BLOCK));
            }
        }
        blocks.sort_unstable();
        blocks.dedup();
        Self { edits, blocks }
    }

    /// The edits.
    #[must_use]
    pub fn list(&self) -> &[Edit] {
        &self.edits
    }

    pub(super) fn blocks(&self) -> &[u64] {
        &self.blocks
    }

    /// Whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.edits.is_empty()
    }

    /// How many bytes are cut out.
    #[must_use]
    pub fn cut(&self) -> u64 {
        let cuts = self.edits.iter().filter(|edit| edit.change == Change::Cut);
        cuts.map(|edit| edit.range.end - edit.range.start).sum()
    }
}

fn overlaps(a: &Range<u64>, b: &Range<u64>) -> bool {
    a.start < b.end && b.start < a.end
}

/// Goes over all ends of edits in order and keeps, between each two, the strongest edit that covers them.
fn sweep(edits: &[Edit]) -> Vec<Edit> {
    let mut ends: Vec<(u64, Change, isize)> = Vec::new();
    for Edit { range, change } in edits.iter().filter(|edit| edit.range.start < edit.range.end) {
        ends.extend([(range.start, *change, 1), (range.end, *change, -1)]);
    }
    ends.sort_unstable();
    let mut active = [0_isize; CHANGES.len()];
    let mut swept: Vec<Edit> = Vec::new();
    let mut last = 0;
    for (at, change, step) in ends {
        let strongest = CHANGES.iter().zip(active).rev().find(|(_, count)| *count > 0);
        if let Some((strongest, _)) = strongest.filter(|_| last < at) {
            match swept.last_mut().filter(|e| e.range.end == last && e.change == *strongest) {
                Some(edit) => edit.range.end = at,
                None => swept.push(Edit { range: last..at, change: *strongest }),
            }
        }
        active.iter_mut().zip(CHANGES).filter(|(_, c)| *c == change).for_each(|(count, _)| *count += step);
        last = at;
    }
    swept
}
