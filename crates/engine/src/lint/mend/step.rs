//! Gives a step the secret as a mount, and mends the commands that would write it down.

use tightlip_dockerfile::flow::{Effects, Flow, Role, Setting, Shown, Sink, Source, uses};
use tightlip_dockerfile::shell::{Command, CommandKind, Script, Simple};
use tightlip_dockerfile::{Command as Form, Edit, Instruction, Kind, Span};

use super::Refusal;
use super::composed::Composed;
use super::frontend::Written;
use super::reader::readers;
use super::reading;
use super::recipe::{Filled, Later, Mending, RECIPES, Scene, last};
use crate::lint::fix::Safety;
use crate::lint::project::Dockerfile;
use crate::lint::story::is_kept;

/// A step with its secret.
pub(super) struct Step {
    pub(super) edits: Vec<Edit>,
    pub(super) safety: Safety,
    /// The tools that fill the value in from now on, in later steps too.
    pub(super) tools: Vec<&'static str>,
}

/// What a step may be given.
pub(super) struct Wanted<'w> {
    /// The secret.
    pub(super) root: &'w str,
    /// The names under which the step sees it.
    pub(super) names: &'w [&'w str],
    /// Those of them that are made of it and of other text.
    pub(super) composed: &'w [Composed<'w>],
    /// Those that are given to whatever may read them.
    pub(super) unseen: &'w [&'w str],
    pub(super) needs: Needs<'w>,
}

/// The edits of a step; none if it does not need the secret.
pub(super) fn mended(
    dockerfile: &Dockerfile<'_>,
    index: usize,
    wanted: &Wanted<'_>,
    written: Written,
) -> Result<Option<Step>, Refusal> {
    let Some((instruction, script)) = read_as_script(dockerfile, index) else { return Ok(None) };
    let asked = match wanted.needs {
        Needs::Seen(tools) => runs(script, tools),
        Needs::Possible => reading::perhaps(script),
    };
    let perhaps =
        |name: &&str| wanted.unseen.contains(name) && (reading::perhaps(script) || runs(script, &["git"]));
    let needs = |name: &&str| asked || needs(instruction, script, name) || perhaps(name);
    let needed: Vec<&str> = wanted.names.iter().copied().filter(needs).collect();
    if needed.is_empty() {
        return Ok(None);
    }
    if !script.problems.is_empty() {
        return Err(format!("line {}: the step is not understood as a whole", instruction.line));
    }
    let owner = match written {
        Written::Today => String::new(),
        // A file is its owner's; a variable is everybody's.
        Written::Old => super::file::owner(dockerfile, index, instruction)?,
    };
    let edits = wanted.given((instruction, script), &needed, (written, &owner))?;
    let mut step = Step { edits, safety: Safety::Safe, tools: Vec::new() };
    if needed.iter().any(|name| is_traced(script, name)) {
        step.edits.extend(untraced(script));
    }
    for name in needed {
        let scene = Scene { dockerfile, index, script, name, later: Later::Missing };
        for flow in stored(script, instruction, &Source::Variable(name.to_owned())) {
            if wanted.composed.iter().any(|one| one.name == name) {
                return Err(format!("line {}: the step writes {name} down", instruction.line));
            }
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

/// Whether a step is seen to need a variable.
pub(super) fn sees(dockerfile: &Dockerfile<'_>, index: usize, name: &str) -> bool {
    read_as_script(dockerfile, index).is_some_and(|(instruction, script)| needs(instruction, script, name))
}

/// Whether a step writes a reference to a variable that something else fills in later: `echo '…${NAME}' > .npmrc`, a
/// helper for Git.
pub(super) fn defers(dockerfile: &Dockerfile<'_>, index: usize, name: &str) -> bool {
    let Some((instruction, script)) = read_as_script(dockerfile, index) else { return false };
    let whole = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    let refers = |text: &str| {
        let mut names = text
            .match_indices(name)
            .filter_map(|(at, _)| Some((text.get(..at)?, text.get(at + name.len()..)?)));
        names.any(|(before, rest)| {
            ["$", "${", "env."].iter().any(|sign| before.ends_with(sign)) && whole(rest)
        })
    };
    let text = refers(&instruction.arguments) || instruction.heredocs.iter().any(|one| refers(&one.content));
    text && uses(script, name).is_empty()
}

fn read_as_script<'d>(dockerfile: &'d Dockerfile<'_>, index: usize) -> Option<(&'d Instruction, &'d Script)> {
    Some((dockerfile.instruction(index)?, dockerfile.script(index)?))
}

/// Whether a step names the variable, or runs a program that reads it by itself.
fn needs(instruction: &Instruction, script: &Script, name: &str) -> bool {
    !uses(script, name).is_empty() || names(instruction, name) || reading::by_name(script, name)
}

/// Whether the name stands in the text of a step, as the code of another language has it: `os.environ["NAME"]`.
fn names(instruction: &Instruction, name: &str) -> bool {
    let whole = |c: char| !c.is_ascii_alphanumeric() && c != '_';
    let inside = |text: &str| text.split(whole).any(|word| word == name);
    inside(&instruction.arguments) || instruction.heredocs.iter().any(|one| inside(&one.content))
}

/// Which steps need a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Needs<'n> {
    /// Those that are seen to use it, and those that run one of these tools.
    Seen(&'n [&'static str]),
    /// Those that run what may read any variable.
    Possible,
}

/// Whether a step runs one of these programs.
fn runs(script: &Script, programs: &[&str]) -> bool {
    let mut run = script.commands().into_iter().filter_map(|command| simple(command)?.program());
    run.any(|program| programs.contains(&last(&program)))
}

