//! Masks rows of a dump of bytes that hold a piece of a known value: `xxd`, `hexdump -C`, `od -c`. A value seldom ends with its row,
//! and by the time the next one comes, the first has been shown.

use std::ops::Range;

use memchr::memmem;

use super::search::{Gram, Search, Stretch};
use crate::identity::unhex;

/// What the offset of the first row has in it.
const FIRST: &[u8] = b"000000";
/// A row begins so near to the start of its line: what a log has before it is some words.
const FRONT: usize = 5;
/// As many bytes as a row has at most.
const ROW: usize = 16;
/// Steps write in turns: so many other lines may stand between two rows.
const BETWEEN: u32 = 20;

/// Whether the lines that come are rows of a dump.
#[derive(Default)]
pub(super) struct Dump {
    /// How many more lines may come that are no rows; none outside.
    patience: u32,
    /// The last bytes of the row before.
    tail: Vec<u8>,
}

impl Dump {
    /// Adds what stands of known values in rows of the lines from `from` on.
    pub(super) fn lines(&mut self, (text, from): (&[u8], usize), search: &Search, add: &mut Vec<Stretch>) {
        let mut at = from;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty() && !search.grams().is_empty()) {
            // Where no row is expected, lines are passed over up to one that may be the first.
            let skipped = if self.patience > 0 { Some(0) } else { line_with(rest, FIRST) };
            let Some(rest) = skipped.and_then(|skipped| rest.get(skipped..)) else { return };
            at += skipped.unwrap_or_default();
            let line = rest.split_inclusive(|byte| *byte == b'\n').next().unwrap_or_default();
            if let Some(stretch) = self.line(line, search) {
                add.push(Stretch { span: at + stretch.span.start..at + stretch.span.end, ..stretch });
            }
            at += line.len();
        }
    }

    fn line(&mut self, line: &[u8], search: &Search) -> Option<Stretch> {
        let row = Row::read(line).filter(|row| row.first || self.patience > 0);
        let Some(row) = row else {
            self.patience = self.patience.saturating_sub(1);
            return None;
        };
        self.patience = BETWEEN;
        if row.first {
            self.tail.clear();
        }
        let mut known = None;
        for bytes in &row.readings {
            let bytes = [self.tail.as_slice(), bytes].concat();
            let grams = bytes.windows(4).filter_map(|gram| Gram::try_from(gram).ok());
            known = known.or_else(|| grams.into_iter().find_map(|gram| search.grams().get(&gram)));
        }
        // Words of the machine have the lower byte first; what stands across rows is seen in bytes alone.
        let last = row.readings.first().map(Vec::as_slice).unwrap_or_default();
        self.tail = last.get(last.len().saturating_sub(3)..).unwrap_or_default().to_vec();
        known.map(|rule| Stretch { span: row.span, rule })
    }
}

/// Where the next line begins that has this in it.
fn line_with(text: &[u8], sign: &[u8]) -> Option<usize> {
    let before = text.get(..memmem::find(text, sign)?)?;
    Some(memchr::memrchr(b'\n', before).map_or(0, |end| end + 1))
}

/// A row of a dump.
struct Row {
    /// Whether it is the first of its dump.
    first: bool,
    /// Its bytes, in each of the ways in which they may be meant.
    readings: Vec<Vec<u8>>,
    /// From its first byte to the end of its line.
    span: Range<usize>,
}

impl Row {
    fn read(line: &[u8]) -> Option<Self> {
        let end = line.trim_ascii_end().len();
        let line = line.get(..end)?;
        let words = words(line).take(FRONT);
        words.into_iter().find_map(|word| {
            let offset = line.get(word.clone())?;
            let offset = offset.strip_suffix(b":").unwrap_or(offset);
            let digits = (6..=10).contains(&offset.len()) && offset.iter().all(u8::is_ascii_hexdigit);
            let readings = readings(line.get(word.end..)?).filter(|_| digits)?;
            let start =
                word.end + line.get(word.end..)?.iter().take_while(|b| b.is_ascii_whitespace()).count();
            Some(Self { first: offset.iter().all(|b| *b == b'0'), readings, span: start..end })
        })
    }
}

/// The words of a line.
fn words(line: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    line.split(u8::is_ascii_whitespace).filter_map(move |word| {
        let start = at;
        at += word.len() + 1;
        (!word.is_empty()).then_some(start..start + word.len())
    })
}

/// What the bytes behind an offset may be: pairs of digits, words of two bytes, characters.
fn readings(rest: &[u8]) -> Option<Vec<Vec<u8>>> {
    let cells: Vec<&[u8]> = words(rest).filter_map(|word| rest.get(word)).take(ROW).collect();
    let first = cells.first()?;
    let digits = |width: usize| {
        let same = |cell: &&&[u8]| cell.len() == width && cell.iter().all(u8::is_ascii_hexdigit);
        cells.iter().take_while(same).flat_map(|cell| cell.chunks(2)).filter_map(byte).collect::<Vec<u8>>()
    };
    match first.len() {
        2 if byte(first).is_some() => Some(vec![digits(2)]),
        4 if byte(first).is_some() => {
            let words = digits(4);
            let swapped = words.chunks(2).flat_map(|pair| pair.iter().rev().copied()).collect();
            Some(vec![words, swapped])
        }
        // `od -c`: each in four columns.
        1..=3 => Some(vec![rest.chunks(4).take(ROW).map(character).collect()]),
        _ => None,
    }
}

fn byte(digits: &[u8]) -> Option<u8> {
    unhex(digits.get(..2)?).map(|[byte]| byte)
}

/// `   a`, `  \\n`, ` 303`.
fn character(cell: &[u8]) -> u8 {
    match cell.trim_ascii() {
        [] => b' ',
        [one] => *one,
        [b'\\', b'n'] => b'\n',
        [b'\\', b't'] => b'\t',
        octal => {
            std::str::from_utf8(octal).ok().and_then(|octal| u8::from_str_radix(octal, 8).ok()).unwrap_or(0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(row: &str) -> Vec<Vec<u8>> {
        Row::read(row.as_bytes()).map(|row| row.readings).unwrap_or_default()
    }

    #[test]
    fn rows_of_every_tool_say_their_bytes() {
        for row in [
            "#9 0.4 00000000  6b 69 65 73 65 6c 2d 66  61 73 61 6e 0a  |kiesel-fasan.|",
            "0000000 6b 69 65 73 65 6c 2d 66 61 73 61 6e 0a\n",
            "2026-01-02T03:04:05Z 00000000: 6b69 6573 656c 2d66 6173 616e 0a    kiesel-fasan.\r\n",
            "0000000   k   i   e   s   e   l   -   f   a   s   a   n  \\n",
        ] {
            let read = bytes(row);
            assert!(read.iter().any(|bytes| bytes.starts_with(b"kiesel-fasan")), "{row}: {read:?}");
        }
        assert!(bytes("0000000 696b 7365 6c65 662d 7361 6e61").contains(&b"kiesel-fasan".to_vec()));
        for other in ["#9 0.4 go: downloading x", "commit 0000000 of it", "0000016", "00000000-0000: 12"] {
            assert!(bytes(other).len() <= 1, "{other}");
        }
    }

    #[test]
    fn a_sign_is_no_digit() {
        assert_eq!((byte(b"0f"), byte(b"+f"), byte(b"-f"), byte(b"f")), (Some(15), None, None, None));
        assert!(bytes("00000000: +f69 6573 656c").is_empty());
    }
}
