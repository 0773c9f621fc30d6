//! The tasks of Azure Pipelines that build images: `Docker@2`, and the versions before.

use tightlip_dockerfile::{Edit, Span, Text};

use crate::call::Argument;
use crate::dialect::Dialect;
use crate::script::{self, Found, Setting};
use crate::tree::rewrite::Rewrite;
use crate::tree::{At, DEPTH};
use crate::{Call, Move, Refusal, Source, Value};

/// The build that a step with a task starts.
pub(crate) fn read(source: &Source<'_>, step: At<'_>, setting: &Setting) -> Found {
    let Some(inputs) = inputs(step) else { return Found::default() };
    let text = options(inputs);
    let mut found = script::calls(source, &text, Dialect::Azure, setting);
    // The options of one command: what else stands there is no command of its own.
    found.calls.truncate(1);
    for call in &mut found.calls {
        call.span = step.span();
        call.behind = None;
        call.name = step.text_of("displayName").cloned();
        call.arguments.extend(listed(inputs));
        let file = plain(inputs, "dockerfile");
        call.dockerfile = call.dockerfile.take().or(file);
        call.context = call.context.take().or_else(|| plain(inputs, "buildContext"));
    }
    found
}

/// The inputs of a task that builds and takes options.
fn inputs(step: At<'_>) -> Option<At<'_>> {
    let (name, version) = step.text_of("task")?.as_str().split_once('@')?;
    let inputs = step.get("inputs").filter(At::is_table)?;
    let command = input(inputs, "command").or_else(|| input(inputs, "action"));
    let command = command.and_then(|at| at.as_str()).map(str::to_ascii_lowercase);
    let builds = match (command.as_deref(), version) {
        // What builds and pushes at once takes no options.
        (None | Some("buildandpush"), "2") => false,
        (None | Some("build" | "build an image"), _) => true,
        _ => false,
    };
    (name.eq_ignore_ascii_case("Docker") && builds && step.is_here()).then_some(inputs)
}

/// An input, whose name may be written in any letters.
fn input<'t>(inputs: At<'t>, name: &str) -> Option<At<'t>> {
    let is = |key: Option<&str>| key.is_some_and(|key| key.eq_ignore_ascii_case(name));
    inputs.entries().into_iter().find(|entry| is(entry.key.as_str())).map(|entry| entry.value)
}

/// A path that is said; patterns are looked up by the task.
fn plain(inputs: At<'_>, name: &str) -> Option<Value> {
    let value = input(inputs, name)?.value(Dialect::Azure)?;
    (!value.as_str().contains('*')).then_some(value)
}

/// The command that the task makes of its input `arguments`, whose lines it joins.
fn options(inputs: At<'_>) -> Text {
    let given = input(inputs, "arguments").filter(At::is_here).and_then(|at| at.text());
    let start = given.map_or(inputs.span().start, |given| given.span().start);
    let mut text = Text::empty(start);
    text.push("docker build ", Span::new(start, start));
    for (at, character) in given.map(Text::as_str).unwrap_or_default().char_indices() {
        let Some(place) = given.map(|given| given.locate(at..at + character.len_utf8())) else { break };
        let character = if matches!(character, '\n' | '\r') { ' ' } else { character };
        text.push(character.encode_utf8(&mut [0; 4]), place);
    }
    text
}

/// The input `buildArguments` of the first version: `NAME=value`, one a line.
fn listed(inputs: At<'_>) -> Vec<Argument> {
    let list = input(inputs, "buildArguments").filter(At::is_here).and_then(|at| at.value(Dialect::Azure));
    let lines = list.map(|list| list.lines()).unwrap_or_default();
    lines.iter().filter(|line| line.cut('=').is_some()).map(|line| Argument::of(line, line.span())).collect()
}

/// Moves an argument of a task to a secret, which comes from the environment of the step.
pub(crate) fn to_secret(
    source: &Source<'_>,
    root: At<'_>,
    call: &Call,
    wanted: &Move<'_>,
) -> Result<Vec<Edit>, Refusal> {
    let name = wanted.argument;
    let elsewhere = || Refusal::Elsewhere(format!("the build argument {name}"));
    let step = step(root, call.span, 0).ok_or_else(elsewhere)?;
    let options = inputs(step).and_then(|inputs| input(inputs, "arguments")).ok_or_else(elsewhere)?;
    let mut passed = call.arguments.iter().filter(|one| one.name.as_str() == name);
    let argument = passed.next().filter(|one| options.span().contains(one.span)).ok_or_else(elsewhere)?;
    if passed.next().is_some() {
        return Err(Refusal::Form("an argument that is passed twice"));
    }
    let option = match call.secret(wanted.id) {
        Some(_) => String::new(),
        None => format!("--secret id={},env={name}", wanted.id),
    };
    let mut edits = vec![Edit::replace(argument.span, option)];
    let Some(value) = &argument.value else { return Ok(edits) };
    match value.variable() {
        Some((_, None)) => {}
        _ if value.plain().is_some() => return Err(Refusal::Literal(name.to_owned())),
        _ => return Err(Refusal::Computed(name.to_owned())),
    }
    edits.extend(add_variable(&Rewrite::of(source.text), step, name, value.as_str())?);
    Ok(edits)
}

/// The step that a call is.
fn step(at: At<'_>, span: Span, depth: usize) -> Option<At<'_>> {
    if depth > DEPTH || !at.is_here() {
        return None;
    }
    if at.span() == span && inputs(at).is_some() {
        return Some(at);
    }
    let inner = at.own().into_iter().map(|entry| entry.value).chain(at.items());
    inner.into_iter().find_map(|inner| step(inner, span, depth + 1))
}

/// Adds a variable to the environment of a step, unless it is there with this value.
pub(crate) fn add_variable(
    rewrite: &Rewrite<'_>,
    step: At<'_>,
    name: &str,
    value: &str,
) -> Result<Vec<Edit>, Refusal> {
    let Some(env) = step.own_entry("env") else {
        return Ok(vec![rewrite.add_entry(step, &format!("env:\n  {name}: {value}"))?]);
    };
    if let Some(known) = env.value.get(name) {
        let same = known.as_str() == Some(value);
        return if same { Ok(Vec::new()) } else { Err(Refusal::Taken(name.to_owned())) };
    }
    if !env.value.is_here() {
        return Err(Refusal::Shared("the environment of the step".to_owned()));
    }
    Ok(vec![rewrite.add_entry(env.value, &format!("{name}: {value}"))?])
}
