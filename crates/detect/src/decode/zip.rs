//! ZIP (jar, war, whl, apk, nupkg, docx): every entry that is there, whether or not the directory lists it.
//!
//! Entries are walked by their own headers. The directory only helps where a header does not know its sizes: it may
//! be broken, name an entry twice or leave one out, and what is in the file counts.

mod directory;
mod method;
mod stream;

use std::cell::Cell;
use std::io::{self, Read};

use directory::{Directory, Entry};
use flate2::CrcReader;
use flate2::bufread::DeflateDecoder;

use super::seam::{Bytes, Ending, Held, Members, Stop, Unread, drain, give, hold_or_begin, leave, unpack};
use super::{Decoder, Holds};
use crate::Hint;

/// ZIP, also behind the script that starts it.
pub(crate) static DECODER: Decoder =
    Decoder { name: "zip", claims, open, tool: Some("bsdtar -xOf - -- {pattern}"), holds: Holds::Files };

pub(crate) const LOCAL: &[u8] = b"PK\x03\x04";
/// Signature, checksum and two sizes of 4 or 8 bytes, behind an entry whose header did not know them.
const LONGEST_DESCRIPTOR: usize = 24;

fn claims(head: &[u8], hint: &Hint<'_>) -> bool {
    // An empty archive has nothing to open; one that was split begins with a marker.
    let begins =
        [LOCAL, b"PK\x07\x08PK\x03\x04", b"PK00PK\x03\x04"].iter().any(|magic| head.starts_with(magic));
    begins || is_module(head) || (head.starts_with(b"#!") && is_executable(head, hint))
}

/// Modules of Java begin with four bytes, extensions of Chromium with a signature that may be longer than what is seen here.
fn is_module(head: &[u8]) -> bool {
    (head.starts_with(b"JM") && Bytes(head).has(4, LOCAL))
        || (head.starts_with(b"Cr24") && matches!(Bytes(head).u32_le(4), Some(2 | 3)))
}

/// Python's zipapps begin with a line, executable jars with a script that may be longer than what is seen here.
fn is_executable(head: &[u8], hint: &Hint<'_>) -> bool {
    let name = hint.file_name();
    memchr::memmem::find(head, LOCAL).is_some() || name.ends_with(b".jar") || name.ends_with(b".war")
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let file = match hold_or_begin(body, members)? {
        Held::Whole(file) => file,
        Held::Begun(begun) => return stream::walk(&mut begun.as_slice().chain(body), members),
    };
    let bytes = Bytes(&file);
    let directory = Directory::of(bytes);
    let end = directory.start.unwrap_or(file.len());
    let mut at = 0;
    while at < end {
        let next = next_entry(bytes, at, &directory);
        between(bytes, at..next.min(end), members)?;
        if next >= end {
            break;
        }
        at = entry(bytes, next, &directory, members)?;
    }
    behind(bytes, &directory, members)?;
    if directory.start.is_none() {
        return Err(Stop::Fault(Unread::Truncated, "it has no directory".into()));
    }
    Ok(())
}

/// Where the next entry begins, from here on.
fn next_entry(bytes: Bytes<'_>, at: usize, directory: &Directory) -> usize {
    if bytes.has(at, LOCAL) {
        return at;
    }
    let seen = memchr::memmem::find(bytes.from(at), LOCAL).and_then(|found| found.checked_add(at));
    let listed = directory.next(at).filter(|listed| bytes.has(*listed, LOCAL));
    // Stored content may hold what looks like a header: what the directory lists goes before.
    listed.or(seen).unwrap_or(bytes.0.len())
}

/// Bytes that belong to no entry: a program in front, a signature, an entry that lost its header.
fn between(bytes: Bytes<'_>, range: std::ops::Range<usize>, members: &mut dyn Members) -> Result<(), Stop> {
    let mut stray = bytes.0.get(range.clone()).unwrap_or_default();
    if stray.len() <= LONGEST_DESCRIPTOR || stray.iter().all(|byte| *byte == 0) {
        return Ok(());
    }
    give(members, &format!("between entries at {}", range.start), &mut stray).map(drop)
}

