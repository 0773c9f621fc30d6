//! One header block: its fields, and the bytes in it that belong to no field.

use std::ops::Range;

use super::BLOCK;

/// A header block with a valid checksum.
#[derive(Clone, Debug, Default)]
pub(super) struct Header {
    pub(super) flag: u8,
    pub(super) name: Vec<u8>,
    pub(super) link: Vec<u8>,
    pub(super) mode: u32,
    pub(super) uid: u64,
    pub(super) gid: u64,
    /// None: the field is not a size.
    pub(super) size: Option<u64>,
    pub(super) mtime: i64,
    pub(super) user: Vec<u8>,
    pub(super) group: Vec<u8>,
    /// GNU sparse file with more of its map in the next block.
    pub(super) extended: bool,
    /// Bytes that are not zero and belong to no field.
    pub(super) leftovers: Vec<Range<usize>>,
}

#[derive(Clone, Copy, PartialEq)]
enum Format {
    V7,
    Ustar,
    Gnu,
}

const NAME: Range<usize> = 0..100;
const MODE: Range<usize> = 100..108;
const UID: Range<usize> = 108..116;
const GID: Range<usize> = 116..124;
const SIZE: Range<usize> = 124..136;
const MTIME: Range<usize> = 136..148;
const CHECKSUM: Range<usize> = 148..156;
const FLAG: usize = 156;
const LINK: Range<usize> = 157..257;
const MAGIC: Range<usize> = 257..265;
const USER: Range<usize> = 265..297;
const GROUP: Range<usize> = 297..329;
const MAJOR: Range<usize> = 329..337;
const MINOR: Range<usize> = 337..345;
/// ustar: the front part of a long name.
const PREFIX: Range<usize> = 345..500;
/// GNU: times and the offset of a multi-volume part, then a sparse map.
const GNU_NUMBERS: Range<usize> = 345..381;
const GNU_UNUSED: Range<usize> = 381..386;
const GNU_SPARSE: Range<usize> = 386..495;
const GNU_EXTENDED: usize = 482;
const GNU_PAD: Range<usize> = 495..512;

/// Whether these bytes start with a header block whose checksum holds.
pub fn is_header(bytes: &[u8]) -> bool {
    let Some(block) = bytes.first_chunk::<BLOCK>() else { return false };
    let field = &block[CHECKSUM];
    if !field.iter().any(u8::is_ascii_digit) {
        return false;
    }
    let Some(stated) = number(field) else { return false };
    let outside = block[..CHECKSUM.start].iter().chain(&block[CHECKSUM.end..]);
    // Old writers summed signed bytes.
    let (unsigned, signed) =
        outside.fold((256, 256), |(u, s), byte| (u + i64::from(*byte), s + i64::from(byte.cast_signed())));
    stated == unsigned || stated == signed
}

impl Header {
    /// Reads a block; None if its checksum does not hold.
    pub(super) fn read(block: &[u8; BLOCK]) -> Option<Header> {
        if !is_header(block) {
            return None;
        }
        let format = format(block);
        let unsigned =
            |field: Range<usize>| number(&block[field]).and_then(|value| u64::try_from(value).ok());
        let named = |field: Range<usize>| {
            if format == Format::V7 { Vec::new() } else { text(&block[field]).to_vec() }
        };
        Some(Header {
            flag: block[FLAG],
            name: name(block, format),
            link: text(&block[LINK]).to_vec(),
            mode: u32::try_from(unsigned(MODE).unwrap_or(0) & 0xFFFF_FFFF).unwrap_or(0),
            uid: unsigned(UID).unwrap_or(0),
            gid: unsigned(GID).unwrap_or(0),
            size: unsigned(SIZE),
            mtime: number(&block[MTIME]).unwrap_or(0),
            user: named(USER),
            group: named(GROUP),
            extended: format == Format::Gnu && block[FLAG] == b'S' && block[GNU_EXTENDED] == 1,
            leftovers: leftovers(block, format),
        })
    }
}

fn format(block: &[u8; BLOCK]) -> Format {
    match &block[MAGIC] {
        b"ustar  \0" => Format::Gnu,
        magic if magic.starts_with(b"ustar") => Format::Ustar,
        _ => Format::V7,
    }
}

fn name(block: &[u8; BLOCK], format: Format) -> Vec<u8> {
    let name = text(&block[NAME]);
    match text(&block[PREFIX]) {
        prefix if format == Format::Ustar && !prefix.is_empty() => [prefix, b"/", name].concat(),
        _ => name.to_vec(),
    }
}

