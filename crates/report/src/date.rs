//! Days, for what holds until a day, and moments, for what happened.

use std::fmt;
use std::str::FromStr;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::format_description::well_known::iso8601::{Config, EncodedConfig, FormattedComponents, Iso8601};

/// `2026-11-28`.
const DAY: EncodedConfig = Config::DEFAULT.set_formatted_components(FormattedComponents::Date).encode();

/// A day of the Gregorian calendar, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(time::Date);

/// A moment, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(OffsetDateTime);

/// A text that is no day and no moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseDateError;

impl Date {
    /// The day of a moment, in seconds of Unix time; the last one that has a name for what lies behind it.
    #[must_use]
    pub fn of_seconds(seconds: u64) -> Self {
        Self(i64::try_from(seconds).map_or(time::Date::MAX, |seconds| Moment::of_seconds(seconds).0.date()))
    }

    /// Its first second, in Unix time.
    #[must_use]
    pub fn seconds(self) -> i64 {
        self.0.midnight().assume_utc().unix_timestamp()
    }
}

impl Moment {
    /// The moment so many seconds after the beginning of 1970; the first or last that has a name for what lies beyond it.
    #[must_use]
    pub fn of_seconds(seconds: i64) -> Self {
        let end = if seconds < 0 { time::PrimitiveDateTime::MIN } else { time::PrimitiveDateTime::MAX };
        Self(OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(end.assume_utc()))
    }

    /// How many seconds it is later than another.
    #[must_use]
    pub fn since(self, other: Self) -> f64 {
        (self.0 - other.0).as_seconds_f64()
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.format(&Iso8601::<DAY>).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Display for Moment {
    /// As RFC 3339 has it: `2026-11-28T14:05:00Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.format(&Rfc3339).map_err(|_| fmt::Error)?)
    }
}

impl FromStr for Date {
    type Err = ParseDateError;

    /// Reads `2026-11-28`.
    fn from_str(text: &str) -> Result<Self, ParseDateError> {
        // ISO 8601 has other forms of days, which people do not write: `2026-W48-6`.
        let plain = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        let day = plain.then(|| time::Date::parse(text, &Iso8601::<DAY>).ok()).flatten();
        day.map(Self).ok_or(ParseDateError)
    }
}

impl FromStr for Moment {
    type Err = ParseDateError;

    /// Reads what RFC 3339 allows: `2026-11-28T13:55:41.690223703Z`.
    fn from_str(text: &str) -> Result<Self, ParseDateError> {
        OffsetDateTime::parse(text, &Rfc3339).map(Self).map_err(|_| ParseDateError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seconds of a day.
    const DAY_LENGTH: u64 = 86_400;

    #[test]
    fn days_are_counted_over_leap_years() {
        for (days, text) in [
            (0, "1970-01-01"),
            (59, "1970-03-01"),
            (11_016, "2000-02-29"),
            (11_017, "2000-03-01"),
            (47_540, "2100-02-28"),
            (47_541, "2100-03-01"),
        ] {
            let day = Date::of_seconds(days * DAY_LENGTH + 5);
            assert_eq!(day.to_string(), text);
            assert_eq!(text.parse(), Ok(day));
            assert_eq!(day.seconds().unsigned_abs(), days * DAY_LENGTH);
        }
        assert_eq!(Date::of_seconds(u64::MAX).to_string(), "9999-12-31");
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for text in [
            "2026-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-1-1",
            "2026-01-01T00",
            "+026-01-01",
            "",
            "2026-W48-6",
        ] {
            assert_eq!(text.parse::<Date>(), Err(ParseDateError), "{text}");
        }
    }

    #[test]
    fn moments_are_written_as_everybody_writes_them() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_827_696, "2000-02-29T12:34:56Z"),
            (4_102_444_799, "2099-12-31T23:59:59Z"),
        ] {
            assert_eq!(Moment::of_seconds(seconds).to_string(), text);
            assert_eq!(text.parse(), Ok(Moment::of_seconds(seconds)));
        }
        assert_eq!(Moment::of_seconds(i64::MAX).to_string(), "9999-12-31T23:59:59.999999999Z");
        assert_eq!("soon".parse::<Moment>(), Err(ParseDateError));
    }

    #[test]
    fn the_time_between_moments_is_counted_across_months_and_zones() {
        let moment = |text: &str| text.parse::<Moment>().unwrap();
        let start = moment("2026-02-28T23:59:59.5Z");
        assert!((moment("2026-03-01T00:00:01.75Z").since(start) - 2.25).abs() < 1e-9);
        assert!((moment("2026-03-01T01:00:01.5+01:00").since(start) - 2.0).abs() < 1e-9);
    }
}
