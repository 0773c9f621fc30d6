//! Gives everything in a layer to the scanner, as the tar stream passes.

mod links;
mod waiting;

use std::collections::HashSet;
use std::io::Read;
use std::ops::ControlFlow;

use links::Bodies;
use tightlip_detect::decode::is_named_elsewhere;
use tightlip_detect::{Cause, Hint, Sink as _, Skipped};
use tightlip_image::{Entry, EntryKind, LayerNames, Problem, Slack, Visit};
use tightlip_report::Surface;
use waiting::{Fate, Waiting};

use crate::explore::Listing;
use crate::package::{Shipped, Sums, is_list};
use crate::sighting::{Eye, Sighting, Spot};
use crate::surface::{ENTRIES, With, read_file, read_held, read_slack};
use crate::watch::Watch;

/// A body up to this size is held in memory while it is scanned, in bytes.
const SMALL: u64 = 4 << 20;

/// In a file with more sightings than this, all are kept: comparing each with each would take too long.
const COMPARED: usize = 500;

/// Reads a layer.
pub(crate) struct LayerReader<'r, 'e> {
    with: With<'r>,
    watch: &'r dyn Watch,
    pub(crate) eye: Eye<'e>,
    pub(crate) names: LayerNames,
    pub(crate) listing: Option<Listing<'r>>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) shipped: Shipped,
    pub(crate) decoded: u64,
    /// A body that is small enough to hold; used again for the next one, and only ever made longer.
    body: Vec<u8>,
    waiting: Waiting,
    /// What later names of a file may say of it.
    bodies: Bodies,
    told: u64,
    /// Of both kinds of sightings.
    known: (Known, Known),
}

impl<'r, 'e> LayerReader<'r, 'e> {
    pub(crate) fn new(with: With<'r>, eye: Eye<'e>, watch: &'r dyn Watch) -> Self {
        let names = LayerNames::default();
        let (shipped, problems, body) = (Shipped::default(), Vec::new(), Vec::new());
        let (waiting, known) = (Waiting::default(), Default::default());
        Self {
            with,
            watch,
            eye,
            names,
            listing: None,
            problems,
            shipped,
            decoded: 0,
            body,
            waiting,
            bodies: Bodies::default(),
            told: 0,
            known,
        }
    }

    /// Reads what waited for the end of the layer.
    pub(crate) fn finish(&mut self) {
        for (entry, body) in self.waiting.take() {
            let length = body.len();
            self.body = body;
            self.held(&entry, length);
        }
    }

    /// A body that fits into memory. What other files say of it may come behind it.
    fn small(&mut self, entry: &Entry, body: &mut dyn Read) {
        let length = hold(entry.size, body, &mut self.body);
        let body = self.body.get(..length).unwrap_or_default();
        self.bodies.keep(entry, body);
        if is_named_elsewhere(&entry.path, body) {
            match self.waiting.keep(entry, body) {
                Fate::Waits => return,
                Fate::First => self.too_many_wait(entry),
                Fate::Late => {}
            }
        }
        self.held(entry, length);
    }

    /// Said of the first alone: there may be thousands behind it.
    fn too_many_wait(&mut self, entry: &Entry) {
        let what =
            "this object of git and those behind it are judged without the names that trees give them".into();
        self.eye.turn(Spot::entry(Surface::File, entry));
        self.eye.gap(Skipped { cause: Cause::Limit, limit: "waiting", what, bytes: None, member: None });
    }

    /// What was found in a body that is held can still be compared with what its package shipped.
    fn held(&mut self, entry: &Entry, length: usize) {
        let body = self.body.get(..length).unwrap_or_default();
        self.shipped.take(&entry.path, body);
        let (before, blind) = (self.counts(), self.eye.blind.len());
        self.decoded += read_held(entry, body, self.with, &mut self.eye);
        self.once_each(before);
        let new = self.eye.seen.get_mut(before.0..).unwrap_or_default();
        let unread = self.eye.blind.get_mut(blind..).unwrap_or_default();
        if !new.is_empty() || !unread.is_empty() {
            let sums = Some(Sums::of(self.body.get(..length).unwrap_or_default()));
            new.iter_mut().for_each(|sighting| sighting.sums = sums);
            unread.iter_mut().for_each(|blind| blind.sums = sums);
        }
    }

