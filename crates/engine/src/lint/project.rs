//! What is linted: everything that a build is made of, read and understood before any lint runs.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use tightlip_callers::Elsewhere;
use tightlip_dockerfile::shell::{Interpreter, Script};
use tightlip_dockerfile::{Document, Instruction, Kind, Scopes, Span, Stages};
use tightlip_report::Surface;

use super::allow::Allowed;
use super::caller::{self, CallerFile};
use super::context::Sent;
use super::fix::Fix;
use super::gather::Sending;
use super::name::Says;
use super::story::Story;
use super::text::{FileId, Literal, TextFile};
use super::variable::{self, SecretVariable};

/// Everything that a build is made of.
#[derive(Debug)]
pub struct Project<'p> {
    files: &'p [TextFile],
    /// The Dockerfiles, in the order of the files.
    pub(crate) dockerfiles: Vec<Dockerfile<'p>>,
    /// The files that start builds, in the order of the files.
    pub(crate) callers: Vec<CallerFile<'p>>,
    words: &'p Words,
    /// The Dockerfiles by their paths.
    at: HashMap<String, usize>,
}

/// What is allowed in each file, and what may be.
#[derive(Debug)]
pub(crate) struct Words {
    pub(crate) allowed: Vec<Allowed>,
    /// The rules that find values.
    pub(crate) rules: BTreeSet<&'static str>,
}

/// A Dockerfile with all that follows from it.
#[derive(Debug)]
pub(crate) struct Dockerfile<'p> {
    pub(crate) id: FileId,
    pub(crate) file: &'p TextFile,
    pub(crate) document: &'p Document,
    pub(crate) scopes: Scopes<'p>,
    /// The variables that hold secrets, in order of their declarations.
    pub(crate) secrets: Vec<SecretVariable>,
    /// What it takes from where, as far as that lies on the disk.
    pub(crate) contexts: Vec<Sending>,
    /// What happens to secrets as it is built.
    pub(crate) story: Story,
    /// The stages whose layers and history are in the image: the last one and what it is `FROM`.
    shipped: Vec<usize>,
    /// The scripts of its steps, read when they are asked for.
    scripts: Vec<OnceCell<Option<Script>>>,
    /// The fixes for arguments that were worked out: several findings have the same.
    pub(super) fixes: RefCell<HashMap<String, Fix>>,
}

impl<'p> Project<'p> {
    /// A project of these files; the documents are those of the Dockerfiles among them.
    pub(crate) fn new(
        files: &'p [TextFile],
        documents: &'p [(FileId, Document)],
        mut contexts: HashMap<FileId, Vec<Sending>>,
        words: &'p Words,
    ) -> Self {
        let callers =
            files.iter().enumerate().filter_map(|(index, file)| CallerFile::of(FileId(index), file));
        let callers: Vec<CallerFile<'p>> = callers.collect();
        let passed: Vec<(&str, Says)> = callers.iter().flat_map(CallerFile::passed).collect();
        let dockerfile = |(id, document): &'p (FileId, Document)| {
            let contexts = contexts.remove(id).unwrap_or_default();
            files.get(id.0).map(|file| Dockerfile::new((*id, file), document, (contexts, &passed)))
        };
        let dockerfiles: Vec<Dockerfile<'p>> = documents.iter().filter_map(dockerfile).collect();
        let names = dockerfiles.iter().enumerate().rev().filter(|(_, one)| !one.is_inline());
        let at = names.map(|(index, one)| (caller::plain(&one.file.name), index)).collect();
        Self { files, dockerfiles, callers, words, at }
    }

    /// The Dockerfile at a path.
    pub(crate) fn dockerfile_at(&self, path: &str) -> Option<&Dockerfile<'p>> {
        self.dockerfiles.get(*self.at.get(path)?)
    }

    /// The workflow that a job calls, when it lies in the same repository.
    pub(crate) fn called(&self, from: &CallerFile<'p>, elsewhere: &Elsewhere) -> Option<&CallerFile<'p>> {
        let path = elsewhere.what.strip_prefix("./")?;
        let folder = path.split_once('/').map_or(path, |(folder, _)| folder);
        let name = caller::plain(&from.file.name);
        let root = name.rfind(&format!("{folder}/")).and_then(|at| name.get(..at))?;
        let wanted = format!("{root}{path}");
        self.callers.iter().find(|caller| caller::plain(&caller.file.name) == wanted)
    }

    /// What is allowed in each file.
    pub(crate) fn allowed(&self) -> impl Iterator<Item = (FileId, &'p Allowed)> {
        self.words.allowed.iter().enumerate().map(|(index, allowed)| (FileId(index), allowed))
    }

    /// Whether a rule that finds values has this name.
    pub(crate) fn is_rule(&self, name: &str) -> bool {
        self.words.rules.contains(name)
    }

    /// A file.
    pub(crate) fn file(&self, id: FileId) -> Option<&'p TextFile> {
        self.files.get(id.0)
    }
}

