//! How fast a registry is asked: so many questions a second, by all who share this, and none while it wants to be left
//! alone.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A bucket of permissions to ask. Clones share it: limits are per account or address, not per thread.
#[derive(Clone, Debug, Default)]
pub struct Throttle(Arc<Mutex<Bucket>>);

#[derive(Debug, Default)]
struct Bucket {
    /// The time between two questions; none: as fast as they come.
    every: Option<Duration>,
    /// When the next question may be asked.
    next: Option<Instant>,
}

/// So many questions may come at once after a time of silence.
const BURST: u32 = 10;

impl Throttle {
    /// So many questions a second.
    #[must_use]
    pub fn per_second(questions: f64) -> Self {
        let every = (questions > 0.0).then(|| Duration::from_secs_f64(1.0 / questions));
        Self(Arc::new(Mutex::new(Bucket { every, next: None })))
    }

    /// Waits until one more question may be asked.
    pub fn wait(&self) {
        let now = Instant::now();
        let wait = {
            let mut bucket = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            bucket.take(now)
        };
        std::thread::sleep(wait);
    }

    /// Nobody asks for so long: the registry said so.
    pub fn pause(&self, time: Duration) {
        let mut bucket = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let until = Instant::now().checked_add(time);
        bucket.next = bucket.next.max(until);
    }
}

impl Bucket {
    /// How long whoever asks now has to wait.
    fn take(&mut self, now: Instant) -> Duration {
        let wait = self.next.map_or(Duration::ZERO, |next| next.saturating_duration_since(now));
        if let Some(every) = self.every {
            let saved = now.checked_sub(every * BURST).unwrap_or(now);
            self.next = self.next.unwrap_or(now).max(saved).checked_add(every);
        }
        wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_come_no_faster_than_they_may() {
        let mut bucket = Bucket { every: Some(Duration::from_millis(100)), next: None };
        let now = Instant::now();
        let waits: Vec<u128> = (0..4).map(|_| bucket.take(now).as_millis()).collect();
        assert_eq!(waits, [0, 100, 200, 300]);
        let later = now + Duration::from_secs(60);
        let waits = (0..BURST + 3).filter(|_| bucket.take(later).is_zero()).count();
        assert_eq!(waits, BURST as usize + 1, "what was saved up in a minute of silence");
    }

    #[test]
    fn a_pause_is_for_all() {
        let throttle = Throttle::default();
        throttle.clone().pause(Duration::from_millis(30));
        let begin = Instant::now();
        throttle.wait();
        assert!(begin.elapsed() >= Duration::from_millis(25));
    }
}
