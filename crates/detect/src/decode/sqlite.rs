//! SQLite databases: every table as lines of `column=value`, values that are containers by themselves, the pages that no
//! table uses any more, and the rows that were deleted (<https://www.sqlite.org/fileformat2.html>).
//!
//! Deleted rows stay in free pages, and a value longer than a page is scattered over pages: neither is whole in a
//! plain look at the file.

mod cell;
mod deleted;
mod free;
mod layout;
mod rows;
mod schema;

use std::collections::{BTreeMap, HashSet};
use std::io::Read;

use super::seam::{Budget, Bytes, Limits, Members, Stop, Unread, give, hold};
use super::{Decoder, Holds};
use crate::Hint;
pub(super) use cell::{Page, Value, values};
pub(crate) use layout::Layout;
use rows::Rows;
pub(super) use rows::{Containers, line, wants_own_member};
pub(super) use schema::{Table, definition};

/// SQLite 3.
pub(crate) static DECODER: Decoder =
    Decoder { name: "sqlite", claims, open, tool: None, holds: Holds::Files };

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    head.starts_with(b"SQLite format 3\0")
}

/// The pages of a database, wherever they lie.
pub(super) trait Pages {
    /// A page by its number, from 1.
    fn page(&self, number: u32) -> Option<&[u8]>;
    /// How much of a page is used.
    fn usable(&self) -> usize;
    /// No value is longer than all there is.
    fn total(&self) -> usize;
}

/// A database file.
struct Database<'f> {
    file: Bytes<'f>,
    size: usize,
    usable: usize,
}

impl<'f> Database<'f> {
    fn of(file: &'f [u8]) -> Option<Self> {
        let bytes = Bytes(file);
        let size = page_size(bytes.u16_be(16)?.into())?;
        let usable = size.checked_sub(bytes.u8(20)?.into())?;
        // The format says that 480 is the least.
        (usable >= 480).then_some(Self { file: bytes, size, usable })
    }

    /// How many pages there are, a cut one included.
    fn count(&self) -> u32 {
        u32::try_from(self.file.0.len().div_ceil(self.size)).unwrap_or(u32::MAX)
    }
}

impl Pages for Database<'_> {
    fn page(&self, number: u32) -> Option<&[u8]> {
        let start = usize::try_from(number.checked_sub(1)?).ok()?.checked_mul(self.size)?;
        let end = start.checked_add(self.size)?.min(self.file.0.len());
        self.file.0.get(start..end).filter(|page| !page.is_empty())
    }

    fn usable(&self) -> usize {
        self.usable
    }

    fn total(&self) -> usize {
        self.file.0.len()
    }
}

/// A page size as headers write it: 1 stands for 65,536.
pub(super) fn page_size(stated: u32) -> Option<usize> {
    let size = if stated == 1 { 0x1_0000 } else { usize::try_from(stated).ok()? };
    (size.is_power_of_two() && (512..=0x1_0000).contains(&size)).then_some(size)
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let file = hold(body, members)?;
    let database = Database::of(&file).ok_or_else(|| Stop::damaged("its header is not one of SQLite"))?;
    let mut used = vec![false; usize::try_from(database.count()).unwrap_or(usize::MAX).saturating_add(1)];
    let mut tables = schema::tables(&database, &members.budget())?;
    tables.insert(1, Table::schema());
    let (mut missing, mut owned, mut whole) = (0_u32, Vec::new(), HashSet::new());
    let (indexes, others): (Vec<_>, Vec<_>) = tables.iter().partition(|(_, table)| table.repeats.is_some());
    for (root, table) in others.into_iter().chain(indexes) {
        // What stands in a table that was read is not told again.
        let told = table.repeats.as_ref().is_some_and(|repeated| whole.contains(repeated));
        let (pages, gone) = if told {
            rows::pages(&database, *root, &mut used)
        } else {
            one_table(&database, *root, table, (&mut used, members))?
        };
        if gone == 0 && !pages.is_empty() {
            whole.insert(table.name.clone());
        }
        missing = missing.saturating_add(gone);
        owned.extend(pages.into_iter().map(|page| (page, Some(table))));
    }
    free::give_unused(&database, &used, members)?;
    let unused = (1..).zip(used.iter().skip(1)).filter(|(_, used)| !**used);
    owned.extend(unused.map(|(page, _)| (page, None)));
    deleted::give_deleted(&database, &owned, members)?;
    keep_layout(&owned, members);
    if missing > 0 || file.len() < database.stated() {
        let detail = format!("pages that tables name are not there: {missing}");
        return Err(Stop::Fault(Unread::Truncated, detail));
    }
    Ok(())
}

