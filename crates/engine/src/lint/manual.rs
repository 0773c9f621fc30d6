//! The manual of a lint: the `//!` lines of its file, with examples that the tests run.
//!
//! A block that opens with ```` ```bad NAME ```` or ```` ```good NAME ```` is a file of a build; ```` ```and NAME ````
//! adds another one to the same build. Values in it are templates.

use super::Lint;

/// A build in a manual.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Whether the lint flags it.
    pub kind: Kind,
    /// Names and texts of its files.
    pub files: Vec<(String, String)>,
}

/// Whether a lint flags a build of its manual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It does.
    Bad,
    /// It does not, nor does any other.
    Good,
}

impl Lint {
    /// The manual, as Markdown.
    #[must_use]
    pub fn manual(&self) -> String {
        let lines = self.source.lines().map_while(|line| line.strip_prefix("//!"));
        let mut text: String =
            lines.map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line))).collect();
        text.truncate(text.trim_end().len());
        text
    }

    /// The builds of the manual.
    #[must_use]
    pub fn cases(&self) -> Vec<Case> {
        let mut cases: Vec<Case> = Vec::new();
        let mut open: Option<(String, String)> = None;
        for line in self.manual().lines() {
            match (line.strip_prefix("```"), open.take()) {
                (Some(_), Some(file)) => {
                    cases.last_mut().into_iter().for_each(|case| case.files.push(file.clone()))
                }
                (Some(info), None) => open = opened(info, &mut cases),
                (None, Some((name, mut text))) => {
                    text.push_str(line);
                    text.push('\n');
                    open = Some((name, text));
                }
                (None, None) => {}
            }
        }
        cases
    }
}

fn opened(info: &str, cases: &mut Vec<Case>) -> Option<(String, String)> {
    let (word, name) = info.split_once(' ').unwrap_or((info, "Dockerfile"));
    match word {
        "bad" => cases.push(Case { kind: Kind::Bad, files: Vec::new() }),
        "good" => cases.push(Case { kind: Kind::Good, files: Vec::new() }),
        "and" => {}
        _ => return None,
    }
    Some((name.to_owned(), String::new()))
}
