//! The rows of a b-tree as text, read one by one so that little is held.

use std::io::{self, Read};

use super::cell::Visit;
use super::schema::Table;
use super::{Page, Pages, Value, values};
use crate::decode::{Decoder, embedded};
use crate::{Hint, columns};

/// The pages of a b-tree in order, each once, and how many are missing. Marks them and their overflow as used.
pub(super) fn pages(pages: &dyn Pages, root: u32, used: &mut [bool]) -> (Vec<u32>, u32) {
    let (mut found, mut missing) = (Vec::new(), 0_u32);
    let mut todo = vec![root];
    while let Some(number) = todo.pop() {
        match (mark(used, number), Page::of(pages, number)) {
            (Some(Visit::Known), _) => {}
            (Some(Visit::New), Some(page)) => {
                found.push(number);
                todo.extend(page.children().into_iter().rev());
                for cell in 0..page.count() {
                    page.overflow(pages, cell, &mut |number| mark(used, number).unwrap_or(Visit::Known));
                }
            }
            _ => missing = missing.saturating_add(1),
        }
    }
    (found, missing)
}

/// Marks a page as used; none where there is no such page.
fn mark(used: &mut [bool], number: u32) -> Option<Visit> {
    let place = usize::try_from(number).ok().and_then(|number| used.get_mut(number))?;
    Some(if std::mem::replace(place, true) { Visit::Known } else { Visit::New })
}

/// Row numbers and records of all cells of these pages.
pub(super) fn all<'p>(pages: &'p dyn Pages, numbers: &'p [u32]) -> impl Iterator<Item = (u64, Vec<u8>)> + 'p {
    numbers
        .iter()
        .filter_map(|number| Page::of(pages, *number))
        .flat_map(move |page| (0..page.count()).filter_map(move |cell| page.record(pages, cell)))
}

/// Rows as text.
pub(super) struct Rows<'p> {
    records: Box<dyn Iterator<Item = (u64, Vec<u8>)> + 'p>,
    table: &'p Table,
    text: Vec<u8>,
    read: usize,
}

impl<'p> Rows<'p> {
    pub(super) fn new(pages: &'p dyn Pages, numbers: &'p [u32], table: &'p Table) -> Self {
        Self { records: Box::new(all(pages, numbers)), table, text: Vec::new(), read: 0 }
    }
}

impl Read for Rows<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.read >= self.text.len() {
            self.text.clear();
            self.read = 0;
            let Some((_, record)) = self.records.next() else { return Ok(0) };
            line(&record, &self.table.columns, &mut self.text);
        }
        let mut ready = self.text.get(self.read..).unwrap_or_default();
        let count = ready.read(buffer)?;
        self.read = self.read.saturating_add(count);
        Ok(count)
    }
}

/// A longer value is no setting that its name alone tells: a page, a picture.
const LONGEST: usize = 8 << 10;

/// Writes the texts and blobs of a row, a line each: `column=value`.
pub(crate) fn line(record: &[u8], columns: &[String], written: &mut Vec<u8>) {
    let (mut name, mut held) = (None, None);
    for (place, value) in values(record).enumerate() {
        let (Value::Text(value) | Value::Blob(value)) = value else { continue };
        if value.is_empty() {
            continue;
        }
        let value = narrow(value);
        if let Some(column) = columns.get(place) {
            written.extend_from_slice(column.as_bytes());
            written.push(b'=');
            // The first of each: a cookie has a name, a value and then a path.
            if columns::names(column.as_bytes()) {
                name.get_or_insert_with(|| value.clone());
            } else if columns::holds(column.as_bytes()) {
                held.get_or_insert_with(|| value.clone());
            }
        }
        written.extend(value);
        written.push(b'\n');
    }
    // A table of settings says in one column what the other holds.
    if let (Some(name), Some(held)) = (name, held)
        && held.len() <= LONGEST
    {
        written.extend(name);
        written.push(b'=');
        written.extend(held);
        written.push(b'\n');
    }
}

/// A database may keep its texts in UTF-16. Of that only what is Latin is made plain here.
fn narrow(value: &[u8]) -> Vec<u8> {
    let zeros = |from| value.iter().skip(from).step_by(2).all(|byte| *byte == 0);
    if value.len() >= 4 && value.len().is_multiple_of(2) {
        for (zero, other) in [(1, 0), (0, 1)] {
            if zeros(zero) {
                return value.iter().skip(other).step_by(2).copied().collect();
            }
        }
    }
    value.to_vec()
}

/// Whether a value is a container, so that it has to be opened by itself.
pub(crate) fn wants_own_member(value: &[u8]) -> bool {
    value.len() >= 16
        && Decoder::of(value.get(..crate::decode::HEAD).unwrap_or(value), &Hint::Text)
            .is_some_and(|d| d.name != "utf-16" && (!d.only_searches() || embedded::begins_near(value)))
}
