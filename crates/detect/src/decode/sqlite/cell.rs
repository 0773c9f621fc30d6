//! Pages of b-trees, their cells, and the values of a record.

use std::ops::Range;

use super::Pages;
use crate::decode::seam::Bytes;

/// A page of a b-tree.
#[derive(Clone, Copy)]
pub(crate) struct Page<'p> {
    bytes: Bytes<'p>,
    /// Where the header of the page is: behind the header of the file on the first page.
    header: usize,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    InnerIndex,
    InnerTable,
    LeafIndex,
    LeafTable,
}

impl<'p> Page<'p> {
    /// A page by its number; none where it is no page of a b-tree.
    pub(crate) fn of(pages: &'p dyn Pages, number: u32) -> Option<Self> {
        let bytes = Bytes(pages.page(number)?);
        let header = if number == 1 { 100 } else { 0 };
        let kind = match bytes.u8(header)? {
            2 => Kind::InnerIndex,
            5 => Kind::InnerTable,
            10 => Kind::LeafIndex,
            13 => Kind::LeafTable,
            _ => return None,
        };
        Some(Self { bytes, header, kind })
    }

    /// Where a cell begins.
    fn cell(self, place: usize) -> Option<usize> {
        self.bytes.u16_be(self.pointers().checked_add(place.checked_mul(2)?)?).map(usize::from)
    }

    /// Where the list of its cells begins.
    fn pointers(self) -> usize {
        let inner = matches!(self.kind, Kind::InnerIndex | Kind::InnerTable);
        self.header.saturating_add(if inner { 12 } else { 8 })
    }

    /// Where its cells begin, in their order.
    fn cells(self) -> impl Iterator<Item = usize> + 'p {
        (0..self.count()).map_while(move |place| self.cell(place))
    }

    /// The pages under this one.
    pub(crate) fn children(self) -> Vec<u32> {
        if matches!(self.kind, Kind::LeafIndex | Kind::LeafTable) {
            return Vec::new();
        }
        let last = self.bytes.u32_be(self.header.saturating_add(8));
        self.cells().filter_map(|cell| self.bytes.u32_be(cell)).chain(last).collect()
    }

    /// Whether it is of a table, or was: an inner page may have been a leaf.
    pub(super) fn is_of_table(self) -> bool {
        matches!(self.kind, Kind::LeafTable | Kind::InnerTable)
    }

    /// What lies between the list of its cells and the first of them.
    pub(super) fn gap(self) -> Range<usize> {
        let start = self.pointers().saturating_add(self.count().saturating_mul(2));
        start..self.cells().min().unwrap_or(self.bytes.0.len()).max(start).min(self.bytes.0.len())
    }

    /// The blocks that were freed between its cells. Each says where the next is, and how long it is.
    pub(super) fn free_blocks(self) -> impl Iterator<Item = Range<usize>> + 'p {
        let bytes = self.bytes;
        let mut next = bytes.u16_be(self.header.saturating_add(1)).map(usize::from);
        std::iter::from_fn(move || {
            let start = next.filter(|start| *start > 0)?;
            let end = start.checked_add(bytes.u16_be(start.checked_add(2)?)?.into())?.min(bytes.0.len());
            // They stand in order.
            next = bytes.u16_be(start).map(usize::from).filter(|later| *later > start);
            Some(start..end)
        })
    }

    /// How many cells it says it has.
    pub(crate) fn count(self) -> usize {
        self.bytes.u16_be(self.header.saturating_add(3)).unwrap_or_default().into()
    }

    /// The row number (nothing in an index) and the record of a cell, overflow pages joined, as far as it is there.
    pub(crate) fn record(self, pages: &dyn Pages, cell: usize) -> Option<(u64, Vec<u8>)> {
        let Head { row, at, length } = self.head(pages, cell)?;
        let local = local(length, pages.usable(), self.kind);
        let rest = self.bytes.from(at);
        let mut payload = rest.get(..local).unwrap_or(rest).to_vec();
        let mut next = at.checked_add(local).and_then(|at| self.bytes.u32_be(at));
        while payload.len() < length {
            let Some(page) = next.and_then(|number| pages.page(number)).map(Bytes) else { break };
            let end = pages.usable().min(length.saturating_sub(payload.len()).saturating_add(4));
            let part = page.0.get(4..end).unwrap_or_else(|| page.from(4));
            if part.is_empty() {
                break;
            }
            payload.extend_from_slice(part);
            next = page.u32_be(0);
        }
        Some((row, payload))
    }

    /// The overflow pages of a cell, until `visit` says that one is known already.
    pub(super) fn overflow(self, pages: &dyn Pages, cell: usize, visit: &mut dyn FnMut(u32) -> Visit) {
        let Some(Head { at, length, .. }) = self.head(pages, cell) else { return };
        let local = local(length, pages.usable(), self.kind);
        if local == length {
            return;
        }
        let mut next = at.checked_add(local).and_then(|at| self.bytes.u32_be(at));
        while let Some(number) = next.filter(|number| *number > 0) {
            if visit(number) == Visit::Known {
                return;
            }
            next = pages.page(number).and_then(|page| Bytes(page).u32_be(0));
        }
    }

    /// The numbers before a record.
    fn head(self, pages: &dyn Pages, cell: usize) -> Option<Head> {
        let mut at = self.cell(cell)?;
        match self.kind {
            Kind::InnerTable => return None,
            Kind::InnerIndex => at = at.checked_add(4)?,
            Kind::LeafIndex | Kind::LeafTable => {}
        }
        let (length, next) = varint(self.bytes, at)?;
        let (row, at) = if self.kind == Kind::LeafTable { varint(self.bytes, next)? } else { (0, next) };
        Some(Head { row, at, length: usize::try_from(length).ok()?.min(pages.total()) })
    }
}

