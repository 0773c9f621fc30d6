//! Takes words out of an instruction. What goes from one is decided together: with nothing left it goes as a whole, and
//! comments between its lines stay.

use tightlip_dockerfile::{Comment, Edit, Instruction, Span};

use crate::lint::project::Dockerfile;

/// The edits that take some of the words of an instruction out. The words are in order, and in one list with those that
/// go.
pub(super) fn words(
    dockerfile: &Dockerfile<'_>,
    instruction: &Instruction,
    (words, gone): (&[Span], &[Span]),
) -> Vec<Edit> {
    let goes = |word: &Span| gone.contains(word);
    if words.iter().all(goes) {
        return vec![whole(dockerfile, instruction)];
    }
    let flags = instruction.flags.iter().map(|flag| flag.span.end);
    let mut kept = flags.max().unwrap_or(instruction.name.span().end);
    let mut edits = Vec::new();
    for run in words.chunk_by(|one, next| goes(one) == goes(next)) {
        let Some(last) = run.last() else { continue };
        if goes(last) {
            let next = words.iter().find(|word| word.start >= last.end);
            edits.push(stretch(dockerfile, instruction, (kept, *last, next)));
        }
        kept = last.end;
    }
    edits
}

/// The edit that takes out what lies behind the last word that is kept.
fn stretch(
    dockerfile: &Dockerfile<'_>,
    instruction: &Instruction,
    (kept, last, next): (usize, Span, Option<&Span>),
) -> Edit {
    let all = Span::new(kept, next.map_or(last.end, |next| next.start));
    let inside: Vec<&Comment> = instruction.comments.iter().filter(|one| all.contains(one.span)).collect();
    if inside.is_empty() {
        return Edit::remove(Span::new(kept, last.end));
    }
    let (source, newline) = (dockerfile.document.source(), newline(dockerfile));
    let comment = |one: &&Comment| {
        format!("{newline}{}{}", indent(source, one.span.start), dockerfile.document.text(one.span))
    };
    let comments: String = inside.iter().map(comment).collect();
    match next {
        Some(next) => {
            let escape = dockerfile.document.escape();
            Edit::replace(all, format!(" {escape}{comments}{newline}{}", indent(source, next.start)))
        }
        None => Edit::replace(all, comments),
    }
}

/// The edit that takes out a whole instruction with its lines. Comments between them stay.
pub(super) fn whole(dockerfile: &Dockerfile<'_>, instruction: &Instruction) -> Edit {
    let newline = newline(dockerfile);
    let kept = |one: &Comment| format!("{}{newline}", dockerfile.document.text(one.span));
    Edit::replace(lines(dockerfile, instruction), instruction.comments.iter().map(kept).collect::<String>())
}

/// The lines of an instruction with their end.
fn lines(dockerfile: &Dockerfile<'_>, instruction: &Instruction) -> Span {
    let source = dockerfile.document.source();
    let text = dockerfile.document.text(instruction.span);
    let end = instruction.span.start + text.trim_end().len();
    let rest = source.get(end..).unwrap_or_default();
    let line_end = rest.find('\n').map_or(rest.len(), |at| at + 1);
    let start = instruction.span.start + (text.len() - text.trim_start().len());
    Span::new(line_start(source, start), end + line_end)
}

/// A word of a script with the blanks before it, over the line's end if need be; with those behind it, where a comment
/// stands above.
pub(super) fn with_blank(dockerfile: &Dockerfile<'_>, instruction: &Instruction, span: Span) -> Span {
    let source = dockerfile.document.source();
    let escape = dockerfile.document.escape();
    let before = source.get(..span.start).unwrap_or_default();
    let start = before.trim_end_matches(|c: char| c.is_whitespace() || c == escape).len();
    if instruction.comments.iter().all(|one| start <= one.span.start || one.span.end < start) {
        return Span::new(start, span.end);
    }
    let rest = source.get(span.end..).unwrap_or_default();
    Span::new(span.start, span.end + (rest.len() - rest.trim_start_matches([' ', '\t']).len()))
}

fn line_start(source: &str, at: usize) -> usize {
    source.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1)
}

/// The blanks with which a line begins.
fn indent(source: &str, at: usize) -> &str {
    let line = source.get(line_start(source, at)..at).unwrap_or_default();
    line.get(..line.len() - line.trim_start().len()).unwrap_or_default()
}

fn newline(dockerfile: &Dockerfile<'_>) -> &'static str {
    if dockerfile.document.source().contains("\r\n") { "\r\n" } else { "\n" }
}
