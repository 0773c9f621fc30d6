//! Places in a text where a form could stand: eight of its bytes, of which nearly all places have none.
//!
//! Each anchor is kept as three grams, one for each of its first bytes, so that a text is looked at in every third place
//! only: one of the three stands there.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Bytes that are looked up at once.
const GRAM: usize = 6;
/// Only every so manieth place of a text is looked at.
const STRIDE: usize = 3;
/// Bytes of an anchor: a gram stands in it at a place that is looked at, wherever the anchor stands.
pub(super) const ANCHOR: usize = GRAM + STRIDE - 1;
/// A form of fewer bytes is not looked for over several lines.
const WRAPPED: usize = 16;
/// Lines of a wrapped text have at least so many bytes, so that of twice as many some anchor stands in one piece.
const SPAN: usize = 32;
/// Bits of the table for each gram: at one of so many places there is something to look up for nothing.
const BITS: usize = 32;
/// The table has at most 2^23 bits: a megabyte stays in the cache of a core.
const MOST_BITS: u32 = 23;
/// Forms that may share an anchor: `postgres` begins thousands of values, and tells nothing.
const SHARED: usize = 16;
/// Spreads the bits of a gram: the odd number nearest to 2^64 divided by the golden ratio.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
/// The bytes of a gram in the eight that are read at once.
const GRAM_BITS: u64 = (1 << (8 * GRAM)) - 1;

/// A form, and where in it an anchor stands.
type Place = (usize, usize);

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
    /// One bit for every hash that some gram has.
    bits: Vec<u64>,
    shift: u32,
    /// Where the pieces of each gram stand in `pieces`.
    grams: HashMap<u64, (usize, usize), BuildHasherDefault<Spread>>,
    pieces: Vec<Piece>,
}

impl Anchors {
    /// Anchors of forms, which are known by their order.
    pub(super) fn new<'f>(forms: impl Iterator<Item = &'f [u8]> + Clone) -> Self {
        let mut anchors: HashMap<u64, Vec<Place>, _> = HashMap::default();
        for (form, bytes) in forms.clone().enumerate() {
            for offset in offsets(bytes.len()) {
                if let Some(anchor) = eight(bytes, offset) {
                    anchors.entry(anchor).or_default().push((form, offset));
                }
            }
        }
        keep_telling(&mut anchors, forms.map(<[u8]>::len).collect());
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
        let wanted = same().count().saturating_mul(BITS).next_power_of_two().max(64);
        let size = wanted.trailing_zeros().min(MOST_BITS);
        let shift = 64 - size;
        let mut bits = vec![0; (1_usize << size) / 64];
        let mut grams = HashMap::with_capacity_and_hasher(same().count(), BuildHasherDefault::default());
        let mut start = 0;
        for run in same() {
            let Some(Piece { gram, .. }) = run.first() else { continue };
            let (word, bit) = slot(*gram, shift);
            bits.get_mut(word).into_iter().for_each(|word: &mut u64| *word |= bit);
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
        let mut look = |at: usize, gram: u64| {
            let (word, bit) = slot(gram, self.shift);
            if self.bits.get(word).is_some_and(|word| word & bit != 0)
                && let Some((start, end)) = self.grams.get(&gram)
            {
                for piece in self.pieces.get(*start..*end).unwrap_or_default() {
                    // All of it must stand there: else what is found would depend on which third place is looked at.
                    let start = at.checked_sub(piece.shift);
                    if let Some(start) = start.filter(|start| eight(bytes, *start) == Some(piece.anchor)) {
                        tell(start, piece.place);
                    }
                }
            }
        };
        for (at, window) in bytes.array_windows::<ANCHOR>().enumerate().step_by(STRIDE) {
            look(at, u64::from_le_bytes(*window) & GRAM_BITS);
        }
        // The last grams end where an anchor no longer fits.
        let done = bytes.len().saturating_sub(ANCHOR - 1).next_multiple_of(STRIDE);
        for at in (done..(bytes.len() + 1).saturating_sub(GRAM)).step_by(STRIDE) {
            let mut gram = [0; 8];
            gram.iter_mut().zip(bytes.iter().skip(at)).for_each(|(place, byte)| *place = *byte);
            look(at, u64::from_le_bytes(gram) & GRAM_BITS);
        }
    }
}

/// Where anchors stand in a form: one for a short one; for others so that a line break or two leave one as it is.
fn offsets(length: usize) -> Vec<usize> {
    let last = length.saturating_sub(ANCHOR);
    match length {
        ..ANCHOR => Vec::new(),
        ANCHOR..WRAPPED => vec![0],
        WRAPPED..SPAN => vec![0, last / 2, last],
        _ => {
            let from = length.saturating_sub(SPAN) / 2;
            [0, 9, 18].map(|offset| from.saturating_add(offset)).to_vec()
        }
    }
}

/// Lets go of anchors that too many forms share, as long as each form keeps one.
fn keep_telling(places: &mut HashMap<u64, Vec<Place>, BuildHasherDefault<Spread>>, lengths: Vec<usize>) {
    let mut left: Vec<usize> = lengths.iter().map(|length| offsets(*length).len()).collect();
    for list in places.values_mut().filter(|list| list.len() > SHARED) {
        list.retain(|(form, _)| {
            let others = left.get(*form).copied().unwrap_or_default();
            if others > 1 {
                left.get_mut(*form).into_iter().for_each(|left| *left = others.saturating_sub(1));
            }
            others <= 1
        });
    }
    places.retain(|_, list| !list.is_empty());
}

/// The eight bytes at a place.
fn eight(bytes: &[u8], place: usize) -> Option<u64> {
    bytes.get(place..)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
}

fn slot(gram: u64, shift: u32) -> (usize, u64) {
    let hash = gram.wrapping_mul(SPREAD) >> shift;
    (usize::try_from(hash >> 6).unwrap_or_default(), 1 << (hash & 63))
}

/// Grams are spread already when they are multiplied: another hash would cost more than the look-up.
#[derive(Default)]
struct Spread(u64);

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