    fn header(&mut self, entry: &Entry) {
        for surface in ENTRIES {
            (surface.read)(entry, &mut |name, text| {
                let before = self.counts();
                let mut spot = Spot::entry(surface.surface, entry);
                spot.name = name.map(str::to_owned);
                let hint = name.map_or(Hint::Text, Hint::Named);
                self.decoded += self.with.scanner.deep((hint, text), self.with.budget, self.eye.turn(spot));
                self.forget_known(before);
            });
        }
    }

    /// How many sightings there are, of both kinds.
    fn counts(&self) -> (usize, usize) {
        (self.eye.seen.len(), self.eye.sought.len())
    }

    fn once_each(&mut self, (seen, sought): (usize, usize)) {
        once_each(&mut self.eye.seen, seen);
        once_each(&mut self.eye.sought, sought);
    }

    fn forget_known(&mut self, (seen, sought): (usize, usize)) {
        self.known.0.forget(&mut self.eye.seen, seen);
        self.known.1.forget(&mut self.eye.sought, sought);
    }
}

/// A value that is found as it stands, in a member and in an encoding is one finding: in the member, which says
/// most, else where it stands as it is. Found in an encoding by its place and again by what the encoding says, it is the first.
fn once_each(seen: &mut Vec<Sighting>, before: usize) {
    let new = seen.split_off(before);
    let told_better = |s: &Sighting| new.len() <= COMPARED && new.iter().any(|other| tells_more(other, s));
    let told_before = |at: usize, s: &Sighting| {
        let before = new.get(..at).filter(|_| new.len() <= COMPARED).unwrap_or_default();
        before.iter().any(|other| other.level >= s.level && is_again(other, s))
    };
    let all = new.iter().enumerate().filter(|(at, s)| !told_better(s) && !told_before(*at, s));
    let kept: Vec<Sighting> = all.map(|(_, sighting)| sighting.clone()).collect();
    seen.extend(kept);
}

/// Outside of entries a value is where it stands as it is, unless it counts for more in a member.
fn nearest(seen: &mut Vec<Sighting>, before: usize) {
    let new = seen.split_off(before);
    let told = |s: &Sighting| {
        let other = |other: &Sighting| other.level >= s.level && tells_more(s, other);
        new.len() <= COMPARED && new.iter().any(other)
    };
    seen.extend(new.iter().filter(|s| s.member.is_none() || !told(s)).cloned());
}

/// What was seen so far, each value on each surface.
#[derive(Default)]
struct Known {
    values: HashSet<(Surface, String)>,
    /// How many of the sightings are among them.
    of: usize,
}

impl Known {
    /// A directory's name stands in the header of everything below it: once is enough.
    fn forget(&mut self, seen: &mut Vec<Sighting>, before: usize) {
        if seen.len() == before {
            return;
        }
        let value = |sighting: &Sighting| (sighting.surface, sighting.identity.clone());
        self.values.extend(seen.get(self.of..before).unwrap_or_default().iter().map(value));
        let new = seen.split_off(before);
        seen.extend(new.into_iter().filter(|sighting| self.values.insert(value(sighting))));
        self.of = seen.len();
    }
}

/// Reads a body of at most so many bytes; how many there were. Room that is there is not cleared again.
fn hold(size: u64, body: &mut dyn Read, room: &mut Vec<u8>) -> usize {
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    if room.len() < size {
        room.resize(size, 0);
    }
    let mut length = 0;
    while let Some(rest) = room.get_mut(length..size).filter(|rest| !rest.is_empty()) {
        // A failed read is the walker's to report: it sees the same fault and knows what it means.
        match body.read(rest) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => break,
        }
    }
    length
}

/// Whether a sighting is of the same value at a more exact place: a member further in, or fewer encodings.
fn tells_more(this: &Sighting, than: &Sighting) -> bool {
    let further_in = match (&this.member, &than.member) {
        (Some(inner), Some(outer)) => {
            inner.strip_prefix(outer.as_str()).is_some_and(|rest| rest.starts_with("!/"))
        }
        (Some(_), None) => this.decoded_from.is_empty(),
        _ => false,
    };
    let plainer = this.member == than.member && this.decoded_from.len() < than.decoded_from.len();
    this.identity == than.identity && (further_in || plainer)
}

