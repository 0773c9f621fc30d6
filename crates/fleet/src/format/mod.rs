//! The ways to print an answer, one file each.

use std::io::{self, Write};

use crate::sheet::Sheet;

mod html;
mod json;
mod text;

/// A way to print an answer.
pub struct Format {
    /// The word for `--format`.
    pub name: &'static str,
    /// What it is for, in one line.
    pub summary: &'static str,
    /// Writes the answer.
    pub write: fn(&Sheet, &mut dyn Write) -> io::Result<()>,
}

/// Every format.
pub static FORMATS: &[&Format] = &[&text::FORMAT, &json::FORMAT, &html::FORMAT];

impl Format {
    /// The format of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        FORMATS.iter().find(|format| format.name == name).copied()
    }
}

/// A value as a person reads it.
fn shown(value: &serde_json::Value) -> String {
    use serde_json::Value;
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(shown).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}
