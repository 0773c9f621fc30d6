//! ZIP files that are too large to hold: entries as they pass, by their own headers alone.

use std::cell::Cell;
use std::io::{BufRead, BufReader, Read};

use flate2::CrcReader;
use flate2::bufread::DeflateDecoder;

use super::directory::{Entry, from_local};
use super::{LOCAL, LONGEST_DESCRIPTOR, Whole, method};
use crate::decode::seam::{Counted, Ending, Exactly, Members, Stop, Unread, drain, give, leave, unpack};

/// Behind the signature.
const HEADER: usize = 26;

/// Hands over entries until the directory. What lies between entries is not looked for.
pub(super) fn walk(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let taken = Cell::new(0);
    let mut file = BufReader::with_capacity(64 << 10, Counted::new(body, &taken));
    while signature(&mut file)? == Signature::Entry {
        let mut header = vec![0; HEADER];
        Exactly::new(&mut file, HEADER as u64).read_exact(&mut header)?;
        let lengths =
            super::directory::lengths(&header).ok_or_else(|| Stop::damaged("a header that is none"))?;
        Exactly::new(&mut file, lengths).read_to_end(&mut header)?;
        let whole = [LOCAL, &header].concat();
        let entry = from_local(&whole).ok_or_else(|| Stop::damaged("a header that is none"))?;
        one(&entry, &mut file, &taken, members)?;
    }
    Ok(())
}

#[derive(PartialEq)]
enum Signature {
    Entry,
    Directory,
}

/// Past the numbers that may stand behind an entry, to the next signature.
fn signature(file: &mut dyn BufRead) -> Result<Signature, Stop> {
    let mut last = [0_u8; 4];
    for _ in 0..LONGEST_DESCRIPTOR.saturating_add(last.len()) {
        let mut byte = [0];
        Exactly::new(&mut *file, 1).read_exact(&mut byte)?;
        last.rotate_left(1);
        last[3] = byte[0];
        match &last {
            b"PK\x03\x04" => return Ok(Signature::Entry),
            b"PK\x01\x02" | b"PK\x05\x06" | b"PK\x06\x06" => return Ok(Signature::Directory),
            _ => {}
        }
    }
    Err(Stop::unsupported("something between entries of a file that is too large to hold"))
}

fn one(
    entry: &Entry,
    file: &mut dyn BufRead,
    taken: &Cell<u64>,
    members: &mut dyn Members,
) -> Result<(), Stop> {
    if entry.encrypted {
        leave(members, &entry.name, Unread::Encrypted, "encrypted")?;
    }
    match (entry.packed, entry.encrypted, entry.method) {
        (_, false, 8) => {
            let before = taken.get();
            let mut whole = Whole { crc: CrcReader::new(DeflateDecoder::new(file)), stated: entry.crc };
            if unpack(members, &entry.name, &mut whole, taken)? == Ending::Broken {
                return Err(Stop::damaged("the entries behind a damaged one cannot be found"));
            }
            drain(&mut whole, &members.budget(), taken.get().saturating_sub(before))
                .or_else(Stop::beyond_limits)
        }
        (Some(size), ..) => {
            let mut file = file;
            let mut inside = Exactly::new(&mut file, size);
            match (entry.encrypted, entry.method) {
                (true, _) => {}
                (false, 0) if give(members, &entry.name, &mut inside)? == Ending::Broken => {
                    return Err(Stop::Enough);
                }
                (false, 0) => {}
                (false, _) => compressed(entry, &mut inside, members)?,
            }
            Ok(inside.rest()?)
        }
        _ => Err(Stop::unsupported("an entry of unknown length in a file that is too large to hold")),
    }
}

/// What of an entry of known length is neither stored nor deflated. Whatever is wrong with it, the next one is found.
fn compressed(entry: &Entry, inside: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let taken = Cell::new(0);
    match method::plain(entry, Counted::new(inside, &taken)) {
        Ok(plain) => {
            let mut whole = Whole { crc: CrcReader::new(plain), stated: entry.crc };
            unpack(members, &entry.name, &mut whole, &taken).map(drop)
        }
        Err(Stop::Fault(why, detail)) => leave(members, &entry.name, why, &detail),
        Err(stop) => Err(stop),
    }
}
