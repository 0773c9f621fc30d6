//! Strings in UTF-16 inside of programs and data: .NET compiled ahead of time, `QStringLiteral` of Qt, `u"…"` of C.

use std::ops::Range;

use super::{Decoded, Lead, Place, TextDecoder};

/// Runs of characters, each with a NUL beside it.
pub(super) static DECODER: TextDecoder = TextDecoder { name: "utf-16", lead: Lead::Wide, undo, tool: None };

/// The shortest run, in characters: hardly a token is shorter.
const LEAST: usize = 18;
/// So long is one word of it, with a digit in it.
const WORD: usize = 16;
/// The longest; a longer one is told in pieces.
const LONGEST: usize = 4 << 10;
/// A run covers four bytes at one of these places, so that the others need no look.
const STEP: usize = 32;

fn undo(text: &[u8], place: &Place, found: &mut Decoded<'_>) -> usize {
    let Range { end, .. } = place.lead;
    tell(text, (place.lead.clone(), 2), found);
    end
}

/// Tells a run of characters of so many bytes.
pub(super) fn tell(text: &[u8], (run, width): (Range<usize>, usize), found: &mut Decoded<'_>) {
    let characters = text.get(run.clone()).unwrap_or_default().iter().step_by(width);
    let said: Vec<u8> = characters.copied().collect();
    // Tables of languages have texts by the ten thousand, none of which could be a token.
    if said.split(|byte| *byte == b' ').any(|word| word.len() >= WORD && word.iter().any(u8::is_ascii_digit))
    {
        found(run, said);
    }
}

/// The next run, from its first character to its last, and how many bytes each of them has.
pub(super) fn next(text: &[u8], from: usize) -> Option<(Range<usize>, usize)> {
    let steps = text.get(from..)?.chunks(STEP).enumerate();
    steps
        .filter_map(|(number, step)| Some((number, character(u32::from_le_bytes(*step.first_chunk()?))?)))
        .find_map(|(number, (first, width))| {
            let at = from.checked_add(number.checked_mul(STEP)?)?.checked_add(first)?;
            let least = width.checked_mul(LEAST - 1)?;
            Some(around(text, (from, width), at)).filter(|run| run.len() > least).map(|run| (run, width))
        })
}

/// Where in four bytes the first character stands, and how many bytes each has: there are two of two bytes, or one of four.
fn character(four: u32) -> Option<(usize, usize)> {
    let first: usize = match (four & 0xff00_ff00, four & 0x00ff_00ff) {
        (0, _) => 0,
        (_, 0) => 1,
        _ => return None,
    };
    let bytes = four.to_le_bytes();
    let second = first.checked_add(2)?;
    let is = |place: usize| bytes.get(place).is_some_and(|byte| prints(*byte));
    let is_zero = |place: usize| bytes.get(place) == Some(&0);
    match (is(first), is(second)) {
        (true, true) => Some((first, 2)),
        (true, false) if is_zero(second) => Some((first, 4)),
        (false, true) if is_zero(first) => Some((second, 4)),
        _ => None,
    }
}

fn prints(byte: u8) -> bool {
    matches!(byte, b'\t' | b' '..=b'~')
}

/// As far as characters of so many bytes go to both sides of one.
fn around(text: &[u8], (from, width): (usize, usize), at: usize) -> Range<usize> {
    let before = text.get(from..at).unwrap_or_default().rchunks_exact(width).take(LONGEST / 2);
    let is_before = |unit: &&[u8]| {
        unit.split_first().is_some_and(|(byte, zeros)| prints(*byte) && zeros.iter().all(|zero| *zero == 0))
    };
    let before = before.take_while(is_before).count();
    let behind = text.get(at.saturating_add(1)..).unwrap_or_default().chunks_exact(width).take(LONGEST / 2);
    let is_behind = |unit: &&[u8]| {
        unit.split_last().is_some_and(|(byte, zeros)| prints(*byte) && zeros.iter().all(|zero| *zero == 0))
    };
    let behind = behind.take_while(is_behind).count();
    let bytes = |characters: usize| characters.saturating_mul(width);
    at.saturating_sub(bytes(before))..at.saturating_add(bytes(behind)).saturating_add(1)
}
