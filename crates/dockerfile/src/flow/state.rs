//! What is known while a script is followed: variables, files, what was written and under which conditions.

use std::collections::{BTreeMap, BTreeSet};

use super::path;
use super::taint::{Mark, Output, Taint};
use super::words::Argument;
use super::{Copied, Effects, Fate, Flow, Given, Setting, Shown, Sink, Source, Stored, Tool, Touch, Writer};
use crate::Span;
use crate::shell::{Command, List};

/// How many commands are followed, repetitions included.
const BUDGET: usize = 20_000;

/// Whether the end of a list is the end of the script, so that its failure is the script's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tail {
    /// Its result decides about the script.
    Last,
    /// Something follows.
    Inner,
}

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// What was there is gone.
    Anew,
    /// What was there stays.
    More,
}

/// The conditions under which something happens, by number.
type Guards = Vec<usize>;

pub(super) struct State<'s> {
    pub(super) setting: &'s Setting,
    sources: Vec<Source>,
    /// What command substitutions printed on standard error.
    pub(super) loose: Taint,
    /// The here-document of the command that starts next.
    pub(super) document: Option<Argument>,
    pub(super) variables: BTreeMap<String, Taint>,
    pub(super) values: BTreeMap<String, String>,
    pub(super) exported: BTreeSet<String>,
    files: BTreeMap<String, Taint>,
    pub(super) folder: String,
    pub(super) traced: Option<Span>,
    /// What variables that nobody set may hold: a file with secrets was sourced.
    pub(super) sourced: Taint,
    pub(super) functions: BTreeMap<String, &'s Command>,
    pub(super) at_end: Vec<(Span, &'s List)>,
    pub(super) guards: Guards,
    next_guard: usize,
    pub(super) depth: usize,
    budget: usize,
    /// How often a variable or a file came to hold a secret that it did not hold before.
    pub(super) moves: usize,
    /// The functions that are being followed.
    pub(super) active: Vec<String>,
    /// The command that is being followed.
    pub(super) here: Span,
    /// The conditions of every flow, beside `effects.flows`.
    conditions: Vec<Guards>,
    pub(super) effects: Effects,
}

impl<'s> State<'s> {
    pub(super) fn new(setting: &'s Setting) -> Self {
        let names = setting.variables.iter().map(|name| Source::Variable(name.clone()));
        let sources: Vec<Source> =
            names.chain(setting.files.iter().map(|file| Source::File(file.clone()))).collect();
        let (mut variables, mut files) = (BTreeMap::new(), BTreeMap::new());
        for (index, source) in sources.iter().enumerate() {
            let taint = Taint::of(index, Span::default());
            match source {
                Source::Variable(name) => variables.insert(name.clone(), taint),
                Source::File(file) => files.insert(path::join("/", file), taint),
                Source::Store(_) => None,
            };
        }
        let mut values = setting.values.clone();
        values.entry("HOME".to_owned()).or_insert_with(|| setting.home.clone());
        values.insert("PWD".to_owned(), setting.workdir.clone());
        State {
            setting,
            sources,
            loose: Taint::default(),
            document: None,
            variables,
            values,
            exported: setting.variables.clone(),
            files,
            folder: setting.workdir.clone(),
            traced: setting.traced.then(Span::default),
            sourced: Taint::default(),
            functions: BTreeMap::new(),
            at_end: Vec::new(),
            guards: Vec::new(),
            next_guard: 0,
            depth: 0,
            budget: BUDGET,
            moves: 0,
            active: Vec::new(),
            here: Span::default(),
            conditions: Vec::new(),
            effects: Effects::default(),
        }
    }

    /// Follows the whole script.
    pub(super) fn run(mut self, list: &'s List) -> Effects {
        let output = self.list(list, &Taint::default(), Tail::Last);
        self.log(&output);
        for (_, list) in std::mem::take(&mut self.at_end) {
            let output = self.list(list, &Taint::default(), Tail::Last);
            self.log(&output);
        }
        self.sorted()
    }

    /// Flows in order of place, each once, with the worst fate that it has.
    fn sorted(mut self) -> Effects {
        let flows = &mut self.effects.flows;
        flows.sort_by(|a, b| {
            (a.span, a.command, &a.source, rank(a)).cmp(&(b.span, b.command, &b.source, rank(b)))
        });
        flows.reverse();
        flows.dedup_by(|a, b| {
            (a.span, a.command, &a.source) == (b.span, b.command, &b.source) && same_sink(&a.sink, &b.sink)
        });
        flows.reverse();
        for touches in [&mut self.effects.writes, &mut self.effects.removes] {
            touches.sort_by(|a, b| (a.span, &a.path).cmp(&(b.span, &b.path)));
            touches.dedup();
        }
        self.effects.copies.dedup();
        self.effects
    }

    /// Whether another command may be followed.
    pub(super) fn spend(&mut self, span: Span) -> bool {
        if self.budget == 0 || self.depth > 40 {
            self.effects.unfinished.get_or_insert(span);
            return false;
        }
        self.budget -= 1;
        true
    }

    /// A condition that nothing else depends on.
    pub(super) fn guard(&mut self) -> usize {
        self.next_guard += 1;
        self.next_guard
    }

    /// Everything that is printed now comes into the log.
    fn log(&mut self, output: &Output) {
        let taint = output.out.clone().with(&output.err);
        for (source, mark) in taint.marks() {
            self.here = mark.by.unwrap_or(mark.span);
            self.flow(source, mark, Sink::Log(mark.shown));
        }
    }

