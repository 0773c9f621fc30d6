//! Undoes a delta: copies from a base, insertions between them.

use super::LARGEST;
use crate::decode::seam::{Budget, Bytes, Stop};

/// The object that a delta makes of a base.
pub(super) fn undo(base: &[u8], delta: &[u8], budget: &Budget) -> Result<Vec<u8>, Stop> {
    let damaged = || Stop::damaged("a delta that does not fit its base");
    let mut at = 0;
    let _ = size(delta, &mut at).filter(|size| *size == base.len() as u64).ok_or_else(damaged)?;
    let length = size(delta, &mut at).filter(|size| *size <= LARGEST).ok_or_else(damaged)?;
    budget.take(length)?;
    let mut made = Vec::new();
    while at < delta.len() {
        let piece = piece(base, delta, &mut at).ok_or_else(damaged)?;
        if (made.len() as u64).saturating_add(piece.len() as u64) > length {
            return Err(damaged());
        }
        made.extend_from_slice(piece);
    }
    if made.len() as u64 == length { Ok(made) } else { Err(damaged()) }
}

/// What a delta inserts, where its base is not known: a line break stands for what it copies.
pub(super) fn inserted(delta: &[u8]) -> Vec<u8> {
    let mut at = 0;
    let mut made = Vec::new();
    if size(delta, &mut at).and_then(|_| size(delta, &mut at)).is_none() {
        return made;
    }
    while let Some(command) = Bytes(delta).u8(at) {
        let (start, count) = (at.saturating_add(1), usize::from(command & 0x7f));
        if command & 0x80 != 0 {
            at = start
                .saturating_add(usize::try_from(command.count_ones()).unwrap_or_default())
                .saturating_sub(1);
            if made.last().is_some_and(|last| *last != b'\n') {
                made.push(b'\n');
            }
        } else {
            made.extend_from_slice(Bytes(delta).slice(start, count).unwrap_or_default());
            at = start.saturating_add(count);
        }
    }
    made
}

fn next(delta: &[u8], at: &mut usize) -> Option<u8> {
    let byte = Bytes(delta).u8(*at)?;
    *at = at.checked_add(1)?;
    Some(byte)
}

fn size(delta: &[u8], at: &mut usize) -> Option<u64> {
    let (mut size, mut shift) = (0_u64, 0_u32);
    loop {
        let byte = next(delta, at)?;
        size |= u64::from(byte & 0x7f).checked_shl(shift)?;
        shift = shift.checked_add(7)?;
        if byte & 0x80 == 0 {
            return Some(size);
        }
    }
}

/// One instruction: a copy, whose set bits say which bytes of place and length follow, or an insertion.
fn piece<'p>(base: &'p [u8], delta: &'p [u8], at: &mut usize) -> Option<&'p [u8]> {
    let command = next(delta, at)?;
    if command & 0x80 == 0 {
        let start = *at;
        *at = at.checked_add(command.into())?;
        // Zero is kept for later versions.
        return Bytes(delta).slice(start, command.into()).filter(|piece| !piece.is_empty());
    }
    let mut field = |bits: std::ops::Range<u32>| {
        let mut value = 0_u32;
        for (place, bit) in bits.enumerate() {
            if command >> bit & 1 == 1 {
                value |= u32::from(next(delta, at)?) << (place * 8);
            }
        }
        usize::try_from(value).ok()
    };
    let place = field(0..4)?;
    let length = field(4..7)?;
    Bytes(base).slice(place, if length == 0 { 0x1_0000 } else { length })
}
