//! What a step does with a file that lies in the image: reads it, prepares it, removes it.

use tightlip_dockerfile::flow::{Effects, Setting, Sink, Source, covers, join};
use tightlip_dockerfile::shell::{Command, Interpreter, Item, Join, Script, Simple, Target, Word};
use tightlip_dockerfile::{Edit, Instruction, Kind, Span};

use crate::lint::mend::reader::Reader;
use crate::lint::mend::{Refusal, taken};
use crate::lint::project::Dockerfile;
use crate::lint::story::is_kept;

/// Whether a step needs the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::lint::mend) enum Need {
    /// Nothing in it is seen to.
    No,
    /// It runs a script that may.
    Perhaps,
    /// It runs a program that reads it.
    Yes,
}

/// What a step does with the file.
pub(in crate::lint::mend) struct Use {
    pub(in crate::lint::mend) need: Need,
    /// Whether a command names it: then a file must lie there.
    pub(in crate::lint::mend) named: bool,
    /// Whether it is gone afterwards.
    pub(in crate::lint::mend) removed: bool,
    /// What a mount makes superfluous: a mount cannot be removed, and has its mode.
    pub(in crate::lint::mend) edits: Vec<Edit>,
    /// Whether nothing is left of the step.
    pub(in crate::lint::mend) emptied: bool,
}

/// Programs that delete files, and those that change whom they belong to.
const DELETING: &[&str] = &["rm", "unlink", "shred"];
const PREPARING: &[&str] = &["chmod", "chown", "chgrp", "touch"];
/// Programs that run what the project says.
const RUNNING: &[&str] =
    &["make", "just", "task", "sh", "bash", "ash", "dash", "zsh", "source", ".", "ansible-playbook"];

/// Looks at a step.
pub(in crate::lint::mend) fn used(
    dockerfile: &Dockerfile<'_>,
    index: usize,
    path: &str,
    readers: &[&Reader],
) -> Result<Option<Use>, Refusal> {
    let Some(instruction) = dockerfile.instruction(index) else { return Ok(None) };
    // What the container runs has no mounts of the build.
    if !matches!(instruction.kind, Kind::Run(_)) {
        return Ok(None);
    }
    let interpreter = Interpreter::at(dockerfile.document, dockerfile.stages(), index);
    let Some(script) = Script::of(instruction, &interpreter) else { return Ok(None) };
    if !script.problems.is_empty() {
        return Err(format!("line {}: the step is not understood as a whole", instruction.line));
    }
    let setting = Setting::at(dockerfile.document, &dockerfile.scopes, index).file(path);
    let look = Look { dockerfile, instruction, script: &script, setting: &setting, path, readers };
    look.all().map(Some)
}

struct Look<'l> {
    dockerfile: &'l Dockerfile<'l>,
    instruction: &'l Instruction,
    script: &'l Script,
    setting: &'l Setting,
    path: &'l str,
    readers: &'l [&'l Reader],
}

