//! Heredocs: `<<EOF`, `<<-EOF`, `<<"EOF"`, `3<<EOF`, several on one line.

use crate::parts::{Part, Quotes, parts, reference_length};
use crate::{Span, Text};

/// A heredoc of an instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heredoc {
    /// The closing word, quotes removed. `COPY` makes a file of this name.
    pub name: String,
    /// Whether the builder expands variables in the body (of `COPY` and `ADD`): the word was not quoted.
    pub expands: Expands,
    /// Whether leading tabs are removed.
    pub tabs: Tabs,
    /// The file descriptor in front of `<<`, 0 without one.
    pub descriptor: u64,
    /// The whole word, `<<` included, in the instruction.
    pub word: Text,
    /// The lines between, as the builder uses them: leading tabs removed after `<<-`.
    pub content: Text,
    /// The same lines in the source.
    pub body: Span,
    /// The closing line without its line end; `None` when the file ends before.
    pub terminator: Option<Span>,
}

/// Whether variables in a heredoc are expanded by the builder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expands {
    /// The word is bare.
    Yes,
    /// The word is quoted.
    No,
}

/// What happens to tabs in front of the lines of a heredoc.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tabs {
    /// `<<`: they stay.
    Kept,
    /// `<<-`: they go.
    Removed,
}

/// A heredoc word before its body is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Opening {
    pub(crate) name: String,
    pub(crate) expands: Expands,
    pub(crate) tabs: Tabs,
    pub(crate) descriptor: u64,
    pub(crate) word: Text,
}

impl Opening {
    /// Whether this line (without line end) closes the heredoc.
    pub(crate) fn is_closed_by(&self, line: &str) -> bool {
        match self.tabs {
            Tabs::Kept => line == self.name,
            Tabs::Removed => line.trim_start_matches('\t') == self.name,
        }
    }

    /// The heredoc with its body, which is `body` of `source`.
    pub(crate) fn with_body(self, source: &str, body: Span, terminator: Option<Span>) -> Heredoc {
        let Opening { name, expands, tabs, descriptor, word } = self;
        let raw = source.get(body.range()).unwrap_or("");
        let mut content = Text::empty(body.start);
        let mut at = body.start;
        for line in raw.split_inclusive('\n') {
            let kept = if tabs == Tabs::Removed { line.trim_start_matches('\t') } else { line };
            content.push(kept, Span::new(at + line.len() - kept.len(), at + line.len()));
            at += line.len();
        }
        Heredoc { name, expands, tabs, descriptor, word, content: content.standing(body), body, terminator }
    }
}

/// The heredocs that a line opens, in order. A line whose quotes or braces do not close opens none, as in the builder.
pub(crate) fn openings(line: &Text) -> Vec<Opening> {
    if !line.contains("<<") {
        return Vec::new();
    }
    words(line).unwrap_or_default().iter().filter_map(opening).collect()
}

/// Reads a whole word as a heredoc: `digits << [-] blanks name`.
pub(crate) fn opening(word: &Text) -> Option<Opening> {
    let (digits, rest) = word.as_str().split_once("<<")?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) || rest.contains('<') {
        return None;
    }
    let (tabs, rest) = match rest.strip_prefix('-') {
        Some(rest) => (Tabs::Removed, rest),
        None => (Tabs::Kept, rest),
    };
    let rest = rest.trim_start_matches([' ', '\t', '\n', '\r', '\u{c}']);
    let (name, expands) = name(rest)?;
    Some(Opening { name, expands, tabs, descriptor: digits.parse().unwrap_or(0), word: word.clone() })
}

/// The closing word without its quotes. Variables in it are not expanded.
fn name(word: &str) -> Option<(String, Expands)> {
    let mut name = String::new();
    for part in parts(word, '\\', Quotes::Remove).ok()? {
        match part {
            Part::Text(text) => name.push_str(&text),
            Part::Variable(variable) => name.push_str(word.get(variable.range).unwrap_or("")),
        }
    }
    let kept = |text: &str| text.matches(['\'', '"']).count();
    // An escaped quote stays in both countings, so only quotes that were removed make a difference.
    let expands = if kept(&name) == kept(word) { Expands::Yes } else { Expands::No };
    let blank_outside = expands == Expands::Yes && word.contains(char::is_whitespace);
    (!name.is_empty() && !blank_outside).then_some((name, expands))
}

