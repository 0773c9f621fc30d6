//! Whether a text that was edited still reads as before: for those who are about to write it.

use crate::tree::{Tree, json, yaml};
use crate::{Format, Refusal, Source, read};

/// Whether what edits make of a file is understood as well as the file was: as many builds, no new problem, no key twice in
/// one table.
///
/// # Errors
/// When it is not.
pub fn reads_as_well(format: &Format, path: &str, (before, after): (&str, &str)) -> Result<(), Refusal> {
    let (old, new) = (read(format, path, before), read(format, path, after));
    let problem = new.problems.iter().find(|one| !old.problems.iter().any(|known| known.fault == one.fault));
    if let Some(problem) = problem {
        return Err(Refusal::Misread(problem.fault.to_string()));
    }
    if new.problems.len() > old.problems.len() || new.calls.len() != old.calls.len() {
        return Err(Refusal::Misread("its builds would not be the same".to_owned()));
    }
    let (old, new) = (Source { path, text: before }.repeated(), Source { path, text: after }.repeated());
    match new.into_iter().find(|key| !old.contains(key)) {
        Some(key) => Err(Refusal::Misread(format!("{key} would stand twice in one table"))),
        None => Ok(()),
    }
}

impl Source<'_> {
    /// The keys that stand twice in one table, which most readers refuse.
    fn repeated(&self) -> Vec<String> {
        let read: fn(&str) -> Tree = match self.path.rsplit('.').next() {
            Some("yml" | "yaml") => yaml,
            Some("json") => json,
            _ => return Vec::new(),
        };
        read(self.text).repeated()
    }
}
