//! When how much is told of how far the work is.

use std::time::{Duration, Instant};

use crate::pace::Pace;
use crate::queue::Left;
use crate::watch::Standing;

/// How often whoever looks at it is told.
const TOLD: Duration = Duration::from_millis(500);
/// How often it is an event.
const EVENT: Duration = Duration::from_secs(5);

/// How far the work is, over time.
pub(crate) struct Progress {
    pace: Pace,
    told: Instant,
    event: Option<Instant>,
    /// Blobs and bytes, as they were told last.
    before: (u64, u64),
}

impl Progress {
    pub(crate) fn new() -> Self {
        Self { pace: Pace::default(), told: Instant::now(), event: None, before: (0, 0) }
    }

    /// How long ago it was told, if that is long enough.
    pub(crate) fn is_due(&mut self) -> Option<Duration> {
        let took = self.told.elapsed();
        (took >= TOLD).then(|| {
            self.told = Instant::now();
            took
        })
    }

    /// Whether it is time for an event.
    pub(crate) fn is_worth_an_event(&mut self) -> bool {
        let due = self.event.is_none_or(|last| last.elapsed() >= EVENT);
        if due {
            self.event = Some(Instant::now());
        }
        due
    }

    /// Learns how much was done by now: blobs and bytes.
    pub(crate) fn learn(&mut self, took: Duration, now: (u64, u64)) {
        let (blobs, bytes) = self.before;
        self.pace.learn(took, now.0.saturating_sub(blobs), now.1.saturating_sub(bytes));
        self.before = now;
    }

    pub(crate) fn standing(&self, left: Left) -> Standing {
        let rest = self.pace.rest(left.blobs, left.bytes);
        Standing { left, bytes_per_second: self.pace.bytes_per_second(), rest }
    }
}
