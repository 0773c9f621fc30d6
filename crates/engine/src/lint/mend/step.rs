//! Gives a step the secret as a mount, and mends the commands that would write it down.

use tightlip_dockerfile::flow::{Effects, Fate, Flow, Role, Setting, Sink, Source, uses};
use tightlip_dockerfile::shell::{Command, CommandKind, Interpreter, Script, Simple};
use tightlip_dockerfile::{Command as Form, Edit, Instruction, Kind, Span};

use super::Refusal;
use super::frontend::Written;
use super::reader::readers;
use super::recipe::{Filled, Later, Mending, RECIPES, Scene, last};
use crate::lint::fix::Safety;
use crate::lint::project::Dockerfile;

/// A step with its secret.
pub(super) struct Step {
    pub(super) edits: Vec<Edit>,
    pub(super) safety: Safety,
    /// The tools that fill the value in from now on, in later steps too.
    pub(super) tools: Vec<&'static str>,
}

/// The edits of a step; none if it does not need the secret.
pub(super) fn mended(
    dockerfile: &Dockerfile<'_>,
    index: usize,
    (root, names, needed): (&str, &[&str], Needs<'_>),
    written: Written,
) -> Result<Option<Step>, Refusal> {
    let Some((_, instruction)) = dockerfile.instructions().nth(index) else { return Ok(None) };
    let interpreter = Interpreter::at(dockerfile.document, dockerfile.stages(), index);
    let Some(script) = Script::of(instruction, &interpreter) else { return Ok(None) };
    let asked = match needed {
        Needs::Seen(tools) => runs(&script, tools),
        Needs::Possible => runs(&script, RUNNING) || runs_own(&script),
    };
    let needs = |name: &&str| asked || needs(&script, name);
    let needed: Vec<&str> = names.iter().copied().filter(needs).collect();
    if needed.is_empty() {
        return Ok(None);
    }
    if !script.problems.is_empty() {
        return Err(format!("line {}: the step is not understood as a whole", instruction.line));
    }
    let mount = match written {
        Written::Today => mount(instruction, &script, root, &needed),
        Written::Old => read_in_front(instruction, &script, root, &needed)?,
    };
    let mut step = Step { edits: vec![mount], safety: Safety::Safe, tools: Vec::new() };
    for name in needed {
        let scene = Scene { dockerfile, index, script: &script, name, later: Later::Missing };
        for flow in stored(&script, instruction, &Source::Variable(name.to_owned())) {
            let (mending, programs) = mend(&scene, &flow, instruction)?;
            if mending.filled == Filled::ByTool {
                step.tools.extend(programs);
            }
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

/// Which steps need a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Needs<'n> {
    /// Those that are seen to use it, and those that run one of these tools.
    Seen(&'n [&'static str]),
    /// Those that run what the project says, which may read any variable.
    Possible,
}

/// Programs that run code of the project.
const RUNNING: &[&str] = &[
    "npm",
    "npx",
    "pnpm",
    "yarn",
    "bun",
    "bunx",
    "node",
    "deno",
    "make",
    "just",
    "task",
    "gradle",
    "mvn",
    "sbt",
    "cargo",
    "go",
    "composer",
    "php",
    "bundle",
    "rails",
    "rake",
    "ruby",
    "pip",
    "pip3",
    "poetry",
    "uv",
    "pdm",
    "pipenv",
    "python",
    "python3",
    "mix",
    "dotnet",
    "flutter",
    "dart",
    "swift",
    "Rscript",
    "R",
    "bazel",
    "ansible-playbook",
];

/// Whether a step runs one of these programs.
fn runs(script: &Script, programs: &[&str]) -> bool {
    let mut run = script.commands().into_iter().filter_map(|command| simple(command)?.program());
    run.any(|program| programs.contains(&last(&program)))
}

/// Whether a step runs a program of the project.
fn runs_own(script: &Script) -> bool {
    let mut run = script.commands().into_iter().filter_map(|command| simple(command)?.program());
    run.any(|program| {
        program.contains('/') && !["/bin/", "/usr/", "/sbin/"].iter().any(|at| program.starts_with(at))
    })
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
    self::flag(instruction, &flags)
}

/// The mount as a file, which the shell reads into the variables before anything else. Frontends that are pinned to
/// versions before 1.10 have no other.
fn read_in_front(
    instruction: &Instruction,
    script: &Script,
    root: &str,
    names: &[&str],
) -> Result<Edit, Refusal> {
    let shell = matches!(&instruction.kind, Kind::Run(run) if matches!(run.command, Form::Shell(_)));
    if !shell || !instruction.heredocs.is_empty() {
        return Err(format!(
            "line {}: before Dockerfile 1.10 a shell has to read the mounted file, and here is no place for that",
            instruction.line
        ));
    }
    let optional = |name: &&str| uses(script, name).iter().any(|one| one.role == Role::Condition);
    let optional = names.iter().any(optional);
    let required = if optional { String::new() } else { format!(",{}", Written::Old.required()) };
    let silent = if optional { " 2>/dev/null" } else { "" };
    let read: String = names
        .iter()
        .map(|name| format!(" export {name}=\"$(cat /run/secrets/{root}{silent})\" &&"))
        .collect();
    Ok(flag(instruction, &format!(" --mount=type=secret,id={root}{required}{read}")))
}

/// A flag behind those that are there.
pub(super) fn flag(instruction: &Instruction, text: &str) -> Edit {
    let end = instruction.flags.iter().map(|flag| flag.span.end).max();
    Edit::insert(end.unwrap_or(instruction.name.span().end), text)
}

/// Where the value stays in a file.
pub(super) fn stored(script: &Script, instruction: &Instruction, from: &Source) -> Vec<Flow> {
    let setting = Setting::default().mounts(instruction.mounts());
    let setting = match from {
        Source::Variable(name) => setting.variable(name),
        Source::File(_) | Source::Store(_) => setting,
    };
    let effects = Effects::of(script, &setting);
    let of_it = |flow: &Flow| flow.source == *from;
    let stays = |flow: &Flow| match &flow.sink {
        Sink::Stored(stored) => matches!(stored.fate, Fate::Stays | Fate::RemovedPerhaps(_)),
        _ => false,
    };
    effects.flows.into_iter().filter(|flow| of_it(flow) && stays(flow)).collect()
}

/// What becomes of a command that writes the value down, and the programs of the ecosystem.
fn mend(
    scene: &Scene<'_>,
    flow: &Flow,
    instruction: &Instruction,
) -> Result<(Mending, &'static [&'static str]), Refusal> {
    let commands = scene.script.commands();
    let command =
        commands.into_iter().filter(|command| command.span == flow.command).find(|one| simple(one).is_some());
    let mending = command.and_then(|command| {
        let simple = simple(command)?;
        RECIPES.iter().find_map(|recipe| Some(((recipe.mend)(scene, command, simple)?, recipe.programs)))
    });
    let path = match &flow.sink {
        Sink::Stored(stored) => stored.path.as_str(),
        _ => "a file",
    };
    mending.ok_or_else(|| {
        let advice = match readers(path).next() {
            Some(_) => format!("mount it there (RUN --mount=type=secret,id={},target={path})", scene.name),
            None => {
                "use it and remove it in the same step, or give it to the container when it starts".to_owned()
            }
        };
        format!("line {}: the step writes it to {path}, which stays in the layer; {advice}", instruction.line)
    })
}

/// The text of a stretch of the Dockerfile.
pub(super) fn text<'d>(dockerfile: &Dockerfile<'d>, span: Span) -> &'d str {
    dockerfile.document.text(span)
}
