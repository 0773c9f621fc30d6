//! Which variables each instruction sees, and where their values come from.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::expand::{ExpandError, Value, expand};
use crate::instruction::{Kind, Pair};
use crate::parts::{Quotes, parts, variables};
use crate::stage::{Base, Stage, Stages};
use crate::{Document, Instruction, Keyword, Text};

/// A variable in a [`Scope`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// Its value.
    pub value: Value,
    /// `ARG` or `ENV`.
    pub origin: Origin,
    /// The instruction that set it, as an index into the document's.
    pub instruction: usize,
}

/// What set a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// `ARG`
    Arg,
    /// `ENV`
    Env,
}

/// The variables that an instruction sees.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scope {
    names: BTreeMap<String, Binding>,
    /// Whether a name that is not here may be set by the base image.
    open: bool,
}

impl Scope {
    /// The variable of that name, if the Dockerfile sets it.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Binding> {
        self.names.get(name)
    }

    /// All variables that the Dockerfile sets, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Binding)> {
        self.names.iter().map(|(name, binding)| (name.as_str(), binding))
    }

    /// The value of a variable that the Dockerfile sets.
    pub(crate) fn own(&self, name: &str) -> Option<Value> {
        self.names.get(name).map(|binding| binding.value.clone())
    }

    /// The value of a variable as an instruction would find it: what the Dockerfile does not set may come from the
    /// base image, unless that is `scratch`.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<Value> {
        self.own(name).or_else(|| self.open.then(Value::outside))
    }

    /// Expands a word with these variables.
    ///
    /// # Errors
    ///
    /// When the builder would stop there.
    pub fn expand(&self, word: &str, escape: char) -> Result<Value, ExpandError> {
        expand(&parts(word, escape, Quotes::Remove)?, &|name| self.value(name))
    }

    /// The last one wins: BuildKit puts an `ARG` that follows an `ENV` of its name into the environment as well
    /// (`dispatchArg`). The older builders let the `ENV` win.
    fn set(&mut self, name: String, binding: Binding) {
        self.names.insert(name, binding);
    }
}

/// The arguments that are there without being passed: the builder fills them in when they are declared.
pub const PLATFORM_ARGS: &[&str] = &[
    "BUILDPLATFORM",
    "BUILDOS",
    "BUILDOSVERSION",
    "BUILDARCH",
    "BUILDVARIANT",
    "TARGETPLATFORM",
    "TARGETOS",
    "TARGETOSVERSION",
    "TARGETARCH",
    "TARGETVARIANT",
    "TARGETSTAGE",
];

/// The arguments that reach every `RUN` without being declared, and stay out of the history unless they are.
pub const PROXY_ARGS: &[&str] = &[
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "FTP_PROXY",
    "ftp_proxy",
    "NO_PROXY",
    "no_proxy",
    "ALL_PROXY",
    "all_proxy",
];

/// The scopes of a document.
#[derive(Debug, Clone)]
pub struct Scopes<'d> {
    document: &'d Document,
    arguments: BTreeMap<String, String>,
    global: Scope,
    stages: Stages,
    ends: Vec<Scope>,
    /// The instructions that set variables.
    setting: Vec<usize>,
}

