//! Archives of PHP (`phar`): a program that ends in `__HALT_COMPILER();`, a list of files, and the files, each of them as it is,
//! deflated without a header, or in bzip2.
//!
//! <https://www.php.net/manual/en/phar.fileformat.phar.php>

use std::cell::Cell;
use std::io::Read;

use bzip2::read::BzDecoder;
use flate2::read::DeflateDecoder;

use super::seam::{Bytes, Counted, Members, Stop, Unread, give, hold, leave, text, unpack};
use super::{Decoder, Holds};
use crate::Hint;

/// Archives.
pub(crate) static DECODER: Decoder = Decoder { name: "phar", claims, open, tool: None, holds: Holds::Files };

/// What ends the program.
const HALT: &[u8] = b"__HALT_COMPILER();";
/// The list begins with its length, the number of files, the version and the flags, and the length of an alias.
const FIXED: usize = 18;
/// How a file is packed.
const METHOD: u32 = 0xf000;
const DEFLATED: u32 = 0x1000;
const BZIP2: u32 = 0x2000;

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    (head.starts_with(b"<?php") || head.starts_with(b"#!")) && list(head).is_some()
}

/// Where the list begins, if one stands behind the program: such programs may have other data there.
fn list(file: &[u8]) -> Option<usize> {
    let mut at = memchr::memmem::find(file, HALT)? + HALT.len();
    for mark in [&b" "[..], b"?>", b"\r", b"\n"] {
        at += if Bytes(file).has(at, mark) { mark.len() } else { 0 };
    }
    let length = Bytes(file).u32_le(at)?;
    let count = Bytes(file).u32_le(at + 4)?;
    let version = Bytes(file).u16_be(at + 8)? >> 8;
    let fits = u64::from(count) * 28 <= u64::from(length) && count > 0;
    (fits && matches!(version, 0x10 | 0x11)).then_some(at)
}

/// A file of the list.
struct Entry {
    name: String,
    packed: usize,
    flags: u32,
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let file = hold(body, members)?;
    let at = list(&file).ok_or_else(|| Stop::damaged("no list of files"))?;
    let short = || Stop::Fault(Unread::Truncated, "it ends before its end".into());
    let length = Bytes(&file).u32_le(at).and_then(|length| usize::try_from(length).ok());
    let listed = length.and_then(|length| Bytes(&file).slice(at + 4, length)).ok_or_else(short)?;
    let entries = entries(listed).ok_or_else(|| Stop::damaged("its list of files is cut"))?;
    let mut start = at.saturating_add(4).saturating_add(listed.len());
    for entry in entries {
        let content = Bytes(&file).slice(start, entry.packed).ok_or_else(short)?;
        start = start.saturating_add(entry.packed);
        hand((&entry, content), members)?;
    }
    Ok(())
}

fn hand((entry, mut content): (&Entry, &[u8]), members: &mut dyn Members) -> Result<(), Stop> {
    let taken = Cell::new(0);
    match entry.flags & METHOD {
        0 => give(members, &entry.name, &mut content).map(drop),
        DEFLATED => {
            let mut plain = DeflateDecoder::new(Counted::new(&mut content, &taken));
            unpack(members, &entry.name, &mut plain, &taken).map(drop)
        }
        BZIP2 => {
            let mut plain = BzDecoder::new(Counted::new(&mut content, &taken));
            unpack(members, &entry.name, &mut plain, &taken).map(drop)
        }
        _ => leave(members, &entry.name, Unread::Unsupported, "packed in a way that is not known"),
    }
}

/// The list behind its length; none where it is shorter than it says. Folders have names that end in a slash, and nothing in them.
fn entries(list: &[u8]) -> Option<Vec<Entry>> {
    let list = Bytes(list);
    let word = |at: usize| list.u32_le(at).and_then(|word| usize::try_from(word).ok());
    let alias = word(10)?;
    let mut at = (FIXED - 4).checked_add(alias)?;
    at = at.checked_add(4)?.checked_add(word(at)?)?;
    let mut all = Vec::new();
    for _ in 0..word(0)? {
        let length = word(at)?;
        let name = text(list.slice(at.checked_add(4)?, length)?);
        let fields = at.checked_add(4)?.checked_add(length)?;
        let (packed, flags, more) = (word(fields + 8)?, list.u32_le(fields + 16)?, word(fields + 20)?);
        all.push(Entry { name, packed, flags });
        at = fields.checked_add(24)?.checked_add(more)?;
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::decode::seam::law;

    fn deflated(plain: &[u8]) -> Vec<u8> {
        let mut packer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(plain).unwrap();
        packer.finish().unwrap()
    }

    fn bzipped(plain: &[u8]) -> Vec<u8> {
        let mut packer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
        packer.write_all(plain).unwrap();
        packer.finish().unwrap()
    }

    fn phar(files: &[(&str, u32, Vec<u8>)]) -> Vec<u8> {
        let word = |n: usize| u32::try_from(n).unwrap().to_le_bytes();
        let mut list =
            [&word(files.len())[..], b"\x11\x10", &[0, 0, 1, 0], &word(3), b"app", &word(0)].concat();
        for (name, flags, content) in files {
            list.extend([&word(name.len())[..], name.as_bytes(), &word(9), &word(0)].concat());
            list.extend([word(content.len()), word(0), (flags | 0o644).to_le_bytes(), word(0)].concat());
        }
        let program = b"#!/usr/bin/env php\n<?php Phar::mapPhar('app'); __HALT_COMPILER(); ?>\r\n";
        let contents: Vec<u8> = files.iter().flat_map(|(_, _, content)| content.clone()).collect();
        [&program[..], &word(list.len()), &list, &contents, b"signature\x03\0\0\0GBMB"].concat()
    }

    #[test]
    fn files_come_out_however_they_are_packed() {
        let file = phar(&[
            ("index.php", 0, b"<?php a();".to_vec()),
            ("config/db.php", DEFLATED, deflated(b"<?php return 1;")),
            ("b.txt", BZIP2, bzipped(b"text")),
        ]);
        let members: [(&str, &[u8]); 3] =
            [("index.php", b"<?php a();"), ("config/db.php", b"<?php return 1;"), ("b.txt", b"text")];
        law::holds(&DECODER, &file, &members);
        assert_eq!(law::see(&DECODER, &file[..150]).unread.len(), 1);
    }

    #[test]
    fn any_change_is_survived_and_other_ways_are_told() {
        let file = phar(&[("a", DEFLATED, deflated(b"text")), ("b", 0x4000, b"text".to_vec())]);
        law::changes_are_survived(&DECODER, &file);
        assert_eq!(law::see(&DECODER, &file).unread, [("b".to_owned(), Unread::Unsupported)]);
    }

    #[test]
    fn data_behind_a_program_is_no_archive() {
        for file in
            ["<?php a(); __HALT_COMPILER();some data of its own", "<?php a(); __HALT_COMPILER(); ?>\n"]
        {
            assert!(!claims(file.as_bytes(), &Hint::File(b"a.php")));
        }
    }
}
