//! Binary property lists of Apple (`bplist00`: `Info.plist` of apps, preferences, profiles for devices): every text with the key
//! that it has, `Password="…"`, and what is kept as data.
//!
//! The format is described in `CFBinaryPList.c` of CoreFoundation. What `NSKeyedArchiver` writes is one as well, in which values
//! are places of other objects.

mod objects;
mod pairs;
#[cfg(test)]
mod tests;

use std::cell::Cell;
use std::io::{self, Read};

use self::objects::Objects;
use self::pairs::Pairs;
use super::seam::{Members, Stop, hold, unpack};
use super::sqlite::wants_own_member;
use super::{Decoder, Holds};
use crate::Hint;

/// Lists of the one version that is in use.
pub(crate) static DECODER: Decoder =
    Decoder { name: "bplist", claims, open, tool: None, holds: Holds::TextsOf("properties") };

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    head.starts_with(b"bplist0")
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let file = hold(body, members)?;
    let objects = Objects::of(&file).ok_or_else(|| Stop::damaged("its trailer tells of no objects"))?;
    let pairs = Pairs::of(&objects);
    // One text may be the value of any number of keys.
    let taken = Cell::new(file.len() as u64);
    unpack(members, "objects", &mut Written::new(pairs.pieces()), &taken)?;
    for (number, mut data) in pairs.data().filter(|(_, data)| wants_own_member(data) || is_der(data)) {
        unpack(members, &format!("data {number}"), &mut data, &taken)?;
    }
    if pairs.lost() > 0 {
        return Err(Stop::damaged(format!("{} of its objects are not as the format has them", pairs.lost())));
    }
    Ok(())
}

/// A long sequence of ASN.1: a key with its certificate.
fn is_der(data: &[u8]) -> bool {
    data.starts_with(&[0x30, 0x82])
}

/// Pieces as one text, each made when it is read.
struct Written<I> {
    pieces: I,
    text: Vec<u8>,
    read: usize,
}

impl<I> Written<I> {
    fn new(pieces: I) -> Self {
        Self { pieces, text: Vec::new(), read: 0 }
    }
}

impl<I: Iterator<Item = Vec<u8>>> Read for Written<I> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.read >= self.text.len() {
            self.read = 0;
            match self.pieces.next() {
                Some(piece) => self.text = piece,
                None => return Ok(0),
            }
        }
        let mut ready = self.text.get(self.read..).unwrap_or_default();
        let count = ready.read(buffer)?;
        self.read = self.read.saturating_add(count);
        Ok(count)
    }
}
