//! A text file of a project, and the values that the detection room finds in it.

use std::path::PathBuf;

use tightlip_detect::Rule;
use tightlip_dockerfile::{Lines, Span};
use tightlip_report::{Confidence, Excerpt, Level, Surface};

use crate::vault::Mask;

/// What stands for a value that was cut out of a line.
pub(crate) use tightlip_detect::MASK;

/// Lines of an excerpt that are shown at most.
const MOST_LINES: usize = 6;

/// A file, or what an editor holds of it.
#[derive(Debug)]
pub struct TextFile {
    /// The name that the report uses.
    pub name: String,
    /// Where it lies; `None` when only its text is known.
    pub path: Option<PathBuf>,
    /// What it is.
    pub surface: Surface,
    /// Its text; bytes that are not UTF-8 are `?`.
    pub source: String,
    /// Whether that is all of it, byte for byte.
    pub(crate) is_exact: bool,
    /// The values in it.
    pub(crate) literals: Vec<Literal>,
    lines: Lines,
}

/// Which file of a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub(crate) usize);

/// A value that stands in a file. It does not hold the value.
#[derive(Clone, Debug)]
pub(crate) struct Literal {
    /// Where.
    pub(crate) span: Span,
    /// What it is.
    pub(crate) rule: &'static Rule,
    pub(crate) level: Level,
    pub(crate) confidence: Confidence,
    /// What may be said of it.
    pub(crate) shape: String,
    pub(crate) identity: String,
}

impl TextFile {
    /// A file with nothing found in it yet.
    pub(crate) fn new(name: String, path: Option<PathBuf>, (surface, source): (Surface, String)) -> Self {
        let lines = Lines::new(&source);
        Self { name, path, surface, source, is_exact: true, literals: Vec::new(), lines }
    }

    /// The file with what its text was read from.
    pub(crate) fn read_from(self, bytes: &[u8]) -> Self {
        Self { is_exact: self.source.as_bytes() == bytes, ..self }
    }

    /// The values whose first byte lies in `span`.
    pub(crate) fn literals_in(&self, span: Span) -> impl Iterator<Item = &Literal> {
        self.literals.iter().filter(move |one| span.start <= one.span.start && one.span.start < span.end)
    }

    /// The line of an offset, from 1.
    pub(crate) fn line(&self, offset: usize) -> usize {
        self.lines.line(offset)
    }

    /// The column of an offset in characters, from 1.
    pub(crate) fn column(&self, offset: usize) -> usize {
        let start = offset - (self.lines.column(offset) - 1).min(offset);
        self.source.get(start..offset).map_or(1, |before| before.chars().count() + 1)
    }

    /// The lines of `span`, values masked: those that were found here by their place, all others of the run by
    /// searching for them.
    pub(crate) fn excerpt(&self, span: Span, label: &str, mask: &Mask) -> Excerpt {
        let (whole, span) = self.whole_lines(span);
        let mut cutter = Cutter { text: String::new(), at: whole.start, marks: [None, None], span };
        let mut literals: Vec<Span> = self.literals.iter().map(|one| one.span).collect();
        literals.sort_unstable();
        for literal in literals.iter().filter(|one| one.start < whole.end && one.end > whole.start) {
            cutter.copy(&self.source, literal.start.clamp(whole.start, whole.end), mask);
            cutter.cut(literal.end.min(whole.end));
        }
        cutter.copy(&self.source, whole.end, mask);
        cutter.excerpt(self.line(whole.start) as u64, label)
    }

    /// The lines that a span touches, at most [`MOST_LINES`], without their last line end; and the span cut to them.
    fn whole_lines(&self, span: Span) -> (Span, Span) {
        let bytes = self.source.as_bytes();
        let start = span.start.min(bytes.len());
        let before = bytes.get(..start).unwrap_or_default();
        let first = before.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
        let mut last = start;
        for _ in 0..MOST_LINES {
            let rest = bytes.get(last..).unwrap_or_default();
            let length = rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len());
            last += length;
            if last >= span.end || last >= bytes.len() {
                break;
            }
            last += 1;
        }
        let end = if bytes.get(..last).is_some_and(|text| text.ends_with(b"\r")) { last - 1 } else { last };
        let whole = Span::new(first, end);
        (whole, Span::new(start.min(end), span.end.min(end)))
    }
}

/// Copies lines with the values cut out, and remembers where the marked stretch ends up.
struct Cutter {
    text: String,
    at: usize,
    marks: [Option<usize>; 2],
    span: Span,
}

impl Cutter {
    /// Copies up to `end`, masking what is known from elsewhere.
    fn copy(&mut self, source: &str, end: usize, mask: &Mask) {
        let borders = [self.span.start, self.span.end];
        for border in borders.into_iter().chain([end]) {
            if border >= self.at && border <= end {
                self.text.push_str(&mask.text(source.get(self.at..border).unwrap_or("")));
                self.at = border;
                self.mark();
            }
        }
    }

    /// Leaves out what lies before `end`.
    fn cut(&mut self, end: usize) {
        if end <= self.at {
            return;
        }
        if self.marks[0].is_none() && self.span.start < end {
            self.marks[0] = Some(self.text.len());
        }
        self.text.push_str(MASK);
        self.at = end;
        if self.marks[1].is_none() && self.span.end <= end {
            self.marks[1] = Some(self.text.len());
        }
    }

    fn mark(&mut self) {
        for (mark, border) in self.marks.iter_mut().zip([self.span.start, self.span.end]) {
            if border == self.at && mark.is_none() {
                *mark = Some(self.text.len());
            }
        }
    }

    fn excerpt(self, line: u64, label: &str) -> Excerpt {
        let start = self.marks[0].unwrap_or(0);
        let end = self.marks[1].unwrap_or(self.text.len()).max(start);
        Excerpt { text: self.text, line, start, end, label: label.to_owned() }
    }
}
