//! How long is waited before a request is repeated.

use std::time::Duration;

use ureq::http::HeaderMap;
use ureq::http::header::RETRY_AFTER;

use crate::store::Patience;

/// Seconds, or a date, which is not worth a calendar: then the usual pause is taken.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// The pause before a further try: twice as long each time, and not the same for all who wait.
pub(super) fn pause(patience: &Patience, tries: u32, wanted: Option<Duration>) -> Duration {
    use std::hash::{BuildHasher, RandomState};
    let doubled = patience.pause.saturating_mul(1_u32.checked_shl(tries).unwrap_or(u32::MAX));
    let share = RandomState::new().hash_one(tries) % 512;
    let jittered = doubled.saturating_mul(u32::try_from(512 + share).unwrap_or(512)) / 1024;
    jittered.max(wanted.unwrap_or_default()).min(patience.longest_pause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        let patience = Patience::default();
        for tries in 0..40 {
            let pause = pause(&patience, tries, None);
            assert!(pause <= patience.longest_pause && pause >= patience.pause / 2);
        }
        assert!(pause(&patience, 3, None) >= patience.pause * 4);
        assert_eq!(pause(&patience, 0, Some(Duration::from_secs(7))), Duration::from_secs(7));
    }
}
