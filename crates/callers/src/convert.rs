//! Turns build arguments into secrets: one edit, or all of a file.

use tightlip_dockerfile::{Edit, apply};

use crate::call::Argument;
use crate::fields::is_name;
use crate::sound::reads_as_well;
use crate::value::Part;
use crate::{Call, Callers, Format, Refusal, Source, read};

/// What is to be moved: a build argument, to the secret with an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move<'a> {
    /// The name of the build argument.
    pub argument: &'a str,
    /// The id that the mount in the Dockerfile names.
    pub id: &'a str,
}

/// The edits that make one call of a file pass a secret in the place of a build argument. There are none when
/// it passes the secret already, and no argument of that name.
///
/// # Errors
///
/// When that cannot be right, and why.
pub fn to_secret(
    format: &Format,
    source: &Source<'_>,
    call: &Call,
    wanted: &Move<'_>,
) -> Result<Vec<Edit>, Refusal> {
    for name in [wanted.argument, wanted.id] {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        if name.is_empty() || !is_name(name) || !name.chars().all(fits) {
            return Err(Refusal::BadName(name.to_owned()));
        }
    }
    if call.argument(wanted.argument).is_none() {
        return match call.secret(wanted.id) {
            Some(_) => Ok(Vec::new()),
            None => Err(Refusal::NoSuchArgument(wanted.argument.to_owned())),
        };
    }
    let edits = (format.to_secret)(source, call, wanted)?;
    check(format, source, wanted, &edits)?;
    Ok(edits)
}

/// The environment variable in which the value of an argument comes, for tools that fill their variables from there.
pub(crate) fn variable_of(argument: &Argument) -> Result<String, Refusal> {
    let name = argument.name.as_str();
    let Some(value) = &argument.value else { return Ok(name.to_owned()) };
    match value.variable() {
        Some((variable, None | Some(""))) => Ok(variable.to_owned()),
        // The fallback stands in the open, and a secret has none.
        Some((_, Some(_))) => Err(Refusal::Literal(name.to_owned())),
        None if value.pieces().iter().all(|piece| piece.part == Part::Literal) => {
            Err(Refusal::Literal(name.to_owned()))
        }
        None => Err(Refusal::Computed(name.to_owned())),
    }
}

/// Reads the text again as it would be: only what was meant to change may have changed.
fn check(format: &Format, source: &Source<'_>, wanted: &Move<'_>, edits: &[Edit]) -> Result<(), Refusal> {
    let after = apply(source.text, edits).map_err(|_| Refusal::Form("edits that overlap"))?;
    reads_as_well(format, source.path, (source.text, &after))?;
    let before = read(format, source.path, source.text);
    let after = read(format, source.path, &after);
    let mended = passing(&after, wanted.argument) < passing(&before, wanted.argument)
        && after.calls.iter().any(|call| call.secret(wanted.id).is_some());
    if mended { Ok(()) } else { Err(Refusal::Form("text that reads differently than it looks")) }
}

/// How often an argument is passed.
fn passing(callers: &Callers, name: &str) -> usize {
    let arguments = callers.calls.iter().flat_map(|call| &call.arguments);
    arguments.filter(|argument| argument.name.as_str() == name).count()
}

/// Does all the moves in all the calls of a file that pass the argument, one after the other, because one may
/// change the place of the next. Gives back the new text, and what was refused.
#[must_use]
pub fn convert(format: &Format, source: &Source<'_>, wanted: &[Move<'_>]) -> (String, Vec<Refusal>) {
    let mut text = source.text.to_owned();
    let mut refusals = Vec::new();
    for one in wanted {
        // Each round takes an argument away or passes a call over.
        let callers = read(format, source.path, &text);
        let rounds = passing(&callers, one.argument) + callers.calls.len();
        let mut skip = 0;
        for _ in 0..rounds {
            let now = Source { path: source.path, text: &text };
            let callers = read(format, source.path, &text);
            let passes = |call: &&Call| call.argument(one.argument).is_some();
            let Some(call) = callers.calls.iter().filter(passes).nth(skip) else { break };
            let edited = to_secret(format, &now, call, one)
                .and_then(|edits| apply(&text, &edits).map_err(|_| Refusal::Form("edits that overlap")));
            match edited {
                Ok(changed) if changed != text => text = changed,
                Ok(_) => skip += 1,
                Err(refusal) => {
                    refusals.push(refusal);
                    skip += 1;
                }
            }
        }
    }
    (text, refusals)
}
