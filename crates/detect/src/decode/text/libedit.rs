//! Histories that libedit writes, as MySQL's and SQLite's clients have them: blanks as `\040`, whole lines of them.
//!
//! The other escapes are undone string by string, and a statement's quotes would cut it in pieces.

use super::{Decoded, Lead, Place, TextDecoder};

/// Lines with blanks written as numbers.
pub(super) static DECODER: TextDecoder =
    TextDecoder { name: "libedit", lead: Lead::Byte(b'\\'), undo, tool: None };

/// The first line of such a file.
const HEADER: &[u8] = b"_HiStOrY_V2_\n";
/// A longer line is no command that somebody typed.
const LONGEST: usize = 4096;

fn undo(text: &[u8], place: &Place, found: &mut Decoded<'_>) -> usize {
    let at = place.lead.start;
    let next = at.saturating_add(1);
    if !text.get(at..).is_some_and(|rest| rest.starts_with(b"\\040")) {
        return next;
    }
    let from = place.from.max(at.saturating_sub(LONGEST));
    let before = text.get(from..at).unwrap_or_default();
    let start = from.saturating_add(memchr::memrchr(b'\n', before).map_or(0, |end| end.saturating_add(1)));
    let rest = text.get(at..text.len().min(at.saturating_add(LONGEST))).unwrap_or_default();
    let end = at.saturating_add(memchr::memchr(b'\n', rest).unwrap_or(rest.len()));
    let line = text.get(start..end).unwrap_or_default();
    // A string of another file may have one.
    let fewest = if text.starts_with(HEADER) { 1 } else { 2 };
    if memchr::memmem::find_iter(line, b"\\040").nth(fewest - 1).is_some() {
        found(start..end, decode(line));
    }
    end.max(next)
}

fn decode(line: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(line.len());
    let mut at = 0;
    while let Some(byte) = line.get(at) {
        let number = number(line.get(at..).unwrap_or_default());
        decoded.push(number.unwrap_or(*byte));
        at = at.saturating_add(if number.is_some() { 4 } else { 1 });
    }
    decoded
}

/// `\134`
fn number(text: &[u8]) -> Option<u8> {
    let digits = text.strip_prefix(b"\\")?.get(..3)?;
    if !digits.iter().all(|digit| (b'0'..=b'7').contains(digit)) {
        return None;
    }
    u8::from_str_radix(std::str::from_utf8(digits).ok()?, 8).ok()
}

#[cfg(test)]
mod tests {
    use crate::decode::text::undo;

    #[test]
    fn a_line_with_quotes_is_read_as_one() {
        let mut all = Vec::new();
        let text = b"_HiStOrY_V2_\nSET\\040PASSWORD\\040=\\040'a\\134b'\nexit\n";
        undo(text, &mut |name, span, said| {
            if name == "libedit" {
                all.push((span, String::from_utf8(said).unwrap()));
            }
        });
        assert_eq!(all, [(13..45, "SET PASSWORD = 'a\\b'".to_owned())]);
    }

    #[test]
    fn one_blank_is_enough_where_the_file_says_what_it_is() {
        let said = |text: &[u8]| {
            let mut all = Vec::new();
            undo(text, &mut |name, _, said| {
                all.extend((name == "libedit").then(|| String::from_utf8(said).unwrap()));
            });
            all
        };
        let line = "PRAGMA\\040key='a';\n";
        assert_eq!(said(format!("_HiStOrY_V2_\n{line}").as_bytes()), ["PRAGMA key='a';"]);
        assert!(said(line.as_bytes()).is_empty());
    }

    #[test]
    fn three_digits_make_a_number_and_nothing_else() {
        assert_eq!(super::number(b"\\040 x"), Some(b' '));
        for other in [&b"\\+12"[..], b"\\400", b"\\08", b"x040"] {
            assert_eq!(super::number(other), None, "{other:?}");
        }
    }
}