/// Splits a line into words. Blanks after `<<` belong to the word.
fn words(line: &Text) -> Option<Vec<Text>> {
    let mut words = Vec::new();
    let mut start: Option<usize> = None;
    let mut at = 0;
    while let Some(character) = line.get(at..).and_then(|rest| rest.chars().next()) {
        let rest = line.get(at..).unwrap_or("");
        if character.is_whitespace() {
            words.extend(start.take().map(|from| line.slice(from..at)));
            at += character.len_utf8();
            continue;
        }
        start.get_or_insert(at);
        at += match character {
            '\'' => 2 + rest.get(1..)?.find('\'')?,
            '"' => double_quoted(rest)?,
            '$' => reference_length(rest).ok()?,
            '\\' => 1 + rest.get(1..)?.chars().next().map_or(0, char::len_utf8),
            '<' if rest.starts_with("<<") => 2 + blanks(rest.get(2..).unwrap_or("")),
            _ => character.len_utf8(),
        };
    }
    words.extend(start.map(|from| line.from(from)));
    Some(words)
}

fn blanks(text: &str) -> usize {
    text.len() - text.trim_start_matches([' ', '\t', '\r', '\n']).len()
}

/// The length of the double-quoted string at the front; `None` when it does not close.
fn double_quoted(text: &str) -> Option<usize> {
    let mut at = 1;
    loop {
        let rest = text.get(at..)?;
        at += match rest.chars().next()? {
            '"' => return Some(at + 1),
            '$' => reference_length(rest).ok()?,
            '\\' => {
                1 + rest
                    .get(1..)?
                    .chars()
                    .next()
                    .filter(|next| matches!(next, '"' | '$' | '\\'))
                    .map_or(0, |_| 1)
            }
            character => character.len_utf8(),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(line: &str) -> Vec<(String, Expands, Tabs, u64)> {
        let all = openings(&Text::verbatim(line, 0));
        all.into_iter().map(|one| (one.name, one.expands, one.tabs, one.descriptor)).collect()
    }

    #[test]
    fn every_form_is_seen() {
        use {Expands as E, Tabs as T};
        let one = |name: &str, expands, tabs, fd| vec![(name.to_owned(), expands, tabs, fd)];
        assert_eq!(opened("RUN <<EOF"), one("EOF", E::Yes, T::Kept, 0));
        assert_eq!(opened("RUN cat <<-EOF | sh"), one("EOF", E::Yes, T::Removed, 0));
        assert_eq!(opened("RUN <<'E OF' x"), one("E OF", E::No, T::Kept, 0));
        assert_eq!(opened("COPY <<\"EOF\" /x"), one("EOF", E::No, T::Kept, 0));
        assert_eq!(opened("RUN 3<<EOF"), one("EOF", E::Yes, T::Kept, 3));
        assert_eq!(opened("RUN <<  EOF"), one("EOF", E::Yes, T::Kept, 0));
        assert_eq!(opened("RUN <<E'O'F"), one("EOF", E::No, T::Kept, 0));
        assert_eq!(opened("RUN <<$EOF"), one("$EOF", E::Yes, T::Kept, 0));
        assert_eq!(opened("COPY <<a <<b /x/").len(), 2);
    }

    #[test]
    fn what_only_looks_like_one_is_none() {
        for line in [
            "RUN cat <<< x",
            "RUN echo \"<<EOF\"",
            "RUN echo '<<EOF'",
            r"RUN \<<EOF",
            "RUN a<<",
            "RUN x<<EOF",
        ] {
            assert_eq!(opened(line), [], "{line}");
        }
        // An open quote keeps the builder from splitting the line, so no heredoc is seen.
        assert_eq!(opened("RUN echo it's <<EOF"), []);
    }
}
