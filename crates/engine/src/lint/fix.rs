//! Edits that mend what a lint found, across all files that have to change together.

use std::collections::BTreeMap;

use tightlip_dockerfile::{Edit, apply};

use super::text::{FileId, TextFile};

/// A way to mend a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as a command: "give NPM_TOKEN to the step as a secret".
    pub title: String,
    /// Whether it may be applied without looking.
    pub safety: Safety,
    /// What changes in which file; all of it or nothing.
    pub edits: Vec<(FileId, Edit)>,
}

/// Whether a fix may be applied without looking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Safety {
    /// The build does the same, without the leak.
    Safe,
    /// Somebody has to look: the build may do something else.
    Unsafe,
    /// There is no right edit, and why.
    Refused(String),
}

/// Which fixes are applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Apply {
    /// Those that are safe.
    Safe,
    /// Those that somebody has to look at too.
    Unsafe,
}

/// What became of the fixes.
#[derive(Clone, Debug, Default)]
pub struct Fixed {
    /// The files that change, with their new text.
    pub changes: Vec<Change>,
    /// Fixes that were applied.
    pub applied: Vec<String>,
    /// Fixes that touch what another one changes: another run applies them.
    pub postponed: Vec<String>,
    /// Fixes that were not applied, and why.
    pub refused: Vec<(String, String)>,
}

/// A file with its new text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which.
    pub file: FileId,
    /// What it holds now.
    pub text: String,
}

/// Works out the new texts. Fixes that touch the same bytes as an earlier one wait for another run.
#[must_use]
pub fn fixed(files: &[TextFile], fixes: &[Fix], which: Apply) -> Fixed {
    let mut result = Fixed::default();
    let mut edits: BTreeMap<FileId, Vec<Edit>> = BTreeMap::new();
    let mut seen: Vec<&Fix> = Vec::new();
    for fix in fixes {
        // Two findings can lead to the same edit.
        if seen.contains(&fix) {
            continue;
        }
        seen.push(fix);
        match refusal(&fix.safety, which) {
            Some(why) => result.refused.push((fix.title.clone(), why)),
            None if takes(&mut edits, files, fix) => result.applied.push(fix.title.clone()),
            None => result.postponed.push(fix.title.clone()),
        }
    }
    for (file, edits) in edits {
        let text = files.get(file.0).and_then(|one| apply(&one.source, &edits).ok());
        result.changes.extend(text.map(|text| Change { file, text }));
    }
    result
}

fn refusal(safety: &Safety, which: Apply) -> Option<String> {
    match (safety, which) {
        (Safety::Safe, _) | (Safety::Unsafe, Apply::Unsafe) => None,
        (Safety::Unsafe, Apply::Safe) => {
            Some("look at it first (--diff --fix=unsafe); --fix=unsafe applies it".to_owned())
        }
        (Safety::Refused(why), _) => Some(why.clone()),
    }
}

/// Adds the edits of a fix, if they go together with all others.
fn takes(edits: &mut BTreeMap<FileId, Vec<Edit>>, files: &[TextFile], fix: &Fix) -> bool {
    let mut with = edits.clone();
    for (file, edit) in &fix.edits {
        let list = with.entry(*file).or_default();
        if !list.contains(edit) {
            list.push(edit.clone());
        }
    }
    let fits = |(file, list): (&FileId, &Vec<Edit>)| {
        files.get(file.0).is_some_and(|one| apply(&one.source, list).is_ok())
    };
    let fits = with.iter().all(fits);
    if fits {
        *edits = with;
    }
    fits
}

#[cfg(test)]
mod tests {
    use tightlip_dockerfile::Span;
    use tightlip_report::Surface;

    use super::*;

    fn file(text: &str) -> TextFile {
        TextFile::new("Dockerfile".to_owned(), None, (Surface::Dockerfile, text.to_owned()))
    }

    fn fix(title: &str, safety: Safety, edits: &[(usize, Edit)]) -> Fix {
        let edits = edits.iter().map(|(file, edit)| (FileId(*file), edit.clone())).collect();
        Fix { title: title.to_owned(), safety, edits }
    }

    #[test]
    fn fixes_that_go_together_are_applied_together() {
        let files = [file("ARG A\nRUN a\n"), file("args: A\n")];
        let first = Edit::remove(Span::new(0, 6));
        let fixes = [
            fix("one", Safety::Safe, &[(0, first.clone()), (1, Edit::replace(Span::new(0, 4), "secrets"))]),
            fix("again", Safety::Safe, &[(0, Edit::replace(Span::new(4, 5), "B"))]),
            fix("look", Safety::Unsafe, &[(0, Edit::insert(12, "# x"))]),
            fix("never", Safety::Refused("it is in FROM".to_owned()), &[]),
        ];
        let safe = fixed(&files, &fixes, Apply::Safe);
        let texts: Vec<&str> = safe.changes.iter().map(|change| change.text.as_str()).collect();
        assert_eq!(texts, ["RUN a\n", "secrets: A\n"]);
        assert_eq!((safe.applied, safe.postponed), (vec!["one".to_owned()], vec!["again".to_owned()]));
        assert_eq!(safe.refused.len(), 2);
        assert_eq!(fixed(&files, &fixes, Apply::Unsafe).applied, ["one", "look"]);
    }

    #[test]
    fn a_fix_whose_edits_do_not_all_fit_changes_nothing() {
        let files = [file("ARG A\n"), file("x")];
        let fixes =
            [fix("half", Safety::Safe, &[(0, Edit::remove(Span::new(0, 6))), (1, Edit::insert(9, "y"))])];
        let result = fixed(&files, &fixes, Apply::Safe);
        assert_eq!((result.changes, result.postponed), (Vec::new(), vec!["half".to_owned()]));
    }
}
