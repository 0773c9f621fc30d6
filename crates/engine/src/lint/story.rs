//! What happens to secrets as a Dockerfile is built, step by step: who has which, where they are written, what is copied
//! on, what is deleted and when.

use std::collections::BTreeMap;

use tightlip_dockerfile::flow::{
    Effects, Fate, Flow, Setting, Sink, Source as From, Stored, covers, join, prints_secret,
};
use tightlip_dockerfile::shell::{Interpreter, Script};
use tightlip_dockerfile::{Base, Instruction, Kind, MountKind, Origin, Scope, Source, Span, Text, Transfer};
use tightlip_report::Level;

use super::bound::bound;
use super::files::{Holds, holds, is_sample};
use super::name::Says;
use super::project::Dockerfile;
use super::text::Literal;
use super::variable::Value;

/// A secret, by what is known of it.
#[derive(Clone, Debug)]
pub(crate) enum Secret {
    /// The value of a build argument or a variable: its name, the name it has outside, how plainly that says so.
    Variable { name: String, root: String, says: Says },
    /// What a secret mount brings, by its id.
    Mount(String),
    /// The content of a file of the build context.
    File(String, Holds),
    /// A value that stands in the Dockerfile.
    Literal(Literal),
    /// What a command gets from a store of secrets.
    Stored(String),
}

impl Secret {
    /// What to call it.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Variable { name, .. } => name.clone(),
            Self::Mount(id) => format!("the secret {id}"),
            Self::File(path, _) => format!("what {path} holds"),
            Self::Literal(_) => "a secret".to_owned(),
            Self::Stored(command) => format!("the secret that `{command}` prints"),
        }
    }
}

/// A file in a layer that holds a secret.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub(crate) path: String,
    pub(crate) secret: Secret,
    /// The instruction that wrote it, and where that says so.
    pub(crate) instruction: usize,
    pub(crate) span: Span,
    /// The instruction that deletes it, when a later one does.
    pub(crate) deleted_by: Option<usize>,
}

/// A secret that goes somewhere in a `RUN`.
#[derive(Clone, Debug)]
pub(crate) struct Gone {
    pub(crate) instruction: usize,
    pub(crate) secret: Secret,
    pub(crate) flow: Flow,
}

/// A secret that comes with what is copied from another stage.
#[derive(Clone, Debug)]
pub(crate) struct Brought {
    pub(crate) instruction: usize,
    pub(crate) span: Span,
    pub(crate) held: Held,
}

/// The script of a step that has secrets, or values in its text.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) instruction: usize,
    pub(crate) script: Script,
}

/// All of it.
#[derive(Debug, Default)]
pub(crate) struct Story {
    pub(crate) steps: Vec<Step>,
    pub(crate) gone: Vec<Gone>,
    pub(crate) held: Vec<Held>,
    pub(crate) brought: Vec<Brought>,
}

/// A stage while it is built.
#[derive(Clone, Debug)]
struct Stage {
    /// The files that are there, as indexes into those of the story.
    files: Vec<usize>,
    workdir: String,
    home: String,
}

impl Story {
    /// Follows a Dockerfile from its first stage to its last.
    pub(crate) fn of(dockerfile: &Dockerfile<'_>) -> Story {
        let mut telling = Telling { dockerfile, story: Story::default(), ends: Vec::new() };
        for stage in dockerfile.stages().all() {
            let mut state = match stage.base {
                Base::Stage(base) => telling.ends.get(base).cloned(),
                _ => None,
            }
            .unwrap_or_else(|| Stage {
                files: Vec::new(),
                workdir: "/".to_owned(),
                home: "/root".to_owned(),
            });
            for index in stage.instructions.clone() {
                telling.instruction(index, &mut state);
            }
            telling.ends.push(state);
        }
        telling.story
    }
}

struct Telling<'t, 'p> {
    dockerfile: &'t Dockerfile<'p>,
    story: Story,
    /// The stages as they are when they are done.
    ends: Vec<Stage>,
}