impl<'d> Scopes<'d> {
    /// Works out the scopes. `arguments` are the build arguments passed from outside, as far as they are known.
    #[must_use]
    pub fn of(document: &'d Document, arguments: BTreeMap<String, String>) -> Scopes<'d> {
        let (global, stages) = (Scope::default(), Stages::of(document, &Scope::default()));
        let sets = |kind: &Kind| matches!(kind, Kind::Arg(_) | Kind::Env(_));
        let all = document.instructions().iter().enumerate();
        let setting = all.filter(|(_, one)| sets(&one.kind)).map(|(index, _)| index).collect();
        let mut scopes = Scopes { document, arguments, global, stages, ends: Vec::new(), setting };
        let first = document.instructions().iter().position(|one| matches!(one.kind, Kind::From(_)));
        let mut global = Scope::default();
        scopes.apply_all(&mut global, 0..first.unwrap_or(document.instructions().len()));
        scopes.stages = Stages::of(document, &global);
        scopes.global = global;
        for index in 0..scopes.stages.all().len() {
            let end = scopes.stages.all().get(index).map_or(0, |stage| stage.instructions.end);
            let last = end.saturating_sub(1);
            let mut scope = match scopes.stages.all().get(index) {
                Some(stage) if stage.instructions.is_empty() => scopes.start(stage),
                _ => scopes.at(last),
            };
            scopes.apply(&mut scope, last);
            scopes.ends.push(scope);
        }
        scopes
    }

    /// The stages.
    #[must_use]
    pub fn stages(&self) -> &Stages {
        &self.stages
    }

    /// The variables that an instruction sees. A `FROM` sees the global arguments.
    #[must_use]
    pub fn at(&self, instruction: usize) -> Scope {
        let Some(stage) = self.stages.holding(instruction) else {
            let mut scope = Scope::default();
            self.apply_all(&mut scope, 0..instruction);
            return scope;
        };
        if stage.from == instruction {
            return self.global.clone();
        }
        let mut scope = self.start(stage);
        self.apply_all(&mut scope, stage.instructions.start..instruction);
        scope
    }

    /// Applies what sets variables; nothing else is looked at, so that a scope costs what is in it.
    fn apply_all(&self, scope: &mut Scope, instructions: Range<usize>) {
        let first = self.setting.partition_point(|index| *index < instructions.start);
        let here = self.setting.iter().skip(first).take_while(|index| **index < instructions.end);
        here.for_each(|index| self.apply(scope, *index));
    }

    /// What a stage begins with: everything of the stage that it is `FROM`.
    fn start(&self, stage: &Stage) -> Scope {
        match &stage.base {
            Base::Stage(base) => self.ends.get(*base).cloned().unwrap_or_default(),
            Base::Scratch => Scope::default(),
            Base::Image(_) | Base::Outside => Scope { open: true, ..Scope::default() },
        }
    }

    fn apply(&self, scope: &mut Scope, index: usize) {
        let Some(instruction) = self.document.instructions().get(index) else { return };
        match &instruction.kind {
            Kind::Arg(pairs) => pairs.iter().for_each(|pair| self.declare(scope, pair, index)),
            Kind::Env(pairs) => self.assign(scope, pairs, index),
            _ => {}
        }
    }

    /// All values of one `ENV` are expanded before any of them is set.
    fn assign(&self, scope: &mut Scope, pairs: &[Pair], index: usize) {
        let escape = self.document.escape();
        let expanded = |word: &str| scope.expand(word, escape).unwrap_or_default();
        let set: Vec<(String, Value)> = pairs
            .iter()
            .filter_map(|pair| Some((expanded(&pair.name).text?, expanded(pair.value.as_deref()?))))
            .collect();
        for (name, value) in set {
            scope.set(name, Binding { value, origin: Origin::Env, instruction: index });
        }
    }

    fn declare(&self, scope: &mut Scope, pair: &Pair, index: usize) {
        let name = pair.name.to_string();
        let value = match (self.arguments.get(&name), &pair.value) {
            (Some(passed), _) => Value::known(passed.as_str()),
            (None, Some(default)) => scope.expand(default, self.document.escape()).unwrap_or_default(),
            (None, None) => self.global.own(&name).unwrap_or_default(),
        };
        let binding = Binding { value: value.tainted(&name), origin: Origin::Arg, instruction: index };
        scope.set(name, binding);
    }
}

/// The words of an instruction that the builder expands; what a shell or a program expands later is not among them.
#[must_use]
pub fn expanded_words(instruction: &Instruction) -> Vec<&Text> {
    let mut words: Vec<&Text> = match &instruction.kind {
        Kind::From(from) => from.platform.iter().chain([&from.image]).collect(),
        Kind::Run(run) => {
            run.mounts.iter().flat_map(|mount| &mount.options).filter_map(|one| one.value.as_ref()).collect()
        }
        Kind::Copy(copy) | Kind::Add(copy) => {
            let paths = copy.sources.iter().filter_map(|source| match source {
                crate::Source::Path(path) => Some(path),
                crate::Source::Heredoc(_) => None,
            });
            paths.chain(&copy.destination).collect()
        }
        Kind::Arg(pairs) | Kind::Env(pairs) | Kind::Label(pairs) => {
            pairs.iter().flat_map(|pair| [&pair.name].into_iter().chain(&pair.value)).collect()
        }
        Kind::Volume(words) | Kind::Expose(words) => words.iter().collect(),
        Kind::User(word) | Kind::Workdir(word) | Kind::StopSignal(word) => vec![word],
        _ => Vec::new(),
    };
    if matches!(instruction.keyword, Some(Keyword::Copy | Keyword::Add)) {
        words.extend(instruction.flags.iter().filter_map(|flag| flag.value.as_ref()));
        let bodies = instruction.heredocs.iter().filter(|doc| doc.expands == crate::Expands::Yes);
        words.extend(bodies.map(|doc| &doc.content));
    }
    words
}

/// A variable that the builder fills in, and where it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The name.
    pub name: String,
    /// The bytes of the whole reference.
    pub span: crate::Span,
}

/// The variables that the builder itself fills in, in an instruction.
#[must_use]
pub fn references(instruction: &Instruction, escape: char) -> Vec<Reference> {
    let bodies: Vec<&Text> = instruction.heredocs.iter().map(|doc| &doc.content).collect();
    let mut found = Vec::new();
    for word in expanded_words(instruction) {
        // Quotes in the body of a heredoc are part of the file.
        let body = bodies.iter().any(|body| std::ptr::eq(*body, word));
        let quotes = if body { Quotes::Keep } else { Quotes::Remove };
        let Ok(parts) = parts(word, escape, quotes) else { continue };
        found.extend(variables(&parts).into_iter().map(|variable| Reference {
            name: variable.name.clone(),
            span: word.locate(variable.range.clone()),
        }));
    }
    found
}
