//! Where in a form its anchors stand: where other forms of the same value have theirs, and those of other values have none,
//! and where it looks least like words.
//!
//! What tells most places of a text apart is one small table, so that every anchor less is worth it: base64 and base64url
//! of a value are nearly the same, both orders of UTF-16 are but for a byte, and escapes leave most of a value as it is.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use super::Form;
use super::anchor::{ANCHOR, GRAM, Place, Spread, eight};

/// A form of so many bytes has two anchors, side by side: a line break leaves one of them as it is.
const PAIR: usize = 2 * ANCHOR;
/// Grams of an anchor.
const GRAMS: usize = ANCHOR - GRAM + 1;
/// So many places of a form are tried.
const TRIED: usize = 12;
/// Values that may share an anchor: `postgres` begins thousands of values, and tells nothing.
const SHARED: usize = 16;

/// Anchors, and the forms in which each of them stands. Forms of one value stand side by side.
pub(super) type Places = HashMap<u64, Vec<Place>, BuildHasherDefault<Spread>>;

/// The anchors of forms, which are known by their order.
pub(super) fn places(forms: &[Form]) -> Places {
    let mut places = Places::with_capacity_and_hasher(2 * forms.len(), BuildHasherDefault::default());
    let mut common = Vec::new();
    for (number, form) in forms.iter().enumerate() {
        common.clear();
        common.extend(form.bytes.windows(GRAM).map(is_common));
        let best = starts(form.bytes.len()).enumerate().min_by_key(|(order, start)| {
            let price = pair(form, *start).map(|(offset, anchor)| {
                let grams = common.iter().skip(offset).take(GRAMS);
                let common = grams.filter(|common| **common).count();
                price((anchor, common), form.name, (&places, forms))
            });
            (price.sum::<usize>(), *order)
        });
        for (offset, anchor) in best.into_iter().flat_map(|(_, start)| pair(form, start)) {
            places.entry(anchor).or_default().push((number, offset));
        }
    }
    keep_telling(&mut places, forms);
    places
}

/// Where the first anchor of a form of this length may stand: in its middle before all, because values of one kind
/// begin alike.
fn starts(length: usize) -> impl Iterator<Item = usize> {
    let width = if length < PAIR { ANCHOR } else { PAIR };
    let places = (length + 1).saturating_sub(width);
    let first = places.saturating_sub(TRIED) / 2;
    let tried = places.min(TRIED);
    (0..tried).map(move |step| first + (tried / 2 + step) % tried)
}

/// The anchors of a form, the first of which stands there.
fn pair(form: &Form, start: usize) -> impl Iterator<Item = (usize, u64)> {
    let count = if form.bytes.len() < PAIR { 1 } else { 2 };
    let offsets = (0..count).map(move |number| start + number * ANCHOR);
    offsets.filter_map(|offset| Some((offset, eight(&form.bytes, offset)?)))
}

/// What another anchor costs: nothing if the value has it already, more if some of its grams stand in any text, most if it
/// has a line break, of which there are several kinds.
fn price((anchor, common): (u64, usize), value: usize, (places, forms): (&Places, &[Form])) -> usize {
    let breaks = anchor.to_le_bytes().iter().any(|byte| matches!(byte, b'\n' | b'\r'));
    let last = places.get(&anchor).and_then(|places| places.last());
    let owner = last.and_then(|(form, _)| forms.get(*form)).map(|form| form.name);
    match owner {
        _ if breaks => 16,
        None => 1 + common,
        Some(owner) if owner == value => 0,
        Some(_) => 4 + common,
    }
}

/// Whether a gram stands in any text: a piece of words or of a number.
fn is_common(gram: &[u8]) -> bool {
    gram.iter().all(|byte| byte.is_ascii_lowercase() || *byte == b' ') || gram.iter().all(u8::is_ascii_digit)
}

/// Lets go of anchors that too many values share, as long as each form keeps one.
fn keep_telling(places: &mut Places, forms: &[Form]) {
    let mut left = vec![0_usize; forms.len()];
    for (form, _) in places.values().flatten() {
        left.get_mut(*form).into_iter().for_each(|left| *left += 1);
    }
    for list in places.values_mut() {
        let owner = |place: &Place| forms.get(place.0).map(|form| form.name);
        if list.chunk_by(|one, other| owner(one) == owner(other)).count() <= SHARED {
            continue;
        }
        list.retain(|(form, _)| {
            let others = left.get(*form).copied().unwrap_or_default();
            left.get_mut(*form).filter(|_| others > 1).into_iter().for_each(|left| *left = others - 1);
            others <= 1
        });
    }
    places.retain(|_, list| !list.is_empty());
}
