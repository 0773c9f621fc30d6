//! Text as the builder reads it, which remembers where in the source each byte came from.

use std::fmt;
use std::ops::{Deref, Range};

use crate::Span;

/// A run of logical text and the source bytes behind it. Equal lengths map byte for byte; otherwise
/// (an escape in a JSON string) the run is one piece that cannot be divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    at: usize,
    span: Span,
}

/// A logical string: line continuations, quotes of flags and JSON escapes are gone, and every part still
/// knows its [`Span`] in the source. Dereferences to `str`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text {
    text: String,
    pieces: Vec<Piece>,
    span: Span,
}

impl Text {
    /// An empty text that stands at `offset` of the source.
    #[must_use]
    pub fn empty(offset: usize) -> Self {
        Self { text: String::new(), pieces: Vec::new(), span: Span::new(offset, offset) }
    }

    /// Text that stands in the source exactly as written, from `offset` on.
    #[must_use]
    pub fn verbatim(text: &str, offset: usize) -> Self {
        let mut new = Self::empty(offset);
        new.push(text, Span::new(offset, offset + text.len()));
        new
    }

    /// The logical text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The source bytes it comes from: from its first to its last byte, whatever lies between included.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// Appends `text`, which comes from `span` of the source: for texts that stand in other files, like a script in
    /// YAML without its indentation.
    pub fn push(&mut self, text: &str, span: Span) {
        if text.is_empty() {
            return;
        }
        if self.pieces.is_empty() {
            self.span = span;
        }
        self.span = self.span.to(span);
        let glued = self.pieces.last().is_some_and(|last| {
            let linear = self.text.len() - last.at == last.span.len() && text.len() == span.len();
            linear && last.span.end == span.start
        });
        match self.pieces.last_mut().filter(|_| glued) {
            Some(last) => last.span.end = span.end,
            None => self.pieces.push(Piece { at: self.text.len(), span }),
        }
        self.text.push_str(text);
    }

    /// Appends another text.
    pub fn append(&mut self, other: &Text) {
        for (index, piece) in other.pieces.iter().enumerate() {
            let end = other.piece_end(index);
            self.push(other.text.get(piece.at..end).unwrap_or(""), piece.span);
        }
    }

    /// Sets where it stands in the source, delimiters included or not, when that is more than its bytes tell.
    pub(crate) fn standing(mut self, span: Span) -> Self {
        self.span = span;
        self
    }

    fn piece_end(&self, index: usize) -> usize {
        self.pieces.get(index + 1).map_or(self.text.len(), |next| next.at)
    }

    /// The part of it in `range` (bytes of the logical text). A range that does not fit is cut to what does.
    #[must_use]
    pub fn slice(&self, range: Range<usize>) -> Text {
        let range = range.start.min(self.text.len())..range.end.min(self.text.len());
        let mut part = Text::empty(self.origin(range.start));
        let first = self.pieces.partition_point(|piece| piece.at <= range.start).saturating_sub(1);
        for (index, piece) in self.pieces.iter().enumerate().skip(first) {
            if piece.at >= range.end {
                break;
            }
            let end = self.piece_end(index);
            let cut = range.start.max(piece.at)..range.end.min(end);
            let Some(text) = self.text.get(cut.clone()) else { continue };
            let whole = end - piece.at;
            let span = if piece.span.len() == whole {
                Span::new(piece.span.start + cut.start - piece.at, piece.span.start + cut.end - piece.at)
            } else {
                piece.span
            };
            part.push(text, span);
        }
        part
    }

    /// The source bytes behind `range` of the logical text.
    #[must_use]
    pub fn locate(&self, range: Range<usize>) -> Span {
        let range = range.start.min(self.text.len())..range.end.min(self.text.len());
        let start = self.origin(range.start);
        if range.start >= range.end {
            return Span::new(start, start);
        }
        Span::new(start, self.origin_end(range.end - 1))
    }

    /// The source offset after the byte at a logical offset.
    fn origin_end(&self, at: usize) -> usize {
        let index = self.pieces.partition_point(|piece| piece.at <= at).saturating_sub(1);
        let Some(piece) = self.pieces.get(index) else { return self.span.end };
        let whole = self.piece_end(index) - piece.at;
        if piece.span.len() == whole { piece.span.start + at + 1 - piece.at } else { piece.span.end }
    }

    /// The source offset of a logical offset; the end of the span when it is past the end.
    #[must_use]
    pub fn origin(&self, at: usize) -> usize {
        if at >= self.text.len() {
            return self.span.end;
        }
        let index = self.pieces.partition_point(|piece| piece.at <= at).saturating_sub(1);
        let Some(piece) = self.pieces.get(index) else { return self.span.start };
        let whole = self.piece_end(index) - piece.at;
        if piece.span.len() == whole { piece.span.start + at - piece.at } else { piece.span.start }
    }

    /// Without white space at both ends.
    #[must_use]
    pub fn trim(&self) -> Text {
        let end = self.text.trim_end().len();
        let start = end - self.text.get(..end).unwrap_or("").trim_start().len();
        self.slice(start..end)
    }

    /// The part from a logical offset to the end.
    #[must_use]
    pub fn from(&self, at: usize) -> Text {
        self.slice(at..self.text.len())
    }

    /// The two sides of the first `separator`, if there is one.
    #[must_use]
    pub fn cut(&self, separator: char) -> Option<(Text, Text)> {
        let at = self.text.find(separator)?;
        Some((self.slice(0..at), self.from(at + separator.len_utf8())))
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        self.text == other
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        self.text == *other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slice_knows_its_source_across_a_gap() {
        let mut text = Text::empty(10);
        text.push("ab", Span::new(10, 12));
        text.push("cd", Span::new(20, 22));
        assert_eq!(text.locate(1..3), Span::new(11, 21));
        assert_eq!(text.slice(2..4).as_str(), "cd");
        assert_eq!(text.locate(2..3), Span::new(20, 21));
        assert_eq!(text.span(), Span::new(10, 22));
    }

    #[test]
    fn an_escape_is_one_piece() {
        let mut text = Text::empty(0);
        text.push("a", Span::new(0, 1));
        text.push("é", Span::new(1, 7));
        text.push("b", Span::new(7, 8));
        assert_eq!(text.locate(1..3), Span::new(1, 7));
        assert_eq!(text.locate(3..4), Span::new(7, 8));
    }

    #[test]
    fn a_range_that_does_not_fit_is_cut() {
        let text = Text::verbatim("é", 3);
        assert_eq!(text.slice(5..9).as_str(), "");
        assert_eq!(text.slice(1..2).as_str(), "");
        assert_eq!(text.origin(77), 5);
    }
}
