//! Long runs of certain characters in a text, found by looking at few of its bytes.

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
