//! Which secrets a value holds, and how they came into it.

use std::collections::BTreeMap;

use super::Shown;
use crate::Span;

/// The secrets in a value, by the number of their source.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Taint(BTreeMap<usize, Mark>);

/// How a secret came into a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    /// Where it was taken last.
    pub(super) span: Span,
    /// Through which variables and files it came.
    pub(super) via: Vec<String>,
    /// How it shows when it is printed.
    pub(super) shown: Shown,
    /// The command that printed it last.
    pub(super) by: Option<Span>,
}

/// Longer ways are cut: nobody reads them.
const WAY: usize = 8;

impl Taint {
    pub(super) fn of(source: usize, span: Span) -> Taint {
        Taint(BTreeMap::from([(source, Mark { span, via: Vec::new(), shown: Shown::Printed, by: None })]))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether all secrets of `other` are in it.
    pub(super) fn holds(&self, other: &Taint) -> bool {
        other.0.keys().all(|source| self.0.contains_key(source))
    }

    pub(super) fn marks(&self) -> impl Iterator<Item = (usize, &Mark)> {
        self.0.iter().map(|(source, mark)| (*source, mark))
    }

    /// Adds what `other` holds; what is there already keeps its way.
    pub(super) fn add(&mut self, other: &Taint) {
        for (source, mark) in &other.0 {
            self.0.entry(*source).or_insert_with(|| mark.clone());
        }
    }

    pub(super) fn with(mut self, other: &Taint) -> Taint {
        self.add(other);
        self
    }

    /// The same, taken at another place.
    pub(super) fn taken(mut self, span: Span) -> Taint {
        self.0.values_mut().for_each(|mark| mark.span = span);
        self
    }

    /// The same, after it went through a variable or a file.
    pub(super) fn through(mut self, name: &str) -> Taint {
        for mark in self.0.values_mut() {
            if mark.via.len() < WAY && mark.via.last().is_none_or(|last| last != name) {
                mark.via.push(name.to_owned());
            }
        }
        self
    }

    /// The same, shown in another way when it is printed.
    pub(super) fn shown(mut self, shown: Shown) -> Taint {
        self.0.values_mut().for_each(|mark| mark.shown = shown);
        self
    }
}

/// What a command prints.
#[derive(Debug, Clone, Default)]
pub(super) struct Output {
    /// On its standard output.
    pub(super) out: Taint,
    /// On its standard error.
    pub(super) err: Taint,
}

impl Output {
    pub(super) fn out(out: Taint) -> Output {
        Output { out, err: Taint::default() }
    }

    /// The same, as printed by that command.
    pub(super) fn by(mut self, command: Span) -> Output {
        for taint in [&mut self.out, &mut self.err] {
            taint.0.values_mut().for_each(|mark| mark.by = Some(command));
        }
        self
    }

    pub(super) fn add(&mut self, other: &Output) {
        self.out.add(&other.out);
        self.err.add(&other.err);
    }
}
