//! Long runs of certain characters in a text: by looking at 64 bytes together, each of which becomes a bit, or at few of them.

use std::ops::Range;

use wide::u8x16;

/// Bytes that are looked at together.
const BLOCK: usize = 64;
/// Bytes that one instruction compares.
const LANES: usize = 16;
/// Of a run of so many bytes so few have to be looked at that it takes less time than to look at all.
const LONG: usize = 24;

/// Characters of which runs are made.
pub(super) trait Alphabet {
    /// The first and the last of those that follow one another.
    const RANGES: &'static [(u8, u8)];
    /// The shortest run that is looked for, of 2 to 32 bytes.
    const LEAST: usize;
    /// Which bytes they are.
    const CLASS: &'static Class = &members(Self::RANGES);

    /// Whether a byte is one of them.
    fn has(byte: u8) -> bool {
        Self::CLASS.get(usize::from(byte)).copied().unwrap_or(false)
    }
}

/// Which bytes belong to something.
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

/// A class of these ranges.
const fn members(ranges: &[(u8, u8)]) -> Class {
    let mut class = [false; 256];
    let mut place = 0;
    while place < ranges.len() {
        let mut byte = ranges[place].0 as usize;
        while byte <= ranges[place].1 as usize {
            class[byte] = true;
            byte += 1;
        }
        place += 1;
    }
    class
}

/// The first run that begins at `from` or later.
pub(super) fn next<A: Alphabet>(text: &[u8], from: usize) -> Option<Range<usize>> {
    let start = begin::<A>(text, from)?;
    let known = start.checked_add(A::LEAST)?;
    let rest = text.get(known..).unwrap_or_default();
    let length = rest.iter().position(|byte| !A::has(*byte)).unwrap_or(rest.len());
    Some(start..known.checked_add(length)?)
}

/// Where it begins.
fn begin<A: Alphabet>(text: &[u8], from: usize) -> Option<usize> {
    let mut start = from;
    while A::LEAST < LONG
        && let Some(block) = text.get(start..).and_then(|rest| rest.first_chunk())
    {
        let inside = bits::<A>(block);
        let begins = begins(inside, A::LEAST);
        if begins != 0 {
            return start.checked_add(usize::try_from(begins.trailing_zeros()).ok()?);
        }
        // A run may begin with the last bytes that belong.
        let last = usize::try_from(inside.leading_ones()).ok()?;
        start = start.checked_add(BLOCK)?.checked_sub(last)?;
    }
    probed::<A>(text, start)
}

/// The same: a run covers a place of every `LEAST` in a row, so the others need no look.
fn probed<A: Alphabet>(text: &[u8], from: usize) -> Option<usize> {
    let mut start = from;
    loop {
        let window = text.get(start..start.checked_add(A::LEAST)?)?;
        // Behind the last byte that does not belong, a run may begin.
        match window.iter().rposition(|byte| !A::has(*byte)) {
            Some(last) => start = start.checked_add(last)?.checked_add(1)?,
            None => return Some(start),
        }
    }
}

/// The bits from which on so many are set.
fn begins(inside: u64, least: usize) -> u64 {
    let (mut begins, mut length) = (inside, 1);
    while length < least {
        let more = length.min(least - length);
        begins &= begins >> more;
        length += more;
    }
    begins
}

/// Which bytes of a block are of the alphabet; the first is the lowest bit.
fn bits<A: Alphabet>(block: &[u8; BLOCK]) -> u64 {
    let (parts, _) = block.as_chunks();
    parts.iter().rev().fold(0, |bits, part| bits << LANES | u64::from(lanes::<A>(*part)))
}

fn lanes<A: Alphabet>(part: [u8; LANES]) -> u32 {
    let bytes = u8x16::new(part);
    let within = |(first, last): &(u8, u8)| {
        let above = bytes - u8x16::splat(*first);
        above.simd_eq(above.min(u8x16::splat(last - first)))
    };
    A::RANGES.iter().map(within).fold(u8x16::splat(0), |any, within| any | within).to_bitmask()
}
