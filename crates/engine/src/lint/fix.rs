//! Edits that mend what a lint found, across all files that have to change together.

use std::collections::BTreeMap;

use tightlip_dockerfile::{Document, Edit};
use tightlip_report::Surface;

use super::guard;
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

/// Works out the new texts. Fixes that change what an earlier one changes wait for another run: what becomes of it is
/// decided by what is there then.
#[must_use]
pub fn fixed(files: &[TextFile], fixes: &[Fix], which: Apply) -> Fixed {
    let mut result = Fixed::default();
    let mut taken =
        Taken { files, documents: BTreeMap::new(), edits: BTreeMap::new(), texts: BTreeMap::new() };
    let mut seen: Vec<&Fix> = Vec::new();
    for fix in fixes {
        // Two findings can lead to the same edit.
        if seen.contains(&fix) {
            continue;
        }
        seen.push(fix);
        let title = fix.title.clone();
        match refusal(&fix.safety, which).map_or_else(|| taken.takes(fix), Answer::Never) {
            Answer::Now => result.applied.push(title),
            Answer::Later => result.postponed.push(title),
            Answer::Never(why) => result.refused.push((title, why)),
        }
    }
    result.changes = taken.texts.into_iter().map(|(file, text)| Change { file, text }).collect();
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

/// What becomes of a fix.
enum Answer {
    Now,
    Later,
    Never(String),
}

/// The fixes that are applied together, and what they make of the files.
struct Taken<'f> {
    files: &'f [TextFile],
    documents: BTreeMap<FileId, Document>,
    edits: BTreeMap<FileId, Vec<Edit>>,
    texts: BTreeMap<FileId, String>,
}

impl Taken<'_> {
    /// Adds the edits of a fix, if they go together with all others, and all files read as they should.
    fn takes(&mut self, fix: &Fix) -> Answer {
        let mut new: BTreeMap<FileId, Vec<Edit>> = BTreeMap::new();
        for (file, edit) in &fix.edits {
            let there = self.edits.get(file).map(Vec::as_slice).unwrap_or_default();
            let list = new.entry(*file).or_default();
            if !there.contains(edit) && !list.contains(edit) {
                list.push(edit.clone());
            }
        }
        let (mut texts, mut alone) = (Vec::new(), true);
        for (id, list) in &mut new {
            let Some(file) = self.files.get(id.0) else {
                return Answer::Never("a file is missing".to_owned());
            };
            let there = self.edits.get(id).cloned().unwrap_or_default();
            if list.iter().any(|edit| there.iter().any(|other| self.meet((*id, file), edit, other))) {
                return Answer::Later;
            }
            alone &= there.is_empty();
            list.splice(0..0, there);
            texts.push((*id, guard::edited(file, list)));
        }
        let texts: Result<Vec<_>, String> =
            texts.into_iter().map(|(id, text)| text.map(|text| (id, text))).collect();
        match texts {
            Ok(texts) => {
                self.edits.extend(new);
                self.texts.extend(texts);
                Answer::Now
            }
            Err(_) if !alone => Answer::Later,
            Err(why) => Answer::Never(why),
        }
    }

    /// Whether two edits change the same: one instruction of a Dockerfile, one place of another file.
    fn meet(&mut self, (id, file): (FileId, &TextFile), one: &Edit, other: &Edit) -> bool {
        if one.span.start <= other.span.end && other.span.start <= one.span.end {
            return true;
        }
        if file.surface != Surface::Dockerfile {
            return false;
        }
        let document = self.documents.entry(id).or_insert_with(|| Document::parse(&file.source));
        let both = (guard::instruction(document, one), guard::instruction(document, other));
        both.0.is_some() && both.0 == both.1
    }
}

#[cfg(test)]
mod tests {
    use tightlip_dockerfile::Span;

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
        let why = "Dockerfile: an edit does not fit the text at byte 9".to_owned();
        assert_eq!((result.changes, result.refused), (Vec::new(), vec![("half".to_owned(), why)]));
    }
}