pub(super) fn simple(command: &Command) -> Option<&Simple> {
    match &command.kind {
        CommandKind::Simple(simple) => Some(simple),
        _ => None,
    }
}

impl Wanted<'_> {
    /// The mounts of a step, behind the flags that are there, and what has to run before its script.
    fn given(
        &self,
        (instruction, script): (&Instruction, &Script),
        needed: &[&str],
        (written, owner): (Written, &str),
    ) -> Result<Vec<Edit>, Refusal> {
        let made: Vec<&Composed<'_>> =
            self.composed.iter().filter(|one| needed.contains(&one.name)).collect();
        let mut names: Vec<&str> =
            needed.iter().copied().filter(|name| made.iter().all(|one| one.name != *name)).collect();
        for of in made.iter().map(|one| one.of) {
            if !names.contains(&of) && self.composed.iter().all(|one| one.name != of) {
                names.push(of);
            }
        }
        let (flags, mut commands) = match written {
            Written::Today => (mounts(instruction, script, self.root, &names), Vec::new()),
            Written::Old => read(script, (self.root, owner), &names),
        };
        commands.extend(made.iter().map(|one| one.made()));
        if commands.is_empty() {
            return Ok(vec![flag(instruction, &flags)]);
        }
        in_front(instruction, (&flags, &commands)).ok_or_else(|| {
            let line = instruction.line;
            match written {
                Written::Today => format!("line {line}: a shell has to set the variable, and here is no place for that"),
                Written::Old => format!(
                    "line {line}: before Dockerfile 1.10 a shell has to read the mounted file, and here is no place for that"
                ),
            }
        })
    }
}

/// The mounts. A step that asks whether there is a value does without.
fn mounts(instruction: &Instruction, script: &Script, root: &str, names: &[&str]) -> String {
    let have = |name: &str| {
        instruction.mounts().iter().any(|mount| mount.env().is_some_and(|env| env.as_str() == name))
    };
    let flag = |name: &&str| {
        let optional = uses(script, name).iter().any(|one| one.role == Role::Condition);
        let required = if optional { "" } else { ",required=true" };
        format!(" --mount=type=secret,id={root},env={name}{required}")
    };
    names.iter().filter(|name| !have(name)).map(flag).collect()
}

/// The mount as a file, which the shell reads into the variables before anything else. Frontends that are pinned to
/// versions before 1.10 have no other.
fn read(script: &Script, (root, owner): (&str, &str), names: &[&str]) -> (String, Vec<String>) {
    let optional = |name: &&str| uses(script, name).iter().any(|one| one.role == Role::Condition);
    let optional = names.iter().any(optional);
    let required = if optional { String::new() } else { format!(",{}", Written::Old.required()) };
    let silent = if optional { " 2>/dev/null" } else { "" };
    let read = |name: &&str| format!("export {name}=\"$(cat /run/secrets/{root}{silent})\"");
    (format!(" --mount=type=secret,id={root}{owner}{required}"), names.iter().map(read).collect())
}

/// Flags, and commands that run before the script of the step: on its line, or in the here-document that is the script.
fn in_front(instruction: &Instruction, (flags, commands): (&str, &[String])) -> Option<Vec<Edit>> {
    let Kind::Run(run) = &instruction.kind else { return None };
    let Form::Shell(line) = &run.command else { return None };
    match instruction.heredocs.as_slice() {
        [] => {
            let commands: String = commands.iter().map(|command| format!(" {command} &&")).collect();
            Some(vec![flag(instruction, &format!("{flags}{commands}"))])
        }
        [script] if line.trim() == script.word => {
            let content = script.content.as_str();
            // The line that names the interpreter stays the first.
            let named = content.find('\n').filter(|_| content.starts_with("#!"));
            let at = named.map_or(script.body.start, |end| script.content.locate(end..end + 1).end);
            let commands: String = commands.iter().map(|command| format!("{command}\n")).collect();
            Some(vec![flag(instruction, flags), Edit::insert(at, commands)])
        }
        _ => None,
    }
}

/// Whether `set -x` shows the secret in the log.
fn is_traced(script: &Script, name: &str) -> bool {
    let effects = Effects::of(script, &Setting::default().variable(name));
    effects.flows.iter().any(|flow| flow.sink == Sink::Log(Shown::Traced))
}

/// `set -ex` without the `x`.
fn untraced(script: &Script) -> Vec<Edit> {
    let mut edits = Vec::new();
    for simple in script.commands().into_iter().filter_map(simple) {
        if simple.program().as_deref() != Some("set") {
            continue;
        }
        let words: Vec<(Span, String)> =
            simple.words.iter().filter_map(|word| Some((word.span, word.literal()?))).collect();
        for (at, (span, word)) in words.iter().enumerate().skip(1) {
            let Some(letters) = word.strip_prefix('-').filter(|rest| !rest.starts_with('-')) else {
                continue;
            };
            let named = words.get(at + 1).is_some_and(|(_, next)| next == "xtrace");
            match letters.replace('x', "") {
                _ if letters == "o" && named => edits.push(Edit::replace(*span, "+o")),
                rest if rest.len() == letters.len() => {}
                rest if rest.is_empty() => edits.push(Edit::replace(*span, "+x")),
                rest => edits.push(Edit::replace(*span, format!("-{rest}"))),
            }
        }
    }
    edits
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
        Sink::Stored(stored) => is_kept(stored),
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
