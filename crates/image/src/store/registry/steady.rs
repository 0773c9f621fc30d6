//! A stream that must get on: a server that sends a byte now and then must not hold up a run forever.

use std::io::{self, Read};
use std::time::{Duration, Instant};

use crate::store::Patience;

/// Fails when fewer than `trickle` bytes came in a time of `idle` that was spent waiting.
pub(super) struct Steady<R> {
    source: R,
    idle: Duration,
    least: u64,
    waited: Duration,
    came: u64,
}

impl<R: Read> Steady<R> {
    pub(super) fn new(source: R, patience: &Patience) -> Self {
        let (idle, least) = (patience.idle, patience.trickle);
        Self { source, idle, least, waited: Duration::ZERO, came: 0 }
    }
}

impl<R: Read> Read for Steady<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let start = Instant::now();
        let read = self.source.read(out)?;
        // Only waiting counts: whoever reads may take its time.
        self.waited += start.elapsed();
        self.came += read as u64;
        if self.waited >= self.idle {
            if self.came < self.least && read > 0 {
                return Err(io::Error::new(io::ErrorKind::TimedOut, "it hardly gets on"));
            }
            (self.waited, self.came) = (Duration::ZERO, 0);
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Trickle(u64);

    impl Read for Trickle {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            std::thread::sleep(Duration::from_millis(5));
            self.0 = self.0.saturating_sub(1);
            out[0] = b'x';
            Ok(usize::from(self.0 > 0))
        }
    }

    #[test]
    fn a_trickle_ends_and_a_short_body_does_not() {
        let patience = Patience { idle: Duration::from_millis(50), trickle: 100, ..Patience::default() };
        let read = |bytes| Steady::new(Trickle(bytes), &patience).read_to_end(&mut Vec::new());
        assert_eq!(read(u64::MAX).unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert_eq!(read(3).unwrap(), 2);
    }
}
