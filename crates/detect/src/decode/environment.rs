//! Variables of a process as the kernel keeps them, each ended by NUL: a copy of `/proc/PID/environ`, and the core dump of a
//! program, or another copy of its memory, on whose stack they stand.

use std::io::Read;

use super::seam::{Members, Pump, Stop, give};
use super::{Decoder, Holds};
use crate::Hint;

/// The environment of a process.
pub(crate) static DECODER: Decoder =
    Decoder { name: "environment", claims, open, tool: Some("tr '\\0' '\\n'"), holds: Holds::Files };

/// Longer strings are no variables: Linux allows 128 KiB for one.
const LONGEST: usize = 128 << 10;
/// Where an ELF file says what it is, and that it is a core dump.
const KIND: usize = 16;
const CORE: u8 = 4;

fn claims(head: &[u8], hint: &Hint<'_>) -> bool {
    if is_dump(hint.file_name()) {
        return head.iter().any(|byte| *byte < b'\t');
    }
    if head.starts_with(b"\x7fELF") {
        // Of either byte order.
        return matches!(head.get(KIND..KIND + 2), Some([CORE, 0] | [0, CORE]));
    }
    let Some(last) = memchr::memrchr(0, head) else { return false };
    let (whole, rest) = (head.get(..last).unwrap_or_default(), head.get(last + 1..).unwrap_or_default());
    whole.split(|byte| *byte == 0).all(is_variable) && rest.iter().all(is_printed)
}

/// `core.4711`, `memory.dmp`: what of a process's memory is kept by name, in whatever form.
fn is_dump(name: &[u8]) -> bool {
    let number = name.strip_prefix(b"core.").unwrap_or_default();
    let ends: [&[u8]; 6] = [b".core", b".dmp", b".mdmp", b".vmem", b".memdump", b".memory"];
    name == b"core"
        || !number.is_empty() && number.iter().all(u8::is_ascii_digit)
        || ends.iter().any(|end| name.ends_with(end))
}

/// `NAME=value`, of what can be printed.
fn is_variable(text: &[u8]) -> bool {
    let Some(equals) = memchr::memchr(b'=', text) else { return false };
    let (name, value) = text.split_at(equals);
    let first = name.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_');
    let named = first && name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    named && value.iter().all(is_printed)
}

fn is_printed(byte: &u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~' | 0x80..)
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let mut variables = Variables::default();
    let mut lines = Pump::new(body, move |chunk, written| variables.turn(chunk, written));
    give(members, "environment", &mut lines).map(drop)
}

/// The string that a chunk leaves unfinished.
#[derive(Default)]
struct Variables {
    begun: Vec<u8>,
}

impl Variables {
    fn turn(&mut self, chunk: &[u8], written: &mut Vec<u8>) {
        let mut parts = chunk.split(|byte| *byte == 0);
        let last = parts.next_back().unwrap_or_default();
        for part in parts {
            self.more(part);
            self.end(written);
        }
        self.more(last);
        if chunk.is_empty() {
            self.end(written);
        }
    }

    /// One byte over the limit is kept, so that it is seen.
    fn more(&mut self, part: &[u8]) {
        let room = (LONGEST + 1).saturating_sub(self.begun.len());
        self.begun.extend_from_slice(part.get(..room).unwrap_or(part));
    }

    fn end(&mut self, written: &mut Vec<u8>) {
        if self.begun.len() <= LONGEST && is_variable(&self.begun) {
            written.extend_from_slice(&self.begun);
            written.push(b'\n');
        }
        self.begun.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::seam::law;

    #[test]
    fn variables_come_out_as_lines() {
        let file = b"PATH=/usr/bin\0DB_PASSWORD=a b\0LANG=\0";
        law::holds(&DECODER, file, &[("environment", b"PATH=/usr/bin\nDB_PASSWORD=a b\nLANG=\n")]);
    }

    #[test]
    fn variables_on_the_stack_of_a_core_dump_come_out() {
        let mut file = [&b"\x7fELF\x02\x01\x01"[..], &[0; 9], &[CORE, 0], &[7; 70_000]].concat();
        file.extend_from_slice(b"\0x86_64\0./server\0API_KEY=value\0HOME=/root\0\0\x01\x02=\x03\0");
        law::holds(&DECODER, &file, &[("environment", b"API_KEY=value\nHOME=/root\n")]);
    }

    #[test]
    fn copies_of_memory_are_known_by_name() {
        let claimed = |path: &str, head: &[u8]| claims(head, &Hint::File(path.as_bytes()));
        for path in ["var/crash/core.4711", "core", "tmp/app.dmp", "x.vmem"] {
            assert!(claimed(path, b"\x01\x02"), "{path}");
        }
        assert!(!claimed("etc/core.4711", b"text\n") && !claimed("lib/core.js", b"\x01\0\x02"));
    }

    #[test]
    fn other_files_are_not_claimed() {
        let program = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0";
        for head in [&b"A=1\nB=2\n"[..], b"A=1\0\x01\x02", b"A=1\0\0", b"\0", b"", program] {
            assert!(!claims(head, &Hint::Text), "{head:?}");
        }
    }

    #[test]
    fn a_string_that_is_too_long_is_no_variable() {
        let file = [&b"A=1\0B="[..], &vec![b'x'; LONGEST], b"\0C=3\0"].concat();
        law::holds(&DECODER, &file, &[("environment", b"A=1\nC=3\n")]);
    }
}
