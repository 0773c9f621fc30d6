//! Takes the declarations of a secret out: whole instructions, or one pair of several.

use tightlip_dockerfile::{Edit, Instruction, Kind, Operator, Pair, Part, Quotes, Span, parts};

use super::Refusal;
use super::composed::Composed;
use crate::lint::project::Dockerfile;
use crate::lint::variable::{SecretVariable, Value};

/// The edits that remove every declaration.
pub(super) fn removed(
    dockerfile: &Dockerfile<'_>,
    declared: &[&SecretVariable],
    composed: &[Composed<'_>],
) -> Result<Vec<Edit>, Refusal> {
    let mut edits = Vec::new();
    for (index, instruction) in dockerfile.document.instructions().iter().enumerate() {
        let here: Vec<&&SecretVariable> = declared.iter().filter(|one| one.instruction == index).collect();
        let Some(first) = here.first() else { continue };
        let inner = instruction.innermost();
        let (Kind::Arg(pairs) | Kind::Env(pairs)) = &inner.kind else { continue };
        if matches!(instruction.kind, Kind::Onbuild(_)) {
            return Err(format!(
                "line {}: ONBUILD declares {} for another build",
                instruction.line, first.name
            ));
        }
        for one in here.iter().filter(|one| composed.iter().all(|made| made.name != one.name)) {
            plain(dockerfile, one, pairs)?;
        }
        let gone: Vec<&Pair> =
            pairs.iter().filter(|pair| here.iter().any(|one| one.span == pair.name.span())).collect();
        match gone.len() == pairs.len() {
            true => edits.push(Edit::remove(lines(dockerfile, instruction))),
            false => edits.extend(gone.iter().map(|pair| Edit::remove(with_blank(dockerfile, pair.span())))),
        }
    }
    Ok(edits)
}

/// A copy is the secret itself, or the steps would get something else.
fn plain(dockerfile: &Dockerfile<'_>, one: &SecretVariable, pairs: &[Pair]) -> Result<(), Refusal> {
    let Value::Copied(_) = one.value else { return Ok(()) };
    let pair = pairs.iter().find(|pair| pair.name.span() == one.span);
    let value = pair.and_then(|pair| pair.value.as_deref()).unwrap_or("");
    let mut parts = parts(value, dockerfile.document.escape(), Quotes::Remove).unwrap_or_default();
    // What is left of the quotes around it.
    parts.retain(|part| !matches!(part, Part::Text(text) if text.is_empty()));
    let whole = match parts.as_slice() {
        [Part::Variable(variable)] => matches!(variable.operator, Operator::Plain),
        _ => false,
    };
    if whole { Ok(()) } else { Err(format!("{} is made of it and of other text", one.name)) }
}

/// The lines of an instruction with their end.
pub(super) fn lines(dockerfile: &Dockerfile<'_>, instruction: &Instruction) -> Span {
    let source = dockerfile.document.source();
    let text = dockerfile.document.text(instruction.span);
    let end = instruction.span.start + text.trim_end().len();
    let rest = source.get(end..).unwrap_or_default();
    let line_end = rest.find('\n').map_or(rest.len(), |at| at + 1);
    let start = instruction.span.start + (text.len() - text.trim_start().len());
    let line_start = source.get(..start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    Span::new(line_start, end + line_end)
}

/// A pair or a word with the blanks before it, over the line's end if need be.
pub(super) fn with_blank(dockerfile: &Dockerfile<'_>, span: Span) -> Span {
    let source = dockerfile.document.source();
    let escape = dockerfile.document.escape();
    let before = source.get(..span.start).unwrap_or_default();
    let blank = |c: char| c.is_whitespace() || c == escape;
    Span::new(before.trim_end_matches(blank).len(), span.end)
}
