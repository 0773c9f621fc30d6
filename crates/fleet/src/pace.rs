//! How long the rest takes, by how long it took so far.

use std::collections::VecDeque;
use std::time::Duration;

/// As many of the last observations count.
const REMEMBERED: usize = 120;
/// Before this much time was seen, nothing is said.
const LEAST: f64 = 3.0;
/// Blobs of about the size of those that were read: up to this many times larger or smaller.
const ALIKE: f64 = 2.0;
/// How different the seen mixtures of small and large blobs must be, to tell what each costs: 1 is not at all alike.
const DIFFERENT: f64 = 0.02;

/// What was done in some time.
#[derive(Clone, Copy, Debug, Default)]
struct Done {
    seconds: f64,
    blobs: f64,
    bytes: f64,
}

/// A blob costs a way there and back, and each of its bytes costs something: the two are told apart by watching.
///
/// Documents come first, then small layers, then large ones. Whoever counts only bytes says "three days" while documents
/// are read, and whoever counts only blobs says "a minute" and means three days.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    seen: VecDeque<Done>,
}

impl Pace {
    /// Learns what was done in so much time.
    pub(crate) fn learn(&mut self, took: Duration, blobs: u64, bytes: u64) {
        if self.seen.len() == REMEMBERED {
            self.seen.pop_front();
        }
        let (blobs, bytes) = (number(blobs), number(bytes));
        self.seen.push_back(Done { seconds: took.as_secs_f64(), blobs, bytes });
    }

    /// Bytes a second, of late.
    pub(crate) fn bytes_per_second(&self) -> u64 {
        let late: Vec<&Done> = self.seen.iter().rev().take(10).collect();
        let seconds: f64 = late.iter().map(|done| done.seconds).sum();
        let bytes: f64 = late.iter().map(|done| done.bytes).sum();
        if seconds > 0.0 { whole(bytes / seconds) } else { 0 }
    }

    /// How long so many blobs of so many bytes will take. None: what was seen does not tell.
    pub(crate) fn rest(&self, blobs: u64, bytes: u64) -> Option<Duration> {
        let (blobs, bytes) = (number(blobs), number(bytes));
        let sum = |of: fn(&Done) -> f64| self.seen.iter().map(of).sum::<f64>();
        let all = Done { seconds: sum(|d| d.seconds), blobs: sum(|d| d.blobs), bytes: sum(|d| d.bytes) };
        if blobs == 0.0 {
            return Some(Duration::ZERO);
        }
        if all.seconds < LEAST || all.blobs == 0.0 {
            return None;
        }
        let (then, before) = (bytes / blobs, all.bytes / all.blobs);
        let alike = then <= before * ALIKE && before <= then * ALIKE;
        let seconds = match self.costs() {
            Some((blob, byte)) => blob * blobs + byte * bytes,
            None if alike => all.seconds * (bytes / all.bytes).max(blobs / all.blobs),
            None => return None,
        };
        Duration::try_from_secs_f64(seconds).ok()
    }

    /// What a blob costs, and what a byte, in seconds: least squares.
    fn costs(&self) -> Option<(f64, f64)> {
        let sum = |of: fn(&Done) -> f64| self.seen.iter().map(of).sum::<f64>();
        let (nn, nm, mm) =
            (sum(|d| d.blobs * d.blobs), sum(|d| d.blobs * d.bytes), sum(|d| d.bytes * d.bytes));
        let (tn, tm) = (sum(|d| d.seconds * d.blobs), sum(|d| d.seconds * d.bytes));
        let determinant = nn * mm - nm * nm;
        if nn * mm == 0.0 || determinant / (nn * mm) < DIFFERENT {
            return None;
        }
        let (blob, byte) = ((tn * mm - tm * nm) / determinant, (tm * nn - tn * nm) / determinant);
        // Nothing costs less than nothing: then all of it is the other.
        Some(match (blob < 0.0, byte < 0.0) {
            (true, _) => (0.0, tm / mm),
            (_, true) => (tn / nn, 0.0),
            _ => (blob, byte),
        })
    }
}

#[expect(clippy::cast_precision_loss, reason = "an estimate needs no more")]
fn number(count: u64) -> f64 {
    count as f64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an estimate needs no more")]
fn whole(number: f64) -> u64 {
    number.max(0.0) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sweep in which a blob costs 20 ms and a megabyte 50 ms: what is said after each second, and what is true.
    fn sweep(sizes: &[u64]) -> Vec<(f64, Option<f64>, f64)> {
        let cost = |size: u64| 0.02 + 0.05 * number(size) / 1e6;
        let total: f64 = sizes.iter().map(|size| cost(*size)).sum();
        let (mut pace, mut said, mut spent) = (Pace::default(), Vec::new(), 0.0);
        let (mut seconds, mut blobs, mut bytes) = (0.0, 0, 0);
        for (at, size) in sizes.iter().enumerate() {
            seconds += cost(*size);
            (blobs, bytes) = (blobs + 1, bytes + size);
            if seconds >= 1.0 {
                pace.learn(Duration::from_secs_f64(seconds), blobs, bytes);
                spent += seconds;
                (seconds, blobs, bytes) = (0.0, 0, 0);
                let left = &sizes[at + 1..];
                let rest = pace.rest(left.len() as u64, left.iter().sum());
                said.push((spent / total, rest.map(|rest| rest.as_secs_f64()), total - spent));
            }
        }
        said
    }

    #[test]
    fn what_is_said_comes_true() {
        let documents = std::iter::repeat_n(2_000_u64, 600);
        let layers = (1..400_u64).map(|n| n * n * 400);
        let said = sweep(&documents.chain(layers).collect::<Vec<_>>());
        let late = said.iter().filter(|(share, ..)| *share > 0.1);
        for (share, rest, truth) in late {
            let rest = rest.unwrap_or_else(|| panic!("nothing was said at {share}"));
            assert!(
                rest > truth * 0.6 && rest < truth * 1.6 + 2.0,
                "at {share}: {rest}, and it took {truth}"
            );
        }
    }

    #[test]
    fn nothing_is_said_that_nobody_can_know() {
        // Documents only, and large layers to come.
        let mut pace = Pace::default();
        for _ in 0..20 {
            pace.learn(Duration::from_secs(1), 50, 100_000);
        }
        assert_eq!(pace.rest(10, 10_000_000_000), None);
        let rest = pace.rest(100, 200_000).unwrap();
        assert!(rest >= Duration::from_millis(1900) && rest <= Duration::from_millis(2100), "{rest:?}");
        assert_eq!(pace.bytes_per_second(), 100_000);
        assert_eq!(Pace::default().rest(1, 1), None);
        assert_eq!(Pace::default().rest(0, 0), Some(Duration::ZERO));
    }
}
