//! An answer on paper: a few lines and tables, to be printed in any format.

use serde_json::Value;
use tightlip_report::Verdict;

/// An answer.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    /// Which answer.
    pub answer: &'static str,
    /// The verdict over everything, where the answer is about that.
    pub verdict: Option<Verdict>,
    /// What to know first, a sentence each.
    pub lines: Vec<String>,
    /// The tables.
    pub tables: Vec<Table>,
}

/// A table.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// What it is called in JSON.
    pub name: &'static str,
    /// What it shows, for a person.
    pub title: String,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows, with a value for each column.
    pub rows: Vec<Vec<Value>>,
}

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// Who sees it.
    pub shown: Shown,
}

/// Who sees a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Everybody.
    Always,
    /// Machines: it is too much for a page.
    Machines,
}

/// Columns that everybody sees.
pub(crate) fn columns<const N: usize>(names: [&'static str; N]) -> Vec<Column> {
    names.map(|name| Column { name, shown: Shown::Always }).to_vec()
}

/// A column for machines.
pub(crate) fn detail(name: &'static str) -> Column {
    Column { name, shown: Shown::Machines }
}
