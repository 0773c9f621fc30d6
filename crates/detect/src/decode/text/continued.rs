//! A word that goes on in the next line behind a backslash, as shells and makefiles read it.

use std::ops::Range;

use super::{Decoded, Lead, Place, TextDecoder};

/// Words over several lines.
pub(super) static DECODER: TextDecoder =
    TextDecoder { name: "continued", lead: Lead::Byte(b'\\'), undo, tool: None };

/// The shortest word: no token is shorter.
const LEAST: usize = 16;
/// The shortest part of it: numbers and names are divided nowhere else.
const PART: usize = 4;
/// The longest part.
const LONGEST: usize = 16 << 10;

fn undo(text: &[u8], place: &Place, found: &mut Decoded<'_>) -> usize {
    let at = place.lead.start;
    let Some(second) = next(text, at) else { return at.saturating_add(1) };
    let before = text.get(place.from.max(at.saturating_sub(LONGEST))..at).unwrap_or_default();
    let start = at.saturating_sub(before.iter().rev().take_while(|byte| is_of_word(byte)).count());
    let mut end = second.end;
    let mut parts = vec![start..at, second];
    while let Some(part) = next(text, end) {
        end = part.end;
        parts.push(part);
    }
    let long = parts.iter().all(|part| part.len() >= PART);
    let word: Vec<u8> =
        parts.into_iter().flat_map(|part| text.get(part).unwrap_or_default()).copied().collect();
    if long && word.len() >= LEAST {
        found(start..end, word);
    }
    end
}

/// The part behind a backslash and a line break.
fn next(text: &[u8], at: usize) -> Option<Range<usize>> {
    let start = match text.get(at..)? {
        [b'\\', b'\n', ..] => at.checked_add(2)?,
        [b'\\', b'\r', b'\n', ..] => at.checked_add(3)?,
        _ => return None,
    };
    let length = text.get(start..)?.iter().take(LONGEST).take_while(|byte| is_of_word(byte)).count();
    Some(start..start.checked_add(length)?)
}

fn is_of_word(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/=_-.:@%~".contains(byte)
}
