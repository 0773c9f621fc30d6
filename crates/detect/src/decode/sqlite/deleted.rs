//! Rows that were deleted: what is left of them between the rows of a page, and the rows of pages that no table uses.
//!
//! A freed cell keeps its bytes but for the first four, which say where the next free block is and how long this one (section
//! 1.6 of the format). The columns are those of its table; of a dropped table, those that its deleted definition says.

use std::io::{self, Read};
use std::ops::Range;

use super::cell::{Page, Value, length, values, varint};
use super::schema::{self, Table};
use super::{Containers, Database, Pages, line};
use crate::decode::seam::{Bytes, Members, Stop, give};

/// A definition has five columns: type, name, table, root page, SQL.
const DEFINITION: usize = 5;
/// A row of more columns, or of a header longer than one byte can say, is not looked for.
const MOST: usize = 0x7f;
/// So often free bytes are looked at for where a freed cell ends; those of no honest page more than a few times.
const WORK: usize = 16;

/// Hands over the deleted rows, if there are any.
pub(super) fn give_deleted(
    database: &Database<'_>,
    pages: &[(u32, Option<&Table>)],
    members: &mut dyn Members,
) -> Result<(), Stop> {
    let budget = members.budget();
    // Every free byte is looked at once or twice.
    budget.take(database.total() as u64)?;
    let dropped = dropped(database, pages);
    let mut rows = Deleted { database, pages: pages.iter(), dropped: &dropped, text: Vec::new(), read: 0 };
    if rows.fill() { give(members, "deleted rows", &mut rows).map(drop) } else { Ok(()) }
}

/// The columns of tables whose definition was deleted.
fn dropped(database: &Database<'_>, pages: &[(u32, Option<&Table>)]) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for (number, _) in pages.iter().filter(|(_, table)| table.is_some_and(|table| table.name == "schema")) {
        each(database, *number, Some(DEFINITION), &mut |record| {
            if let Some(Value::Text(sql)) = values(record).nth(DEFINITION - 1) {
                found.push(schema::columns(&String::from_utf8_lossy(sql.get(..4096).unwrap_or(sql))));
            }
        });
    }
    found.truncate(1000);
    found
}

/// The rows as text, page by page.
struct Deleted<'d> {
    database: &'d Database<'d>,
    pages: std::slice::Iter<'d, (u32, Option<&'d Table>)>,
    dropped: &'d [Vec<String>],
    text: Vec<u8>,
    read: usize,
}

impl Deleted<'_> {
    /// Writes the rows of the next page that has any; false where there is none.
    fn fill(&mut self) -> bool {
        self.text.clear();
        self.read = 0;
        let Self { database, pages, dropped, text, .. } = self;
        for (number, table) in pages {
            let columns =
                table.map(|table| if table.name == "schema" { DEFINITION } else { table.columns.len() });
            each(database, *number, columns, &mut |record| {
                let own = table.map(|table| table.columns.as_slice());
                let named = own.or_else(|| only_of(dropped, values(record).count())).unwrap_or_default();
                line(record, (named, Containers::Here), text);
            });
            if !text.is_empty() {
                return true;
            }
        }
        false
    }
}

/// The columns of the one dropped table that has so many.
fn only_of(dropped: &[Vec<String>], count: usize) -> Option<&[String]> {
    let mut fitting = dropped.iter().filter(|columns| columns.len() == count);
    let first = fitting.next()?;
    fitting.all(|other| other == first).then_some(first)
}

impl Read for Deleted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.read >= self.text.len() && !self.fill() {
            return Ok(0);
        }
        let mut ready = self.text.get(self.read..).unwrap_or_default();
        let count = ready.read(buffer)?;
        self.read = self.read.saturating_add(count);
        Ok(count)
    }
}

/// Tells the records in what is free of a page: between its rows, or anywhere if no table uses it.
fn each(database: &Database<'_>, number: u32, columns: Option<usize>, tell: &mut dyn FnMut(&[u8])) {
    let Some(bytes) = database.page(number) else { return };
    let Some(columns) = columns else { return records(bytes, (0, Begin::Anywhere), tell) };
    let Some(page) = Page::of(database, number).filter(|page| page.is_of_table()) else { return };
    for block in page.free_blocks() {
        records(bytes.get(block).unwrap_or_default(), (columns, Begin::Freed), tell);
    }
    // What was freed where the cells begin is no block: they begin behind it now.
    records(bytes.get(page.gap()).unwrap_or_default(), (columns, Begin::Anywhere), tell);
}

/// What free bytes begin with.
#[derive(Clone, Copy, PartialEq)]
enum Begin {
    /// A freed cell.
    Freed,
    /// Anything.
    Anywhere,
}

/// Tells the records in free bytes: whole cells, and freed ones of so many columns.
fn records(free: &[u8], (columns, mut begin): (usize, Begin), tell: &mut dyn FnMut(&[u8])) {
    let mut at = 0;
    let mut work = free.len().saturating_mul(WORK);
    while at < free.len() {
        let here = free.get(at..).unwrap_or_default();
        let first = || if begin == Begin::Freed { first_freed(here, columns, &mut work) } else { None };
        let found = one_freed(here, columns).or_else(first).or_else(|| {
            let (record, end) = whole(here)?;
            Some((here.get(record)?.to_vec(), end))
        });
        // Where one ends the next one begins.
        begin = if found.is_some() { Begin::Freed } else { Begin::Anywhere };
        found.iter().for_each(|(record, _)| tell(record));
        at = at.saturating_add(found.map_or(1, |(_, end)| end.max(1)));
    }
}

