//! Hexadecimal digits that spell text, or a word among other bytes, also in lines as `xxd -p` writes them.

use std::ops::Range;

use super::readable::{WORD, holds_words, is_container, is_text, may_be};
use super::runs::{self, Alphabet};
use super::wrapped::{Between, Lines, goes_on, is_full};
use super::{Decoded, Lead, Place, TextDecoder};

/// Hexadecimal.
pub(super) static DECODER: TextDecoder =
    TextDecoder { name: "hex", lead: Lead::Run(Digits::LEAST), undo, tool: Some("xxd -r -p") };

/// How many bytes are decoded before the rest is.
const LOOK: usize = 8;
/// So many digits are worth another look if what they begin with is no text.
const OTHER: usize = 80;

struct Digits;

impl Alphabet for Digits {
    const RANGES: &'static [(u8, u8)] = &[(b'0', b'9'), (b'a', b'f'), (b'A', b'F')];
    /// Sixteen bytes.
    const LEAST: usize = 32;
}

fn undo(text: &[u8], place: &Place, found: &mut Decoded<'_>) -> usize {
    let Place { lead, .. } = place;
    if let Some((span, said)) = lines(text, place) {
        let end = span.end;
        found(span, said);
        return end;
    }
    // The letters of base64 beside them belong to the run, not to them.
    let text = text.get(..lead.end).unwrap_or(text);
    let mut from = lead.start;
    while let Some(run) = runs::next::<Digits>(text, from) {
        from = run.end;
        let digits = text.get(run.clone()).unwrap_or_default();
        let reads_well = || may_be(&decode(digits.get(..2 * LOOK).unwrap_or_default()));
        if digits.len() % 2 == 1 || !(reads_well() || digits.len() >= OTHER && has_word(digits)) {
            continue;
        }
        let decoded = decode(digits);
        // Decimal digits alone spell text now and then, and hardly ever hexadecimal digits.
        let letters = digits.iter().any(|digit| !digit.is_ascii_digit());
        let again = || decoded.len() >= Digits::LEAST && decoded.iter().all(u8::is_ascii_hexdigit);
        let reads = |decoded: &[u8]| is_text(decoded) || holds_words(decoded);
        if reads(&decoded) && (letters || again()) || is_container(&decoded) {
            found(run, decoded);
        }
    }
    lead.end
}

/// What lines of one width say together, with their place.
fn lines(text: &[u8], place: &Place) -> Option<(Range<usize>, Vec<u8>)> {
    let Place { lead: first, from } = place;
    let breaks = text.get(first.end).is_some_and(|byte| matches!(byte, b'\n' | b'\r' | b'\\'));
    let digits = text.get(first.clone()).filter(|_| breaks && is_full(first.len(), first.len()))?;
    let begins = digits.iter().all(u8::is_ascii_hexdigit) && may_be(&decode(digits.get(..2 * LOOK)?));
    // All lines were looked at with the first of them.
    (begins && !goes_on(text, *from, first)).then_some(())?;
    let places = Lines::unwrapped(text, first.clone(), Between::Breaks).places;
    let last = places.last().filter(|_| places.len() > 1)?;
    let digits = places.iter().filter_map(|line| text.get(line.clone())).collect::<Vec<_>>().concat();
    let is_one = digits.len().is_multiple_of(2) && digits.iter().all(u8::is_ascii_hexdigit);
    let decoded = Some(digits).filter(|_| is_one).map(|digits| decode(&digits))?;
    (is_text(&decoded) || is_container(&decoded)).then_some((first.start..last.end, decoded))
}

/// Whether so many pairs side by side are characters that they may be a token.
fn has_word(digits: &[u8]) -> bool {
    let mut side_by_side = 0_usize;
    digits.as_chunks::<2>().0.iter().any(|[first, _]| {
        side_by_side = if matches!(first, b'2'..=b'7') { side_by_side.saturating_add(1) } else { 0 };
        side_by_side == WORD
    })
}

fn decode(digits: &[u8]) -> Vec<u8> {
    let value = |digit: u8| {
        char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok()).unwrap_or_default()
    };
    digits
        .chunks_exact(2)
        .map(|pair| pair.iter().fold(0, |byte: u8, digit| byte << 4 | value(*digit)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::text::tests::{found, gives, noise};

    #[test]
    fn lines_of_digits_are_one() {
        let plain = "user=app and other words\npassword=otter-Pebble-of-more-letters\n";
        let digits: String = plain.bytes().map(|byte| format!("{byte:02x}")).collect();
        let lines: Vec<&str> =
            digits.as_bytes().chunks(60).map(|line| std::str::from_utf8(line).unwrap()).collect();
        for between in ["\n", "\r\n", "\\n"] {
            let text = lines.join(between);
            assert_eq!(found(&DECODER, format!("a\n{text}\nb").as_bytes()), [(text, plain.to_owned())]);
        }
        let packed = [b"\x1f\x8b\x08\0".to_vec(), noise(5, 90)].concat();
        let digits: String = packed.iter().map(|byte| format!("{byte:02x}")).collect();
        let text =
            format!("{}\n{}\n{}\n{}", &digits[..60], &digits[60..120], &digits[120..180], &digits[180..]);
        assert_eq!(gives(&DECODER, &text), [(text.clone(), packed)]);
    }
}
