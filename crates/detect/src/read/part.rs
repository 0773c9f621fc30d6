//! A stretch of bytes that knows where it lies.

use std::ops::Range;

/// A part of a text. Taking parts of parts keeps the place in the whole.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part<'b> {
    whole: &'b [u8],
    start: usize,
    end: usize,
}

impl<'b> Part<'b> {
    /// All of it.
    pub(crate) fn of(whole: &'b [u8]) -> Self {
        Self { whole, start: 0, end: whole.len() }
    }

    /// What stands between two offsets of the whole, cut to what there is.
    pub(crate) fn between(whole: &'b [u8], span: Range<usize>) -> Self {
        let end = span.end.min(whole.len());
        Self { whole, start: span.start.min(end), end }
    }

    /// The text that it is a part of.
    pub(crate) fn whole(&self) -> &'b [u8] {
        self.whole
    }

    /// The bytes.
    pub(crate) fn bytes(&self) -> &'b [u8] {
        self.whole.get(self.start..self.end).unwrap_or_default()
    }

    /// Where they stand in the whole.
    pub(crate) fn span(&self) -> Range<usize> {
        self.start..self.end
    }

    /// The byte before it in the whole; a blank at the start.
    pub(crate) fn byte_before(&self) -> u8 {
        self.span().start.checked_sub(1).and_then(|n| self.whole().get(n)).copied().unwrap_or(b' ')
    }

    /// One of the bytes, counted from zero.
    pub(crate) fn byte_at(&self, at: usize) -> Option<u8> {
        self.bytes().get(at).copied()
    }

    /// How many.
    pub(crate) fn len(&self) -> usize {
        self.end - self.start
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// Whether these are the bytes, in any case.
    pub(crate) fn is(&self, word: &str) -> bool {
        self.bytes().eq_ignore_ascii_case(word.as_bytes())
    }

    /// Without the first `n` bytes.
    pub(crate) fn skip(&self, n: usize) -> Self {
        Self { start: self.start.saturating_add(n).min(self.end), ..*self }
    }

    /// The first `n` bytes.
    pub(crate) fn first(&self, n: usize) -> Self {
        Self { end: self.start.saturating_add(n).min(self.end), ..*self }
    }

    /// The leading bytes for which the condition holds.
    pub(crate) fn while_(&self, holds: impl Fn(u8) -> bool) -> Self {
        self.first(self.bytes().iter().position(|b| !holds(*b)).unwrap_or(self.len()))
    }

    /// Without what the given part, a leading one, takes up.
    pub(crate) fn after(&self, part: &Self) -> Self {
        Self { start: part.end.clamp(self.start, self.end), ..*self }
    }

    /// From here to the end of a later part of the same whole.
    pub(crate) fn through(&self, later: &Self) -> Self {
        Self { end: later.end.max(self.start), ..*self }
    }

    /// Without white space at both ends.
    pub(crate) fn trim(&self) -> Self {
        self.trim_of(|b| b.is_ascii_whitespace())
    }

    /// Without such bytes at both ends.
    pub(crate) fn trim_of(&self, noise: impl Fn(u8) -> bool) -> Self {
        let bytes = self.bytes();
        let Some(first) = bytes.iter().position(|b| !noise(*b)) else { return self.first(0) };
        let last = bytes.iter().rposition(|b| !noise(*b)).unwrap_or(first);
        self.skip(first).first(last + 1 - first)
    }

    /// What stands before and after the first such byte.
    pub(crate) fn cut(&self, at: impl Fn(u8) -> bool) -> Option<(Self, Self)> {
        let n = self.bytes().iter().position(|b| at(*b))?;
        Some((self.first(n), self.skip(n + 1)))
    }

    /// What stands before and after the first occurrence of these bytes.
    pub(crate) fn cut_at(&self, needle: &[u8]) -> Option<(Self, Self)> {
        let n = memchr::memmem::find(self.bytes(), needle)?;
        Some((self.first(n), self.skip(n + needle.len())))
    }

    /// Without a leading word, in any case.
    pub(crate) fn strip(&self, word: &str) -> Option<Self> {
        let head = self.first(word.len());
        head.is(word).then(|| self.skip(word.len()))
    }

    /// Without a pair of quotes around it.
    pub(crate) fn unquote(&self) -> Self {
        match self.bytes() {
            [open @ (b'"' | b'\'' | b'`'), .., close] if open == close => self.skip(1).first(self.len() - 2),
            _ => *self,
        }
    }

    /// Line by line, without line ends.
    pub(crate) fn lines(&self) -> impl Iterator<Item = Self> + use<'b> {
        let mut rest = Some(*self);
        std::iter::from_fn(move || {
            let now = rest.take().filter(|r| !r.is_empty())?;
            let n = memchr::memchr(b'\n', now.bytes());
            rest = n.map(|n| now.skip(n + 1));
            let line = now.first(n.unwrap_or(now.len()));
            Some(if line.bytes().ends_with(b"\r") { line.first(line.len() - 1) } else { line })
        })
    }

    /// What stands between white space.
    pub(crate) fn words(&self) -> impl Iterator<Item = Self> + use<'b> {
        let mut rest = *self;
        std::iter::from_fn(move || {
            let start = rest.bytes().iter().position(|b| !b.is_ascii_whitespace())?;
            let word = rest.skip(start).while_(|b| !b.is_ascii_whitespace());
            rest = rest.after(&word);
            Some(word)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_parts_keep_their_place() {
        let text = b"one\r\n two = 'three'\n";
        let lines: Vec<_> = Part::of(text).lines().collect();
        assert_eq!(lines.iter().map(Part::bytes).collect::<Vec<_>>(), [&b"one"[..], b" two = 'three'"]);
        let (_, value) = lines[1].cut(|b| b == b'=').unwrap();
        assert_eq!(&text[value.trim().unquote().span()], b"three");
    }

    #[test]
    fn nothing_is_out_of_bounds() {
        let part = Part::between(b"abc", 2..99).skip(9).first(9);
        assert!(part.is_empty() && part.trim().unquote().words().next().is_none());
        assert_eq!(Part::of(b"\"").unquote().bytes(), b"\"");
    }
}
