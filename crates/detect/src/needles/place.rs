//! Where in a form its anchors stand: where other forms of the same value have theirs, and those of other values have none,
//! and where it looks least like words.
//!
//! What tells most places of a text apart is one small table, so that every anchor less is worth it: base64 and base64url
//! of a value are nearly the same, both orders of UTF-16 are but for a byte, and escapes leave most of a value as it is.

use std::collections::{HashMap, HashSet};
use std::hash::BuildHasherDefault;
use std::iter;

use super::Form;
use super::anchor::{ANCHOR, GRAM, Place, Spread, eight};

/// A form of so many bytes has two anchors, side by side: a line break leaves one of them as it is.
const PAIR: usize = 2 * ANCHOR;
/// Grams of an anchor.
const GRAMS: usize = ANCHOR - GRAM + 1;
/// So many places of a form are tried.
const TRIED: usize = 12;
/// Values that may share an anchor: `postgres` begins thousands of values, and tells nothing.
const SHARED: u32 = 16;

/// Anchors, and the forms in which each of them stands.
#[derive(Default)]
pub(super) struct Places {
    chains: HashMap<u64, Chain, Spreading>,
    links: Vec<Link>,
}

type Spreading = BuildHasherDefault<Spread>;

/// The places of one anchor: each link tells the one before it.
#[derive(Clone, Copy)]
struct Chain {
    last: u32,
    length: u32,
}

struct Link {
    place: Place,
    before: Option<u32>,
}

impl Places {
    /// The anchors of forms, which are known by their order. Forms of one value stand side by side.
    pub(super) fn new(forms: &[Form]) -> Self {
        let mut places = Self::default();
        places.chains.reserve(2 * forms.len());
        places.links.reserve(2 * forms.len());
        let mut choice = Choice::default();
        for (number, form) in forms.iter().enumerate() {
            choice.begin(form);
            let start = choice.start(form, &places);
            for (offset, anchor) in start.into_iter().flat_map(|start| pair(form, start)) {
                choice.own.insert(anchor);
                places.add(anchor, (number, offset));
            }
        }
        places.keep_telling(forms);
        places
    }

    /// Every anchor once.
    pub(super) fn anchors(&self) -> impl ExactSizeIterator<Item = u64> {
        self.chains.keys().copied()
    }

    /// Where an anchor stands.
    pub(super) fn of(&self, anchor: u64) -> impl Iterator<Item = Place> {
        let link = |number: u32| self.links.get(usize::try_from(number).ok()?);
        let last = self.chains.get(&anchor).and_then(|chain| link(chain.last));
        iter::successors(last, move |later| later.before.and_then(link)).map(|link| link.place)
    }

    /// More places than can be numbered are more than any memory holds.
    fn add(&mut self, anchor: u64, place: Place) {
        let Ok(last) = u32::try_from(self.links.len()) else { return };
        let known = self.chains.get(&anchor);
        self.links.push(Link { place, before: known.map(|chain| chain.last) });
        let length = known.map_or(0, |chain| chain.length).saturating_add(1);
        self.chains.insert(anchor, Chain { last, length });
    }

    /// Lets go of anchors that too many values share, as long as each form keeps one.
    fn keep_telling(&mut self, forms: &[Form]) {
        let long = self.chains.iter().filter(|(_, chain)| chain.length > SHARED).map(|(anchor, _)| *anchor);
        let owner = |place: Place| forms.get(place.0).map(|form| form.name);
        let mut crowded: Vec<(u64, Vec<Place>)> =
            long.map(|anchor| (anchor, self.of(anchor).collect())).collect();
        crowded.retain(|(_, places)| {
            places.chunk_by(|one, other| owner(*one) == owner(*other)).nth(SHARED as usize).is_some()
        });
        crowded.sort_unstable();
        let mut left = vec![0_usize; forms.len()];
        for (form, _) in self.links.iter().map(|link| link.place) {
            left.get_mut(form).into_iter().for_each(|left| *left += 1);
        }
        for (anchor, places) in crowded {
            self.chains.remove(&anchor);
            for place in places {
                match left.get_mut(place.0) {
                    Some(left) if *left > 1 => *left -= 1,
                    _ => self.add(anchor, place),
                }
            }
        }
    }
}

/// Chooses where in a form its anchors stand.
#[derive(Default)]
struct Choice {
    /// The value, and the anchors that its forms have.
    value: usize,
    own: HashSet<u64, Spreading>,
    /// Which grams of the form stand in any text.
    common: Vec<bool>,
}

impl Choice {
    fn begin(&mut self, form: &Form) {
        if self.value != form.name {
            self.value = form.name;
            self.own.clear();
        }
        self.common.clear();
        self.common.extend(form.bytes.windows(GRAM).map(is_common));
    }

    /// The cheapest place for the first anchor. That other values have none of its anchors is asked of that place alone,
    /// and only if they do, of all: to look among the anchors of all values takes longest.
    fn start(&self, form: &Form, places: &Places) -> Option<usize> {
        let foreign = |anchor: u64| !self.own.contains(&anchor) && places.chains.contains_key(&anchor);
        let price = |start: usize, shared: &dyn Fn(u64) -> bool| -> usize {
            pair(form, start).map(|anchor| self.price(anchor, shared)).sum()
        };
        let cheapest = |shared: &dyn Fn(u64) -> bool| {
            let all = starts(form.bytes.len()).enumerate();
            all.min_by_key(|(order, start)| (price(*start, shared), *order)).map(|(_, start)| start)
        };
        let first = cheapest(&|_| false)?;
        let shared = pair(form, first).any(|(_, anchor)| foreign(anchor));
        if shared { cheapest(&foreign) } else { Some(first) }
    }

    /// What another anchor costs: nothing if the value has it already, more if some of its grams stand in any text or
    /// another value has it, most if it has a line break, of which there are several kinds.
    fn price(&self, (offset, anchor): (usize, u64), foreign: &dyn Fn(u64) -> bool) -> usize {
        let breaks = anchor.to_le_bytes().iter().any(|byte| matches!(byte, b'\n' | b'\r'));
        let common = || self.common.iter().skip(offset).take(GRAMS).filter(|common| **common).count();
        match () {
            () if breaks => 16,
            () if self.own.contains(&anchor) => 0,
            () if foreign(anchor) => 4 + common(),
            () => 1 + common(),
        }
    }
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

/// Whether a gram stands in any text: a piece of words or of a number.
fn is_common(gram: &[u8]) -> bool {
    gram.iter().all(|byte| byte.is_ascii_lowercase() || *byte == b' ') || gram.iter().all(u8::is_ascii_digit)
}