    fn flow(&mut self, source: usize, mark: &Mark, sink: Sink) {
        let Some(source) = self.sources.get(source).cloned() else { return };
        let (span, via) = (mark.span, mark.via.clone());
        self.effects.flows.push(Flow { source, sink, span, command: self.here, via });
        self.conditions.push(self.guards.clone());
    }

    pub(super) fn shown(&mut self, taint: &Taint, shown: Shown) {
        for (source, mark) in taint.marks() {
            self.flow(source, mark, Sink::Log(shown));
        }
    }

    pub(super) fn given(&mut self, taint: &Taint, given: Given) {
        for (source, mark) in taint.marks() {
            self.flow(source, mark, Sink::Program(given));
        }
    }

    /// The secret that a command gets from a store.
    pub(super) fn stored_by(&mut self, command: String, span: Span) -> Taint {
        let source = Source::Store(command);
        let known = self.sources.iter().position(|one| *one == source);
        let index = known.unwrap_or_else(|| {
            self.sources.push(source);
            self.sources.len() - 1
        });
        Taint::of(index, span)
    }

    /// The secrets in a file.
    pub(super) fn file(&self, path: &str, span: Span) -> Taint {
        let glob = path.contains(['*', '?', '[']);
        self.holding(span, |known| path::within(known, path) || (glob && path::covers(path, known)))
    }

    /// The secrets in a file, or in a directory and all below it.
    pub(super) fn tree(&self, path: &str, span: Span) -> Taint {
        self.holding(span, |known| path::within(known, path) || path::covers(path, known))
    }

    fn holding(&self, span: Span, which: impl Fn(&str) -> bool) -> Taint {
        let found = self.files.iter().filter(|(known, _)| which(known));
        found.fold(Taint::default(), |taint, (_, held)| taint.with(held)).taken(span)
    }

    /// A path as the script means it here.
    pub(super) fn resolve(&self, path: &str) -> String {
        path::join(&self.folder, path)
    }

    /// Another name for a file.
    pub(super) fn alias(&mut self, path: &str, taint: Taint) {
        self.files.insert(path.to_owned(), taint);
    }

    /// What a tool has stored, it takes back.
    pub(super) fn undo(&mut self, tool: &'static Tool, at: Span) {
        self.fade(at, |stored| stored.by == Writer::Tool(tool));
    }

    /// Something is written to a file.
    pub(super) fn write(&mut self, (path, at): (&str, Span), taint: &Taint, (by, mode): (Writer, Mode)) {
        self.effects.writes.push(Touch { path: path.to_owned(), span: at });
        if mode == Mode::Anew {
            self.fade(at, |stored| stored.path == path);
        }
        if taint.is_empty() {
            if mode == Mode::Anew && self.guards.is_empty() {
                self.files.remove(path);
            }
            return;
        }
        let fate = self.fate(path);
        let held = self.files.entry(path.to_owned()).or_default();
        let added = taint.clone().through(path);
        self.moves += usize::from(!held.holds(&added));
        held.add(&added);
        for (source, mark) in taint.marks() {
            let stored = Stored { path: path.to_owned(), by, at, fate };
            self.flow(source, mark, Sink::Stored(stored));
        }
    }

    /// What becomes of what is written to a path. Of two mounts, one in the other, the inner one counts.
    fn fate(&self, path: &str) -> Fate {
        let innermost = |mounts: &BTreeSet<String>| {
            mounts.iter().filter(|mount| path::within(mount, path)).map(String::len).max()
        };
        let (scratch, cache) = (innermost(&self.setting.scratch), innermost(&self.setting.caches));
        match (path.starts_with("/dev/") || path.starts_with("/proc/"), scratch, cache) {
            (true, ..) => Fate::Apart,
            (_, scratch, Some(cache)) if scratch.is_none_or(|scratch| scratch < cache) => Fate::Cached,
            (_, Some(_), _) => Fate::Apart,
            _ => Fate::Stays,
        }
    }

    /// A path is removed.
    pub(super) fn remove(&mut self, pattern: &str, at: Span) {
        self.effects.removes.push(Touch { path: pattern.to_owned(), span: at });
        self.fade(at, |stored| path::covers(pattern, &stored.path));
    }

    /// What was stored is there no more, if the conditions of this place are among those of the writing.
    fn fade(&mut self, at: Span, which: impl Fn(&Stored) -> bool) {
        for (flow, conditions) in self.effects.flows.iter_mut().zip(&self.conditions) {
            let Sink::Stored(stored) = &mut flow.sink else { continue };
            if !which(stored) || matches!(stored.fate, Fate::Apart | Fate::Removed(_)) {
                continue;
            }
            let certain = self.guards.iter().all(|guard| conditions.contains(guard));
            stored.fate = match stored.fate {
                _ if certain => Fate::Removed(at),
                Fate::Cached => Fate::Cached,
                _ => Fate::RemovedPerhaps(at),
            };
        }
    }

    pub(super) fn copied(&mut self, from: &str, to: &str, span: Span) {
        self.effects.copies.push(Copied { from: from.to_owned(), to: to.to_owned(), span });
    }
}

/// Orders flows of one place, the mildest first.
fn rank(flow: &Flow) -> (u8, u8, String, Fate) {
    match &flow.sink {
        Sink::Program(given) => (0, *given as u8, String::new(), Fate::Apart),
        Sink::Log(shown) => (1, *shown as u8, String::new(), Fate::Apart),
        Sink::Stored(stored) => (2, 0, stored.path.clone(), stored.fate),
    }
}

fn same_sink(a: &Sink, b: &Sink) -> bool {
    match (a, b) {
        (Sink::Stored(a), Sink::Stored(b)) => a.path == b.path && a.at == b.at,
        (a, b) => a == b,
    }
}