impl Look<'_> {
    fn all(&self) -> Result<Use, Refusal> {
        let effects = Effects::of(self.script, self.setting);
        let items = &self.script.list.items;
        let superfluous: Vec<usize> = (0..items.len()).filter(|at| self.is_superfluous(*at)).collect();
        let spans: Vec<Span> = superfluous.iter().filter_map(|at| Some(items.get(*at)?.span)).collect();
        let other = |span: Span| !spans.iter().any(|one| one.contains(span));
        self.written(&effects, &other)?;
        let rest: Vec<&Command> =
            self.script.commands().into_iter().filter(|command| other(command.span)).collect();
        if rest.iter().any(|command| self.names(command) && is_superfluous_inside(command)) {
            return Err(self.refused("removes or prepares it inside of a construct of the shell"));
        }
        let named = rest.iter().any(|command| self.names(command));
        let need = match named {
            true => Need::Yes,
            false => rest.iter().map(|command| self.needs(command)).max().unwrap_or(Need::No),
        };
        let mut removed = self.removed_with_its_folder(&effects, need)?;
        let mut edits = Vec::new();
        for at in &superfluous {
            removed |= items
                .get(*at)
                .is_some_and(|item| program_of(item).is_some_and(|name| DELETING.contains(&name.as_str())));
            edits.extend(self.without(*at, &superfluous)?);
        }
        let emptied = self.emptied(&superfluous);
        if emptied {
            edits = vec![taken::whole(self.dockerfile, self.instruction)];
        }
        Ok(Use { need, named, removed, edits, emptied })
    }

    fn refused(&self, why: &str) -> Refusal {
        format!("line {}: the step {why}", self.instruction.line)
    }

    /// What goes from the file into others would stay in the layer.
    fn written(&self, effects: &Effects, other: &dyn Fn(Span) -> bool) -> Result<(), Refusal> {
        for flow in effects.flows.iter().filter(|flow| flow.source == Source::File(self.path.to_owned())) {
            if let Sink::Stored(stored) = &flow.sink
                && is_kept(stored)
            {
                return Err(self.refused(&format!("writes what is in it to {}", stored.path)));
            }
        }
        match effects.writes.iter().any(|write| write.path == self.path && other(write.span)) {
            true => Err(self.refused("changes it, and a mount cannot be written to")),
            false => Ok(()),
        }
    }

    /// `rm -rf` of a directory above it.
    fn removed_with_its_folder(&self, effects: &Effects, need: Need) -> Result<bool, Refusal> {
        let above = |path: &str| path != self.path && covers(path, self.path);
        match effects.removes.iter().any(|removed| above(&removed.path)) {
            true if need > Need::No => Err(self.refused("removes the directory in which it lies")),
            removed => Ok(removed),
        }
    }

    /// Whether an item only removes or prepares the file.
    fn is_superfluous(&self, at: usize) -> bool {
        let Some(item) = self.script.list.items.get(at) else { return false };
        let Some(name) = program_of(item) else { return false };
        let acts = DELETING.contains(&name.as_str()) || PREPARING.contains(&name.as_str());
        acts && targets(item, &name).iter().any(|word| self.is_it(word))
    }

    /// The edits that take the file out of such an item, or all of the item if there is nothing else in it.
    fn without(&self, at: usize, superfluous: &[usize]) -> Result<Vec<Edit>, Refusal> {
        let items = &self.script.list.items;
        let Some(item) = items.get(at) else { return Ok(Vec::new()) };
        let name = program_of(item).unwrap_or_default();
        let (mine, others): (Vec<&Word>, Vec<&Word>) =
            targets(item, &name).into_iter().partition(|word| self.is_it(word));
        if !others.is_empty() {
            let blank = |word: &&Word| taken::with_blank(self.dockerfile, self.instruction, word.span);
            return Ok(mine.iter().map(blank).map(Edit::remove).collect());
        }
        let next = items.get(at + 1);
        if item.join == Join::Or || next.is_some_and(|next| next.join == Join::Or) {
            return Err(self.refused("removes it under a condition"));
        }
        let kept_before = (0..at).rev().find(|before| !self.is_whole(*before, superfluous));
        let before = kept_before.and_then(|_| items.get(at.checked_sub(1)?));
        Ok(match (before, next) {
            // What follows a `;` runs in any case, and would hang on the command before.
            (_, Some(next)) if before.is_none() || item.join == Join::Always => {
                vec![Edit::remove(Span::new(item.span.start, next.span.start))]
            }
            (Some(before), _) => vec![Edit::remove(Span::new(before.span.end, item.span.end))],
            (None, _) => Vec::new(),
        })
    }

    /// Whether an item goes as a whole.
    fn is_whole(&self, at: usize, superfluous: &[usize]) -> bool {
        let Some(item) = self.script.list.items.get(at) else { return false };
        let name = program_of(item).unwrap_or_default();
        superfluous.contains(&at) && targets(item, &name).iter().all(|word| self.is_it(word))
    }

    fn emptied(&self, superfluous: &[usize]) -> bool {
        let count = self.script.list.items.len();
        count > 0 && (0..count).all(|at| self.is_whole(at, superfluous))
    }

    /// Whether a command names the file, as a word or as what it reads.
    fn names(&self, command: &Command) -> bool {
        let simple = command.simple();
        let words = simple.map(|simple| simple.words.as_slice()).unwrap_or_default();
        let assigned = simple.into_iter().flat_map(|simple| &simple.assignments).flat_map(|one| &one.value);
        let read = command.redirects.iter().filter_map(|redirect| match &redirect.target {
            Target::Word(word) => Some(word),
            _ => None,
        });
        words.iter().chain(assigned).chain(read).any(|word| self.mentions(word))
    }

    /// Whether a word is the path of the file.
    fn is_it(&self, word: &Word) -> bool {
        self.leads_there(&word.sketch())
    }

    /// Whether the path stands anywhere in a word: `--key-file=/tmp/key.json`, `-i/root/.ssh/id_rsa`.
    fn mentions(&self, word: &Word) -> bool {
        let sketch = word.sketch();
        let last = sketch.rsplit(['=', '@', ':', ' ']).next().unwrap_or(&sketch);
        let short = last.strip_prefix('-').and_then(|rest| rest.get(1..)).unwrap_or("");
        self.is_it(word) || self.leads_there(last) || self.leads_there(short) || has_path(&sketch, self.path)
    }

    fn leads_there(&self, text: &str) -> bool {
        let home = |rest: &str| format!("{}/{rest}", self.setting.home);
        let text = match text.strip_prefix("~/").or_else(|| text.strip_prefix("$HOME/")) {
            Some(rest) => home(rest),
            None => text.to_owned(),
        };
        !text.is_empty() && join(&self.setting.workdir, &text) == self.path
    }

    fn needs(&self, command: &Command) -> Need {
        let Some(program) = command.simple().and_then(Simple::program) else { return Need::No };
        let name = program.rsplit('/').next().unwrap_or(&program);
        let bare = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
        let reads = |reader: &&Reader| reader.programs.iter().any(|one| *one == name || *one == bare);
        let is_script =
            program.contains('/') && !program.starts_with("/bin/") && !program.starts_with("/usr/");
        match (self.readers.iter().any(reads), is_script || RUNNING.contains(&name)) {
            (true, _) => Need::Yes,
            (false, true) => Need::Perhaps,
            (false, false) => Need::No,
        }
    }
}

