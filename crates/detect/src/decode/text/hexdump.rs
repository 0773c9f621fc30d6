//! Dumps in hexadecimal, as `xxd`, `hexdump`, `od`, `tcpdump -X`, `curl --trace` and `openssl s_client -msg` print bytes: an offset, the
//! bytes, and often what they look like.

use std::ops::Range;

use super::readable::{is_container, is_text};
use super::{Decoded, Lead, Place, TextDecoder};
use crate::read::hex;
use crate::read::stamp::without_stamp;

/// Lines of a dump.
pub(super) static DECODER: TextDecoder =
    TextDecoder { name: "hexdump", lead: Lead::Numbers, undo, tool: None };

/// Where a line's bytes begin at the latest.
const FRONT: usize = 64;
/// A longer line is no line of a dump.
const WIDEST: usize = 400;
/// Bytes that say something.
const FEWEST: usize = 12;

fn undo(text: &[u8], place: &Place, found: &mut Decoded<'_>) -> usize {
    let Range { start: first, end: last } = place.lead;
    let from = first.saturating_sub(FRONT).max(place.from);
    let before = text.get(from..first).unwrap_or_default();
    let mut start = from.saturating_add(memchr::memrchr(b'\n', before).map_or(0, |at| at.saturating_add(1)));
    while start < last {
        let dump = Dump::read(text, start);
        if let Some(dump) = dump {
            if dump.says_something() {
                found(start..dump.end, dump.bytes);
            }
            return dump.end.max(last);
        }
        // A run goes over the ends of lines.
        let rest = text.get(start..last).unwrap_or_default();
        let Some(end) = memchr::memchr(b'\n', rest) else { break };
        start = start.saturating_add(end).saturating_add(1);
    }
    last
}

/// Lines whose offsets go on.
struct Dump {
    bytes: Vec<u8>,
    end: usize,
}

impl Dump {
    fn read(text: &[u8], start: usize) -> Option<Self> {
        let mut dump = Self { bytes: Vec::new(), end: start };
        let (mut next, mut at) = (None, start);
        while let Some(line) = text.get(at..text.len().min(at.saturating_add(WIDEST))) {
            let length = memchr::memchr(b'\n', line).unwrap_or(line.len());
            let Some(line) = line.get(..length).and_then(Line::read) else { break };
            if next.is_some_and(|next| next != line.offset) {
                break;
            }
            next = u64::try_from(line.bytes.len()).ok().and_then(|count| line.offset.checked_add(count));
            dump.bytes.extend(line.bytes);
            dump.end = at.saturating_add(length);
            at = dump.end.saturating_add(1);
        }
        (!dump.bytes.is_empty()).then_some(dump)
    }

    fn says_something(&self) -> bool {
        let bytes = self.bytes.as_slice();
        bytes.len() >= FEWEST && (is_text(bytes) || is_mostly_text(bytes) || is_container(bytes))
    }
}

/// The heads of packets are no text, what they carry often is.
fn is_mostly_text(bytes: &[u8]) -> bool {
    let shown = bytes.iter().filter(|b| b.is_ascii_graphic() || matches!(b, b' ' | b'\t' | b'\r' | b'\n'));
    shown.count().saturating_mul(2) >= bytes.len()
}

/// A line of a dump.
struct Line {
    offset: u64,
    bytes: Vec<u8>,
}

impl Line {
    fn read(line: &[u8]) -> Option<Self> {
        let line = without_stamp(line).trim_ascii_start();
        let line = line.strip_prefix(b"0x").unwrap_or(line);
        let digits = digits_of(line).len();
        let offset = line.get(..digits).filter(|_| (4..=16).contains(&digits))?;
        let offset = u64::from_str_radix(std::str::from_utf8(offset).ok()?, 16).ok()?;
        let rest = line.get(digits..)?;
        let marked = [&b":"[..], b" -"].into_iter().find_map(|mark| rest.strip_prefix(mark));
        let rest = marked.unwrap_or(rest);
        let blanks = rest.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        let rest = rest.get(blanks..).filter(|_| blanks > 0)?;
        let width = Some(digits_of(rest).len()).filter(|width| matches!(width, 2 | 4))?;
        let groups = groups(rest, width);
        // Words without a mark behind the offset are those of the machine, the lower byte first.
        let swapped = width == 4 && marked.is_none();
        let mut bytes = Vec::new();
        for group in groups {
            let mut pair: Vec<u8> = rest.get(group)?.chunks_exact(2).filter_map(hex::byte).collect();
            if swapped {
                pair.reverse();
            }
            bytes.extend(pair);
        }
        Some(Self { offset, bytes })
    }
}

/// Where groups of so many digits stand, with one blank or hyphen between them, or two blanks in the middle of a line. What
/// stands behind more is what the bytes look like.
fn groups(line: &[u8], width: usize) -> Vec<Range<usize>> {
    let mut groups = Vec::new();
    let mut at = 0_usize;
    while line.get(at..).is_some_and(|rest| digits_of(rest).len() == width) {
        let end = at.saturating_add(width);
        groups.push(at..end);
        let middle = groups.len().saturating_mul(width) == 16;
        at = match line.get(end..) {
            Some([b' ', b' ', next, ..]) if middle && next.is_ascii_hexdigit() => end.saturating_add(2),
            Some([b' ' | b'-', ..]) => end.saturating_add(1),
            _ => break,
        };
        // A whole line has sixteen bytes.
        if groups.len().saturating_mul(width) == 32 {
            break;
        }
    }
    groups
}

/// The hexadecimal digits that a text begins with.
fn digits_of(text: &[u8]) -> &[u8] {
    let count = text.iter().take(17).take_while(|byte| byte.is_ascii_hexdigit()).count();
    text.get(..count).unwrap_or_default()
}