impl Telling<'_, '_> {
    fn instruction(&mut self, index: usize, stage: &mut Stage) {
        let Some(instruction) =
            self.dockerfile.document.instructions().get(index).map(Instruction::innermost)
        else {
            return;
        };
        match &instruction.kind {
            Kind::Workdir(path) => stage.workdir = join(&stage.workdir, &self.expanded(index, path)),
            Kind::User(user) => stage.home = home(&self.expanded(index, user)),
            Kind::Copy(transfer) | Kind::Add(transfer) => match self.source_stage(transfer) {
                Some(from) => self.bring((index, transfer), from, stage),
                None if transfer.from.is_none() => self.take((index, instruction, transfer), stage),
                None => {}
            },
            Kind::Run(_) => self.run(index, instruction, stage),
            _ => {}
        }
    }

    /// A word with what is known filled in, and the rest as it stands.
    fn expanded(&self, index: usize, word: &str) -> String {
        let scope = self.dockerfile.scopes.at(index);
        let value = scope.expand(word, self.dockerfile.document.escape()).ok();
        value.and_then(|value| value.text).unwrap_or_else(|| word.to_owned())
    }

    fn source_stage(&self, transfer: &Transfer) -> Option<usize> {
        self.dockerfile.stages().find(transfer.from.as_deref()?)
    }

    fn hold(&mut self, held: Held, stage: &mut Stage) {
        stage.files.push(self.story.held.len());
        self.story.held.push(held);
    }

    /// `COPY` of files of the build context, and of what the Dockerfile itself writes.
    fn take(&mut self, (index, instruction, transfer): (usize, &Instruction, &Transfer), stage: &mut Stage) {
        let to = self.destination(index, transfer, stage);
        for source in &transfer.sources {
            match source {
                Source::Path(path) => {
                    let alone = transfer.sources.len() == 1 && !is_sample(path);
                    let named = holds(path).max(if alone { holds(&to) } else { Holds::Nothing });
                    let sent = self.dockerfile.copied(path.span());
                    let clean = sent.is_some_and(|sent| sent.literals.is_empty());
                    // What was seen in it says more than what it is called.
                    let found = sent.into_iter().flat_map(|sent| &sent.literals);
                    let plain = found.into_iter().any(|literal| literal.level == Level::Deny);
                    let says = if named == Holds::Maybe && plain { Holds::Secret } else { named };
                    self.take_seen((index, path), (&to, transfer), stage);
                    if says == Holds::Secret || says > Holds::Nothing && !clean {
                        let place = placed(&to, path, transfer);
                        let secret = Secret::File(path.to_string(), says);
                        let (instruction, span) = (index, path.span());
                        self.hold(Held { path: place, secret, instruction, span, deleted_by: None }, stage);
                    }
                }
                Source::Heredoc(number) => {
                    let Some(heredoc) = instruction.heredocs.get(*number) else { continue };
                    let place = placed(&to, &heredoc.name, transfer);
                    for literal in self.dockerfile.literals(heredoc.body) {
                        let (path, secret, span) =
                            (place.clone(), Secret::Literal(literal.clone()), literal.span);
                        self.hold(Held { path, secret, instruction: index, span, deleted_by: None }, stage);
                    }
                }
            }
        }
    }

    /// The files of the context that a source takes and in which something was found; the source itself is judged by its
    /// name too.
    fn take_seen(
        &mut self,
        (index, path): (usize, &Text),
        (to, transfer): (&str, &Transfer),
        stage: &mut Stage,
    ) {
        let mut seen: Vec<(String, Holds)> = Vec::new();
        for (context, takes) in &self.dockerfile.contexts {
            let Some(take) = takes.iter().find(|take| take.span == path.span()) else { continue };
            for sent in context.files.iter().filter(|sent| take.takes(&sent.path)) {
                let worst = sent.literals.iter().map(|literal| literal.level).max();
                let says = match worst {
                    Some(Level::Deny) => Holds::Secret,
                    Some(_) => Holds::Maybe,
                    None => continue,
                };
                if take.source != sent.path || holds(path) == Holds::Nothing {
                    seen.push((sent.path.clone(), says));
                }
            }
        }
        for (file, says) in seen {
            let source = path.trim_start_matches("./").trim_end_matches('/');
            let below = file.strip_prefix(source).map_or(file.as_str(), |rest| rest.trim_start_matches('/'));
            let path_there = match file == *source {
                true => placed(to, path, transfer),
                // Patterns take files by their names.
                false if source.contains(['*', '?', '[']) => placed(to, &file, transfer),
                false => {
                    format!("{}/{}", to.trim_end_matches('/'), if source == "." { &file } else { below })
                }
            };
            let secret = Secret::File(file, says);
            let span = path.span();
            self.hold(Held { path: path_there, secret, instruction: index, span, deleted_by: None }, stage);
        }
    }

