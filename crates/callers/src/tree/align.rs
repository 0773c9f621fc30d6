//! Finds out which bytes of the source each part of a YAML scalar comes from.

use tightlip_dockerfile::{Span, Text};

use super::Style;

/// The text of a scalar with the place of every byte. `raw` is how it is written (from `offset` on), `value`
/// what it means. Where the two cannot be brought together, all of `raw` stands for all of `value`.
pub(crate) fn align(raw: &str, offset: usize, written: Style, value: &str) -> Text {
    let aligned = match written {
        Style::Literal | Style::Folded => block(raw, offset, value),
        Style::Single | Style::Double => {
            let inner = raw.get(1..raw.len().saturating_sub(1)).unwrap_or("");
            flow(inner, offset + 1, written, value)
        }
        Style::Plain => flow(raw, offset, written, value),
    };
    let whole = Span::new(offset, offset + raw.len());
    aligned.filter(|text| text.as_str() == value).unwrap_or_else(|| {
        let mut text = Text::empty(offset);
        text.push(value, whole);
        text
    })
}

/// A block: a header line, then lines with an indentation in common.
fn block(raw: &str, offset: usize, value: &str) -> Option<Text> {
    let start = raw.find('\n')? + 1;
    let mut walk = Walk { text: Text::empty(offset + start), rest: value };
    let body = raw.get(start..)?;
    let indent = indentation(raw.get(..start)?, body, value);
    let mut at = offset + start;
    for line in body.split_inclusive('\n') {
        let content = line.trim_end_matches(['\n', '\r']);
        let cut = indent.min(content.len() - content.trim_start_matches(' ').len());
        walk.take(content.get(cut..)?, at + cut)?;
        let end = at + line.len();
        walk.breaks(Span::new(at + content.len(), end));
        at = end;
    }
    walk.rest.is_empty().then_some(walk.text)
}

/// How many spaces at the start of each line belong to the indentation.
fn indentation(header: &str, body: &str, value: &str) -> usize {
    let line = body.lines().find(|line| !line.trim().is_empty()).unwrap_or("");
    let first = value.lines().find(|line| !line.trim().is_empty()).unwrap_or("");
    let spaces = |line: &str| line.len() - line.trim_start_matches(' ').len();
    // An explicit indicator leaves spaces at the start of the value.
    let said = header.split('#').next().unwrap_or("").contains(|c: char| c.is_ascii_digit());
    if said { spaces(line).saturating_sub(spaces(first)) } else { spaces(line) }
}

/// A plain or quoted scalar, without its quotes.
fn flow(raw: &str, offset: usize, written: Style, value: &str) -> Option<Text> {
    let mut walk = Walk { text: Text::empty(offset), rest: value };
    let mut at = 0;
    while at < raw.len() {
        let rest = raw.get(at..)?;
        let next = rest.chars().next()?;
        let length = match (written, next) {
            (Style::Double, '\\') if rest.starts_with("\\\n") || rest.starts_with("\\\r") => joined(rest),
            (Style::Double, '\\') => walk.one(offset + at, escape(rest))?,
            (Style::Single, '\'') => walk.one(offset + at, 2.min(rest.len()))?,
            _ => match fold(rest) {
                Some(length) => {
                    walk.breaks(Span::new(offset + at, offset + at + length));
                    length
                }
                None if walk.rest.starts_with(next) => walk.one(offset + at, next.len_utf8())?,
                None => return None,
            },
        };
        at += length;
    }
    walk.rest.is_empty().then_some(walk.text)
}

/// The length of an escaped line break and the indentation after it.
fn joined(rest: &str) -> usize {
    rest.len() - rest.trim_start_matches('\\').trim_start_matches([' ', '\t', '\r', '\n']).len()
}

/// The length of white space with a line break in it, which folds to a space or to line breaks.
fn fold(rest: &str) -> Option<usize> {
    let length = rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
    let blank = rest.get(..length)?;
    blank.contains('\n').then_some(length)
}

/// The length of an escape that starts with a backslash.
fn escape(rest: &str) -> usize {
    let length = match rest.chars().nth(1) {
        Some('x') => 4,
        Some('u') => 6,
        Some('U') => 10,
        Some(other) => 1 + other.len_utf8(),
        None => 1,
    };
    let mut length = length.min(rest.len());
    while !rest.is_char_boundary(length) {
        length -= 1;
    }
    length
}

/// The value that is still to be found, and what was found of it.
struct Walk<'v> {
    text: Text,
    rest: &'v str,
}

impl Walk<'_> {
    /// `content` stands in the value as it is.
    fn take(&mut self, content: &str, at: usize) -> Option<()> {
        self.rest = self.rest.strip_prefix(content)?;
        self.text.push(content, Span::new(at, at + content.len()));
        Some(())
    }

    /// White space of the value comes from a line break and what surrounds it.
    fn breaks(&mut self, span: Span) {
        let length = match self.rest.chars().next() {
            Some(' ') => 1,
            Some('\n') if span.is_empty() => 0,
            Some('\n') => 1,
            _ => 0,
        };
        // Several line breaks in one fold.
        let more = self.rest.len() - self.rest.trim_start_matches('\n').len();
        let length = if length == 1 && span.len() > 1 { length.max(more) } else { length };
        if let Some((white, rest)) = self.rest.split_at_checked(length) {
            self.text.push(white, span);
            self.rest = rest;
        }
    }

    /// One character of the value, written in `length` bytes from `at` on. Tells how many those are.
    fn one(&mut self, at: usize, length: usize) -> Option<usize> {
        let next = self.rest.chars().next()?;
        let (character, rest) = self.rest.split_at_checked(next.len_utf8())?;
        self.text.push(character, Span::new(at, at + length));
        self.rest = rest;
        Some(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(raw: &str, style: Style, value: &str, part: &str) -> String {
        let text = align(raw, 0, style, value);
        assert_eq!(text.as_str(), value);
        let at = value.find(part).unwrap();
        raw[text.locate(at..at + part.len()).range()].to_owned()
    }

    #[test]
    fn every_style_knows_its_bytes() {
        assert_eq!(place("a b c", Style::Plain, "a b c", "b"), "b");
        assert_eq!(place("'it''s b'", Style::Single, "it's b", "b"), "b");
        assert_eq!(place("'it''s b'", Style::Single, "it's b", "'"), "''");
        assert_eq!(place(r#""a\"b\n c""#, Style::Double, "a\"b\n c", "b"), "b");
        assert_eq!(place(r#""a\u00e9b""#, Style::Double, "aéb", "b"), "b");
        assert_eq!(place("|\n  a\n    b\n  c\n", Style::Literal, "a\n  b\nc\n", "c"), "c");
        assert_eq!(place(">\n  a\n  b\n\n  c\n", Style::Folded, "a b\nc\n", "c"), "c");
        assert_eq!(place("a\n  b", Style::Plain, "a b", "b"), "b");
    }

    #[test]
    fn what_does_not_fit_is_one_piece() {
        assert_eq!(place("wxyz", Style::Plain, "abc", "b"), "wxyz");
    }
}
