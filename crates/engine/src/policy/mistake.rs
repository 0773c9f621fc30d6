//! What is wrong with a policy, as a compiler says it: where, with the line and a mark below it.

use std::fmt;
use std::ops::Range;

use tightlip_report::plain;

/// What is longer is none of our words, in characters.
const LONGEST_SHOWN: usize = 40;
/// A longer word is no slip of the pen, and may be a token, in characters.
const LONGEST_WORD: usize = 24;

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    file: String,
    /// From 1.
    line: usize,
    /// In characters, from 1.
    column: usize,
    what: String,
    help: Option<String>,
    /// The line, as far as it may be shown.
    shown: String,
    /// How many characters are marked.
    marked: usize,
}

/// A policy that cannot be used: everything that is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot use the policy\n{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct PolicyErrors(pub Vec<Mistake>);

/// How much of a line a message shows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// All of it: what stands there is one of our own words, or was meant to be.
    Whole,
    /// What stands before the value: somebody may have written a secret there.
    Key,
}

impl Mistake {
    pub(super) fn new(
        (file, text): (&str, &str),
        span: Range<usize>,
        shown: Shown,
        what: impl Into<String>,
    ) -> Self {
        let at = (0..=span.start.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let begin = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
        let line = text.get(begin..).and_then(|rest| rest.lines().next()).unwrap_or("").trim_end();
        let column = text.get(begin..at).map_or(0, |before| before.chars().count());
        let end = span.end.min(begin + line.len());
        let marked = text.get(at..end).map_or(1, |part| part.chars().count()).max(1);
        let mut mistake = Self {
            file: file.to_owned(),
            line: text.get(..begin).map_or(0, |before| before.matches('\n').count()) + 1,
            column: column + 1,
            what: what.into(),
            help: None,
            shown: line.to_owned(),
            marked,
        };
        if shown == Shown::Key || marked > LONGEST_SHOWN {
            mistake.hide();
        }
        mistake.shown = without_tokens(&mistake.shown);
        mistake
    }

    /// Hides the value of the line, and what a line without a name holds.
    fn hide(&mut self) {
        let table = self.shown.trim_start().starts_with('[');
        let (key, value) = match self.shown.split_once('=') {
            _ if table => (self.shown.clone(), ""),
            Some((key, _)) if is_key(key) => (format!("{key}= "), "…"),
            _ => (String::new(), "…"),
        };
        let room = key.chars().count();
        if self.column > room {
            (self.column, self.marked) = (room + 1, 1);
        }
        self.marked = self.marked.min(room + 2 - self.column.min(room + 1));
        self.shown = format!("{key}{value}");
    }

    /// Where it is: line and column.
    pub(super) fn place(&self) -> (usize, usize) {
        (self.line, self.column)
    }

    /// What is wrong.
    pub(super) fn what(&self) -> &str {
        &self.what
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// Whether it is the name of a setting and nothing else.
fn is_key(text: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || "_-.\" ".contains(c);
    text.len() <= 40 && text.chars().all(word)
}

/// A line in which nothing stands that may be a token: words of ours are short, or small letters with signs between them.
fn without_tokens(line: &str) -> String {
    let belongs = |c: char| c.is_alphanumeric() || "_-+/=".contains(c);
    let mut shown = String::new();
    for part in line.split_inclusive(|c| !belongs(c)) {
        let word = part.trim_end_matches(|c| !belongs(c));
        let ours = word.chars().count() <= LONGEST_WORD
            || word.chars().all(|c| c.is_ascii_lowercase() || matches!(c, '-' | '_' | '/'));
        // As long as before: the mark below stays where it is.
        let hidden = || "\u{2026}".repeat(word.chars().count());
        shown.push_str(&if ours { word.to_owned() } else { hidden() });
        shown.push_str(part.strip_prefix(word).unwrap_or_default());
    }
    shown
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.line.to_string();
        let margin = " ".repeat(number.len());
        // A tab is one character wide here, so that the mark stands where it should.
        let shown = plain(&self.shown.replace('\t', " "));
        let (indent, mark) = (" ".repeat(self.column - 1), "^".repeat(self.marked));
        writeln!(f, "{}:{}:{}: {}", plain(&self.file), self.line, self.column, plain(&self.what))?;
        writeln!(f, "{margin} |\n{number} | {shown}")?;
        write!(f, "{margin} | {indent}{mark}")?;
        self.help.iter().try_for_each(|help| write!(f, "\n{margin} = {}", plain(help)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_shown_nowhere_in_a_line() {
        let token = "aB3".repeat(12);
        for text in [format!("{token}=\"x\""), format!("[{token}]"), format!("levels = 5 # {token}")] {
            for shown in [Shown::Whole, Shown::Key] {
                let told = Mistake::new(("f", &text), 0..1, shown, "what").to_string();
                assert!(!told.contains(&token), "{told}");
            }
        }
        let told =
            Mistake::new(("f", "aws-secret-access-key-of-x = 1"), 0..3, Shown::Whole, "what").to_string();
        assert!(told.contains("aws-secret-access-key-of-x = 1"), "{told}");
    }
}
