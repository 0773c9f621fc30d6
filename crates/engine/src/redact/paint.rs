//! Writes a text with its secrets masked.

use std::ops::Range;

use tightlip_detect::MASK;

use super::search::Stretch;

/// The numbers of a colour are not longer, in characters.
const COLOUR: usize = 20;

/// Writes the text from `from` on. Each stretch becomes one mask a line, of a length that says nothing; stretches that
/// touch become one. Line breaks and the control sequences of terminals stay.
pub(super) fn paint(text: &[u8], from: usize, stretches: &[Stretch], out: &mut Vec<u8>) {
    let mut at = from;
    for span in joined(stretches) {
        let (start, end) = (span.start.clamp(at, text.len()), span.end.min(text.len()));
        if end > at {
            out.extend_from_slice(text.get(at..start).unwrap_or_default());
            mask(text.get(start..end).unwrap_or_default(), out);
            at = end;
        }
    }
    out.extend_from_slice(text.get(at..).unwrap_or_default());
}

/// Stretches in order of place, those that overlap or touch as one.
fn joined(stretches: &[Stretch]) -> Vec<Range<usize>> {
    let mut spans: Vec<Range<usize>> = Vec::new();
    for stretch in stretches {
        match spans.last_mut().filter(|last| stretch.span.start <= last.end) {
            Some(last) => last.end = last.end.max(stretch.span.end),
            None => spans.push(stretch.span.clone()),
        }
    }
    spans
}

/// One mask for each line that holds text. Colours that are switched inside stay switched.
fn mask(secret: &[u8], out: &mut Vec<u8>) {
    for line in secret.split_inclusive(|byte| matches!(byte, b'\n' | b'\r')) {
        let body = line.strip_suffix(b"\n").or_else(|| line.strip_suffix(b"\r")).unwrap_or(line);
        if !body.trim_ascii().is_empty() {
            out.extend_from_slice(MASK.as_bytes());
        }
        colours(body, out);
        out.extend_from_slice(line.get(body.len()..).unwrap_or_default());
    }
}

/// Writes the sequences that set colours (ECMA-48, SGR), and nothing else.
fn colours(text: &[u8], out: &mut Vec<u8>) {
    for start in memchr::memchr_iter(0x1b, text) {
        let Some(rest) = text.get(start..).filter(|rest| rest.starts_with(b"\x1b[")) else { continue };
        let numbers =
            rest.iter().skip(2).take(COLOUR).take_while(|b| b.is_ascii_digit() || **b == b';').count();
        if rest.get(2 + numbers) == Some(&b'm') {
            out.extend_from_slice(rest.get(..2 + numbers + 1).unwrap_or_default());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tightlip_detect::KNOWN_VALUE;

    fn painted(text: &str, spans: &[(usize, usize)]) -> String {
        let stretches: Vec<_> =
            spans.iter().map(|span| Stretch { span: span.0..span.1, rule: &KNOWN_VALUE }).collect();
        let mut out = Vec::new();
        paint(text.as_bytes(), 0, &stretches, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn stretches_that_touch_become_one_mask() {
        assert_eq!(painted("a secret b", &[(2, 5), (4, 8)]), format!("a {MASK} b"));
        assert_eq!(painted("a secret b", &[(2, 5), (5, 8)]), format!("a {MASK} b"));
        assert_eq!(painted("secret", &[(0, 6)]), MASK);
    }

    #[test]
    fn lines_stay_lines_and_colours_stay_set() {
        assert_eq!(painted("k: one\r\ntwo\n", &[(3, 11)]), format!("k: {MASK}\r\n{MASK}\n"));
        assert_eq!(painted("se\x1b[31mcret", &[(0, 11)]), format!("{MASK}\x1b[31m"));
        assert_eq!(painted("se\x1b]8;;secret\x07cret", &[(0, 18)]), MASK);
    }
}
