//! The headers of ZIP entries, and the directory at the end of the file (APPNOTE 6.3.10, sections 4.3.7 to 4.3.16).

use std::collections::BTreeMap;

use crate::decode::seam::{Bytes, text};

const CENTRAL: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
const END64: &[u8] = b"PK\x06\x06";
const LOCATOR64: &[u8] = b"PK\x06\x07";
const DESCRIPTOR: &[u8] = b"PK\x07\x08";
const UNKNOWN: u32 = u32::MAX;

/// What the directory says about sizes, by where an entry begins.
#[derive(Default)]
pub(super) struct Directory {
    /// Where it begins; none where there is none.
    pub(super) start: Option<usize>,
    /// Where the file should end.
    pub(super) end: Option<usize>,
    entries: BTreeMap<usize, Listed>,
}

#[derive(Clone, Copy)]
struct Listed {
    packed: u64,
    unpacked: u64,
    crc: u32,
}

/// An entry as its own header and the directory know it.
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) method: u16,
    pub(super) encrypted: bool,
    /// Where the content begins in the file.
    pub(super) content: usize,
    /// The packed size, where somebody knows it.
    pub(super) packed: Option<u64>,
    /// The size of the content, where somebody knows it.
    pub(super) unpacked: Option<u64>,
    /// Whether LZMA data has a mark at its end.
    pub(super) marked: bool,
    pub(super) crc: Option<u32>,
}

impl Entry {
    pub(super) fn is_directory(&self) -> bool {
        self.name.ends_with('/') && self.packed.unwrap_or_default() == 0
    }
}

impl Directory {
    /// Reads the directory; an empty one where it is broken.
    pub(super) fn of(bytes: Bytes<'_>) -> Self {
        Self::read(bytes).unwrap_or_default()
    }

    fn read(bytes: Bytes<'_>) -> Option<Self> {
        let record = memchr::memmem::rfind(bytes.0, END)?;
        let comment = usize::from(bytes.u16_le(record.checked_add(20)?)?);
        let end = record.checked_add(22)?.checked_add(comment)?;
        let small = (bytes.u32_le(record.checked_add(12)?)?, bytes.u32_le(record.checked_add(16)?)?);
        let (before, size, offset) = match large(bytes, record) {
            Some(large) => large,
            None => (record, u64::from(small.0), u64::from(small.1)),
        };
        let start = before.checked_sub(usize::try_from(size).ok()?)?;
        // Something in front of the archive moves every offset.
        let moved = start.saturating_sub(usize::try_from(offset).ok()?);
        let mut directory = Self { start: Some(start), end: Some(end), entries: BTreeMap::new() };
        directory.list(bytes, start, moved);
        Some(directory)
    }

    fn list(&mut self, bytes: Bytes<'_>, start: usize, moved: usize) {
        let mut at = start;
        while let Some((place, listed, length)) = central(bytes, at) {
            if let Some(place) = usize::try_from(place).ok().and_then(|place| place.checked_add(moved)) {
                self.entries.insert(place, listed);
            }
            at = at.saturating_add(length);
        }
    }

    /// The first listed entry from a place on.
    pub(super) fn next(&self, at: usize) -> Option<usize> {
        self.entries.range(at..).next().map(|(place, _)| *place)
    }
}

/// The large form of the end record: where it begins, the size of the directory and its offset.
fn large(bytes: Bytes<'_>, record: usize) -> Option<(usize, u64, u64)> {
    let locator = record.checked_sub(20)?;
    if !bytes.has(locator, LOCATOR64) {
        return None;
    }
    let at = memchr::memmem::rfind(bytes.0.get(..locator)?, END64)?;
    Some((at, bytes.u64_le(at.checked_add(40)?)?, bytes.u64_le(at.checked_add(48)?)?))
}

