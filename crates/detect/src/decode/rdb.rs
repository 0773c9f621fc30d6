//! Dumps of Redis and Valkey (`dump.rdb`, the base of an append-only file): every key with its value, strings unpacked.
//!
//! The format is described in `rdb.h` of Redis and in <https://rdb.fnordig.de/file_format.html>. Long strings are packed
//! with LZF, and small collections are one string each: neither is plain in a plain look.

mod dump;
mod lists;
mod stream;

use std::io::{self, Read};

use super::seam::{Members, Stop, give, hold};
use super::sqlite::wants_own_member;
use super::{Decoder, Holds};
use crate::Hint;
use dump::{Dump, Record};

/// Dumps of any version.
pub(crate) static DECODER: Decoder =
    Decoder { name: "rdb", claims, open, tool: None, holds: Holds::TextsOf("properties") };

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    start(head).is_some()
}

/// Where the first record begins: behind the name and the version in digits.
fn start(head: &[u8]) -> Option<usize> {
    let digits = head.get(..9)?.strip_prefix(b"REDIS").or_else(|| head.get(..9)?.strip_prefix(b"VALKEY"))?;
    digits.iter().all(u8::is_ascii_digit).then_some(9)
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let file = hold(body, members)?;
    let start = start(&file).ok_or_else(|| Stop::damaged("its header is not one of Redis"))?;
    let mut lines =
        Lines { dump: Dump::new(&file, start, members.budget()), text: Vec::new(), read: 0, stop: None };
    give(members, "keys", &mut lines)?;
    let stop = lines.stop;
    give_values(Dump::new(&file, start, members.budget()), members)?;
    stop.map_or(Ok(()), Err)
}

/// Values that are containers, each by itself; then what stands behind the dump: the commands of an append-only file.
fn give_values(mut dump: Dump<'_>, members: &mut dyn Members) -> Result<(), Stop> {
    // What is wrong with a record was told when it was first read.
    while let Ok(Some(record)) = dump.next() {
        for (_, value) in record.values.iter().filter(|(_, value)| wants_own_member(value)) {
            give(members, &format!("key {}", String::from_utf8_lossy(&record.key)), &mut &**value)?;
        }
    }
    match dump.behind() {
        [] => Ok(()),
        mut rest => give(members, "commands", &mut rest).map(drop),
    }
}

/// The records as text, read one by one so that little is held.
struct Lines<'f> {
    dump: Dump<'f>,
    text: Vec<u8>,
    read: usize,
    stop: Option<Stop>,
}

impl Read for Lines<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.read >= self.text.len() && self.stop.is_none() {
            self.text.clear();
            self.read = 0;
            match self.dump.next() {
                Ok(Some(record)) => write(&record, &mut self.text),
                Ok(None) => return Ok(0),
                Err(stop) => self.stop = Some(stop),
            }
        }
        let mut ready = self.text.get(self.read..).unwrap_or_default();
        let count = ready.read(buffer)?;
        self.read = self.read.saturating_add(count);
        Ok(count)
    }
}

/// `key=value`; of a collection the key, then `field=value` or the elements, a line each.
fn write(record: &Record, text: &mut Vec<u8>) {
    let single = matches!(record.values.as_slice(), [(None, _)]);
    text.extend_from_slice(&record.key);
    text.push(if single { b'=' } else { b'\n' });
    for (name, value) in &record.values {
        if let Some(name) = name {
            text.extend_from_slice(name);
            text.push(b'=');
        }
        text.extend_from_slice(value);
        text.push(b'\n');
    }
}

#[cfg(test)]
mod tests;
