//! Backslash escapes of JSON, shells and programming languages: `\u0041`, `\x41`, `\101`, `\n`, `\/`, `\$`. With numbers whole
//! files are written as strings: `"\x1f\x8b\x08"`.

use std::ops::Range;

use super::readable::{holds_words, is_container, is_packed, is_text};
use super::runs::{Class, class};
use super::{Decoded, Lead, Place, TextDecoder, origin};

/// Backslash escapes.
pub(super) static DECODER: TextDecoder =
    TextDecoder { name: "escapes", lead: Lead::Byte(b'\\'), undo, tool: Some("xargs -0 printf %b") };

/// The shortest stretch that is told.
const LEAST: usize = 12;
/// So many escapes that are numbers, in what is no text, are bytes.
const FEWEST: usize = 4;
/// So many are where it begins, if something compressed does.
const FEWEST_FIRST: usize = 2;
/// In so much of a stretch it shows whether it is something compressed.
const BEGINNING: usize = 32;
/// What a string ends at, and where it has to be looked at on the way there.
const ENDS: Class = class(b"\"'`\n\r\0");
const STOPS: Class = class(b"\"'`\n\r\0\\");
/// How far a stretch reaches around its escapes: a line of minified source is no string.
const REACH: usize = 16 << 10;

fn undo(text: &[u8], place: &Place, found: &mut Decoded<'_>) -> usize {
    let span = around(text, place.from, place.lead.start);
    let stretch = text.get(span.clone()).unwrap_or_default();
    if !matters(stretch) {
        return span.end;
    }
    if let Some(span) = packed(text, span.clone()) {
        let bytes = bytes(text.get(span.clone()).unwrap_or_default());
        let end = span.end;
        found(span, bytes);
        return end;
    }
    let end = span.end;
    if span.len() < LEAST {
        return end;
    }
    let decoded = decode(stretch);
    if is_text(&decoded) {
        match quoted(text, &span, &decoded).filter(|_| has_marks(stretch)) {
            Some((span, quoted)) => found(span, quoted),
            None => found(span, decoded),
        }
    } else if numbers(stretch) >= FEWEST {
        let bytes = bytes(stretch);
        if holds_words(&bytes) || is_container(&bytes) {
            found(span, bytes);
        }
    }
    end
}

/// Whether marks stand in it as numbers that need none: `=`, `&`, `<`, `>` and `'`, as encoders of JSON write them.
fn has_marks(stretch: &[u8]) -> bool {
    let escapes = memchr::memchr_iter(b'\\', stretch)
        .filter_map(|at| stretch.get(at.saturating_add(1)..)?.first_chunk());
    escapes.into_iter().any(|escape: &[u8; 5]| {
        matches!(escape, [b'u', b'0', b'0', b'2', b'6' | b'7'] | [b'u', b'0', b'0', b'3', b'c'..=b'e' | b'C'..=b'E'])
    })
}

/// What a whole string of one line says, with its quotes: a value in it is judged as one that needed no escapes.
fn quoted(text: &[u8], span: &Range<usize>, decoded: &[u8]) -> Option<(Range<usize>, Vec<u8>)> {
    let around = span.start.checked_sub(1)?..span.end.checked_add(1)?;
    let [quote @ (b'"' | b'\''), .., close] = text.get(around.clone())? else { return None };
    let ends = |byte: &u8| byte == quote || matches!(byte, b'\n' | b'\r');
    (quote == close && !decoded.iter().any(ends)).then(|| (around, [&[*quote], decoded, &[*quote]].concat()))
}

/// A stretch that begins like something compressed, up to the quote that ends it: among its bytes are quotes of the other
/// kind, and it is as long as it needs to be.
fn packed(text: &[u8], span: Range<usize>) -> Option<Range<usize>> {
    let beginning = text.get(span.start..text.len().min(span.start.saturating_add(BEGINNING)))?;
    if numbers(beginning) < FEWEST_FIRST || !is_packed(&bytes(beginning)) {
        return None;
    }
    let before = span.start.checked_sub(1).and_then(|before| text.get(before));
    let Some(quote) = before.copied().filter(|byte| matches!(byte, b'"' | b'\'' | b'`')) else {
        return Some(span);
    };
    let mut end = span.start;
    while let Some(next) = memchr::memchr3(quote, b'\\', b'\n', text.get(end..)?) {
        end = end.checked_add(next)?;
        if text.get(end) != Some(&b'\\') {
            return Some(span.start..end.max(span.end));
        }
        end = end.checked_add(2)?;
    }
    Some(span)
}

/// How many escapes of a stretch are numbers.
fn numbers(stretch: &[u8]) -> usize {
    let escapes = memchr::memchr_iter(b'\\', stretch).filter_map(|at| stretch.get(at.saturating_add(1)));
    escapes.filter(|kind| matches!(kind, b'x' | b'u' | b'0'..=b'7')).count()
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

/// The stretch without its escapes.
fn decode(stretch: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(stretch.len());
    each(stretch, &mut |_, bytes| decoded.extend_from_slice(bytes));
    decoded
}

/// The bytes that a stretch stands for where it is no text: a character is the byte of its number, and there are escapes
/// that no text has.
fn bytes(stretch: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(stretch.len());
    let mut at = 0;
    while let Some(rest) = stretch.get(at..).filter(|rest| !rest.is_empty()) {
        let plain = memchr::memchr(b'\\', rest).unwrap_or(rest.len());
        bytes.extend_from_slice(rest.get(..plain).unwrap_or_default());
        at = at.saturating_add(plain);
        let Some(escaped) = rest.get(plain..).filter(|escaped| !escaped.is_empty()) else { break };
        let length = match escape(escaped).or_else(|| control(escaped)) {
            Some((Said::Byte(byte), length)) => {
                bytes.push(byte);
                length
            }
            Some((Said::Character(character), length)) => {
                match u8::try_from(character) {
                    Ok(byte) => bytes.push(byte),
                    Err(_) => bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
                }
                length
            }
            None => {
                bytes.push(b'\\');
                1
            }
        };
        at = at.saturating_add(length);
    }
    bytes
}

/// An escape that stands for a control character, or a number of one or two digits.
fn control(text: &[u8]) -> Option<(Said, usize)> {
    let byte = match text.get(1)? {
        b'a' => 7,
        b'b' => 8,
        b'e' => 27,
        b'f' => 12,
        b'v' => 11,
        _ => {
            let digits =
                text.get(1..)?.iter().take(2).take_while(|digit| (b'0'..=b'7').contains(digit)).count();
            let number = std::str::from_utf8(text.get(1..digits.checked_add(1)?)?).ok()?;
            return Some((Said::Byte(u8::from_str_radix(number, 8).ok()?), digits.checked_add(1)?));
        }
    };
    Some((Said::Byte(byte), 2))
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