    fn destination(&self, index: usize, transfer: &Transfer, stage: &Stage) -> String {
        let to = transfer.destination.as_deref().map(|to| self.expanded(index, to)).unwrap_or_default();
        let folder = if to.ends_with('/') || to == "." { "/" } else { "" };
        let path = join(&stage.workdir, &to);
        if path.ends_with('/') { path } else { format!("{path}{folder}") }
    }

    /// `COPY --from` of a stage: whatever lies below what is copied comes along.
    fn bring(&mut self, (index, transfer): (usize, &Transfer), from: usize, stage: &mut Stage) {
        let Some(end) = self.ends.get(from).cloned() else { return };
        let to = self.destination(index, transfer, stage);
        for source in &transfer.sources {
            let Source::Path(path) = source else { continue };
            let pattern = join("/", &self.expanded(index, path));
            for file in &end.files {
                let Some(held) = self.story.held.get(*file).filter(|held| is_taken(&pattern, held)) else {
                    continue;
                };
                let held = held.clone();
                let place = moved(&held.path, &pattern, &to);
                self.story.brought.push(Brought {
                    instruction: index,
                    span: path.span(),
                    held: held.clone(),
                });
                let here =
                    Held { path: place, instruction: index, span: path.span(), deleted_by: None, ..held };
                self.hold(here, stage);
            }
        }
    }

    fn run(&mut self, index: usize, instruction: &Instruction, stage: &mut Stage) {
        let setting = self.setting(index, instruction, stage);
        let literal = self.dockerfile.literals(instruction.span).next().is_some();
        let asks = prints_secret(self.dockerfile.document.text(instruction.span));
        let nothing = setting.variables.is_empty() && setting.files.is_empty() && !literal && !asks;
        if nothing {
            return;
        }
        let interpreter = Interpreter::at(self.dockerfile.document, self.dockerfile.stages(), index);
        let Some(script) = Script::of(instruction, &interpreter) else { return };
        let effects = Effects::of(&script, &setting);
        self.delete(index, &effects, stage);
        for flow in &effects.flows {
            let Some(secret) = self.secret(index, instruction, (&flow.source, stage)) else { continue };
            if let Sink::Stored(stored) = &flow.sink
                && stays(stored)
            {
                let (path, secret, span) = (stored.path.clone(), secret.clone(), flow.span);
                self.hold(Held { path, secret, instruction: index, span, deleted_by: None }, stage);
            }
            self.story.gone.push(Gone { instruction: index, secret, flow: flow.clone() });
        }
        if literal {
            self.written_literals(index, instruction, (&effects, stage));
        }
        self.story.steps.push(Step { instruction: index, script });
    }

    fn setting(&self, index: usize, instruction: &Instruction, stage: &Stage) -> Setting {
        let scope = self.dockerfile.scopes.at(index);
        let mut setting = Setting {
            workdir: stage.workdir.clone(),
            home: stage.home.clone(),
            values: known(&scope),
            ..Setting::default()
        };
        for secret in self.dockerfile.secrets_at(index) {
            setting = setting.variable(&secret.name);
            setting.values.remove(&secret.name);
        }
        let there = stage.files.iter().filter_map(|file| self.story.held.get(*file));
        for held in there.filter(|held| held.deleted_by.is_none()) {
            setting = setting.file(held.path.trim_end_matches('/'));
        }
        for bound in bound(self.dockerfile, instruction, &stage.workdir) {
            setting = setting.file(&bound.path);
        }
        setting.mounts(instruction.mounts())
    }

    /// What a later step deletes is still in the layer of the one that wrote it.
    fn delete(&mut self, index: usize, effects: &Effects, stage: &Stage) {
        for removed in &effects.removes {
            for file in &stage.files {
                let Some(held) = self.story.held.get_mut(*file) else { continue };
                if held.instruction < index && covers(&removed.path, held.path.trim_end_matches('/')) {
                    held.deleted_by = held.deleted_by.or(Some(index));
                }
            }
        }
    }

