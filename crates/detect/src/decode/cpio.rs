//! cpio in the ASCII forms newc, crc and odc, and what follows the trailer: initramfs images are several in a row.

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
    head.first_chunk::<MAGIC>().is_some_and(|magic| Form::of(magic).is_some())
}

#[derive(Clone, Copy)]
enum Form {
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
            _ => None,
        }
    }

    /// How long the header is behind its magic.
    fn length(self) -> usize {
        match self {
            Self::New => 104,
            Self::Old => 70,
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
        }
    }

    fn padding(self, length: u64) -> u64 {
        match self {
            Self::New => length.next_multiple_of(4).saturating_sub(length),
            Self::Old => 0,
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
