//! Places in a text where a form could stand: eight of its bytes, of which nearly all places have none.
//!
//! A text is looked at in every fifth place only: wherever an anchor stands, one of its first five grams begins there. A
//! filter that fits into the cache of a core rules out nearly every place, however many grams there are. Of what it lets
//! pass, a second one rules out nearly all, because it knows what stands beside each gram.

use std::hash::Hasher;
use std::ops::Range;

use super::place::Places;

/// Bytes that are looked up at once.
pub(super) const GRAM: usize = 4;
/// Only every so manieth place of a text is looked at.
const STRIDE: usize = 5;
/// Bytes of an anchor: a gram stands in it at a place that is looked at, wherever the anchor stands.
pub(super) const ANCHOR: usize = GRAM + STRIDE - 1;
/// Places whose grams are looked up before any of the answers is looked at.
const TOGETHER: usize = 4;
/// Bytes in which so many grams stand.
const STRETCH: usize = STRIDE * (TOGETHER - 1) + 8;
/// A filter has at least 2^9 words: fewer let more of common words pass than the nearest cache gains by them.
const LEAST: usize = 1 << 9;
/// A filter of grams has at most 2^16 words: half a megabyte stays in the cache of a core.
const MOST_OF_GRAMS: u32 = 16;
/// The other filter is asked seldom.
const MOST_OF_WIDER: u32 = 16;
/// Bytes before or after a gram that the other filter knows too.
const BESIDE: usize = 2;
/// From this place in an anchor on, a gram has that many of the anchor's bytes before it; up to it, after it.
const LATE: usize = 3;
/// Spreads the bits of a gram: the odd number nearest to 2^64 divided by the golden ratio.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
/// The bytes of a gram in the eight that are read at once.
const GRAM_BITS: u64 = (1 << (8 * GRAM)) - 1;

/// A form, and where in it an anchor stands.
pub(super) type Place = (usize, usize);

pub(super) struct Anchors {
    grams: Filter,
    /// Grams with what stands beside them in an anchor.
    wider: Filter,
    places: Places,
}

impl Anchors {
    /// The search for anchors.
    pub(super) fn new(places: Places) -> Self {
        let anchors = places.anchors();
        let mut grams = Filter::with_room(anchors.len() * STRIDE, MOST_OF_GRAMS);
        let mut wider = Filter::with_room(anchors.len() * STRIDE, MOST_OF_WIDER);
        for anchor in anchors {
            for offset in 0..STRIDE {
                let gram = alone(anchor >> (8 * offset));
                grams.add(gram);
                wider.add(if offset < LATE {
                    with_next(gram, anchor >> (8 * (offset + GRAM)))
                } else {
                    with_last(gram, anchor >> (8 * (offset - BESIDE)))
                });
            }
        }
        Self { grams, wider, places }
    }

    /// Tells every place where an anchor stands.
    pub(super) fn find(&self, bytes: &[u8], tell: &mut dyn FnMut(usize, Place)) {
        if self.places.anchors().len() == 0 {
            return;
        }
        let mut at = 0;
        for stretch in bytes.array_windows::<STRETCH>().step_by(STRIDE * TOGETHER) {
            let grams: [u64; TOGETHER] = std::array::from_fn(|number| gram(stretch, number * STRIDE));
            if grams.iter().fold(false, |any, gram| any | self.grams.may_have(*gram)) {
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

    /// Tells the anchors that have this gram, which stands at a place, and stand there as a whole.
    fn look(&self, bytes: &[u8], (at, gram): (usize, u64), tell: &mut dyn FnMut(usize, Place)) {
        if !self.grams.may_have(gram) {
            return;
        }
        // At the ends of a text there is nothing beside it to ask for.
        let around = at.checked_sub(BESIDE).and_then(|start| eight(bytes, start));
        let offsets = around.map_or(0..STRIDE, |around| self.offsets(gram, around));
        for start in offsets.filter_map(|offset| at.checked_sub(offset)) {
            let places = eight(bytes, start).map(|anchor| self.places.of(anchor));
            places.into_iter().flatten().for_each(|place| tell(start, place));
        }
    }

    /// Where in an anchor a gram could stand that has these eight bytes around it, [`BESIDE`] of them before it.
    fn offsets(&self, gram: u64, around: u64) -> Range<usize> {
        let early = self.wider.may_have(with_next(gram, around >> (8 * (BESIDE + GRAM))));
        let late = self.wider.may_have(with_last(gram, around));
        (if early { 0 } else { LATE })..(if late { STRIDE } else { LATE })
    }
}

/// A gram and the two bytes after it, which are the lowest of these.
fn with_next(gram: u64, bytes: u64) -> u64 {
    gram | bytes & 0xffff
}

/// A gram and the two bytes before it, which are the lowest of these.
fn with_last(gram: u64, bytes: u64) -> u64 {
    gram | (bytes & 0xffff) << 16
}

/// Tells quickly what is not in a set: each member sets six bits in one word of a table (a blocked Bloom filter).
struct Filter {
    bits: Vec<u64>,
    /// How far a hash is shifted to be the number of a word.
    shift: u32,
}

/// Bits of the table for each member.
const BITS: usize = 16;

impl Filter {
    /// An empty one for so many members, of at most 2^`most` words.
    fn with_room(members: usize, most: u32) -> Self {
        let wanted = (members.saturating_mul(BITS) / 64).next_power_of_two().max(LEAST);
        let size = wanted.trailing_zeros().min(most);
        Self { bits: vec![0; 1_usize << size], shift: 64 - size }
    }

    fn add(&mut self, member: u64) {
        let (word, mask) = self.slot(member);
        self.bits.get_mut(word).into_iter().for_each(|word| *word |= mask);
    }

    #[inline]
    fn may_have(&self, member: u64) -> bool {
        let (word, mask) = self.slot(member);
        self.bits.get(word).is_some_and(|word| word & mask == mask)
    }

    /// The word of a member, and its bits there. The highest bits of a product depend on all of the member.
    #[inline]
    fn slot(&self, member: u64) -> (usize, u64) {
        let spread = member.wrapping_mul(SPREAD);
        let mask = MASKS[(spread >> 36) as usize % MASKS.len()];
        (usize::try_from(spread >> self.shift).unwrap_or_default(), mask)
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
    alone(u64::from_le_bytes(whole))
}

/// The first gram of eight bytes, where a product spreads it best.
#[inline]
fn alone(eight: u64) -> u64 {
    (eight & GRAM_BITS) << (64 - 8 * GRAM)
}

/// Six bits each, the same one more than once now and then: to shift them together for each place would cost more than everything
/// else. Two members of a word that have the same mask are not told apart, so there are many of them.
const MASKS: [u64; 2048] = {
    let mut masks = [0; 2048];
    let (mut number, mut spread) = (0, SPREAD);
    while number < masks.len() {
        masks[number] = 1 << (spread >> 58)
            | 1 << (spread >> 52 & 63)
            | 1 << (spread >> 46 & 63)
            | 1 << (spread >> 40 & 63)
            | 1 << (spread >> 34 & 63)
            | 1 << (spread >> 28 & 63);
        spread = spread.wrapping_mul(SPREAD) ^ spread >> 29;
        number += 1;
    }
    masks
};

/// Anchors are spread by one product: another hash would cost more than the look-up.
#[derive(Default)]
pub(super) struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u64(&mut self, anchor: u64) {
        self.0 = (self.0 ^ anchor).wrapping_mul(SPREAD).rotate_left(32);
    }
}
