//! The ways to print a report, one file each.

use std::io::{self, Write};

use crate::{Level, Report};

mod github;
mod json;
mod sarif;
mod snippet;
mod text;
pub(crate) mod words;

pub(crate) use text::wrap;

/// What a format needs to know besides the report.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Findings from this level upwards decide the verdict.
    pub counts: Level,
    /// Columns of the terminal, for text that wraps.
    pub width: usize,
    /// Whether the reader sees colour. Nothing depends on it.
    pub colour: Colour,
}

/// Whether the reader sees colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// Escape sequences are written.
    On,
    /// Text only.
    Off,
}

impl Default for Style {
    fn default() -> Self {
        Self { counts: Level::Deny, width: 100, colour: Colour::Off }
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

/// Every format, in the order of the help text.
pub static FORMATS: &[&Format] = &[&text::FORMAT, &json::FORMAT, &sarif::FORMAT, &github::FORMAT];

/// The format of that name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|f| f.name == name).copied()
}
