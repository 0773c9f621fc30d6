//! The ways to print a report, one file each.

use std::io::{self, Write};

use crate::{Level, Report};

mod json;
mod text;

/// What a format needs to know besides the report.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Findings from this level upwards decide the verdict.
    pub counts: Level,
    /// Columns of the terminal, for text that wraps.
    pub width: usize,
}

impl Default for Style {
    fn default() -> Self {
        Self { counts: Level::Deny, width: 100 }
    }
}

/// A way to print a report.
pub struct Format {
    /// The word for `--format`.
    pub name: &'static str,
    /// What it is for, in one line.
    pub summary: &'static str,
    /// Writes the report.
    pub write: fn(&Report, &Style, &mut dyn Write) -> io::Result<()>,
}

/// Every format.
pub static FORMATS: &[&Format] = &[&json::FORMAT, &text::FORMAT];

/// The format of that name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|f| f.name == name).copied()
}