struct Head {
    row: u64,
    /// Where the record begins.
    at: usize,
    length: usize,
}

/// Whether a page was seen before.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Visit {
    New,
    Known,
}

/// How much of a payload stands on the page itself (section 1.6 of the format).
fn local(length: usize, usable: usize, kind: Kind) -> usize {
    let least = usable.saturating_sub(12).saturating_mul(32) / 255 - 23;
    let most = match kind {
        Kind::LeafTable => usable.saturating_sub(35),
        _ => usable.saturating_sub(12).saturating_mul(64) / 255 - 23,
    };
    if length <= most {
        return length;
    }
    let fitting = least.saturating_add(length.saturating_sub(least) % usable.saturating_sub(4).max(1));
    if fitting <= most { fitting } else { least }
}

/// A number of up to nine bytes, high bits first, and where it ends.
pub(super) fn varint(bytes: Bytes<'_>, at: usize) -> Option<(u64, usize)> {
    let mut value = 0_u64;
    for place in 0..8 {
        let byte = bytes.u8(at.checked_add(place)?)?;
        value = value << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((value, at.checked_add(place)?.checked_add(1)?));
        }
    }
    let last = bytes.u8(at.checked_add(8)?)?;
    Some((value << 8 | u64::from(last), at.checked_add(9)?))
}

/// A value of a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Value<'r> {
    /// NULL or a number.
    Other,
    Text(&'r [u8]),
    Blob(&'r [u8]),
}

/// The values of a record; a cut one as far as it is there.
pub(crate) fn values(record: &[u8]) -> impl Iterator<Item = Value<'_>> {
    let bytes = Bytes(record);
    let (end, mut kinds) = varint(bytes, 0).unwrap_or_default();
    let end = usize::try_from(end).unwrap_or(usize::MAX);
    let mut at = end;
    std::iter::from_fn(move || {
        if kinds == 0 || kinds >= end {
            return None;
        }
        let (kind, next) = varint(bytes, kinds)?;
        kinds = next;
        let length = usize::try_from(length(kind)).ok()?;
        let rest = bytes.from(at);
        let value = rest.get(..length).unwrap_or(rest);
        at = at.saturating_add(length);
        Some(match kind {
            0..=11 => Value::Other,
            kind if kind % 2 == 0 => Value::Blob(value),
            _ => Value::Text(value),
        })
    })
}

/// How long a value of a kind is (section 2.1).
pub(super) fn length(kind: u64) -> u64 {
    match kind {
        0 | 8..=11 => 0,
        1..=4 => kind,
        5 => 6,
        6 | 7 => 8,
        _ => kind.saturating_sub(12) / 2,
    }
}
