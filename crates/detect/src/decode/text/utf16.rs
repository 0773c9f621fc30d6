//! Strings in UTF-16 inside of programs and data: .NET compiled ahead of time, `QStringLiteral` of Qt, `u"…"` of C.

use std::ops::Range;

use super::{Decoded, Lead, Place, TextDecoder};

/// Runs of characters, each with a NUL beside it.
pub(super) static DECODER: TextDecoder = TextDecoder { name: "utf-16", lead: Lead::Wide, undo };

/// The shortest run, in characters: hardly a token is shorter.
const LEAST: usize = 18;
/// So long is one word of it, with a digit in it.
const WORD: usize = 16;
/// The longest; a longer one is told in pieces.
const LONGEST: usize = 4 << 10;
/// A run covers four bytes at one of these places, so that the others need no look.
const STEP: usize = 32;

fn undo(text: &[u8], place: &Place, found: &mut Decoded<'_>) -> usize {
    let Place { lead, .. } = place;
    let characters = text.get(lead.clone()).unwrap_or_default().iter().step_by(2);
    let said: Vec<u8> = characters.copied().collect();
    // Tables of languages have texts by the ten thousand, none of which could be a token.
    if said.split(|byte| *byte == b' ').any(|word| word.len() >= WORD && word.iter().any(u8::is_ascii_digit))
    {
        found(lead.clone(), said);
    }
    lead.end
}

/// The next run, from its first character to its last.
pub(super) fn next(text: &[u8], from: usize) -> Option<Range<usize>> {
    let steps = text.get(from..)?.chunks(STEP).enumerate();
    steps
        .filter_map(|(number, step)| Some((number, character(u32::from_le_bytes(*step.first_chunk()?))?)))
        .find_map(|(number, first)| {
            let at = from.checked_add(number.checked_mul(STEP)?)?.checked_add(first)?;
            Some(around(text, from, at)).filter(|run| run.len() >= 2 * LEAST - 1)
        })
}

/// Where the first character of four bytes stands that are two characters with their zeros.
fn character(four: u32) -> Option<usize> {
    let first: usize = match (four & 0xff00_ff00, four & 0x00ff_00ff) {
        (0, _) => 0,
        (_, 0) => 1,
        _ => return None,
    };
    let bytes = four.to_le_bytes();
    [first, first.checked_add(2)?]
        .iter()
        .all(|place| bytes.get(*place).is_some_and(|byte| prints(*byte)))
        .then_some(first)
}

fn prints(byte: u8) -> bool {
    matches!(byte, b'\t' | b' '..=b'~')
}

/// As far as characters go to both sides of one.
fn around(text: &[u8], from: usize, at: usize) -> Range<usize> {
    let before = text.get(from..at).unwrap_or_default().rchunks_exact(2).take(LONGEST / 2);
    let before = before.take_while(|pair| matches!(pair, [character, 0] if prints(*character))).count();
    let behind = text.get(at.saturating_add(1)..).unwrap_or_default().chunks_exact(2).take(LONGEST / 2);
    let behind = behind.take_while(|pair| matches!(pair, [0, character] if prints(*character))).count();
    let width = |characters: usize| characters.saturating_mul(2);
    at.saturating_sub(width(before))..at.saturating_add(width(behind)).saturating_add(1)
}
