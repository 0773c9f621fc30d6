//! Puts together what each step of a build wrote, out of the pieces in which a log has it.
//!
//! Steps run at once and write in turns, and a builder cuts their output anywhere: a secret is whole only in what
//! one step wrote, joined in order. Escape sequences of terminals are left out, because they too stand inside words.

use std::collections::{HashMap, HashSet};

use tightlip_detect::Hint;
use tightlip_report::Surface;

use crate::ansi;
use crate::sighting::{Eye, Sighting, Spot};
use crate::surface::With;

/// What is held before it is looked through, in bytes.
const HELD: usize = 32 << 20;
/// What is looked through twice where held text is cut, in bytes: the longest secret that may lie across.
const CARRIED: usize = 64 << 10;

/// What a stretch of a log is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Part {
    /// The name of a step: its instruction, variables expanded.
    Name,
    /// What a step wrote.
    Output,
    /// Why it failed, with an excerpt of the Dockerfile.
    Error,
}

impl Part {
    /// As a sighting has it in its `at`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Output => "output",
            Self::Error => "error",
        }
    }
}

/// Where a stretch stands in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    /// The line, from 1.
    pub(crate) line: u64,
    /// In bytes.
    pub(crate) offset: u64,
    /// How the log has it.
    pub(crate) form: Form,
}

/// How a log has a stretch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// As it is: each byte has a place of its own.
    Plain,
    /// As a string of a JSON document, or a field: the offset is that of its line.
    Field,
    /// In base64.
    Base64,
}

/// What one step wrote, or its names, or its errors.
#[derive(Debug, Default)]
struct Strand {
    text: Vec<u8>,
    /// Where stretches of the text come from, ascending.
    marks: Vec<(usize, Origin)>,
}

/// The log, sorted by steps.
#[derive(Debug)]
pub(crate) struct Loom {
    surface: Surface,
    strands: HashMap<(String, Part), Strand>,
    /// What each step is called.
    labels: HashMap<String, String>,
    /// Names and errors that were given before; a log repeats them.
    given: HashSet<(String, Part, String)>,
    /// What was seen: value and place, for what is looked through twice.
    told: HashSet<(String, Part, u64, u64)>,
    held: usize,
    /// Bytes that came out of encodings.
    pub(crate) decoded: u64,
}

impl Loom {
    /// An empty one, for what is seen on this surface.
    pub(crate) fn new(surface: Surface) -> Self {
        Self {
            surface,
            strands: HashMap::new(),
            labels: HashMap::new(),
            given: HashSet::new(),
            told: HashSet::new(),
            held: 0,
            decoded: 0,
        }
    }

    /// What a step is called, for people.
    pub(crate) fn label(&mut self, step: &str, name: &str) {
        self.labels.entry(step.to_owned()).or_insert_with(|| name.to_owned());
    }

    /// The name of a step, once.
    pub(crate) fn name(&mut self, step: &str, name: &str, origin: Origin) {
        self.label(step, name);
        self.once(step, Part::Name, (name, origin));
    }

    /// A text that the log repeats, once.
    pub(crate) fn once(&mut self, step: &str, part: Part, (text, origin): (&str, Origin)) {
        if self.given.insert((step.to_owned(), part, text.to_owned())) {
            self.add((step, part), text.as_bytes(), origin);
            self.add((step, part), b"\n", origin);
        }
    }

    /// The next stretch of what a step wrote.
    pub(crate) fn add(&mut self, (step, part): (&str, Part), bytes: &[u8], origin: Origin) {
        if origin.form == Form::Base64 {
            self.decoded += bytes.len() as u64;
        }
        self.held += bytes.len();
        let strand = self.strands.entry((step.to_owned(), part)).or_default();
        ansi::plain(bytes, &mut |at, text| {
            let moved = if origin.form == Form::Plain { at as u64 } else { 0 };
            let origin = Origin { offset: origin.offset + moved, ..origin };
            strand.marks.push((strand.text.len(), origin));
            strand.text.extend_from_slice(text);
        });
    }

