//! Lets a visitor see a layer on a thread of its own, so that reading on and looking closer happen at the same time.
//!
//! The walker's side packs what it sees into batches: bytes one after the other, and what they are. The visitor's side
//! plays them back in the same order. There are only so many batches, used again and again: the faster side waits.

use std::collections::VecDeque;
use std::io::Read;
use std::ops::{ControlFlow, Range};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use crate::layer::{Expected, Facts, Slack, Visit, walk};
use crate::limits::Limits;
use crate::problem::Problem;
use crate::tar::Entry;

/// Bytes of a batch.
const BATCH: usize = 512 << 10;
/// With less room than this left, a batch is sent: short reads are slow.
const LEAST_ROOM: usize = 64 << 10;
/// Most events of a batch: empty entries take memory too.
const EVENTS: usize = 2048;
/// Batches under way.
const BATCHES: usize = 4;

/// As [`walk`], with the visitor on a thread of its own. It sees the same in the same order; that it wants to stop is
/// noticed a little later. Takes about 2 MiB.
pub fn walk_beside(
    raw: &mut dyn Read,
    expected: &Expected,
    limits: &Limits,
    visit: &mut (dyn Visit + Send),
) -> Facts {
    let stop = AtomicBool::new(false);
    let beside = thread::scope(|scope| {
        let (out, batches) = channel();
        let (used, back) = channel();
        let visitor =
            || Playback { batches, used, events: VecDeque::new(), bytes: Vec::new() }.play(visit, &stop);
        // Without a second thread there is the first.
        thread::Builder::new().spawn_scoped(scope, visitor).ok()?;
        let batch = Batch::new();
        let mut relay = Relay { out, back, batch, made: 1, stop: &stop };
        let facts = walk(raw, expected, limits, &mut relay);
        relay.send();
        Some(facts)
    });
    beside.unwrap_or_else(|| walk(raw, expected, limits, visit))
}

/// What a walker saw, in order.
enum Event {
    Entry(Box<Entry>),
    Slack(Slack),
    /// Bytes of the entry or slack before, by their place in the batch.
    Bytes(Range<usize>),
    /// There are no more bytes of it.
    End,
    Problem(Problem),
    Progress(u64),
}

struct Batch {
    events: VecDeque<Event>,
    /// Always of full length.
    bytes: Vec<u8>,
    filled: usize,
}

impl Batch {
    fn new() -> Self {
        Self { events: VecDeque::new(), bytes: vec![0; BATCH], filled: 0 }
    }
}

/// The walker's side.
struct Relay<'r> {
    out: Sender<Batch>,
    /// Batches that were played.
    back: Receiver<Batch>,
    batch: Batch,
    made: usize,
    stop: &'r AtomicBool,
}

impl Relay<'_> {
    fn tell(&mut self, event: Event) {
        if self.batch.events.len() >= EVENTS {
            self.send();
        }
        self.batch.events.push_back(event);
    }

    fn pass(&mut self, bytes: &mut dyn Read) {
        loop {
            // The bytes and the event that tells of them belong in one batch.
            let room = self.batch.bytes.len().saturating_sub(self.batch.filled);
            if room < LEAST_ROOM || self.batch.events.len() >= EVENTS {
                self.send();
            }
            let start = self.batch.filled;
            let room = self.batch.bytes.get_mut(start..).unwrap_or_default();
            // Bytes of a walk never fail: where they cannot be read on they end.
            let length = bytes.read(room).unwrap_or(0).min(room.len());
            if length == 0 {
                break;
            }
            self.batch.filled += length;
            self.batch.events.push_back(Event::Bytes(start..start + length));
        }
        self.tell(Event::End);
    }

    /// Hands over the batch and takes an empty one, waiting for it if there are enough.
    fn send(&mut self) {
        let empty = if self.made < BATCHES {
            self.made += 1;
            Ok(Batch::new())
        } else {
            self.back.recv()
        };
        // The other side ends before this one only by a panic, which the scope passes on.
        let Ok(empty) = empty else { return self.stop.store(true, Ordering::Relaxed) };
        let full = std::mem::replace(&mut self.batch, empty);
        if self.out.send(full).is_err() {
            self.stop.store(true, Ordering::Relaxed);
        }
    }
}