/// Whether a command removes or prepares files.
fn is_superfluous_inside(command: &Command) -> bool {
    let program = command.simple().and_then(Simple::program).unwrap_or_default();
    let name = program.rsplit('/').next().unwrap_or(&program);
    DELETING.contains(&name) || PREPARING.contains(&name)
}

/// The program of an item that is one command.
fn program_of(item: &Item) -> Option<String> {
    let [command] = item.pipeline.as_slice() else { return None };
    let simple = command.simple().filter(|_| command.redirects.is_empty())?;
    let program = simple.program()?;
    Some(program.rsplit('/').next().unwrap_or(&program).to_owned())
}

/// The files that such a program is given.
fn targets<'i>(item: &'i Item, name: &str) -> Vec<&'i Word> {
    let simple = item.pipeline.first().and_then(Command::simple);
    let words = simple.map(|simple| simple.words.as_slice()).unwrap_or_default().iter().skip(1);
    let words = words.filter(|word| !word.prefix().starts_with('-'));
    // The first word of these is a mode or an owner.
    words.skip(usize::from(matches!(name, "chmod" | "chown" | "chgrp"))).collect()
}

/// Whether a path stands in a text, and not as a part of a longer one.
fn has_path(text: &str, path: &str) -> bool {
    text.match_indices(path).any(|(at, _)| {
        let after = text.get(at + path.len()..).and_then(|rest| rest.chars().next());
        after.is_none_or(|c| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '_' | '-' | '/'))
    })
}
