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
            line(&record, (&self.table.columns, Containers::Apart), &mut self.text);
        }
        let mut ready = self.text.get(self.read..).unwrap_or_default();
        let count = ready.read(buffer)?;
        self.read = self.read.saturating_add(count);
        Ok(count)
    }
}

/// A longer value is no setting that its name alone tells: a page, a picture.
const LONGEST: usize = 8 << 10;

/// What becomes of a blob that is a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Containers {
    /// It is a member by itself: in the text of its table it would be told twice.
    Apart,
    /// It is written like the others.
    Here,
}

/// Whether a value is a blob that has to be opened by itself.
fn is_container(value: &Value<'_>) -> bool {
    matches!(value, Value::Blob(blob) if wants_own_member(blob))
}

/// Writes the texts and blobs of a row, a line each: `column=value`. A table of settings says in one column what another holds:
/// there the value has the name that its row gives it, and no other, so that it is told once.
pub(crate) fn line(record: &[u8], (columns, containers): (&[String], Containers), written: &mut Vec<u8>) {
    let told = |value: &Value<'_>| containers == Containers::Here || !is_container(value);
    let all = values(record).enumerate().filter(|(_, value)| told(value));
    let all: Vec<_> = all.filter_map(|(place, value)| Some((place, plain(value)?))).collect();
    // The first of each: a cookie has a name, a value and then a path.
    let first = |is: fn(&[u8]) -> bool| {
        all.iter().find(|(place, _)| columns.get(*place).is_some_and(|column| is(column.as_bytes())))
    };
    let held = first(|column| !columns::names(column) && columns::holds(column));
    let pair = first(columns::names).zip(held).filter(|(_, (_, held))| held.len() <= LONGEST);
    for (place, value) in &all {
        let name = match pair {
            Some(((_, name), (held, _))) if held == place => Some(name.as_slice()),
            _ => columns.get(*place).map(String::as_bytes),
        };
        if let Some(name) = name {
            written.extend_from_slice(name);
            written.push(b'=');
        }
        written.extend_from_slice(value);
        written.push(b'\n');
    }
}

/// What a text or a blob says; none where it is empty.
fn plain(value: Value<'_>) -> Option<Vec<u8>> {
    let (Value::Text(value) | Value::Blob(value)) = value else { return None };
    (!value.is_empty()).then(|| narrow(value))
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