/// One entry of the directory: where its own header is, what is known of it, and how long the listing is.
fn central(bytes: Bytes<'_>, at: usize) -> Option<(u64, Listed, usize)> {
    if !bytes.has(at, CENTRAL) {
        return None;
    }
    let header = Bytes(bytes.slice(at, 46)?);
    let lengths = [header.u16_le(28)?, header.u16_le(30)?, header.u16_le(32)?].map(usize::from);
    let extra = bytes.slice(at.checked_add(46)?.checked_add(lengths[0])?, lengths[1]).unwrap_or_default();
    let (packed, unpacked, place) = (header.u32_le(20)?, header.u32_le(24)?, header.u32_le(42)?);
    let mut wide = wide(extra, [unpacked, packed, place].map(|field| field == UNKNOWN));
    let listed = Listed {
        packed: wide[1].take().unwrap_or(packed.into()),
        unpacked: wide[0].take().unwrap_or(unpacked.into()),
        crc: header.u32_le(16)?,
    };
    let length = lengths.iter().fold(46_usize, |sum, length| sum.saturating_add(*length));
    Some((wide[2].take().unwrap_or(place.into()), listed, length))
}

/// The large numbers in the extra field: those whose small field is all ones, in order.
fn wide(mut extra: &[u8], absent: [bool; 3]) -> [Option<u64>; 3] {
    let mut found = [None; 3];
    while let (Some(kind), Some(length)) = (Bytes(extra).u16_le(0), Bytes(extra).u16_le(2)) {
        let field = Bytes(extra).slice(4, length.into()).unwrap_or_default();
        if kind == 1 {
            let mut numbers = field.chunks_exact(8).map(|number| Bytes(number).u64_le(0));
            for (place, absent) in found.iter_mut().zip(absent) {
                *place = if absent { numbers.next().flatten() } else { None };
            }
            return found;
        }
        extra = Bytes(extra).from(usize::from(length).saturating_add(4));
    }
    found
}

/// How long the name and the extra field are together, by a header without its signature.
pub(super) fn lengths(header: &[u8]) -> Option<u64> {
    Some(u64::from(Bytes(header).u16_le(22)?).saturating_add(Bytes(header).u16_le(24)?.into()))
}

/// The entry of a header alone.
pub(super) fn from_local(header: &[u8]) -> Option<Entry> {
    local(Bytes(header), 0, &Directory::default())
}

/// The entry whose own header is at a place; none where the header is cut.
pub(super) fn local(bytes: Bytes<'_>, at: usize, directory: &Directory) -> Option<Entry> {
    let header = Bytes(bytes.slice(at, 30)?);
    let flags = header.u16_le(6)?;
    let (name, extra) = (usize::from(header.u16_le(26)?), usize::from(header.u16_le(28)?));
    let after_name = at.checked_add(30)?.checked_add(name)?;
    let fields = bytes.slice(after_name, extra)?;
    let own = (header.u32_le(18)?, header.u32_le(22)?);
    let large = wide(fields, [own.1 == UNKNOWN, own.0 == UNKNOWN, false]);
    let (own_packed, own_size) = (large[1].unwrap_or(own.0.into()), large[0].unwrap_or(own.1.into()));
    let listed = directory.entries.get(&at).copied();
    let later = flags & 8 != 0;
    Some(Entry {
        name: text(bytes.slice(at.checked_add(30)?, name)?),
        method: header.u16_le(8)?,
        // Bit 13 hides the sizes of an encrypted directory.
        encrypted: flags & 0x2001 != 0,
        content: after_name.checked_add(extra)?,
        packed: listed.map(|listed| listed.packed).or((!later).then_some(own_packed)),
        unpacked: listed.map(|listed| listed.unpacked).or((!later).then_some(own_size)),
        // Bit 1 means something else for other methods.
        marked: flags & 2 != 0,
        crc: listed.map(|listed| listed.crc).or(if later { None } else { header.u32_le(14) }),
    })
}

/// Where stored content of unknown length ends: at its descriptor, or at the next header.
pub(super) fn descriptor(content: &[u8]) -> usize {
    let ends =
        |at: &usize| [DESCRIPTOR, super::LOCAL, CENTRAL].iter().any(|end| Bytes(content).has(*at, end));
    memchr::memmem::find_iter(content, b"PK").find(ends).unwrap_or(content.len())
}
