//! Moves what writes a secret down into the steps that read it: written, used and removed within one step, the layer
//! never has it.

use tightlip_dockerfile::flow::{Effects, Flow, Setting, Sink, Source, uses};
use tightlip_dockerfile::shell::{Command, Interpreter, Item, Join, Script, Target};
use tightlip_dockerfile::{Command as Form, Edit, Instruction, Kind, Span};

use super::file::{Need, used};
use super::reader::{Reader, readers};
use super::recipe::{Later, PREPARING, RECIPES, Scene, last};
use super::step::{self, simple, text};
use super::taken;
use crate::lint::project::Dockerfile;
use crate::lint::story;

/// The edits, and the steps that they change.
pub(super) struct Carried {
    pub(super) edits: Vec<Edit>,
    pub(super) steps: Vec<usize>,
}

/// Who needs what a step writes.
enum Readers {
    /// Whoever runs one of these programs, which read a variable as well.
    Programs(&'static [&'static str]),
    /// Whoever reads a file: as the script calls it, and where it lies.
    File { called: String, path: String },
}

/// What a step writes down, and what writes it.
struct Writing<'w> {
    dockerfile: &'w Dockerfile<'w>,
    instruction: &'w Instruction,
    script: &'w Script,
    /// The parts of the script that go, by their numbers.
    moved: Vec<usize>,
    /// What stands in their place, in the steps that need it.
    text: String,
    readers: Readers,
}

/// Moves what a step writes to where it is needed; nothing where that is not seen to be right.
///
/// `there` are the steps that have the mount already.
pub(super) fn carried(
    dockerfile: &Dockerfile<'_>,
    index: usize,
    (root, names): (&str, &[&str]),
    there: &[usize],
) -> Option<Carried> {
    let instruction = dockerfile.instruction(index)?;
    let script = plain(dockerfile, index, instruction)?;
    let writing = Writing::of(dockerfile, (index, instruction), &script, names)?;
    let mount = |name: &&str| format!(" --mount=type=secret,id={root},env={name},required=true");
    let mount: String = names.iter().map(mount).collect();
    let own = writing.instead_of_it().map(|mut edits| {
        edits.push(step::flag(instruction, &mount));
        edits
    });
    let mut carried = Carried { edits: own.unwrap_or_else(|| writing.taken_out()), steps: vec![index] };
    for user in writing.users(index)? {
        let instruction = dockerfile.instruction(user.index)?;
        let script = plain(dockerfile, user.index, instruction)?;
        let mount = if there.contains(&user.index) { "" } else { mount.as_str() };
        carried.edits.push(step::flag(instruction, &format!("{mount} {} &&", writing.text)));
        carried.edits.extend(user.edits);
        if let Readers::File { called, .. } = &writing.readers {
            carried.edits.push(Edit::insert(script.list.span.end, format!(" && rm -f {called}")));
        }
        carried.steps.push(user.index);
    }
    // The steps that only removed it.
    (carried.steps.len() > 1).then_some(carried)
}

/// A step that needs what was written, and what it does not need any more.
struct User {
    index: usize,
    edits: Vec<Edit>,
}

/// The script of a step to which something can be added on the line.
fn plain(dockerfile: &Dockerfile<'_>, index: usize, instruction: &Instruction) -> Option<Script> {
    let Kind::Run(run) = &instruction.kind else { return None };
    let Form::Shell(command) = &run.command else { return None };
    let interpreter = Interpreter::at(dockerfile.document, dockerfile.stages(), index);
    let script = Script::of(instruction, &interpreter)?;
    let open = instruction.heredocs.is_empty() && !command.contains('#') && script.problems.is_empty();
    open.then_some(script)
}

