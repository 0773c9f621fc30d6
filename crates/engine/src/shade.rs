//! Values that are known by their shadow alone: where one stands in a text can be told, what it is cannot.
//!
//! What was read in an earlier run, or by another machine, tells no value. Yet a value of one layer has to be masked in
//! an instruction of another blob. So each form of a value is kept as its length and a keyed hash (SipHash-2-4 with
//! 128 bits, under a key derived from the identity key); a text is hashed in windows of those lengths.

use std::collections::HashMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use siphasher::sip128::SipHasher24;
use tightlip_detect::{Border, Joined, MASK, forms};

use crate::identity::IdentityKey;

/// One form of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct Shade {
    length: u32,
    tag: u128,
    /// What must not stand beside it.
    border: Border,
    /// Whether it is masked in names and paths too.
    names: bool,
}

/// The hash that makes shades.
#[derive(Clone)]
pub(crate) struct Lamp(SipHasher24);

impl Lamp {
    pub(crate) fn new(key: &IdentityKey) -> Self {
        let sealed = key.seal(b"tightlip shades, 1");
        let mut half = [0; 16];
        half.iter_mut().zip(sealed).for_each(|(to, from)| *to = from);
        Self(SipHasher24::new_with_key(&half))
    }

    fn tag(&self, bytes: &[u8]) -> u128 {
        self.0.hash(bytes).as_u128()
    }

    /// Every form of a value; `names` says whether it is masked in names too.
    pub(crate) fn shades(&self, value: &[u8], names: Names) -> Vec<Shade> {
        let forms = forms(value).into_iter();
        let shade = |(bytes, border): (Vec<u8>, Border)| {
            let length = u32::try_from(bytes.len()).ok()?;
            let names = names == Names::Masked;
            Some(Shade { length, tag: self.tag(&bytes), border, names })
        };
        forms.filter_map(shade).collect()
    }
}

/// Whether a value is masked in names and paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Names {
    Masked,
    Kept,
}

/// Masks what shades stand for.
#[derive(Default)]
pub(crate) struct Shades {
    lamp: Option<Lamp>,
    /// By length, the longest first.
    known: Vec<(usize, Tags)>,
}

/// By tag: what must not stand beside the form, and whether it is masked in names too.
type Tags = HashMap<u128, (Border, bool)>;

impl Shades {
    pub(crate) fn new(lamp: Lamp, shades: impl IntoIterator<Item = Shade>) -> Self {
        let mut by_length: HashMap<usize, Tags> = HashMap::new();
        for shade in shades {
            let of_length = by_length.entry(shade.length as usize).or_default();
            let known = of_length.entry(shade.tag).or_insert((shade.border, shade.names));
            known.1 |= shade.names;
        }
        let mut known: Vec<_> = by_length.into_iter().filter(|(length, _)| *length > 0).collect();
        known.sort_by_key(|(length, _)| std::cmp::Reverse(*length));
        Self { lamp: Some(lamp), known }
    }

    /// The text with everything that they know masked; in names only what is long enough for them.
    pub(crate) fn mask(&self, text: &str, what: Names) -> String {
        let Some(lamp) = self.lamp.as_ref().filter(|_| !self.known.is_empty()) else {
            return text.to_owned();
        };
        let bytes = text.as_bytes();
        let mut hits = self.found(lamp, bytes, what);
        for joined in Joined::of(bytes) {
            let pieces = self.found(lamp, joined.bytes(), what);
            hits.extend(pieces.iter().filter_map(|piece| joined.over_quotes(piece)));
        }
        hits.sort_by_key(|hit| (hit.start, std::cmp::Reverse(hit.end)));
        masked(bytes, &hits)
    }

    /// Where values stand as they are.
    fn found(&self, lamp: &Lamp, bytes: &[u8], what: Names) -> Vec<Range<usize>> {
        let mut hits = Vec::new();
        for (length, tags) in self.known.iter().filter(|(length, _)| *length <= bytes.len()) {
            for (start, window) in bytes.windows(*length).enumerate() {
                let Some((border, names)) = tags.get(&lamp.tag(window)) else { continue };
                let before = start.checked_sub(1).and_then(|at| bytes.get(at));
                let beside = before.into_iter().chain(bytes.get(start + length));
                if (*names || what == Names::Kept) && beside.into_iter().all(|b| border.allows(*b)) {
                    hits.push(start..start + length);
                }
            }
        }
        hits
    }
}

/// The bytes with these stretches masked; those that overlap become one.
fn masked(bytes: &[u8], hits: &[Range<usize>]) -> String {
    let mut out = Vec::with_capacity(bytes.len());
    let mut done = 0;
    for (number, hit) in hits.iter().enumerate() {
        if number == 0 || hit.start >= done {
            out.extend_from_slice(bytes.get(done..hit.start).unwrap_or_default());
            out.extend_from_slice(MASK.as_bytes());
        }
        done = done.max(hit.end);
    }
    out.extend_from_slice(bytes.get(done..).unwrap_or_default());
    String::from_utf8(out).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shades(key: u8, values: &[&str]) -> Shades {
        let lamp = Lamp::new(&IdentityKey::new([key; 32]));
        let of = |value: &&str| {
            let names = if value.len() >= 8 { Names::Masked } else { Names::Kept };
            lamp.shades(value.as_bytes(), names)
        };
        let shades: Vec<Shade> = values.iter().flat_map(of).collect();
        Shades::new(lamp, shades)
    }

    #[test]
    fn a_value_is_masked_in_every_form_although_nobody_knows_it() {
        let shades = shades(1, &["Tr0ub4dor&3"]);
        assert_eq!(shades.mask("echo Tr0ub4dor&3 > f", Names::Kept), format!("echo {MASK} > f"));
        assert_eq!(shades.mask("x=Tr0ub4dor%263", Names::Kept), format!("x={MASK}"));
        assert_eq!(shades.mask("etc/Tr0ub4dor&3.txt", Names::Masked), format!("etc/{MASK}.txt"));
        assert_eq!(shades.mask("echo 'Tr0ub'\"4dor&3\" > f", Names::Kept), format!("echo '{MASK}\" > f"));
        assert_eq!(shades.mask("nothing here", Names::Kept), "nothing here");
    }

    #[test]
    fn a_short_value_may_be_a_word_in_a_name() {
        let shades = shades(1, &["root"]);
        assert_eq!(shades.mask("root/.npmrc", Names::Masked), "root/.npmrc");
        assert_eq!(shades.mask("chpasswd root", Names::Kept), format!("chpasswd {MASK}"));
    }

    #[test]
    fn another_key_makes_other_shades() {
        let (one, other) = (IdentityKey::new([1; 32]), IdentityKey::new([2; 32]));
        let value = b"correct horse battery";
        let one = Lamp::new(&one).shades(value, Names::Masked);
        assert!(Lamp::new(&other).shades(value, Names::Masked).iter().all(|shade| !one.contains(shade)));
    }
}
