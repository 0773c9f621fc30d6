//! Places in a text where a form could stand: eight of its bytes, of which nearly all places have none.
//!
//! Each anchor is kept as five grams, one for each of its first bytes, so that a text is looked at in every fifth place
//! only: one of the five stands there. Each gram sets a few bits in one word of a table (a blocked Bloom filter), so that
//! one look into a table that fits into the cache of a core rules out nearly every place, however many grams there are.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::place::Places;

/// Bytes that are looked up at once.
const GRAM: usize = 4;
/// Only every so manieth place of a text is looked at.
const STRIDE: usize = 5;
/// Bytes of an anchor: a gram stands in it at a place that is looked at, wherever the anchor stands.
pub(super) const ANCHOR: usize = GRAM + STRIDE - 1;
/// Places whose grams are looked up before any of the answers is looked at.
const TOGETHER: usize = 4;
/// Bytes in which so many grams stand.
const STRETCH: usize = STRIDE * (TOGETHER - 1) + 8;
/// Bits of the table for each gram, of which it sets three.
const BITS: usize = 32;
/// The table has at most 2^16 words: half a megabyte stays in the cache of a core.
const MOST_WORDS: u32 = 16;
/// Spreads the bits of a gram: the odd number nearest to 2^64 divided by the golden ratio.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
/// The bytes of a gram in the eight that are read at once.
const GRAM_BITS: u64 = (1 << (8 * GRAM)) - 1;

/// A form, and where in it an anchor stands.
pub(super) type Place = (usize, usize);

/// A gram of an anchor.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Piece {
    gram: u64,
    /// All of the anchor, and how much of it stands before the gram.
    anchor: u64,
    shift: usize,
    place: Place,
}

pub(super) struct Anchors {
    /// Three bits of one word for every gram.
    bits: Vec<u64>,
    /// How far a hash is shifted to be the number of a word.
    shift: u32,
    /// Where the pieces of each gram stand in `pieces`.
    grams: HashMap<u64, (usize, usize), BuildHasherDefault<Spread>>,
    pieces: Vec<Piece>,
}

impl Anchors {
    /// The search for anchors.
    pub(super) fn new(anchors: Places) -> Self {
        let pieces = |(anchor, places): (u64, Vec<Place>)| {
            let of = move |shift: usize, place| Piece {
                gram: anchor >> (8 * shift) & GRAM_BITS,
                anchor,
                shift,
                place,
            };
            (0..STRIDE).flat_map(move |shift| places.clone().into_iter().map(move |place| of(shift, place)))
        };
        Self::of(anchors.into_iter().flat_map(pieces).collect())
    }

    fn of(mut pieces: Vec<Piece>) -> Self {
        pieces.sort_unstable();
        let same = || pieces.chunk_by(|one, other| one.gram == other.gram);
        let wanted = (same().count().saturating_mul(BITS) / 64).next_power_of_two().max(2);
        let size = wanted.trailing_zeros().min(MOST_WORDS);
        let shift = 64 - size;
        let mut bits = vec![0; 1_usize << size];
        let mut grams = HashMap::with_capacity_and_hasher(same().count(), BuildHasherDefault::default());
        let mut start = 0;
        for run in same() {
            let Some(Piece { gram, .. }) = run.first() else { continue };
            let (word, mask) = slot(*gram, shift);
            bits.get_mut(word).into_iter().for_each(|word: &mut u64| *word |= mask);
            grams.insert(*gram, (start, start + run.len()));
            start += run.len();
        }
        Self { bits, shift, grams, pieces }
    }

    /// Tells every place where an anchor stands.
    pub(super) fn find(&self, bytes: &[u8], tell: &mut dyn FnMut(usize, Place)) {
        if self.pieces.is_empty() {
            return;
        }
        let mut at = 0;
        for stretch in bytes.array_windows::<STRETCH>().step_by(STRIDE * TOGETHER) {
            let grams: [u64; TOGETHER] = std::array::from_fn(|number| gram(stretch, number * STRIDE));
            if grams.iter().fold(false, |any, gram| any | self.may_have(*gram)) {
                for (number, gram) in grams.into_iter().enumerate() {
                    self.look(bytes, (at + number * STRIDE, gram), tell);
                }
            }
            at += STRIDE * TOGETHER;
        }
        // The last grams end where an anchor no longer fits.
        while let Some(rest) = bytes.get(at..).filter(|rest| rest.len() >= GRAM) {
            self.look(bytes, (at, gram(rest, 0)), tell);
            at += STRIDE;
        }
    }

    /// Whether some anchor may have this gram.
    fn may_have(&self, gram: u64) -> bool {
        let (word, mask) = slot(gram, self.shift);
        self.bits.get(word).is_some_and(|word| word & mask == mask)
    }

    /// Tells the anchors that have this gram, which stands at a place, and stand there as a whole.
    fn look(&self, bytes: &[u8], (at, gram): (usize, u64), tell: &mut dyn FnMut(usize, Place)) {
        let span = self.grams.get(&gram).filter(|_| self.may_have(gram));
        let pieces = span.and_then(|(start, end)| self.pieces.get(*start..*end));
        for piece in pieces.unwrap_or_default() {
            // All of it must stand there: else what is found would depend on which places are looked at.
            let start = at.checked_sub(piece.shift);
            if let Some(start) = start.filter(|start| eight(bytes, *start) == Some(piece.anchor)) {
                tell(start, piece.place);
            }
        }
    }
}

/// The eight bytes at a place.
pub(super) fn eight(bytes: &[u8], place: usize) -> Option<u64> {
    bytes.get(place..)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
}

/// The gram at a place; what is missing of it is zero.
fn gram(bytes: &[u8], place: usize) -> u64 {
    let rest = bytes.get(place..).unwrap_or_default();
    let whole = rest.first_chunk().copied().unwrap_or_else(|| {
        let mut eight = [0; 8];
        eight.iter_mut().zip(rest).for_each(|(to, byte)| *to = *byte);
        eight
    });
    u64::from_le_bytes(whole) & GRAM_BITS
}

/// The word of a gram, and its bits there. The highest bits of a product depend on all of the gram.
fn slot(gram: u64, shift: u32) -> (usize, u64) {
    let spread = (gram << (64 - 8 * GRAM)).wrapping_mul(SPREAD);
    let mask = MASKS[(spread >> 38) as usize % MASKS.len()];
    (usize::try_from(spread >> shift).unwrap_or_default(), mask)
}

/// Three bits each: to shift them together for each place would cost more than everything else.
const MASKS: [u64; 512] = {
    let mut masks = [0; 512];
    let (mut number, mut spread) = (0, SPREAD);
    while number < masks.len() {
        masks[number] = 1 << (spread >> 58) | 1 << (spread >> 52 & 63) | 1 << (spread >> 46 & 63);
        spread = spread.wrapping_mul(SPREAD) ^ spread >> 29;
        number += 1;
    }
    masks
};

/// Grams are spread already when they are multiplied: another hash would cost more than the look-up.
#[derive(Default)]
pub(super) struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u64(&mut self, gram: u64) {
        self.0 = (self.0 ^ gram).wrapping_mul(SPREAD).rotate_left(32);
    }
}