fn text(field: &[u8]) -> &[u8] {
    field.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// A number, octal or base-256; an empty field is 0. None if it is neither, or too large.
fn number(field: &[u8]) -> Option<i64> {
    match field.first() {
        Some(0x80..) => base256(field),
        _ => octal(field).map(|(value, _)| value),
    }
}

/// GNU: two's complement, big-endian; the first bit only says that it is this form.
fn base256(field: &[u8]) -> Option<i64> {
    let first = *field.first()?;
    // The second bit is the sign.
    let (start, fill) = if first & 0x40 == 0 { (first & 0x3F, 0) } else { (first, 0xFF) };
    let rest = field.get(1..)?;
    let (high, low) = rest.split_at(rest.len().saturating_sub(8));
    let mut bytes = [fill; 8];
    bytes.iter_mut().rev().zip(low.iter().rev()).for_each(|(to, from)| *to = *from);
    // An eight-byte field has its first byte within the number.
    if low.len() == 7 {
        bytes[0] = start;
    } else if start != fill || high.iter().any(|byte| *byte != fill) {
        return None;
    }
    let value = i64::from_be_bytes(bytes);
    (value.is_negative() == (fill == 0xFF)).then_some(value)
}

/// The value, and how many bytes of the field are used: digits with spaces or zero bytes around.
fn octal(field: &[u8]) -> Option<(i64, usize)> {
    let blank = |byte: &u8| matches!(byte, b' ' | 0);
    let start = field.iter().take_while(|byte| blank(byte)).count();
    let digits = field.get(start..)?.iter().take_while(|byte| matches!(byte, b'0'..=b'7')).count();
    let end = start + digits;
    let mut value: i64 = 0;
    for digit in field.get(start..end)? {
        value = value.checked_mul(8)?.checked_add(i64::from(digit - b'0'))?;
    }
    match field.get(end) {
        Some(byte) if !blank(byte) => None,
        _ => Some((value, end)),
    }
}

/// The stretches of a header that are not zero and that no field accounts for.
fn leftovers(block: &[u8; BLOCK], format: Format) -> Vec<Range<usize>> {
    let mut found: Vec<Option<Range<usize>>> = vec![after_text(block, NAME), after_text(block, LINK)];
    found.extend([MODE, UID, GID, SIZE, MTIME, CHECKSUM].map(|field| after_number(block, field)));
    found.extend([MAJOR, MINOR].map(|field| after_number(block, field)));
    if format == Format::V7 {
        found.extend([LINK.end..MAJOR.start, MINOR.end..BLOCK].map(|area| trim(block, area)));
        return join(found);
    }
    found.extend([USER, GROUP].map(|field| after_text(block, field)));
    if format == Format::Ustar {
        found.push(after_text(block, PREFIX));
        // star signs its headers here.
        let signed = &block[PREFIX.end..] == b"\0\0\0\0\0\0\0\0tar\0";
        found.push(if signed { None } else { trim(block, PREFIX.end..BLOCK) });
        let version = MAGIC.start + 5..MAGIC.end;
        found.push(if &block[version.clone()] == b"\x0000" { None } else { trim(block, version) });
    } else {
        found.extend([GNU_NUMBERS, GNU_SPARSE].map(|area| numbers(block, area)));
        found.extend([GNU_UNUSED, GNU_PAD].map(|area| trim(block, area)));
    }
    join(found)
}

/// The stretches in their order. Those that touch are one: what lies in them may know nothing of fields.
fn join(found: Vec<Option<Range<usize>>>) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = found.into_iter().flatten().collect();
    found.sort_unstable_by_key(|range| range.start);
    found.dedup_by(|next, last| {
        let touches = next.start <= last.end;
        if touches {
            last.end = last.end.max(next.end);
        }
        touches
    });
    found
}

/// Whatever is no number in an area that should hold only numbers.
pub(super) fn numbers(block: &[u8; BLOCK], area: Range<usize>) -> Option<Range<usize>> {
    let plain = |byte: &u8| matches!(byte, 0 | 1 | b' ' | b'0'..=b'7');
    if block.get(area.clone())?.iter().all(plain) { None } else { trim(block, area) }
}

fn after_text(block: &[u8; BLOCK], field: Range<usize>) -> Option<Range<usize>> {
    let used = text(block.get(field.clone())?).len();
    trim(block, field.start + used..field.end)
}

fn after_number(block: &[u8; BLOCK], field: Range<usize>) -> Option<Range<usize>> {
    let bytes = block.get(field.clone())?;
    if bytes.first().is_some_and(|byte| *byte >= 0x80) && base256(bytes).is_some() {
        return None;
    }
    let used = octal(bytes).map_or(0, |(_, used)| used);
    let rest = bytes.get(used..)?;
    if rest.iter().all(|byte| matches!(byte, 0 | b' ')) {
        None
    } else {
        trim(block, field.start + used..field.end)
    }
}

/// The range without zero bytes at both ends; None if nothing is left.
fn trim(block: &[u8; BLOCK], range: Range<usize>) -> Option<Range<usize>> {
    let bytes = block.get(range.clone())?;
    let first = bytes.iter().position(|byte| *byte != 0)?;
    let last = bytes.iter().rposition(|byte| *byte != 0)?;
    Some(range.start + first..range.start + last + 1)
}