/// A freed cell that says how long it is.
fn one_freed(bytes: &[u8], columns: usize) -> Option<(Vec<u8>, usize)> {
    let length = Bytes(bytes).u16_be(2).map(usize::from).filter(|length| *length > 8)?;
    Some((freed(bytes.get(..length)?, columns)?, length))
}

/// The freed cell at the start of free bytes. Cells side by side become one block: the next one begins where another block
/// says that it goes to the end of this one, or where a whole cell stands.
fn first_freed(bytes: &[u8], columns: usize, work: &mut usize) -> Option<(Vec<u8>, usize)> {
    for end in 5..=bytes.len() {
        *work = work.checked_sub(1)?;
        let rest = bytes.get(end..).unwrap_or_default();
        let block = || Bytes(rest).u16_be(2).map(usize::from) == Some(rest.len());
        if (rest.is_empty() || block() || whole(rest).is_some())
            && let Some(record) = freed(bytes.get(..end)?, columns)
        {
            return Some((record, end));
        }
    }
    None
}

/// A cell that was not written over: where its record is, and where it ends.
fn whole(bytes: &[u8]) -> Option<(Range<usize>, usize)> {
    // Most bytes are the end of it at once.
    bytes.first().filter(|length| **length >= 4)?;
    let (length, row) = varint(Bytes(bytes), 0)?;
    let (_, start) = varint(Bytes(bytes), row)?;
    let end = start.checked_add(usize::try_from(length).ok()?)?;
    is_record(bytes.get(start..end)?).then_some((start..end, end))
}

/// The record of a cell whose first four bytes are gone, with as many columns as its table has, made whole.
fn freed(cell: &[u8], columns: usize) -> Option<Vec<u8>> {
    if !(1..MOST).contains(&columns) {
        return None;
    }
    // The header of a long row, or of one with a high number, begins behind them.
    for start in [4, 5] {
        let record = cell.get(start..).unwrap_or_default();
        if values(record).count() == columns && is_record(record) {
            return Some(record.to_vec());
        }
    }
    // Else the first kind is lost, or only the length of the header. A lost kind is that of the row's own number, which is
    // nothing, or of a text that fills the cell.
    let all = kinds(cell, columns).and_then(|end| made(cell.get(4..end)?.to_vec(), cell.get(end..)?));
    all.or_else(|| {
        let end = kinds(cell, columns.saturating_sub(1))?;
        let (kinds, body) = (cell.get(4..end)?, cell.get(end..)?);
        let first = u64::try_from(body.len().checked_sub(sum(kinds)?)?).ok()?;
        let first = if first == 0 { 0 } else { first.checked_mul(2)?.checked_add(13)? };
        made([encoded(first), kinds.to_vec()].concat(), body)
    })
}

/// A record of these kinds and values.
fn made(kinds: Vec<u8>, body: &[u8]) -> Option<Vec<u8>> {
    let header =
        u8::try_from(kinds.len().checked_add(1)?).ok().filter(|length| usize::from(*length) <= MOST)?;
    let record = [&[header], kinds.as_slice(), body].concat();
    is_record(&record).then_some(record)
}

/// Where so many kinds end that begin behind the first four bytes.
fn kinds(bytes: &[u8], count: usize) -> Option<usize> {
    (0..count).try_fold(4, |at, _| varint(Bytes(bytes), at).map(|(_, next)| next))
}

/// How long the values of these kinds are.
fn sum(kinds: &[u8]) -> Option<usize> {
    let (mut at, mut sum) = (0, 0_usize);
    while at < kinds.len() {
        let (kind, next) = varint(Bytes(kinds), at)?;
        sum = sum.checked_add(usize::try_from(length(kind)).ok()?)?;
        at = next;
    }
    Some(sum)
}

fn record_length(bytes: &[u8]) -> Option<usize> {
    let header =
        bytes.first().map(|length| usize::from(*length)).filter(|length| (2..=MOST).contains(length))?;
    header.checked_add(sum(bytes.get(1..header)?)?)
}

/// A kind as it is written.
fn encoded(kind: u64) -> Vec<u8> {
    let mut bytes = vec![u8::try_from(kind & 0x7f).unwrap_or_default()];
    let mut rest = kind >> 7;
    while rest > 0 {
        bytes.insert(0, u8::try_from(rest & 0x7f).unwrap_or_default() | 0x80);
        rest >>= 7;
    }
    bytes
}

/// Whether bytes are a record and nothing else: kinds that there are, as long as they say, and texts that are text.
fn is_record(record: &[u8]) -> bool {
    if record_length(record) != Some(record.len()) {
        return false;
    }
    let mut texts = 0_usize;
    let kept = values(record).all(|value| match value {
        Value::Text(text) => {
            texts = texts.saturating_add(text.len());
            is_text(text)
        }
        Value::Blob(_) | Value::Other => true,
    });
    kept && texts >= 4
}

fn is_text(text: &[u8]) -> bool {
    let control = |byte: &u8| byte.is_ascii_control() && !matches!(byte, b'\t' | b'\n' | b'\r');
    std::str::from_utf8(text).is_ok() && !text.iter().any(control)
}
