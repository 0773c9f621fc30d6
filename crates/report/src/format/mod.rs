//! The ways to print a report, one file each.

use std::io::{self, Write};

use crate::{Level, Place, Report};

mod github;
mod github_summary;
mod gitlab_quality;
mod gitlab_secrets;
mod html;
mod json;
mod jsonl;
mod junit;
mod leak;
mod markdown;
mod markup;
mod moment;
mod narrow;
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
    /// When the report is written, in seconds of Unix time; formats for CI systems say it.
    pub now: u64,
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
        Self { counts: Level::Deny, width: 100, colour: Colour::Off, now: 0 }
    }
}

/// A way to print a report.
pub struct Format {
    /// The word for `--format`.
    pub name: &'static str,
    /// What it is for, in one line.
    pub summary: &'static str,
    /// The endings of file names that ask for it.
    pub endings: &'static [&'static str],
    /// Writes the report.
    pub write: fn(&Report, &Style, &mut dyn Write) -> io::Result<()>,
}

/// Every format, in the order of the help text.
pub static FORMATS: &[&Format] = &[
    &text::FORMAT,
    &json::FORMAT,
    &jsonl::FORMAT,
    &html::FORMAT,
    &markdown::FORMAT,
    &sarif::FORMAT,
    &github::FORMAT,
    &github_summary::FORMAT,
    &gitlab_secrets::FORMAT,
    &gitlab_quality::FORMAT,
    &junit::FORMAT,
];

/// The format of that name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|f| f.name == name).copied()
}

/// A place in words, as the text for people has it.
#[must_use]
pub fn in_words(place: &Place) -> String {
    words::place(place)
}

/// The format that the name of a file asks for by its ending.
#[must_use]
pub fn of_file(name: &str) -> Option<&'static Format> {
    let ends = |ending: &&'static str| name.strip_suffix(ending).is_some_and(|stem| stem.ends_with('.'));
    FORMATS.iter().find(|format| format.endings.iter().any(ends)).copied()
}
