//! Backslash escapes of JSON, shells and programming languages: `\u0041`, `\x41`, `\101`, `\n`, `\/`, `\$`.

use std::ops::Range;

use super::readable::is_text;
use super::runs::{Class, class};
use super::{Decoded, Lead, Place, TextDecoder, origin};

/// Backslash escapes.
pub(super) static DECODER: TextDecoder = TextDecoder { name: "escapes", lead: Lead::Byte(b'\\'), undo };

/// The shortest stretch that is told.
const LEAST: usize = 12;
/// What a string ends at, and where it has to be looked at on the way there.
const ENDS: Class = class(b"\"'`\n\r\0");
const STOPS: Class = class(b"\"'`\n\r\0\\");
/// How far a stretch reaches around its escapes: a line of minified source is no string.
const REACH: usize = 16 << 10;

fn undo(text: &[u8], place: &Place, found: &mut Decoded<'_>) -> usize {
    let span = around(text, place.from, place.lead.start);
    let end = span.end;
    if span.len() >= LEAST
        && let Some(decoded) = decode(text.get(span.clone()).unwrap_or_default())
        && is_text(&decoded)
    {
        found(span, decoded);
    }
    end
}

/// From the quote or line break before the first escape to the one behind the last.
fn around(text: &[u8], from: usize, at: usize) -> Range<usize> {
    let before = text.get(from.max(at.saturating_sub(REACH))..at).unwrap_or_default();
    let is = |class: &Class, byte: &u8| class.get(usize::from(*byte)).copied().unwrap_or(false);
    let kept = before
        .iter()
        .rposition(|byte| is(&ENDS, byte))
        .map_or(before.len(), |last| before.len().saturating_sub(last).saturating_sub(1));
    let mut end = at;
    let limit = at.saturating_add(REACH).min(text.len());
    while let Some(next) = text.get(end..limit).and_then(|rest| rest.iter().position(|byte| is(&STOPS, byte)))
    {
        end = end.saturating_add(next);
        if text.get(end) != Some(&b'\\') {
            return at.saturating_sub(kept)..end.max(at.saturating_add(1));
        }
        // An escaped quote does not end the string, a line break always does.
        let quoted = text.get(end.saturating_add(1)).is_some_and(|byte| !matches!(byte, b'\n' | b'\r' | 0));
        end = end.saturating_add(if quoted { 2 } else { 1 });
    }
    at.saturating_sub(kept)..limit.max(end).min(text.len()).max(at.saturating_add(1))
}

/// The stretch without its escapes; none where no escape stands inside or instead of what may be a token.
fn decode(stretch: &[u8]) -> Option<Vec<u8>> {
    if !matters(stretch) {
        return None;
    }
    let mut decoded = Vec::with_capacity(stretch.len());
    each(stretch, &mut |_, bytes| decoded.extend_from_slice(bytes));
    Some(decoded)
}

/// Gives what a stretch says, in pieces, each with its place: what stands between escapes as one.
pub(crate) fn each(stretch: &[u8], give: &mut origin::Said<'_>) {
    let mut at = 0;
    while let Some((plain, said, next)) = step(stretch, at) {
        give(at, plain);
        let escape = at.saturating_add(plain.len());
        match said {
            Said::Byte(byte) => give(escape, &[byte]),
            Said::Character(character) => give(escape, character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
        at = next;
    }
    give(at, stretch.get(at..).unwrap_or_default());
}

/// Most strings of programs only end their lines: that is seen without decoding them.
fn matters(stretch: &[u8]) -> bool {
    let mut at = 0;
    while let Some((plain, _, next)) = step(stretch, at) {
        let escape = at.saturating_add(plain.len());
        let within = is_of_token(stretch.get(escape.wrapping_sub(1))) && is_of_token(stretch.get(next));
        if next.saturating_sub(escape) > 2 || within && !is_hyphen(stretch, escape) {
            return true;
        }
        at = next;
    }
    false
}

/// Whether an escape is a hyphen in words of small letters, as manual pages write it: `well\-known`, `\fB\-\-quiet\fR`.
fn is_hyphen(stretch: &[u8], escape: usize) -> bool {
    let of_words = |byte: &u8| byte.is_ascii_lowercase() || matches!(byte, b'-' | b'\\');
    let (before, behind) = stretch.split_at_checked(escape).unwrap_or_default();
    let start = before.iter().rposition(|byte| !of_words(byte)).map_or(0, |last| last.saturating_add(1));
    let end = behind.iter().position(|byte| !of_words(byte)).unwrap_or(behind.len());
    let (before, words) = (before.get(..start).unwrap_or_default(), behind.get(..end).unwrap_or_default());
    behind.get(1) == Some(&b'-')
        && (!is_of_token(before.last()) || before.split_last().is_some_and(|(_, rest)| is_font(rest)))
        && (!is_of_token(behind.get(end)) || is_font(words))
}

/// Whether a change of roff's font ends here, but for the font's letter.
fn is_font(text: &[u8]) -> bool {
    text.ends_with(b"\\f")
}

fn is_of_token(byte: Option<&u8>) -> bool {
    byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || b"+/=_-.:@".contains(byte))
}

/// The bytes before the next escape, what it says, and where it ends.
fn step(stretch: &[u8], from: usize) -> Option<(&[u8], Said, usize)> {
    let rest = stretch.get(from..)?;
    memchr::memchr_iter(b'\\', rest).find_map(|at| {
        let (plain, escaped) = rest.split_at_checked(at)?;
        let (said, length) = escape(escaped)?;
        Some((plain, said, from.checked_add(at)?.checked_add(length)?))
    })
}

/// What an escape stands for.
enum Said {
    Byte(u8),
    Character(char),
}

/// What an escape says, and how long it is.
fn escape(text: &[u8]) -> Option<(Said, usize)> {
    let number = |digits: Range<usize>, radix| {
        let digits = std::str::from_utf8(text.get(digits)?).ok().filter(|digits| !digits.starts_with('+'))?;
        u32::from_str_radix(digits, radix).ok()
    };
    // Several of these may make up one character of UTF-8.
    let byte = |digits, radix, length| Some((Said::Byte(u8::try_from(number(digits, radix)?).ok()?), length));
    let character = |code, length| Some((Said::Character(char::from_u32(code)?), length));
    match text.get(1)? {
        b'u' if text.get(2) == Some(&b'{') => {
            let close = text.iter().take(10).position(|byte| *byte == b'}')?;
            character(number(3..close, 16)?, close.checked_add(1)?)
        }
        b'u' => match number(2..6, 16)? {
            high @ 0xd800..0xdc00 if text.get(6..8) == Some(b"\\u") => {
                let pair = [u16::try_from(high).ok()?, u16::try_from(number(8..12, 16)?).ok()?];
                Some((Said::Character(char::decode_utf16(pair).next()?.ok()?), 12))
            }
            unit => character(unit, 6),
        },
        b'x' => byte(2..4, 16, 4),
        b'0'..=b'3' if number(1..4, 8).is_some() => byte(1..4, 8, 4),
        b'n' => Some((Said::Byte(b'\n'), 2)),
        b'r' => Some((Said::Byte(b'\r'), 2)),
        b't' => Some((Said::Byte(b'\t'), 2)),
        other if other.is_ascii_punctuation() || *other == b' ' => Some((Said::Byte(*other), 2)),
        _ => None,
    }
}
