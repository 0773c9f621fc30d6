//! cpio in the ASCII forms newc, crc and odc and in the old binary one, which GNU cpio writes unless it is told otherwise, and what
//! follows the trailer: initramfs images are several in a row.

use std::io::{self, Read};

use super::seam::{Bytes, Ending, Exactly, Members, Stop, fill, give, skip, text};
use super::{Decoder, Holds};
use crate::Hint;

/// cpio: the payload of RPM packages, initramfs.
pub(crate) static DECODER: Decoder =
    Decoder { name: "cpio", claims, open, tool: Some("bsdtar -xOf - -- {pattern}"), holds: Holds::Stored };

const LONGEST_NAME: u64 = 64 << 10;
const MAGIC: usize = 6;

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    match head.split_first_chunk::<MAGIC>() {
        Some((magic, rest)) => Form::of(magic).is_some_and(|form| form.is_plain() || is_binary(form, rest)),
        None => false,
    }
}

/// Two bytes are a weak sign: the first entry has to be of some type, with a name that ends where it says.
fn is_binary(form: Form, header: &[u8]) -> bool {
    let Some((length, _)) = form.sizes(header) else { return false };
    let name = header.get(form.length()..).unwrap_or_default();
    let known = name.get(..name.len().min(usize::try_from(length).unwrap_or(0))).unwrap_or_default();
    let (last, letters) = known.split_last().unwrap_or((&1, &[]));
    let whole = known.len() as u64 == length;
    let types = [0o01, 0o02, 0o04, 0o06, 0o10, 0o12, 0o14];
    let of_type = form.half(header, 0).is_some_and(|mode| types.contains(&(mode >> 12)));
    of_type
        && (2..=1024).contains(&length)
        && (*last == 0 || !whole)
        && !letters.is_empty()
        && letters.iter().all(|byte| *byte >= b' ')
}

#[derive(Clone, Copy, PartialEq)]
enum Form {
    /// Halves of words in an order of bytes, padded to 2; the higher half of a length stands first.
    Little,
    Big,
    /// Hexadecimal fields of 8, everything padded to 4.
    New,
    /// Octal fields of 6 and 11, no padding.
    Old,
}

impl Form {
    fn of(magic: &[u8; MAGIC]) -> Option<Self> {
        match magic {
            b"070701" | b"070702" => Some(Self::New),
            b"070707" => Some(Self::Old),
            [0xc7, 0x71, ..] => Some(Self::Little),
            [0x71, 0xc7, ..] => Some(Self::Big),
            _ => None,
        }
    }

    /// Whether its fields are written in ASCII.
    fn is_plain(self) -> bool {
        matches!(self, Self::New | Self::Old)
    }

    /// Half a word of a binary header.
    fn half(self, header: &[u8], at: usize) -> Option<u16> {
        let pair = header.get(at..)?.first_chunk()?;
        Some(if self == Self::Big { u16::from_be_bytes(*pair) } else { u16::from_le_bytes(*pair) })
    }

    /// How long the header is behind its magic.
    fn length(self) -> usize {
        match self {
            Self::New => 104,
            Self::Old => 70,
            Self::Little | Self::Big => 20,
        }
    }

    /// The lengths of the name and of the content.
    fn sizes(self, header: &[u8]) -> Option<(u64, u64)> {
        let field = |at, count, radix| {
            u64::from_str_radix(std::str::from_utf8(Bytes(header).slice(at, count)?).ok()?, radix).ok()
        };
        match self {
            Self::New => Some((field(88, 8, 16)?, field(48, 8, 16)?)),
            Self::Old => Some((field(53, 6, 8)?, field(59, 11, 8)?)),
            Self::Little | Self::Big => {
                let half = |at| self.half(header, at).map(u64::from);
                Some((half(14)?, half(16)? << 16 | half(18)?))
            }
        }
    }

    fn padding(self, length: u64) -> u64 {
        match self {
            Self::New => length.next_multiple_of(4).saturating_sub(length),
            Self::Old => 0,
            Self::Little | Self::Big => length % 2,
        }
    }
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    loop {
        let mut magic = [0; MAGIC];
        let filled = fill(body, &mut magic)?;
        match Form::of(&magic) {
            Some(form) if filled == MAGIC => {
                if entry(form, body, members)? == Entry::Trailer && !another(body, members)? {
                    return Ok(());
                }
            }
            _ if filled < MAGIC => return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
            _ => return Err(Stop::damaged("a header that is none")),
        }
    }
}

#[derive(PartialEq)]
enum Entry {
    File,
    Trailer,
}

fn entry(form: Form, body: &mut dyn Read, members: &mut dyn Members) -> Result<Entry, Stop> {
    let mut header = vec![0; form.length()];
    Exactly::new(body, header.len() as u64).read_exact(&mut header)?;
    let (length, size) = form.sizes(&header).ok_or_else(|| Stop::damaged("a header without numbers"))?;
    if length > LONGEST_NAME {
        return Err(Stop::damaged("a name that is too long"));
    }
    let mut name = Vec::new();
    Exactly::new(body, length).read_to_end(&mut name)?;
    skip(body, form.padding(length.saturating_add((header.len() + MAGIC) as u64)))?;
    let name = name.strip_suffix(b"\0").unwrap_or(&name);
    if name == b"TRAILER!!!" {
        return Ok(Entry::Trailer);
    }
    if size > 0 {
        let mut inside = Exactly::new(body, size);
        if give(members, &text(name), &mut inside)? == Ending::Broken {
            return Err(Stop::Enough);
        }
        inside.rest()?;
        skip(body, form.padding(size))?;
    }
    Ok(Entry::File)
}

