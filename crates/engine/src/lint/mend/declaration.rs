//! Takes the declarations of a secret out: whole instructions, or one pair of several.

use tightlip_dockerfile::{Edit, Kind, Operator, Pair, Part, Quotes, Span, parts};

use super::composed::Composed;
use super::{Refusal, taken};
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
        let goes = |pair: &&Pair| here.iter().any(|one| one.span == pair.name.span());
        let gone: Vec<Span> = pairs.iter().filter(goes).map(Pair::span).collect();
        let all: Vec<Span> = pairs.iter().map(Pair::span).collect();
        edits.extend(taken::words(dockerfile, instruction, (&all, &gone)));
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
