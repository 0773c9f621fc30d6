//! Which table a page belongs to, and what its columns are.

use std::collections::HashMap;

use super::schema::Table;

/// The tables of a database and the pages they have.
#[derive(Default)]
pub(crate) struct Layout {
    tables: Vec<Table>,
    /// A page and the place of its table.
    owners: HashMap<u32, usize>,
}

impl Layout {
    /// Adds a table with its pages, and says which place it has.
    pub(crate) fn add(&mut self, table: Table, pages: impl IntoIterator<Item = u32>) -> usize {
        let place = self.tables.len();
        self.owners.extend(pages.into_iter().map(|page| (page, place)));
        self.tables.push(table);
        place
    }

    /// The place of the table that has a page.
    pub(crate) fn owner(&self, page: u32) -> Option<usize> {
        self.owners.get(&page).copied()
    }

    /// Gives a page to a table; false if it has it already.
    pub(crate) fn own(&mut self, page: u32, table: usize) -> bool {
        self.owners.insert(page, table) != Some(table)
    }

    /// The columns of a row on a page; of a page that nobody has, those of the only table that has so many.
    pub(crate) fn columns(&self, page: u32, count: usize) -> &[String] {
        if let Some(table) = self.owner(page).and_then(|place| self.tables.get(place)) {
            return &table.columns;
        }
        let mut fitting = self.tables.iter().filter(|table| table.columns.len() == count);
        let only = fitting.next().filter(|first| fitting.all(|other| other.columns == first.columns));
        only.map(|table| table.columns.as_slice()).unwrap_or_default()
    }

    /// How much there is to keep.
    pub(crate) fn weight(&self) -> usize {
        let names =
            self.tables.iter().flat_map(|table| &table.columns).map(|name| name.len().saturating_add(24));
        names.sum::<usize>().saturating_add(self.owners.len().saturating_mul(16))
    }
}
