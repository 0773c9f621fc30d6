//! Gives a step the secret as a mount, and mends the commands that would write it down.

use tightlip_dockerfile::flow::{Effects, Fate, Flow, Role, Setting, Sink, Source, uses};
use tightlip_dockerfile::shell::{Command, CommandKind, Interpreter, Script, Simple};
use tightlip_dockerfile::{Edit, Instruction, Span};

use super::Refusal;
use super::recipe::{Mending, RECIPES, Scene};
use crate::lint::fix::Safety;
use crate::lint::project::Dockerfile;

/// A step with its secret.
pub(super) struct Step {
    pub(super) edits: Vec<Edit>,
    pub(super) safety: Safety,
}

/// The edits of a step; none if it does not need the secret.
pub(super) fn mended(
    dockerfile: &Dockerfile<'_>,
    index: usize,
    (root, names): (&str, &[&str]),
) -> Result<Option<Step>, Refusal> {
    let Some((_, instruction)) = dockerfile.instructions().nth(index) else { return Ok(None) };
    let interpreter = Interpreter::at(dockerfile.document, dockerfile.stages(), index);
    let Some(script) = Script::of(instruction, &interpreter) else { return Ok(None) };
    let needed: Vec<&str> = names.iter().copied().filter(|name| needs(&script, name)).collect();
    if needed.is_empty() {
        return Ok(None);
    }
    if !script.problems.is_empty() {
        return Err(format!("line {}: the step is not understood as a whole", instruction.line));
    }
    let mut step = Step { edits: vec![mount(instruction, &script, root, &needed)], safety: Safety::Safe };
    for name in needed {
        let scene = Scene { dockerfile, index, script: &script, name };
        for flow in stored(&script, instruction, name) {
            let mending = mend(&scene, &flow, instruction)?;
            if mending.safety == Safety::Unsafe {
                step.safety = Safety::Unsafe;
            }
            for edit in mending.edits {
                if !step.edits.contains(&edit) {
                    step.edits.push(edit);
                }
            }
        }
    }
    Ok(Some(step))
}

/// Whether a step names the variable, or runs a program that reads it by itself.
fn needs(script: &Script, name: &str) -> bool {
    let programs = || script.commands().into_iter().filter_map(|command| simple(command)?.program());
    let reads = |program: &str| {
        let program = program.rsplit('/').next().unwrap_or(program);
        RECIPES.iter().any(|recipe| recipe.programs.contains(&program) && (recipe.reads)(name))
    };
    !uses(script, name).is_empty() || programs().any(|program| reads(&program))
}

pub(super) fn simple(command: &Command) -> Option<&Simple> {
    match &command.kind {
        CommandKind::Simple(simple) => Some(simple),
        _ => None,
    }
}

/// The mounts, behind the flags that are there. A step that asks whether there is a value does without.
fn mount(instruction: &Instruction, script: &Script, root: &str, names: &[&str]) -> Edit {
    let have = |name: &str| {
        instruction.mounts().iter().any(|mount| mount.env().is_some_and(|env| env.as_str() == name))
    };
    let flag = |name: &&str| {
        let optional = uses(script, name).iter().any(|one| one.role == Role::Condition);
        let required = if optional { "" } else { ",required=true" };
        format!(" --mount=type=secret,id={root},env={name}{required}")
    };
    let flags: String = names.iter().filter(|name| !have(name)).map(flag).collect();
    let end = instruction.flags.iter().map(|flag| flag.span.end).max();
    Edit::insert(end.unwrap_or(instruction.name.span().end), flags)
}

/// Where the value stays in a file.
pub(super) fn stored(script: &Script, instruction: &Instruction, name: &str) -> Vec<Flow> {
    let setting = Setting::default().variable(name).mounts(instruction.mounts());
    let effects = Effects::of(script, &setting);
    let of_it = |flow: &Flow| flow.source == Source::Variable(name.to_owned());
    let stays = |flow: &Flow| match &flow.sink {
        Sink::Stored(stored) => matches!(stored.fate, Fate::Stays | Fate::RemovedPerhaps(_)),
        _ => false,
    };
    effects.flows.into_iter().filter(|flow| of_it(flow) && stays(flow)).collect()
}

fn mend(scene: &Scene<'_>, flow: &Flow, instruction: &Instruction) -> Result<Mending, Refusal> {
    let commands = scene.script.commands();
    let command =
        commands.into_iter().filter(|command| command.span == flow.command).find(|one| simple(one).is_some());
    let mending = command.and_then(|command| {
        let simple = simple(command)?;
        RECIPES.iter().find_map(|recipe| (recipe.mend)(scene, command, simple))
    });
    let path = match &flow.sink {
        Sink::Stored(stored) => stored.path.as_str(),
        _ => "a file",
    };
    mending.ok_or_else(|| {
        format!(
            "line {}: the step writes it to {path}, which stays in the layer; mount it there \
            (RUN --mount=type=secret,id={},target={path})",
            instruction.line, scene.name
        )
    })
}

/// The text of a stretch of the Dockerfile.
pub(super) fn text<'d>(dockerfile: &Dockerfile<'d>, span: Span) -> &'d str {
    dockerfile.document.text(span)
}
