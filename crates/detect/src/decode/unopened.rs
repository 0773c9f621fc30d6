//! Archives and compressions that are known by their magic and not opened: what they hold is a gap, and never clean.

use std::io::Read;

use super::seam::{Bytes, Members, Stop, fill};
use super::{Decoder, Holds};
use crate::Hint;

/// What is told by its name.
pub(crate) static DECODER: Decoder =
    Decoder { name: "unopened", claims, open, tool: None, holds: Holds::Files };

/// What they are, where their magic stands, and what it is.
const KINDS: &[(&str, usize, &[u8])] = &[
    ("a RAR archive", 0, b"Rar!\x1a\x07"),
    ("a cabinet", 0, b"MSCF\0\0\0\0"),
    ("a file of compress (.Z)", 0, b"\x1f\x9d\x90"),
    ("a file of lzop", 0, b"\x89LZO\0\r\n\x1a\n"),
    ("a file of lrzip", 0, b"LRZI\0"),
    ("a stream of Snappy", 0, b"\xff\x06\0\0sNaPpY"),
    ("a Windows image", 0, b"MSWIM\0\0\0"),
    ("an xar archive", 0, b"xar!\0\x1c\0\x01"),
    ("an LHA archive", 2, b"-lh5-"),
    ("an LHA archive", 2, b"-lh6-"),
    ("an LHA archive", 2, b"-lh7-"),
    ("an ACE archive", 7, b"**ACE**"),
    ("a ZPAQ archive", 0, b"7kSt"),
    ("a StuffIt archive", 0, b"StuffIt (c)"),
    ("a stream of LZFSE", 0, b"bvx2"),
];

/// So much shows every kind.
const LONGEST: usize = 16;

fn kind(head: &[u8]) -> Option<&'static str> {
    let known = KINDS.iter().find(|(_, at, magic)| Bytes(head).has(*at, magic));
    known.map(|(name, ..)| *name)
}

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    kind(head).is_some()
}

fn open(body: &mut dyn Read, _: &mut dyn Members) -> Result<(), Stop> {
    let mut head = [0; LONGEST];
    let filled = fill(body, &mut head)?;
    let kind = kind(head.get(..filled).unwrap_or_default()).unwrap_or("an archive");
    Err(Stop::unsupported(format!("{kind}, which is not opened")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::Unread;
    use crate::decode::seam::law;

    #[test]
    fn each_kind_is_a_gap() {
        for (name, at, magic) in KINDS {
            let file = [&vec![b'#'; *at][..], magic, b"and more of it"].concat();
            assert!(claims(&file, &Hint::Text), "{name}");
            assert!(at + magic.len() <= LONGEST, "{name}");
            assert_eq!(law::see(&DECODER, &file).unread, [(String::new(), Unread::Unsupported)], "{name}");
        }
    }

    #[test]
    fn texts_are_none() {
        for text in [&b"Rar! it said"[..], b"MSCF", b"#!/bin/sh\n", b"-lh5-"] {
            assert!(!claims(text, &Hint::Text));
        }
    }
}