/// Keeps which pages have which columns, for the log beside it. Pages of one table stand together.
fn keep_layout(owned: &[(u32, Option<&Table>)], members: &dyn Members) {
    let path = members.path();
    if path.is_empty() {
        return;
    }
    let mut layout = Layout::default();
    for pages in
        owned.chunk_by(|(_, one), (_, other)| one.map(std::ptr::from_ref) == other.map(std::ptr::from_ref))
    {
        if let Some((_, Some(table))) = pages.first() {
            layout.add((*table).clone(), pages.iter().map(|(page, _)| *page));
        }
    }
    members.budget().beside().keep(path, layout);
}

impl Database<'_> {
    /// How long the file should be; nothing where the header does not say.
    fn stated(&self) -> usize {
        // The count is only valid where the change counter stands beside it unchanged.
        let valid = self.file.u32_be(24) == self.file.u32_be(92);
        let pages = if valid { self.file.u32_be(28).unwrap_or_default() } else { 0 };
        usize::try_from(pages).unwrap_or_default().saturating_mul(self.size)
    }
}

/// Hands over one table, then what of its values is a container; its pages, and how many are missing.
fn one_table(
    database: &Database<'_>,
    root: u32,
    table: &Table,
    (used, members): (&mut [bool], &mut dyn Members),
) -> Result<(Vec<u32>, u32), Stop> {
    let (pages, missing) = rows::pages(database, root, used);
    if pages.is_empty() {
        return Ok((pages, missing));
    }
    give(members, &format!("table {}", table.name), &mut Rows::new(database, &pages, table))?;
    let budget = members.budget();
    for (number, row) in rows::all(database, &pages) {
        // Rows may share overflow pages, so reading them is work that the file's size does not bound.
        budget.take(row.len() as u64).map_err(Stop::from)?;
        for (column, value) in values(&row).enumerate() {
            if let Value::Blob(blob) | Value::Text(blob) = value
                && wants_own_member(blob)
            {
                give(
                    members,
                    &format!("table {} row {number} column {}", table.name, column.saturating_add(1)),
                    &mut &*blob,
                )?;
            }
        }
    }
    Ok((pages, missing))
}

/// Tells every value of a table that is a blob, in order. Of a damaged database it tells what is there.
pub fn blobs(file: &[u8], table: &str, tell: &mut dyn FnMut(&[u8])) {
    // Rows may share overflow pages: no honest database says more than this often.
    let budget = Budget::new(Limits { decoded: (file.len() as u64).saturating_mul(4), ..Limits::default() });
    let Some(database) = Database::of(file) else { return };
    let Ok(tables) = schema::tables(&database, &budget) else { return };
    let Some((root, _)) = tables.iter().find(|(_, known)| known.name == table) else { return };
    let mut used = vec![false; usize::try_from(database.count()).unwrap_or(usize::MAX).saturating_add(1)];
    let (pages, _) = rows::pages(&database, *root, &mut used);
    for (_, row) in rows::all(&database, &pages) {
        if budget.take(row.len() as u64).is_err() {
            return;
        }
        for value in values(&row) {
            if let Value::Blob(blob) = value {
                tell(blob);
            }
        }
    }
}

/// Tables by their root page.
type Tables = BTreeMap<u32, Table>;

#[cfg(test)]
pub(super) mod tests;