    /// Looks through what is held, if it is much.
    pub(crate) fn relieve(&mut self, with: With<'_>, eye: &mut Eye<'_>) {
        if self.held < HELD {
            return;
        }
        let strands = self.look(with, eye);
        self.strands = strands.into_iter().map(|(key, strand)| (key, strand.tail())).collect();
        self.held = self.strands.values().map(|strand| strand.text.len()).sum();
    }

    /// Looks through everything that is left.
    pub(crate) fn finish(&mut self, with: With<'_>, eye: &mut Eye<'_>) {
        self.look(with, eye);
        self.held = 0;
    }

    fn look(&mut self, with: With<'_>, eye: &mut Eye<'_>) -> Vec<((String, Part), Strand)> {
        let mut strands: Vec<_> = std::mem::take(&mut self.strands).into_iter().collect();
        strands.sort_by(|a, b| a.0.cmp(&b.0));
        for ((step, part), strand) in &strands {
            // A record has no lines to point at: only a log tells its parts apart.
            let at = if self.surface == Surface::Log { part.name() } else { "" };
            let mut spot = Spot::new(self.surface, at.as_bytes());
            spot.member = self.labels.get(step).cloned();
            spot.stored_name = step.clone().into_bytes();
            let before = eye.seen.len();
            let text = (Hint::Text, strand.text.as_slice());
            self.decoded += with.scanner.deep(text, with.budget, eye.turn(spot));
            let new = eye.seen.split_off(before);
            for mut sighting in new {
                strand.place(&mut sighting);
                let told = (sighting.identity.clone(), *part, sighting.line, sighting.offset);
                if self.told.insert(told) {
                    eye.seen.push(sighting);
                }
            }
        }
        strands
    }
}

impl Strand {
    /// Moves a sighting from the joined text to the log.
    fn place(&self, sighting: &mut Sighting) {
        let at = usize::try_from(sighting.offset).unwrap_or(usize::MAX);
        let index = self.marks.partition_point(|(start, _)| *start <= at);
        let Some((start, origin)) = index.checked_sub(1).and_then(|index| self.marks.get(index)) else {
            return;
        };
        let moved = if origin.form == Form::Plain { at.saturating_sub(*start) as u64 } else { 0 };
        sighting.line = origin.line;
        sighting.offset = origin.offset + moved;
        if origin.form == Form::Base64 {
            sighting.decoded_from.insert(0, "base64".to_owned());
        }
    }

    /// The end of it, for what lies across.
    fn tail(self) -> Self {
        let cut = self.text.len().saturating_sub(CARRIED);
        let first = self.marks.partition_point(|(start, _)| *start <= cut).saturating_sub(1);
        let marks = self.marks.get(first..).unwrap_or_default().iter().map(|(start, origin)| {
            let gone = cut.saturating_sub(*start);
            let moved = if origin.form == Form::Plain { gone as u64 } else { 0 };
            (start.saturating_sub(cut), Origin { offset: origin.offset + moved, ..*origin })
        });
        Self { marks: marks.collect(), text: self.text.get(cut..).unwrap_or_default().to_vec() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Origin = Origin { line: 3, offset: 100, form: Form::Plain };

    #[test]
    fn the_end_of_a_strand_knows_where_it_comes_from() {
        let mut loom = Loom::new(Surface::Log);
        loom.add(("7", Part::Output), &vec![b'a'; CARRIED], PLAIN);
        loom.add(("7", Part::Output), b"0123456789", Origin { line: 4, offset: 90_000, ..PLAIN });
        let strand = loom.strands.remove(&("7".to_owned(), Part::Output)).unwrap().tail();
        assert_eq!(strand.text.len(), CARRIED);
        assert_eq!(strand.marks[0], (0, Origin { offset: 110, ..PLAIN }));
        assert_eq!(strand.marks[1].0, CARRIED - 10);
    }

    #[test]
    fn a_repeated_name_is_held_once() {
        let mut loom = Loom::new(Surface::Log);
        loom.name("a", "RUN x", PLAIN);
        loom.name("a", "RUN x", PLAIN);
        assert_eq!(loom.held, 6);
    }
}
