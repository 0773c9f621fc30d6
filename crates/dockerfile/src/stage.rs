//! Build stages: what each is made from, and which of them a target needs.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::expand::{Value, expand};
use crate::instruction::{Kind, Transfer};
use crate::parts::{Quotes, parts};
use crate::scope::{PLATFORM_ARGS, Scope};
use crate::{Document, Instruction, Text};

/// A build stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// Its number, from 0.
    pub index: usize,
    /// Its name, in small letters.
    pub name: Option<String>,
    /// Its `FROM`: an index into the document's instructions.
    pub from: usize,
    /// The instructions after its `FROM`, as indexes into the document's.
    pub instructions: Range<usize>,
    /// What it starts from.
    pub base: Base,
    /// The stages that its `COPY --from` and mounts read, its base not included.
    pub reads: BTreeSet<usize>,
}

/// What a stage starts from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Base {
    /// An earlier stage.
    Stage(usize),
    /// Nothing: `FROM scratch`.
    Scratch,
    /// An image of that name, with the defaults of the global arguments filled in.
    Image(String),
    /// An image whose name comes from outside.
    Outside,
}

/// The stages of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stages {
    stages: Vec<Stage>,
    /// The `SHELL` instructions.
    shells: Vec<usize>,
}

impl Stages {
    /// Finds the stages of `document`. `global` is the scope before the first `FROM`.
    #[must_use]
    pub fn of(document: &Document, global: &Scope) -> Stages {
        let instructions = document.instructions();
        let starts: Vec<usize> =
            (0..instructions.len()).filter(|at| matches!(instructions[*at].kind, Kind::From(_))).collect();
        let shell = |at: &usize| matches!(instructions[*at].kind, Kind::Shell(_));
        let shells = (0..instructions.len()).filter(shell).collect();
        let mut stages = Stages { stages: Vec::new(), shells };
        for (index, from) in starts.iter().enumerate() {
            let end = starts.get(index + 1).copied().unwrap_or(instructions.len());
            let Some(Kind::From(clause)) = instructions.get(*from).map(|one| &one.kind) else { continue };
            let base = stages.base(&clause.image, document.escape(), global);
            let name = clause.name.as_ref().map(|name| name.to_ascii_lowercase());
            let reads = BTreeSet::new();
            stages.stages.push(Stage { index, name, from: *from, instructions: from + 1..end, base, reads });
        }
        stages.link(instructions);
        stages
    }

    fn base(&self, image: &Text, escape: char, global: &Scope) -> Base {
        let expanded = parts(image, escape, Quotes::Remove).ok().and_then(|parts| {
            // The platform arguments are there without being declared; others that are not expand to nothing.
            let platform = |name: &str| PLATFORM_ARGS.contains(&name).then(Value::outside);
            expand(&parts, &|name| global.own(name).or_else(|| platform(name))).ok()
        });
        match expanded.and_then(|value| value.text) {
            None => Base::Outside,
            Some(name) if name == "scratch" => Base::Scratch,
            Some(name) => self.named(&name).map_or(Base::Image(name), Base::Stage),
        }
    }

    /// Fills in which stages each one reads. A name counts before a number; a stage does not read itself.
    fn link(&mut self, instructions: &[Instruction]) {
        for index in 0..self.stages.len() {
            let Some(range) = self.stages.get(index).map(|stage| stage.instructions.clone()) else {
                continue;
            };
            let all = instructions.get(range).unwrap_or(&[]);
            let reads = all.iter().flat_map(sources).filter_map(|name| self.find(name));
            let reads: BTreeSet<usize> = reads.filter(|read| *read != index).collect();
            if let Some(stage) = self.stages.get_mut(index) {
                stage.reads = reads;
            }
        }
    }

    fn named(&self, name: &str) -> Option<usize> {
        let name = name.to_ascii_lowercase();
        self.stages.iter().rposition(|stage| stage.name.as_deref() == Some(&name))
    }

    /// The stage of that name or number, as `COPY --from` and `--target` find it.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<usize> {
        let number = || name.parse::<usize>().ok().filter(|number| *number < self.stages.len());
        self.named(name).or_else(number)
    }

    /// All of them, in order.
    #[must_use]
    pub fn all(&self) -> &[Stage] {
        &self.stages
    }

    /// The stage that is built: the one called `target`, or the last.
    #[must_use]
    pub fn target(&self, target: Option<&str>) -> Option<&Stage> {
        match target {
            Some(name) => self.stages.get(self.find(name)?),
            None => self.stages.last(),
        }
    }

    /// The stage that an instruction belongs to; `None` before the first `FROM`.
    #[must_use]
    pub fn holding(&self, instruction: usize) -> Option<&Stage> {
        let behind = self.stages.partition_point(|stage| stage.from <= instruction);
        self.stages.get(behind.checked_sub(1)?)
    }

    /// The last `SHELL` before an instruction, in its stage and in those that it is `FROM`.
    #[must_use]
    pub(crate) fn shell_at(&self, instruction: usize) -> Option<usize> {
        let last = |before: usize, from: usize| {
            let behind = self.shells.partition_point(|shell| *shell < before);
            self.shells.get(behind.checked_sub(1)?).copied().filter(|shell| *shell > from)
        };
        let mut stage = self.holding(instruction)?;
        let mut before = instruction;
        loop {
            if let Some(shell) = last(before, stage.from) {
                return Some(shell);
            }
            let Base::Stage(base) = stage.base else { return None };
            stage = self.stages.get(base)?;
            before = stage.instructions.end;
        }
    }

    /// The stage and those it is `FROM`, the outermost base first: their layers and history are in its image.
    #[must_use]
    pub fn lineage(&self, stage: usize) -> Vec<usize> {
        let mut line = vec![stage];
        let mut at = stage;
        // A base is always an earlier stage, so this ends.
        while let Some(Base::Stage(base)) = self.stages.get(at).map(|stage| &stage.base) {
            line.push(*base);
            at = *base;
        }
        line.reverse();
        line
    }

    /// The instructions of a stage and of those it is `FROM`, outermost base first, without the `FROM`s.
    #[must_use]
    pub fn steps(&self, stage: usize) -> Vec<usize> {
        let stages = self.lineage(stage).into_iter().filter_map(|index| self.stages.get(index));
        stages.flat_map(|stage| stage.instructions.clone()).collect()
    }

    /// Every stage that must be built for `stage`, itself included.
    #[must_use]
    pub fn needed(&self, stage: usize) -> BTreeSet<usize> {
        let mut needed = BTreeSet::new();
        let mut open = vec![stage];
        while let Some(next) = open.pop() {
            let Some(stage) = self.stages.get(next).filter(|_| !needed.contains(&next)) else { continue };
            needed.insert(next);
            open.extend(stage.reads.iter().copied());
            if let Base::Stage(base) = stage.base {
                open.push(base);
            }
        }
        needed
    }
}

/// The names in `--from` and in mounts.
fn sources(instruction: &Instruction) -> Vec<&str> {
    match &instruction.kind {
        Kind::Copy(Transfer { from, .. }) | Kind::Add(Transfer { from, .. }) => {
            from.iter().map(Text::as_str).collect()
        }
        Kind::Run(run) => run.mounts.iter().filter_map(|mount| mount.from().map(Text::as_str)).collect(),
        _ => Vec::new(),
    }
}
