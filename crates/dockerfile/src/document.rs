//! A whole Dockerfile.

use std::borrow::Cow;

use crate::edit::{self, Edit, EditError};
use crate::lex::{Comment, Lexer, Next, Tile, TileKind};
use crate::span::Lines;
use crate::typed::{Draft, Making};
use crate::{Directive, DirectiveKind, Fault, Instruction, Keyword, Kind, Problem, Span};

/// A Dockerfile, every byte of it. Reading never fails: what cannot be understood is a [`Problem`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    source: String,
    original: Option<Vec<u8>>,
    lines: Lines,
    tiles: Vec<Tile>,
    escape: char,
    directives: Vec<Directive>,
    comments: Vec<Comment>,
    instructions: Vec<Instruction>,
    problems: Vec<Problem>,
}

impl Document {
    /// Reads a Dockerfile.
    #[must_use]
    pub fn parse(source: &str) -> Document {
        let lines = Lines::new(source);
        let mut lexer = Lexer::new(source);
        let (mut tiles, mut instructions, mut problems) = (Vec::new(), Vec::new(), Vec::new());
        while let Some(next) = lexer.next() {
            let statement = match next {
                Next::Tile(tile) => {
                    tiles.push(tile);
                    continue;
                }
                Next::Statement(statement) => statement,
            };
            let draft = Draft::read(&statement.text);
            let heredocs = lexer.heredocs(draft.openings());
            let span = Span::new(statement.span.start, lexer.position());
            tiles.push(Tile { kind: TileKind::Instruction(instructions.len()), span });
            let ends = (lines.line(statement.text.span().start), lines.line(span.end.saturating_sub(1)));
            let escape = lexer.directives.escape();
            let mut making = Making { escape, span, lines: ends, depth: 0, problems: &mut problems };
            instructions.push(making.instruction(draft, statement, heredocs));
        }
        let escape = lexer.directives.escape();
        let directives = lexer.directive_list();
        problems.append(&mut lexer.problems);
        problems.extend(homeless(&instructions));
        problems.sort_by_key(|problem| problem.span);
        let (source, comments, original) = (source.to_owned(), lexer.comments, None);
        Document { source, original, lines, tiles, escape, directives, comments, instructions, problems }
    }

    /// Reads a Dockerfile that need not be UTF-8. Each byte that is not becomes one `?` in [`Document::source`], so
    /// spans are those of the bytes; [`Document::bytes`] gives them back unchanged.
    #[must_use]
    pub fn parse_bytes(bytes: &[u8]) -> Document {
        let (source, broken) = tolerate(bytes);
        let mut document = Document::parse(&source);
        if !broken.is_empty() {
            document.original = Some(bytes.to_vec());
            let problem = |at| Problem { fault: Fault::NotUtf8, span: Span::new(at, at + 1) };
            document.problems.extend(broken.into_iter().map(problem));
            document.problems.sort_by_key(|problem| problem.span);
        }
        document
    }

    /// The text.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The bytes as they were read.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.original.as_deref().unwrap_or(self.source.as_bytes())
    }

    /// The text of a span; empty when it does not fit.
    #[must_use]
    pub fn text(&self, span: Span) -> &str {
        self.source.get(span.range()).unwrap_or("")
    }

    /// The stretches that make up the source, in order, without holes.
    #[must_use]
    pub fn tiles(&self) -> &[Tile] {
        &self.tiles
    }

    /// The escape character: a backslash, or a backtick.
    #[must_use]
    pub fn escape(&self) -> char {
        self.escape
    }

    /// The parser directives.
    #[must_use]
    pub fn directives(&self) -> &[Directive] {
        &self.directives
    }

    /// The value of a parser directive.
    #[must_use]
    pub fn directive(&self, kind: DirectiveKind) -> Option<&Directive> {
        self.directives.iter().find(|directive| directive.kind == kind)
    }

    /// The comments between instructions; those inside one are in the instruction.
    #[must_use]
    pub fn comments(&self) -> &[Comment] {
        &self.comments
    }

    /// The comments that stand directly above an instruction, top first: no blank line between.
    #[must_use]
    pub fn comments_above(&self, instruction: usize) -> &[Comment] {
        let start = self.instructions.get(instruction).map(|one| one.span.start);
        let near = self.tiles.partition_point(|tile| start.is_some_and(|start| tile.span.end <= start));
        let rest = self.tiles.get(near..).unwrap_or(&[]);
        let here = rest.iter().position(|tile| tile.kind == TileKind::Instruction(instruction));
        let here = here.map(|here| near + here);
        let above = self.tiles.get(..here.unwrap_or(0)).unwrap_or(&[]);
        let mut range: Option<(usize, usize)> = None;
        for tile in above.iter().rev() {
            let TileKind::Comment(index) = tile.kind else { break };
            range = Some((index, range.map_or(index, |(_, last)| last)));
        }
        range.and_then(|(first, last)| self.comments.get(first..=last)).unwrap_or(&[])
    }

    /// The instructions, in order.
    #[must_use]
    pub fn instructions(&self) -> &[Instruction] {
        &self.instructions
    }

    /// What the builder would refuse or warn about, in order of place.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The line of a byte offset, counted from 1.
    #[must_use]
    pub fn line(&self, offset: usize) -> usize {
        self.lines.line(offset)
    }

    /// The column of a byte offset, in bytes, counted from 1.
    #[must_use]
    pub fn column(&self, offset: usize) -> usize {
        self.lines.column(offset)
    }

    /// The source with all `edits` applied; everything else stays byte for byte.
    ///
    /// # Errors
    ///
    /// When edits overlap or do not fit.
    pub fn edited(&self, edits: &[Edit]) -> Result<String, EditError> {
        edit::apply(&self.source, edits)
    }
}

impl std::fmt::Display for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.tiles.iter().try_for_each(|tile| f.write_str(self.text(tile.span)))
    }
}

/// Instructions before the first `FROM` that are not `ARG`.
fn homeless(instructions: &[Instruction]) -> impl Iterator<Item = Problem> {
    let before = instructions.iter().take_while(|one| !matches!(one.kind, Kind::From(_)));
    let lost = before.filter(|one| !matches!(one.keyword, Some(Keyword::Arg | Keyword::From)));
    lost.map(|one| Problem { fault: Fault::NoStage, span: one.name.span() })
}

/// The bytes as text of the same length, and where a byte had to be replaced.
fn tolerate(bytes: &[u8]) -> (Cow<'_, str>, Vec<usize>) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return (Cow::Borrowed(text), Vec::new());
    }
    let (mut text, mut broken) = (String::with_capacity(bytes.len()), Vec::new());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for _ in chunk.invalid() {
            broken.push(text.len());
            text.push('?');
        }
    }
    (Cow::Owned(text), broken)
}
