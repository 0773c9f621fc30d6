//! How long is waited before a request is repeated.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ureq::http::HeaderMap;
use ureq::http::header::{DATE, RETRY_AFTER};

use crate::store::Patience;

/// The longest wait that a header can ask for: what is longer is a mistake in a clock.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 3600);

/// How long the server wants to be left alone: `Retry-After` in seconds or as a date (RFC 9110, section 10.2.3), or the
/// second at which a limit begins anew that is used up (GitHub, Docker Hub).
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let now = text(DATE.as_str()).and_then(|date| httpdate::parse_http_date(date).ok());
    // By the clock of the server, where it shows one.
    let now = now.unwrap_or_else(SystemTime::now);
    let until = |moment: SystemTime| moment.duration_since(now).unwrap_or_default();
    let wait = match text(RETRY_AFTER.as_str()) {
        Some(given) => match given.parse() {
            Ok(seconds) => Duration::from_secs(seconds),
            Err(_) => until(httpdate::parse_http_date(given).ok()?),
        },
        None => {
            text("x-ratelimit-remaining").filter(|left| *left == "0")?;
            until(UNIX_EPOCH.checked_add(Duration::from_secs(text("x-ratelimit-reset")?.parse().ok()?))?)
        }
    };
    (wait <= LONGEST).then_some(wait)
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

    fn wait(headers: &[(&'static str, &str)]) -> Option<Duration> {
        let pair = |(name, value): &(&'static str, &str)| {
            (ureq::http::HeaderName::from_static(name), value.parse().unwrap())
        };
        retry_after(&headers.iter().map(pair).collect())
    }

    #[test]
    fn a_wait_is_told_in_seconds_as_a_date_or_by_a_limit() {
        let seconds = |n| Some(Duration::from_secs(n));
        let date = ("date", "Fri, 31 Dec 1999 23:59:00 GMT");
        assert_eq!(wait(&[("retry-after", "7")]), seconds(7));
        assert_eq!(wait(&[date, ("retry-after", "Fri, 31 Dec 1999 23:59:59 GMT")]), seconds(59));
        assert_eq!(wait(&[date, ("retry-after", "Friday, 31-Dec-99 23:59:30 GMT")]), seconds(30));
        assert_eq!(wait(&[("retry-after", "Fri, 31 Dec 1999 23:59:59 GMT")]), seconds(0), "it has passed");
        let reset = ("x-ratelimit-reset", "946684800");
        assert_eq!(wait(&[date, reset, ("x-ratelimit-remaining", "0")]), seconds(60));
        assert_eq!(wait(&[date, reset, ("x-ratelimit-remaining", "3")]), None);
        for nonsense in ["soon", "", "-1", "99999999999999"] {
            assert_eq!(wait(&[("retry-after", nonsense)]), None, "{nonsense}");
        }
    }

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
