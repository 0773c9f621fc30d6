//! Points in time as CI systems want them written.

use crate::Moment;

/// Seconds of Unix time as `2026-11-28T14:05:00`, in UTC.
pub(super) fn utc(seconds: u64) -> String {
    let mut text = Moment::of_seconds(i64::try_from(seconds).unwrap_or(i64::MAX)).to_string();
    text.truncate("2026-11-28T14:05:00".len());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_as_people_write_dates() {
        assert_eq!(utc(0), "1970-01-01T00:00:00");
        assert_eq!(utc(951_827_696), "2000-02-29T12:34:56");
        assert_eq!(utc(4_102_444_799), "2099-12-31T23:59:59");
    }
}