/// Past the zeros behind a trailer; whether another archive's first entry was read. Anything else is handed over.
fn another(body: &mut dyn Read, members: &mut dyn Members) -> Result<bool, Stop> {
    let mut first = [0];
    while first == [0] {
        if fill(body, &mut first)? == 0 {
            return Ok(false);
        }
    }
    let mut magic = [0; MAGIC];
    let filled = fill(body, magic.get_mut(1..).unwrap_or_default())?.saturating_add(1);
    magic[0] = first[0];
    match Form::of(&magic) {
        Some(form) => match entry(form, body, members)? {
            Entry::File => Ok(true),
            Entry::Trailer => Ok(false),
        },
        None => {
            let mut rest = magic.get(..filled).unwrap_or_default().chain(body);
            give(members, "after the end", &mut rest)?;
            Ok(false)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::seam::law;

    fn newc(entries: &[(&str, &str)]) -> Vec<u8> {
        let mut file = Vec::new();
        for (name, content) in entries.iter().chain(&[("TRAILER!!!", "")]) {
            let zeros = "0".repeat(8);
            file.extend(
                format!(
                    "070701{}{:08x}{}{:08x}{zeros}{name}\0",
                    zeros.repeat(6),
                    content.len(),
                    zeros.repeat(4),
                    name.len() + 1
                )
                .bytes(),
            );
            file.resize(file.len().next_multiple_of(4), 0);
            file.extend(content.bytes());
            file.resize(file.len().next_multiple_of(4), 0);
        }
        file
    }

    fn odc(name: &str, content: &str) -> Vec<u8> {
        let entry = |name: &str, content: &str| {
            format!(
                "070707{}{}{:06o}{:011o}{name}\0{content}",
                "0".repeat(42),
                "0".repeat(11),
                name.len() + 1,
                content.len()
            )
        };
        [entry(name, content), entry("TRAILER!!!", "")].concat().into_bytes()
    }

    #[test]
    fn entries_of_both_forms_are_members() {
        let file = newc(&[("etc/first", "1"), ("second", "two lines\n")]);
        law::holds(&DECODER, &file, &[("etc/first", b"1"), ("second", b"two lines\n")]);
        law::holds(&DECODER, &odc("old/name", "content"), &[("old/name", b"content")]);
    }

    /// An archive in the binary form.
    fn binary(name: &str, content: &str, half: fn(u16) -> [u8; 2]) -> Vec<u8> {
        let entry = |name: &str, content: &str| {
            let mut fields = [0o070_707_u16, 0, 0, 0o100_644, 0, 0, 1, 0, 0, 0, 0, 0, 0];
            (fields[10], fields[12]) = (name.len() as u16 + 1, content.len() as u16);
            let mut file: Vec<u8> = fields.into_iter().flat_map(half).collect();
            file.extend(name.bytes().chain([0]));
            file.resize(file.len().next_multiple_of(2), 0);
            file.extend(content.bytes());
            file.resize(file.len().next_multiple_of(2), 0);
            file
        };
        [entry(name, content), entry("TRAILER!!!", "")].concat()
    }

    #[test]
    fn the_binary_form_is_known_by_its_first_entry() {
        for half in [u16::to_le_bytes, u16::to_be_bytes] {
            let file = binary("etc/app.env", "odd", half);
            law::holds(&DECODER, &file, &[("etc/app.env", b"odd")]);
            law::cuts_are_told(&DECODER, &file);
            law::changes_are_survived(&DECODER, &file);
            assert!(claims(&file, &Hint::Text) && !claims(&file[..24], &Hint::Text));
            let type_at = if half(1) == [1, 0] { 7 } else { 6 };
            for (at, byte) in [(type_at, 0xf0), (26, 1), (37, b'x')] {
                let mut other = file.clone();
                other[at] = byte;
                assert!(!claims(&other, &Hint::Text), "{at}");
            }
        }
    }

    #[test]
    fn archives_in_a_row_and_what_follows_them_are_read() {
        let file = [
            newc(&[("early", "1")]),
            vec![0; 512],
            newc(&[("late", "2")]),
            vec![0; 6],
            b"something else".to_vec(),
        ];
        law::holds(
            &DECODER,
            &file.concat(),
            &[("early", b"1"), ("late", b"2"), ("after the end", b"something else")],
        );
    }

    #[test]
    fn any_cut_is_told_and_any_change_survived() {
        let file = newc(&[("etc/first", "1"), ("second", "two lines\n")]);
        law::cuts_are_told(&DECODER, &file);
        law::changes_are_survived(&DECODER, &file);
        law::changes_are_survived(&DECODER, &odc("old/name", "content"));
    }
}