/// Whether two sightings are of one value in one encoded stretch.
fn is_again(this: &Sighting, other: &Sighting) -> bool {
    let encoded = !this.decoded_from.is_empty() && this.decoded_from == other.decoded_from;
    let place = (&this.member, this.offset) == (&other.member, other.offset);
    encoded && place && this.identity == other.identity
}

impl Visit for LayerReader<'_, '_> {
    fn entry(&mut self, entry: &Entry, body: &mut dyn Read) {
        self.names.add(entry);
        if let Some(listing) = &mut self.listing {
            listing.take(entry);
        }
        self.header(entry);
        match entry.kind {
            EntryKind::HardLink if entry.size == 0 => return self.linked(entry),
            EntryKind::File | EntryKind::HardLink => {}
            _ => self.bodies.pass(&entry.path),
        }
        if entry.size <= SMALL || is_list(&entry.path, entry.size) {
            return self.small(entry, body);
        }
        self.bodies.pass(&entry.path);
        // A failed read is the walker's to report: it sees the same fault and knows what it means.
        let before = self.counts();
        if let Ok(counted) = read_file(entry, body, self.with, &mut self.eye) {
            self.decoded += counted.decoded;
        }
        self.once_each(before);
    }

    fn slack(&mut self, slack: &Slack, bytes: &mut dyn Read) {
        let before = self.counts();
        if let Ok(counted) = read_slack(slack, bytes, self.with, &mut self.eye) {
            self.decoded += counted.decoded;
        }
        nearest(&mut self.eye.seen, before.0);
        nearest(&mut self.eye.sought, before.1);
    }

    fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    fn progress(&mut self, bytes: u64) -> ControlFlow<()> {
        self.watch.read(bytes.saturating_sub(self.told));
        self.told = bytes;
        if self.watch.stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

#[cfg(test)]
mod tests {
    use tightlip_detect::KNOWN_VALUE;
    use tightlip_report::{Confidence, Level};

    use super::*;
    use crate::sighting::Access;

    fn sighting(identity: u32, surface: Surface) -> Sighting {
        let Spot { at, stored_name, .. } = Spot::new(surface, b"");
        Sighting {
            rule: &KNOWN_VALUE,
            level: Level::Deny,
            confidence: Confidence::High,
            shape: String::new(),
            identity: identity.to_string(),
            surface,
            at,
            name: None,
            member: None,
            opened: Vec::new(),
            offset: 0,
            length: 0,
            line: 1,
            decoded_from: Vec::new(),
            stretch_in: None,
            is_text: true,
            stored_name,
            header_offset: 0,
            in_tar: true,
            access: Access::Usual,
            sums: None,
            trail: None,
        }
    }

    #[test]
    fn what_stands_in_many_headers_is_found_to_be_known_without_a_look_at_all_that_was_seen() {
        let mut known = Known::default();
        let mut seen: Vec<_> = (0..10_000).map(|nth| sighting(nth, Surface::FileName)).collect();
        // Compared with each, these are two thousand million comparisons.
        for _ in 0..200_000 {
            let before = seen.len();
            seen.push(sighting(9_999, Surface::FileName));
            known.forget(&mut seen, before);
        }
        assert_eq!(seen.len(), 10_000);
        for (surface, listed) in [(Surface::File, 10_001), (Surface::File, 10_001)] {
            let before = seen.len();
            seen.push(sighting(9_999, surface));
            known.forget(&mut seen, before);
            assert_eq!(seen.len(), listed, "on another surface it is another finding");
        }
        let body = seen.len();
        seen.push(sighting(20_000, Surface::FileName));
        let before = seen.len();
        seen.extend([sighting(20_000, Surface::FileName), sighting(20_001, Surface::FileName)]);
        known.forget(&mut seen, before);
        assert_eq!(seen.len(), body + 2, "what came in between is known too");
    }
}