/// What was appended to the archive.
fn behind(bytes: Bytes<'_>, directory: &Directory, members: &mut dyn Members) -> Result<(), Stop> {
    let mut rest = directory.end.map(|end| bytes.from(end)).unwrap_or_default();
    if rest.iter().all(|byte| *byte == 0) {
        return Ok(());
    }
    give(members, "after the end", &mut rest).map(drop)
}

/// Hands over the entry at a place; where the next may begin.
fn entry(
    bytes: Bytes<'_>,
    at: usize,
    directory: &Directory,
    members: &mut dyn Members,
) -> Result<usize, Stop> {
    let Some(entry) = directory::local(bytes, at, directory) else {
        members.unread(&format!("entry at {at}"), Unread::Truncated, "its header is cut");
        return Ok(bytes.0.len());
    };
    let content = bytes.from(entry.content);
    let packed = entry.packed.and_then(|size| usize::try_from(size).ok());
    let known = packed.map(|size| content.get(..size).unwrap_or(content));
    if entry.is_directory() {
        return Ok(entry.content.saturating_add(packed.unwrap_or_default()));
    }
    let used = if entry.encrypted {
        leave(members, &entry.name, Unread::Encrypted, "encrypted")?;
        None
    } else {
        body(&entry, known, content, members)?
    };
    if packed.is_some_and(|size| size > content.len()) {
        members.unread(&entry.name, Unread::Truncated, "it ends before its end");
    }
    // Behind an entry of unknown length the next is searched for.
    Ok(entry.content.saturating_add(packed.or(used).unwrap_or(1)))
}

/// Unpacks one entry; how much of the content it used, where only the stream knew.
fn body(
    entry: &Entry,
    known: Option<&[u8]>,
    content: &[u8],
    members: &mut dyn Members,
) -> Result<Option<usize>, Stop> {
    let packed = known.unwrap_or(content);
    let taken = Cell::new(packed.len() as u64);
    let mut used = None;
    let unpacked: Box<dyn Read> = match entry.method {
        0 if known.is_none() => {
            let end = *used.insert(directory::descriptor(content));
            Box::new(content.get(..end).unwrap_or(content))
        }
        0 => Box::new(packed),
        8 => return deflated(entry, packed, members),
        _ => match method::plain(entry, packed) {
            Ok(plain) => plain,
            Err(Stop::Fault(why, detail)) => {
                leave(members, &entry.name, why, &detail)?;
                return Ok(None);
            }
            Err(stop) => return Err(stop),
        },
    };
    let mut whole = Whole { crc: CrcReader::new(unpacked), stated: entry.crc };
    unpack(members, &entry.name, &mut whole, &taken)?;
    Ok(used)
}

/// Deflate knows where it ends.
fn deflated(entry: &Entry, packed: &[u8], members: &mut dyn Members) -> Result<Option<usize>, Stop> {
    let taken = Cell::new(packed.len() as u64);
    let mut whole = Whole { crc: CrcReader::new(DeflateDecoder::new(packed)), stated: entry.crc };
    let ending = unpack(members, &entry.name, &mut whole, &taken)?;
    if entry.packed.is_none() && ending == Ending::Well {
        // Only the stream knows where the next entry begins.
        drain(&mut whole, &members.budget(), taken.get()).or_else(Stop::beyond_limits)?;
    }
    Ok(usize::try_from(whole.crc.get_ref().total_in()).ok())
}

/// The content of an entry, an error at its end where the checksum does not hold.
struct Whole<R> {
    crc: CrcReader<R>,
    stated: Option<u32>,
}

impl<R: Read> Read for Whole<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.crc.read(buffer)?;
        let holds = self.stated.is_none_or(|stated| stated == self.crc.crc().sum());
        if count == 0 && !buffer.is_empty() && !holds {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "its checksum does not hold"));
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests;
