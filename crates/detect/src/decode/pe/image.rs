//! Where things lie in an executable, and in the metadata of an assembly (ECMA-335, II.24 and II.25).

use super::tables::Tables;
use crate::decode::seam::Bytes;

/// Where the header of an executable begins.
pub(super) fn header(file: Bytes<'_>) -> Option<usize> {
    let at = usize::try_from(file.u32_le(0x3c)?).ok()?;
    (file.has(0, b"MZ") && file.has(at, b"PE\0\0")).then_some(at)
}

/// Whether an executable that begins so is an assembly.
pub(super) fn is_assembly(file: Bytes<'_>) -> bool {
    runtime_header(file).is_some()
}

/// The address of the header for the runtime, the fifteenth of the directories.
fn runtime_header(file: Bytes<'_>) -> Option<u32> {
    let optional = header(file)?.checked_add(24)?;
    let directories = match file.u16_le(optional)? {
        0x10b => optional.checked_add(92)?,
        0x20b => optional.checked_add(108)?,
        _ => return None,
    };
    let address = file.u32_le(directories.checked_add(4 + 14 * 8)?)?;
    (file.u32_le(directories)? > 14 && address > 0).then_some(address)
}

/// An assembly: its parts, none of which is read beyond its end.
pub(super) struct Image<'f> {
    file: Bytes<'f>,
    sections: Vec<Section>,
    pub(super) tables: Tables<'f>,
    names: Bytes<'f>,
    texts: Bytes<'f>,
    blobs: Bytes<'f>,
}

struct Section {
    address: u32,
    size: u32,
    place: u32,
}

/// An executable has few.
const SECTIONS: u16 = 96;
/// A name that is longer is none.
const NAME: usize = 80;

impl<'f> Image<'f> {
    pub(super) fn of(file: &'f [u8]) -> Option<Self> {
        let file = Bytes(file);
        let sections = sections(file)?;
        let place = |address: u32| place(&sections, address);
        let runtime = place(runtime_header(file)?)?;
        let root = place(file.u32_le(runtime.checked_add(8)?)?)?;
        let metadata = Bytes(file.from(root));
        let stream = |names: &[&[u8]]| stream(metadata, names);
        Some(Self {
            tables: Tables::of(stream(&[b"#~", b"#-"])?)?,
            names: stream(&[b"#Strings"])?,
            texts: stream(&[b"#US"]).unwrap_or(Bytes(&[])),
            blobs: stream(&[b"#Blob"]).unwrap_or(Bytes(&[])),
            file,
            sections,
        })
    }

    /// How long the file is.
    pub(super) fn length(&self) -> usize {
        self.file.0.len()
    }

    /// A name as the source has it: the field behind a property is called as the property.
    pub(super) fn name(&self, at: u32) -> Option<&'f [u8]> {
        let name = self.names.from(usize::try_from(at).ok()?);
        let name = name.get(..name.iter().take(NAME).position(|b| *b == 0)?)?;
        let name =
            name.strip_prefix(b"<").and_then(|name| name.strip_suffix(b">k__BackingField")).unwrap_or(name);
        // Of a type with parameters.
        let name = name.split(|b| *b == b'`').next()?;
        let is_plain = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.') || *b >= 0x80;
        (!name.is_empty() && name.iter().all(is_plain)).then_some(name)
    }

    /// A string of the code.
    pub(super) fn text(&self, at: u32) -> Option<&'f [u8]> {
        sized(self.texts, at)
    }

    pub(super) fn blob(&self, at: u32) -> Option<&'f [u8]> {
        sized(self.blobs, at)
    }

    /// The instructions of a method (II.25.4).
    pub(super) fn body(&self, address: u32) -> Option<&'f [u8]> {
        let at = place(&self.sections, address)?;
        let first = self.file.u8(at)?;
        if first & 3 == 2 {
            return self.file.slice(at.checked_add(1)?, usize::from(first >> 2));
        }
        let words = usize::from(self.file.u16_le(at)? >> 12);
        let length = usize::try_from(self.file.u32_le(at.checked_add(4)?)?).ok()?;
        self.file.slice(at.checked_add(words.checked_mul(4)?)?, length).filter(|_| first & 3 == 3)
    }
}

fn sections(file: Bytes<'_>) -> Option<Vec<Section>> {
    let header = header(file)?;
    let count = file.u16_le(header.checked_add(6)?)?.min(SECTIONS);
    let optional = usize::from(file.u16_le(header.checked_add(20)?)?);
    let first = header.checked_add(24)?.checked_add(optional)?;
    let sections = (0..usize::from(count)).map(|number| {
        let field =
            |offset: usize| file.u32_le(first.checked_add(number.checked_mul(40)?)?.checked_add(offset)?);
        Some(Section { address: field(12)?, size: field(16)?, place: field(20)? })
    });
    sections.collect()
}

/// Where an address lies in the file.
fn place(sections: &[Section], address: u32) -> Option<usize> {
    sections.iter().find_map(|section| {
        let within = address.checked_sub(section.address).filter(|within| *within < section.size)?;
        usize::try_from(section.place.checked_add(within)?).ok()
    })
}

/// A stream of the metadata by its name.
fn stream<'f>(metadata: Bytes<'f>, names: &[&[u8]]) -> Option<Bytes<'f>> {
    if !metadata.has(0, b"BSJB") {
        return None;
    }
    let version = usize::try_from(metadata.u32_le(12)?).ok()?;
    let mut at = version.checked_add(16)?;
    let count = metadata.u16_le(at.checked_add(2)?)?;
    at = at.checked_add(4)?;
    for _ in 0..count {
        let (place, size) = (metadata.u32_le(at)?, metadata.u32_le(at.checked_add(4)?)?);
        at = at.checked_add(8)?;
        let name = metadata.from(at).split(|b| *b == 0).next()?;
        if names.contains(&name) {
            return metadata.slice(usize::try_from(place).ok()?, usize::try_from(size).ok()?).map(Bytes);
        }
        // A zero ends it, and zeros fill it up to a multiple of four.
        at = at.checked_add(name.len().checked_add(4)? & !3)?;
    }
    None
}

/// What stands at a place behind its own length.
fn sized(heap: Bytes<'_>, at: u32) -> Option<&[u8]> {
    let at = usize::try_from(at).ok()?;
    let (length, used) = number(heap.from(at))?;
    heap.slice(at.checked_add(used)?, usize::try_from(length).ok()?)
}

/// A number in one, two or four bytes, and how many it took (II.23.2).
pub(super) fn number(bytes: &[u8]) -> Option<(u32, usize)> {
    match *bytes {
        [a, ..] if a < 0x80 => Some((a.into(), 1)),
        [a, b, ..] if a < 0xc0 => Some((u32::from_be_bytes([0, 0, a & 0x3f, b]), 2)),
        [a, b, c, d, ..] if a < 0xe0 => Some((u32::from_be_bytes([a & 0x1f, b, c, d]), 4)),
        _ => None,
    }
}
