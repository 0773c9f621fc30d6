//! What a log has before its lines: `#12 0.345 ` of a builder, the time, also in brackets, `web-1  | ` of Compose.

use super::Part;

/// A line without it.
pub(crate) fn without_stamp(line: &[u8]) -> &[u8] {
    let mut rest = line;
    // Compose's own stands before what a program tells of the time, a date before the time.
    for _ in 0..3 {
        let bare = rest.trim_ascii_start();
        let (first, more) = bare.split_at(memchr::memchr(b' ', bare).unwrap_or(bare.len()));
        let behind = if first.starts_with(b"#") { step(first, more) } else { service(first, more) };
        let Some(next) = behind.or_else(|| is_time(first).then_some(more)) else { break };
        rest = next;
    }
    rest
}

/// The same of a part of a text.
pub(crate) fn unstamped(line: Part<'_>) -> Part<'_> {
    line.skip(line.len() - without_stamp(line.bytes()).len())
}

/// Behind `#12 0.345`.
fn step<'b>(first: &[u8], more: &'b [u8]) -> Option<&'b [u8]> {
    let number = |b: &u8| b.is_ascii_digit() || *b == b'.';
    let more = more.strip_prefix(b" ")?;
    let end = more.iter().position(|b| *b == b' ').unwrap_or(more.len());
    let (seconds, rest) = more.split_at(end);
    let told = first.get(1..).is_some_and(|first| !first.is_empty() && first.iter().all(u8::is_ascii_digit));
    (told && seconds.contains(&b'.') && seconds.iter().all(number)).then_some(rest)
}

/// Behind `web-1  |`.
fn service<'b>(first: &[u8], more: &'b [u8]) -> Option<&'b [u8]> {
    let named = first.iter().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(b));
    let numbered = first.last().is_some_and(u8::is_ascii_digit) && first.iter().any(u8::is_ascii_alphabetic);
    more.trim_ascii_start().strip_prefix(b"|").filter(|_| named && numbered)
}

/// `2026-09-26T14:52:15.414Z`, `[10:11:12]`, `2026/09/26`.
fn is_time(word: &[u8]) -> bool {
    let bare = word.strip_prefix(b"[").and_then(|word| word.strip_suffix(b"]")).unwrap_or(word);
    let marks = bare.iter().filter(|b| b"-:/".contains(b)).count();
    let time = |b: &u8| b.is_ascii_digit() || b"-:/.,+TZ".contains(b);
    (8..=40).contains(&bare.len())
        && marks >= 2
        && bare.first().is_some_and(u8::is_ascii_digit)
        && bare.iter().all(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_log_has_before_its_lines_is_left_out() {
        for (line, rest) in [
            ("#12 0.345   db_", "   db_"),
            ("2026-09-26T14:52:15.414Z   db_", "   db_"),
            ("[2026-09-26T14:52:15.414+02:00] db_", " db_"),
            ("2026/09/26 10:11:12 db_", " db_"),
            ("web-1  | 10:11:12 db_", " db_"),
            ("  db_", "  db_"),
            ("2026 db_", "2026 db_"),
            ("# 1.2 db_", "# 1.2 db_"),
            ("a | b db_", "a | b db_"),
        ] {
            assert_eq!(without_stamp(line.as_bytes()), rest.as_bytes(), "{line}");
        }
    }
}
