//! Gives everything in a layer to the scanner, as the tar stream passes.

use std::io::Read;
use std::ops::ControlFlow;

use tightlip_detect::Hint;
use tightlip_image::{Entry, LayerNames, Problem, Slack, Visit};

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
    told: u64,
}

impl<'r, 'e> LayerReader<'r, 'e> {
    pub(crate) fn new(with: With<'r>, eye: Eye<'e>, watch: &'r dyn Watch) -> Self {
        let names = LayerNames::default();
        let (shipped, problems, body) = (Shipped::default(), Vec::new(), Vec::new());
        Self { with, watch, eye, names, listing: None, problems, shipped, decoded: 0, body, told: 0 }
    }

    /// A body that fits into memory: what was found in it can still be compared with what its package shipped.
    fn small(&mut self, entry: &Entry, body: &mut dyn Read) {
        let length = hold(entry.size, body, &mut self.body);
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
        forget_known(&mut self.eye.seen, seen);
        forget_known(&mut self.eye.sought, sought);
    }
}

/// A value that is found as it stands, in a member and in an encoding is one finding: in the member, which says
/// most, else where it stands as it is.
fn once_each(seen: &mut Vec<Sighting>, before: usize) {
    let new = seen.split_off(before);
    let told_better = |s: &Sighting| new.len() <= COMPARED && new.iter().any(|other| tells_more(other, s));
    let kept: Vec<Sighting> = new.iter().filter(|s| !told_better(s)).cloned().collect();
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

/// A directory's name stands in the header of everything below it: once is enough.
fn forget_known(seen: &mut Vec<Sighting>, before: usize) {
    let new = seen.split_off(before);
    for sighting in new {
        let known = |s: &Sighting| s.identity == sighting.identity && s.surface == sighting.surface;
        if !seen.iter().any(known) {
            seen.push(sighting);
        }
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

impl Visit for LayerReader<'_, '_> {
    fn entry(&mut self, entry: &Entry, body: &mut dyn Read) {
        self.names.add(entry);
        if let Some(listing) = &mut self.listing {
            listing.take(entry);
        }
        self.header(entry);
        if entry.size <= SMALL || is_list(&entry.path, entry.size) {
            return self.small(entry, body);
        }
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