    /// The secret that a flow starts from.
    fn secret(
        &self,
        index: usize,
        instruction: &Instruction,
        (from, stage): (&From, &Stage),
    ) -> Option<Secret> {
        let mounts = || instruction.mounts().iter().filter(|mount| mount.kind == MountKind::Secret);
        match from {
            From::Variable(name) => {
                if let Some(mount) =
                    mounts().find(|mount| mount.env().is_some_and(|env| *env == *name.as_str()))
                {
                    return Some(Secret::Mount(mount.secret_id().unwrap_or(name).to_owned()));
                }
                let secret =
                    self.dockerfile.secrets_at(index).into_iter().find(|secret| secret.name == *name)?;
                if let Value::Literal(literal) = &secret.value {
                    return Some(Secret::Literal(literal.clone()));
                }
                Some(Secret::Variable { name: name.clone(), root: secret.root.clone(), says: secret.says })
            }
            From::Store(command) => Some(Secret::Stored(command.clone())),
            From::File(path) => {
                let mounted = |file: &str| join(&stage.workdir, file) == *path;
                if let Some(mount) =
                    mounts().find(|mount| mount.secret_file().is_some_and(|file| mounted(&file)))
                {
                    return Some(Secret::Mount(mount.secret_id().unwrap_or(path).to_owned()));
                }
                let bound = bound(self.dockerfile, instruction, &stage.workdir);
                if let Some(bound) = bound.into_iter().find(|bound| bound.path == *path) {
                    return Some(Secret::File(bound.file, Holds::Secret));
                }
                let there = stage.files.iter().rev().filter_map(|file| self.story.held.get(*file));
                there
                    .into_iter()
                    .find(|held| held.path.trim_end_matches('/') == path)
                    .map(|held| held.secret.clone())
            }
        }
    }

    /// Values of the text of the step that the same command writes into a file.
    fn written_literals(
        &mut self,
        index: usize,
        instruction: &Instruction,
        (effects, stage): (&Effects, &mut Stage),
    ) {
        let literals: Vec<Literal> = self.dockerfile.literals(instruction.span).cloned().collect();
        for literal in literals {
            let line = self.dockerfile.document.line(literal.span.start);
            let same = |span: Span| {
                self.dockerfile.document.line(span.start) == line && span.start >= literal.span.start
            };
            let Some(write) = effects.writes.iter().find(|write| same(write.span)) else { continue };
            let (path, secret, span) = (write.path.clone(), Secret::Literal(literal.clone()), literal.span);
            self.hold(Held { path, secret, instruction: index, span, deleted_by: None }, stage);
        }
    }
}

/// Whether a file is still there when the step is done.
pub(crate) fn stays(stored: &Stored) -> bool {
    matches!(stored.fate, Fate::Stays | Fate::RemovedPerhaps(_))
}

/// Whether somebody can read it afterwards: in a layer, or by a cache mount.
pub(crate) fn is_kept(stored: &Stored) -> bool {
    stays(stored) || stored.fate == Fate::Cached
}

/// The variables whose values are known.
fn known(scope: &Scope) -> BTreeMap<String, String> {
    let text = |(name, binding): (&str, &tightlip_dockerfile::Binding)| {
        let known = binding.origin == Origin::Env || binding.value.text.is_some();
        let text = binding.value.text.clone().filter(|_| known)?;
        Some((name.to_owned(), text))
    };
    scope.iter().filter_map(text).collect()
}

fn is_taken(pattern: &str, held: &Held) -> bool {
    held.deleted_by.is_none() && (pattern == "/" || covers(pattern, held.path.trim_end_matches('/')))
}

/// Where a file lies after its folder was copied.
fn moved(path: &str, pattern: &str, to: &str) -> String {
    match path.strip_prefix(pattern.trim_end_matches('/')) {
        Some(rest) if !rest.is_empty() => format!("{}{rest}", to.trim_end_matches('/')),
        _ if to.ends_with('/') => format!("{to}{}", path.rsplit('/').next().unwrap_or("")),
        _ => to.to_owned(),
    }
}

/// Where a source of `COPY` lies in the image.
fn placed(to: &str, source: &str, transfer: &Transfer) -> String {
    let name = source.trim_end_matches('/').rsplit('/').next().unwrap_or("");
    if to.ends_with('/') || transfer.sources.len() > 1 {
        return format!("{}/{name}", to.trim_end_matches('/'));
    }
    to.to_owned()
}

fn home(user: &str) -> String {
    match user.split(':').next().unwrap_or("") {
        "root" | "0" | "" => "/root".to_owned(),
        name => format!("/home/{name}"),
    }
}
