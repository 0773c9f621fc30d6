//! Cuts a Dockerfile into tiles: blank lines, comments, directives and instructions with everything they span.

use crate::directive::Directives;
use crate::heredoc::{Heredoc, Opening};
use crate::{Directive, Fault, Problem, Span, Text};

/// A comment line, between instructions or between the lines of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// From `#` to before the line end.
    pub span: Span,
    /// What follows the `#`, trimmed.
    pub text: Text,
}

/// A stretch of the source. The tiles of a document, in order, are the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tile {
    /// What it is.
    pub kind: TileKind,
    /// Its bytes, line ends included.
    pub span: Span,
}

/// What a [`Tile`] holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TileKind {
    /// The byte order mark.
    Mark,
    /// A line of white space.
    Blank,
    /// A comment line: the index into the document's comments.
    Comment(usize),
    /// A parser directive: the index into the document's directives.
    Directive(usize),
    /// An instruction: the index into the document's instructions.
    Instruction(usize),
}

/// An instruction before its words are looked at.
pub(crate) struct Statement {
    pub(crate) text: Text,
    pub(crate) span: Span,
    pub(crate) comments: Vec<Comment>,
}

/// One line of the source: where it starts, its content, and where the next one starts.
#[derive(Clone, Copy)]
struct Line<'s> {
    start: usize,
    content: &'s str,
    end: usize,
}

impl<'s> Line<'s> {
    fn stripped(self) -> (&'s str, usize) {
        let stripped = self.content.trim_start();
        (stripped, self.start + self.content.len() - stripped.len())
    }

    fn comment(self) -> Option<Comment> {
        let (stripped, at) = self.stripped();
        let text = Text::verbatim(stripped.strip_prefix('#')?, at + 1).trim();
        Some(Comment { span: Span::new(at, at + stripped.len()), text })
    }
}

/// Reads the source line by line.
pub(crate) struct Lexer<'s> {
    source: &'s str,
    at: usize,
    pub(crate) directives: Directives,
    pub(crate) comments: Vec<Comment>,
    pub(crate) problems: Vec<Problem>,
}

/// What the lexer comes upon next.
pub(crate) enum Next {
    Tile(Tile),
    Statement(Statement),
}

impl<'s> Lexer<'s> {
    pub(crate) fn new(source: &'s str) -> Self {
        let (directives, comments, problems) = Default::default();
        Self { source, at: 0, directives, comments, problems }
    }

    pub(crate) fn directive_list(&mut self) -> Vec<Directive> {
        self.problems.append(&mut self.directives.problems);
        std::mem::take(&mut self.directives.found)
    }

    fn line(&mut self) -> Option<Line<'s>> {
        let rest = self.source.get(self.at..).filter(|rest| !rest.is_empty())?;
        let length = rest.find('\n').map_or(rest.len(), |at| at + 1);
        let content = rest.get(..length).unwrap_or("").trim_end_matches(['\r', '\n']);
        let line = Line { start: self.at, content, end: self.at + length };
        self.at = line.end;
        Some(line)
    }

    pub(crate) fn next(&mut self) -> Option<Next> {
        if self.at == 0 && self.source.starts_with('\u{feff}') {
            self.at = '\u{feff}'.len_utf8();
            return Some(Next::Tile(Tile { kind: TileKind::Mark, span: Span::new(0, self.at) }));
        }
        let line = self.line()?;
        let span = Span::new(line.start, line.end);
        let (stripped, at) = line.stripped();
        let kind = if self.directives.read(stripped, at) {
            TileKind::Directive(self.directives.found.len() - 1)
        } else if let Some(comment) = line.comment() {
            self.comments.push(comment);
            TileKind::Comment(self.comments.len() - 1)
        } else if stripped.is_empty() {
            TileKind::Blank
        } else {
            return Some(Next::Statement(self.statement(line)));
        };
        Some(Next::Tile(Tile { kind, span }))
    }

    /// Joins the lines of one instruction. Comments and empty lines between them are left out of its text.
    fn statement(&mut self, first: Line<'s>) -> Statement {
        let escape = self.directives.escape();
        let (stripped, at) = first.stripped();
        let mut text = Text::empty(at);
        let mut comments = Vec::new();
        let (body, mut goes_on) = continuation(stripped, escape);
        text.push(body, Span::new(at, at + body.len()));
        while goes_on {
            let Some(line) = self.line() else { break };
            if let Some(comment) = line.comment() {
                comments.push(comment);
            } else if line.content.trim_start().is_empty() {
                let span = Span::new(line.start, line.end);
                self.problems.push(Problem { fault: Fault::EmptyContinuation, span });
            } else {
                let (body, more) = continuation(line.content, escape);
                text.push(body, Span::new(line.start, line.start + body.len()));
                goes_on = more;
            }
        }
        Statement { text, span: Span::new(first.start, self.at), comments }
    }

    /// Reads the bodies of the heredocs that an instruction opened.
    pub(crate) fn heredocs(&mut self, openings: Vec<Opening>) -> Vec<Heredoc> {
        openings.into_iter().map(|opening| self.heredoc(opening)).collect()
    }

    fn heredoc(&mut self, opening: Opening) -> Heredoc {
        let start = self.at;
        while let Some(line) = self.line() {
            if opening.is_closed_by(line.content) {
                let terminator = Span::new(line.start, line.start + line.content.len());
                return opening.with_body(self.source, Span::new(start, line.start), Some(terminator));
            }
        }
        self.problems.push(Problem { fault: Fault::UnterminatedHeredoc, span: opening.word.span() });
        opening.with_body(self.source, Span::new(start, self.at), None)
    }

    /// Where the next line starts.
    pub(crate) fn position(&self) -> usize {
        self.at
    }
}

/// The line without its continuation sign, and whether it has one. An escaped escape character is none.
fn continuation(line: &str, escape: char) -> (&str, bool) {
    let trimmed = line.trim_end_matches([' ', '\t']);
    match trimmed.strip_suffix(escape) {
        Some(body) if !body.ends_with(escape) => (body, true),
        _ => (line, false),
    }
}
