//! Long runs of certain characters in a text, found by looking at few of its bytes one by one.

use std::ops::Range;

/// Which bytes belong to a run.
pub(super) type Class = [bool; 256];

/// A class of these bytes.
pub(super) const fn class(bytes: &[u8]) -> Class {
    let mut class = [false; 256];
    let mut place = 0;
    while place < bytes.len() {
        class[bytes[place] as usize] = true;
        place += 1;
    }
    class
}

/// The first run of at least `least` bytes that begins at `from` or later.
///
/// Such a run covers a place of every `least` in a row, so the others need no look.
pub(super) fn next(text: &[u8], from: usize, least: usize, class: &Class) -> Option<Range<usize>> {
    let inside = |byte: &u8| class.get(usize::from(*byte)).copied().unwrap_or(false);
    let mut start = from;
    loop {
        let probe = start.checked_add(least)?.checked_sub(1)?;
        let window = text.get(start..=probe)?;
        // Behind the last byte that does not belong, a run may begin.
        match window.iter().rposition(|byte| !inside(byte)) {
            Some(last) => start = start.checked_add(last)?.checked_add(1)?,
            None => {
                let rest = text.get(probe..).unwrap_or_default();
                let length = rest.iter().position(|byte| !inside(byte)).unwrap_or(rest.len());
                return Some(start..probe.checked_add(length)?);
            }
        }
    }
}

/// The shortest run of [`letters`]: twelve bytes.
pub(super) const LETTERS: usize = 16;
/// Bytes that are looked at together.
const BLOCK: usize = 64;
/// A run of letters, wherever it begins, holds so many bytes that begin at a multiple of it.
const PART: usize = 8;

/// The first run of at least [`LETTERS`] letters of base64, of either alphabet, that begins at `from` or later.
///
/// Blocks without a part that is all letters are passed without a branch for a byte: most of a program has none.
pub(super) fn letters(text: &[u8], from: usize) -> Option<Range<usize>> {
    let (mut from, mut at) = (from, from);
    while let Some(block) = text.get(at..).and_then(|rest| rest.first_chunk::<BLOCK>()) {
        let Some(part) = part(block) else {
            at = at.saturating_add(BLOCK);
            continue;
        };
        let part = at.saturating_add(part);
        let before = text.get(from..part).unwrap_or_default();
        let start = part.saturating_sub(before.iter().rev().take_while(|byte| is_letter(**byte)).count());
        let after = text.get(part..).unwrap_or_default();
        let end = part.saturating_add(after.iter().take_while(|byte| is_letter(**byte)).count());
        if end.saturating_sub(start) >= LETTERS {
            return Some(start..end);
        }
        (from, at) = (end, end);
    }
    // A run that began earlier than this would have had a part in the blocks.
    next(text, at.saturating_sub(LETTERS).max(from), LETTERS, &LETTER)
}

/// Where the first part of a block is that is all letters.
fn part(block: &[u8; BLOCK]) -> Option<usize> {
    let letters = block.map(|byte| if is_letter(byte) { u8::MAX } else { 0 });
    let (parts, _) = letters.as_chunks::<PART>();
    let all = parts.iter().position(|part| u64::from_ne_bytes(*part) == u64::MAX)?;
    Some(all.saturating_mul(PART))
}

const LETTER: Class = class(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_");

/// Whether a byte is in [`LETTER`], in a form that a processor answers for many bytes at once.
pub(super) fn is_letter(byte: u8) -> bool {
    ((byte | 0x20).wrapping_sub(b'a') < 26)
        | (byte.wrapping_sub(b'0') < 10)
        | (byte == b'+')
        | (byte == b'/')
        | (byte == b'-')
        | (byte == b'_')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_letter_is_a_letter_either_way() {
        assert!((0..=u8::MAX).all(|byte| is_letter(byte) == LETTER[usize::from(byte)]));
    }

    proptest! {
        #[test]
        fn blocks_hide_no_run(text in "([a/-_]{1,20}|[ .]{1,9}|[ -~]{1,90}){0,20}", from in 0_usize..200) {
            let from = from.min(text.len());
            prop_assert_eq!(letters(text.as_bytes(), from), next(text.as_bytes(), from, LETTERS, &LETTER));
        }
    }
}