impl<'w> Writing<'w> {
    /// What the step writes down of the secret. All of it is moved by the same means, or nothing is.
    fn of(
        dockerfile: &'w Dockerfile<'w>,
        (index, instruction): (usize, &'w Instruction),
        script: &'w Script,
        names: &[&str],
    ) -> Option<Self> {
        let items = &script.list.items;
        if items.iter().skip(1).any(|item| item.join != Join::And) {
            return None;
        }
        let setting = Setting::at(dockerfile.document, &dockerfile.scopes, index);
        let setting = names.iter().fold(setting, |setting, name| setting.variable(name));
        let flows = Effects::of(script, &setting).flows;
        let flows: Vec<&Flow> = flows.iter().filter(|flow| is_kept(flow, names)).collect();
        let mut writing = None;
        for flow in &flows {
            let name = names.iter().find(|name| flow.source == Source::Variable((**name).to_owned()))?;
            let scene = Scene { dockerfile, index, script, name, later: Later::Carried };
            let (text, readers) = instead(&scene, flow)?;
            let at = items.iter().position(|item| item.span.contains(flow.command))?;
            let one = Self { dockerfile, instruction, script, moved: vec![at], text, readers };
            writing = match writing {
                None => Some(one),
                Some(before) => Self::both(before, one),
            };
            writing.as_ref()?;
        }
        let writing = writing?.with_preparations();
        let stays = |item: &Item| {
            !writing.moved.iter().any(|at| items.get(*at).is_some_and(|one| one.span == item.span))
        };
        let kept: Vec<&Item> = items.iter().filter(|item| stays(item)).collect();
        let used = |name: &&str| {
            uses(script, name).iter().any(|one| kept.iter().any(|item| item.span.contains(one.span)))
        };
        (!names.iter().any(used) && !writing.reads_itself(&kept)).then_some(writing)
    }

    /// Whether what is left of the step reads the file.
    fn reads_itself(&self, kept: &[&Item]) -> bool {
        let Readers::File { called, path } = &self.readers else { return false };
        let programs: Vec<&str> = readers(path).flat_map(|reader| reader.programs).copied().collect();
        let commands = self.script.commands().into_iter();
        let mut left = commands.filter(|command| kept.iter().any(|item| item.span.contains(command.span)));
        left.any(|command| {
            let program = simple(command).and_then(|simple| simple.program()).unwrap_or_default();
            programs.contains(&last(&program))
                || text(self.dockerfile, command.span).contains(called.as_str())
        })
    }

    /// Two commands that write the same file.
    fn both(before: Self, mut one: Self) -> Option<Self> {
        let same = match (&before.readers, &one.readers) {
            (Readers::File { path, .. }, Readers::File { path: other, .. }) => path == other,
            _ => false,
        };
        one.moved.extend(&before.moved);
        one.moved.sort_unstable();
        one.moved.dedup();
        same.then_some(one)
    }

    /// With the commands that only prepare the file, or its directory; and the text of all of them.
    fn with_preparations(mut self) -> Self {
        let Readers::File { called, .. } = &self.readers else { return self };
        let items = &self.script.list.items;
        let prepares = |item: &Item| {
            let simple = item.pipeline.first().filter(|_| item.pipeline.len() == 1).and_then(simple);
            let program = simple.and_then(|simple| simple.program()).unwrap_or_default();
            let words = simple.map(|simple| simple.words.as_slice()).unwrap_or_default();
            let mut words = words.iter().skip(1).map(|word| text(self.dockerfile, word.span));
            PREPARING.contains(&last(&program)) && words.any(|word| is_above(word, called))
        };
        let more = (0..items.len()).filter(|at| items.get(*at).is_some_and(prepares));
        let mut moved: Vec<usize> = more.chain(self.moved.iter().copied()).collect();
        moved.sort_unstable();
        moved.dedup();
        let texts = moved.iter().filter_map(|at| Some(text(self.dockerfile, items.get(*at)?.span).trim()));
        self.text = texts.collect::<Vec<_>>().join(" && ");
        self.moved = moved;
        self
    }

    /// The edits that put the text in the place of what goes, where the step runs a program that needs it itself.
    fn instead_of_it(&self) -> Option<Vec<Edit>> {
        let (Readers::Programs(programs), [at]) = (&self.readers, self.moved.as_slice()) else { return None };
        let items = &self.script.list.items;
        let rest = items.get(at + 1..)?;
        let commands = self.script.commands().into_iter();
        let mut later = commands.filter(|one| rest.iter().any(|item| item.span.contains(one.span)));
        let needs = later.any(|command| {
            let program = simple(command).and_then(|simple| simple.program()).unwrap_or_default();
            programs.contains(&last(&program))
        });
        let span = items.get(*at)?.span;
        needs.then(|| vec![Edit::replace(span, self.text.as_str())])
    }

    /// The edits that take the parts out of the step, or all of it.
    fn taken_out(&self) -> Vec<Edit> {
        let items = &self.script.list.items;
        if self.moved.len() == items.len() {
            return vec![taken::whole(self.dockerfile, self.instruction)];
        }
        let first_kept = (0..items.len()).find(|at| !self.moved.contains(at)).unwrap_or(0);
        let span = |at: usize| items.get(at).map(|item| item.span);
        let out = self.moved.iter().filter_map(|at| match *at > first_kept {
            true => Some(Span::new(span(at - 1)?.end, span(*at)?.end)),
            false => Some(Span::new(span(*at)?.start, span(at + 1)?.start)),
        });
        out.map(Edit::remove).collect()
    }

    /// The later steps that need it; nothing where a step does more with it than to read it.
    fn users(&self, index: usize) -> Option<Vec<User>> {
        let stages = self.dockerfile.stages();
        let own = stages.holding(index)?.index;
        let from =
            |other: usize| stages.holding(other).is_some_and(|one| stages.lineage(one.index).contains(&own));
        let later: Vec<usize> =
            (index + 1..self.dockerfile.instructions().count()).filter(|at| from(*at)).collect();
        match &self.readers {
            Readers::Programs(programs) => {
                let runs = |at: &usize| self.runs(*at, programs);
                Some(later.into_iter().filter(runs).map(|index| User { index, edits: Vec::new() }).collect())
            }
            Readers::File { path, .. } => self.readers_of(path, &later),
        }
    }

    fn runs(&self, index: usize, programs: &[&str]) -> bool {
        let Some(instruction) = self.dockerfile.instruction(index) else { return false };
        let interpreter = Interpreter::at(self.dockerfile.document, self.dockerfile.stages(), index);
        let script =
            Script::of(instruction, &interpreter).filter(|_| matches!(instruction.kind, Kind::Run(_)));
        let commands = script.iter().flat_map(Script::commands);
        let mut names = commands.filter_map(|command| simple(command)?.program());
        names.any(|program| programs.contains(&last(&program)))
    }

    fn readers_of(&self, path: &str, later: &[usize]) -> Option<Vec<User>> {
        if self.dockerfile.story.brought.iter().any(|one| one.held.path == path) {
            return None;
        }
        let readers: Vec<&Reader> = readers(path).collect();
        let mut users = Vec::new();
        for index in later {
            let Some(uses) = used(self.dockerfile, *index, path, &readers).ok()? else { continue };
            if self.dockerfile.user_at(*index) != self.user() || uses.need == Need::Perhaps {
                return None;
            }
            if uses.need == Need::Yes || !uses.edits.is_empty() {
                let alone = uses.emptied || uses.need == Need::No;
                users.push((User { index: *index, edits: uses.edits }, alone));
            }
            if uses.removed {
                break;
            }
        }
        // A step that did nothing but remove it is not given the secret, and its edits go with the first that is.
        let (alone, mut users): (Vec<_>, Vec<_>) = users.into_iter().partition(|(_, alone)| *alone);
        users.first_mut()?.0.edits.extend(alone.into_iter().flat_map(|(user, _)| user.edits));
        Some(users.into_iter().map(|(user, _)| user).collect())
    }

    fn user(&self) -> Option<String> {
        let index = self.dockerfile.instructions().find(|(_, one)| one.span == self.instruction.span)?.0;
        self.dockerfile.user_at(index)
    }
}

/// Whether the secret ends up in a file that stays.
fn is_kept(flow: &Flow, names: &[&str]) -> bool {
    let of_it = matches!(&flow.source, Source::Variable(name) if names.contains(&name.as_str()));
    let stays = matches!(&flow.sink, Sink::Stored(stored) if story::is_kept(stored));
    of_it && stays
}

/// What does the same in another step, and who needs it there.
fn instead(scene: &Scene<'_>, flow: &Flow) -> Option<(String, Readers)> {
    let commands = scene.script.commands();
    let command: &Command =
        commands.into_iter().find(|one| one.span == flow.command && simple(one).is_some())?;
    let written = simple(command)?;
    for recipe in RECIPES {
        let Some(mending) = (recipe.mend)(scene, command, written) else { continue };
        if let [edit] = mending.edits.as_slice()
            && edit.replacement.starts_with("export ")
        {
            return Some((edit.replacement.clone(), Readers::Programs(recipe.programs)));
        }
    }
    let Sink::Stored(stored) = &flow.sink else { return None };
    let target = command.redirects.iter().find_map(|redirect| match &redirect.target {
        Target::Word(word) if redirect.descriptor.is_none_or(|number| number == 1) => Some(word),
        _ => None,
    })?;
    let called = text(scene.dockerfile, target.span).to_owned();
    Some((String::new(), Readers::File { called, path: stored.path.clone() }))
}

/// Whether a word is a path or a directory above it, as they are written.
fn is_above(word: &str, path: &str) -> bool {
    let plain = |text: &str| text.trim_matches(['"', '\'']).trim_end_matches('/').to_owned();
    let (word, path) = (plain(word), plain(path));
    !word.is_empty() && path.strip_prefix(&word).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