impl Visit for Relay<'_> {
    fn entry(&mut self, entry: &Entry, body: &mut dyn Read) {
        self.tell(Event::Entry(Box::new(entry.clone())));
        self.pass(body);
    }

    fn slack(&mut self, slack: &Slack, bytes: &mut dyn Read) {
        self.tell(Event::Slack(slack.clone()));
        self.pass(bytes);
    }

    fn problem(&mut self, problem: Problem) {
        self.tell(Event::Problem(problem));
    }

    fn progress(&mut self, bytes: u64) -> ControlFlow<()> {
        self.tell(Event::Progress(bytes));
        if self.stop.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// The visitor's side.
struct Playback {
    batches: Receiver<Batch>,
    used: Sender<Batch>,
    events: VecDeque<Event>,
    /// Of the batch that is played.
    bytes: Vec<u8>,
}

impl Playback {
    fn play(mut self, visit: &mut dyn Visit, stop: &AtomicBool) {
        while let Some(event) = self.next() {
            match event {
                Event::Entry(entry) => self.with_bytes(&mut |bytes| visit.entry(&entry, bytes)),
                Event::Slack(slack) => self.with_bytes(&mut |bytes| visit.slack(&slack, bytes)),
                Event::Problem(problem) => visit.problem(problem),
                Event::Progress(bytes) => {
                    if visit.progress(bytes).is_break() {
                        stop.store(true, Ordering::Relaxed);
                    }
                }
                Event::Bytes(_) | Event::End => {}
            }
        }
    }

    fn next(&mut self) -> Option<Event> {
        while self.events.is_empty() {
            let next = self.batches.recv().ok()?;
            let bytes = std::mem::replace(&mut self.bytes, next.bytes);
            let events = std::mem::replace(&mut self.events, next.events);
            if !bytes.is_empty() {
                // When the walk is over nobody takes it.
                let _ = self.used.send(Batch { events, bytes, filled: 0 });
            }
        }
        self.events.pop_front()
    }

    /// Gives out the bytes that come next, and goes past what is left of them.
    fn with_bytes(&mut self, give: &mut dyn FnMut(&mut dyn Read)) {
        let mut body = Body { playback: self, piece: 0..0, over: false };
        give(&mut body);
        while !body.over {
            body.piece = 0..0;
            body.turn();
        }
    }
}

/// The bytes of one entry or slack.
struct Body<'p> {
    playback: &'p mut Playback,
    piece: Range<usize>,
    over: bool,
}

impl Body<'_> {
    /// Goes to the next piece, if there is one.
    fn turn(&mut self) {
        match self.playback.next() {
            Some(Event::Bytes(piece)) => self.piece = piece,
            _ => self.over = true,
        }
    }
}

impl Read for Body<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        while self.piece.is_empty() && !self.over {
            self.turn();
        }
        let bytes = self.playback.bytes.get(self.piece.clone()).unwrap_or_default();
        let length = bytes.len().min(out.len());
        if let (Some(from), Some(to)) = (bytes.get(..length), out.get_mut(..length)) {
            to.copy_from_slice(from);
        }
        self.piece.start += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::layer::End;
    use crate::testing::{Tape, Tar, gzip, read};

    fn beside(mut blob: &[u8]) -> (Tape, Facts) {
        let mut tape = Tape::default();
        let facts = walk_beside(&mut blob, &Expected::default(), &Limits::default(), &mut tape);
        (tape, facts)
    }

    #[test]
    fn a_large_layer_is_seen_whole_and_in_order() {
        let large: Vec<u8> = (0..5_000_000_u32).flat_map(u32::to_le_bytes).collect();
        let mut tar = Tar::default().file("large", &large);
        for number in 0..5000 {
            tar = tar.dir("d/").file(&format!("d/{number}"), number.to_string());
        }
        let blob = gzip(&tar.end());
        assert!(beside(&blob) == read(&blob));
    }

    /// Reads one byte of everything, and wants to stop at once.
    #[derive(Default)]
    struct Hasty(Vec<Option<u8>>);

    impl Visit for Hasty {
        fn entry(&mut self, _: &Entry, body: &mut dyn Read) {
            let mut first = [0];
            let length = body.read(&mut first).unwrap();
            self.0.push(first.first().copied().filter(|_| length == 1));
        }

        fn slack(&mut self, _: &Slack, _: &mut dyn Read) {}

        fn problem(&mut self, _: Problem) {}

        fn progress(&mut self, _: u64) -> ControlFlow<()> {
            ControlFlow::Break(())
        }
    }

    #[test]
    fn what_is_not_read_is_passed() {
        let blob = Tar::default().file("a", "123").file("b", vec![b'4'; 3_000_000]).file("c", "5").end();
        let mut hasty = Hasty::default();
        let expected = Expected::default();
        walk_beside(&mut blob.as_slice(), &expected, &Limits::default(), &mut hasty);
        assert!([Some(b'1'), Some(b'4'), Some(b'5')].starts_with(&hasty.0) && !hasty.0.is_empty());
    }

    #[test]
    fn a_visitor_can_stop_a_walk() {
        let blob = Tar::default().file("a", vec![b'x'; 200_000_000]).end();
        let mut hasty = Hasty::default();
        let facts = walk_beside(&mut blob.as_slice(), &Expected::default(), &Limits::default(), &mut hasty);
        assert_eq!(facts.end, End::Stopped);
    }

    proptest! {
        #[test]
        fn a_visitor_beside_sees_the_same(
            files in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..2000), 0..20),
            damage in prop::option::of((any::<prop::sample::Index>(), any::<u8>())),
        ) {
            let tar = files.iter().enumerate().fold(Tar::default(), |tar, (n, body)| tar.file(&format!("f{n}"), body));
            let mut blob = gzip(&tar.end());
            if let Some((place, byte)) = damage {
                let place = place.index(blob.len());
                blob[place] = byte;
            }
            prop_assert!(beside(&blob) == read(&blob));
        }
    }
}
