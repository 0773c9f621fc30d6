//! Mends until nothing is left to mend: fixes that touch the same lines take turns. All of it happens in memory, so that
//! what is written in the end is written once.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::fix::{Apply, Change, fixed};
use super::request::{Input, LintRequest};
use super::run::{LintError, Linted, difference, lint};
use super::text::TextFile;
use super::write::{self, WriteError};

/// So many rounds at most, however many fixes change the same file: every round lints all again.
const MOST: usize = 256;

/// What mending came to.
#[derive(Debug)]
pub struct Mended {
    /// How it was.
    pub before: Linted,
    after: Option<Linted>,
    /// The files that change, with their new text.
    pub files: Vec<Rewritten>,
    /// Fixes that were applied, in order.
    pub applied: Vec<String>,
    /// Fixes for which there was no round left: another run applies them.
    pub postponed: Vec<String>,
    /// Fixes that were not applied, and why.
    pub refused: Vec<(String, String)>,
}

/// A file with its new text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewritten {
    /// The name that the report uses.
    pub name: String,
    /// Where it lies.
    pub path: Option<PathBuf>,
    /// What it held.
    pub before: String,
    /// What it is to hold.
    pub after: String,
}

impl Mended {
    /// How it is when the files are written.
    #[must_use]
    pub fn after(&self) -> &Linted {
        self.after.as_ref().unwrap_or(&self.before)
    }

    /// Writes all files, or none.
    ///
    /// # Errors
    /// When one of them cannot be written.
    pub fn write(&self) -> Result<(), WriteError> {
        write::write(&self.files)
    }

    /// What changes in a file, line by line. Values that were found are masked, so this is no patch to apply.
    #[must_use]
    pub fn diff(&self, file: &Rewritten) -> String {
        let masked = |text: &str| self.after().masked(&self.before.masked(text));
        difference(&file.name, &masked(&file.before), &masked(&file.after))
    }
}

/// Lints, and mends what can be mended. Nothing is written.
///
/// # Errors
/// When something that was named cannot be read, or there is nothing to look at.
pub fn mend(request: &LintRequest, which: Apply) -> Result<Mended, LintError> {
    let mut request = request.clone();
    let before = lint(&request)?;
    let (mut after, mut files, mut applied) = (None, BTreeMap::new(), Vec::new());
    for _ in 0..MOST {
        let linted = after.as_ref().unwrap_or(&before);
        let result = fixed(&linted.files, &linted.fixes, which);
        if result.changes.is_empty() {
            break;
        }
        applied.extend(result.applied);
        for Change { file, text } in result.changes {
            let Some(file) = linted.file(file) else { continue };
            hold(&mut request, file, &text);
            let rewritten = files.entry(file.name.clone()).or_insert_with(|| untouched(file));
            rewritten.after = text;
        }
        after = Some(lint(&request)?);
    }
    let last = after.as_ref().unwrap_or(&before);
    let left = fixed(&last.files, &last.fixes, which);
    let mut refused = left.refused;
    if left.changes.is_empty() {
        let alone = |title: String| (title, "its edits touch each other".to_owned());
        refused.extend(left.postponed.into_iter().map(alone));
    }
    let files = files.into_values().filter(|file| file.before != file.after).collect();
    Ok(Mended { before, after, files, applied, postponed: left.applied, refused })
}

fn untouched(file: &TextFile) -> Rewritten {
    let (name, path, before) = (file.name.clone(), file.path.clone(), file.source.clone());
    Rewritten { name, path, after: before.clone(), before }
}

/// From now on the file holds this.
fn hold(request: &mut LintRequest, file: &TextFile, text: &str) {
    for input in &mut request.inputs {
        if let Input::Text { name, bytes, .. } = input
            && *name == file.name
        {
            *bytes = text.as_bytes().to_vec();
            return;
        }
    }
    if let Some(path) = &file.path {
        request.held.insert(path.clone(), text.as_bytes().to_vec());
    }
}