impl<'p> Dockerfile<'p> {
    fn new(
        (id, file): (FileId, &'p TextFile),
        document: &'p Document,
        (contexts, passed): (Vec<Sending>, &[(&str, Says)]),
    ) -> Self {
        let scopes = Scopes::of(document, BTreeMap::new());
        let last = scopes.stages().all().len().saturating_sub(1);
        let shipped = scopes.stages().lineage(last);
        let (secrets, story) = (Vec::new(), Story::default());
        let scripts = document.instructions().iter().map(|_| OnceCell::new()).collect();
        let fixes = RefCell::default();
        let mut dockerfile =
            Self { id, file, document, scopes, secrets, story, contexts, shipped, scripts, fixes };
        dockerfile.secrets = variable::secrets(&dockerfile, passed);
        dockerfile.story = Story::of(&dockerfile);
        dockerfile
    }

    /// The instructions with their numbers; inside `ONBUILD` the one that is kept for later.
    pub(crate) fn instructions(&self) -> impl Iterator<Item = (usize, &'p Instruction)> + use<'p> {
        self.document.instructions().iter().map(Instruction::innermost).enumerate()
    }

    /// One of them.
    pub(crate) fn instruction(&self, index: usize) -> Option<&'p Instruction> {
        self.document.instructions().get(index).map(Instruction::innermost)
    }

    /// What an instruction runs, if a shell reads it.
    pub(crate) fn script(&self, index: usize) -> Option<&Script> {
        let read = || {
            let interpreter = Interpreter::at(self.document, self.stages(), index);
            Script::of(self.instruction(index)?, &interpreter)
        };
        self.scripts.get(index)?.get_or_init(read).as_ref()
    }

    /// The stages.
    pub(crate) fn stages(&self) -> &Stages {
        self.scopes.stages()
    }

    /// Whether the layers and the history of the image that is built by default have this instruction.
    pub(crate) fn is_shipped(&self, instruction: usize) -> bool {
        self.stages().holding(instruction).is_some_and(|stage| self.shipped.contains(&stage.index))
    }

    /// Whether it stands in a file that starts builds.
    pub(crate) fn is_inline(&self) -> bool {
        self.file.surface != Surface::Dockerfile
    }

    /// Whether the layers and the history of that image have this stage.
    pub(crate) fn ships(&self, stage: usize) -> bool {
        self.shipped.contains(&stage)
    }

    /// The last `USER` before an instruction, in its stage and those that it is `FROM`.
    pub(crate) fn user_at(&self, instruction: usize) -> Option<String> {
        let stage = self.stages().holding(instruction)?;
        let steps = self.stages().steps(stage.index);
        let before = steps.iter().take_while(|step| **step != instruction);
        let users = before.filter_map(|step| match &self.document.instructions().get(*step)?.kind {
            Kind::User(user) => Some(user.to_string()),
            _ => None,
        });
        users.last()
    }

    /// The secrets that an instruction can name: the last declaration of each in its stage, and in those that it is
    /// `FROM`.
    pub(crate) fn secrets_at(&self, instruction: usize) -> Vec<&SecretVariable> {
        let Some(stage) = self.stages().holding(instruction) else { return Vec::new() };
        let lineage = self.stages().lineage(stage.index);
        let mut seen: Vec<&SecretVariable> = Vec::new();
        for stage in lineage.iter().rev().filter_map(|index| self.stages().all().get(*index)) {
            let end = stage.instructions.end.min(instruction);
            for secret in self.declared(stage.from..end).iter().rev() {
                if seen.iter().all(|other| other.name != secret.name) {
                    seen.push(secret);
                }
            }
        }
        seen
    }

    /// The secrets that these instructions declare.
    pub(crate) fn declared(&self, instructions: Range<usize>) -> &[SecretVariable] {
        let place = |index: usize| self.secrets.partition_point(|secret| secret.instruction < index);
        self.secrets.get(place(instructions.start)..place(instructions.end)).unwrap_or_default()
    }

    /// The file that a source of `COPY` or `ADD` names itself, if it lies there and was read.
    pub(crate) fn copied(&self, source: Span) -> Option<&Sent> {
        let sent = self.contexts.iter().filter_map(|(context, takes)| {
            let take = takes.iter().find(|take| take.span == source)?;
            context.files.iter().find(|sent| sent.path == take.source)
        });
        // Where several are sent, the one that holds something counts.
        sent.max_by_key(|sent| sent.literals.len())
    }

    /// The values that stand in a stretch.
    pub(crate) fn literals(&self, span: Span) -> impl Iterator<Item = &'p Literal> {
        self.file.literals_in(span)
    }
}
