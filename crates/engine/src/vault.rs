//! Holds the values that were found for as long as the run lasts, for one purpose: to mask them in everything
//! that leaves the run.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use aho_corasick::{AhoCorasick, MatchKind};
use tightlip_detect::{MASK, Needles, NeedlesError, Worth, value_worth};
use tightlip_report::{Place, Report, Surface};
use zeroize::Zeroizing;

use crate::shade::{Lamp, Names, Shade, Shades};

/// Below this length a value is masked in instructions, but not in names and paths: `root` is a password in some
/// images and a directory in all of them.
const LONG_ENOUGH_FOR_NAMES: usize = 8;

/// In what a value is masked; what is masked in more comes first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Masked {
    /// Texts, shapes and names.
    Everywhere,
    /// Texts and shapes.
    NotInNames,
    /// Texts. A password that everybody tries first is a word of its own: masked, `postgres` would take
    /// `usr/lib/postgresql` from whoever has to look there.
    InTexts,
}

impl Masked {
    pub(crate) fn of(value: &[u8]) -> Self {
        let worth = std::str::from_utf8(value).map(value_worth);
        match worth {
            Ok(Worth::Default) => Self::InTexts,
            _ if value.len() < LONG_ENOUGH_FOR_NAMES => Self::NotInNames,
            _ => Self::Everywhere,
        }
    }
}

/// Values seen in this run. It can neither be printed nor copied; its bytes are wiped when it goes.
#[derive(Default)]
pub(crate) struct Vault {
    values: Mutex<HashMap<String, Zeroizing<Vec<u8>>>>,
    /// Identities of values for which there is a search already, and that.
    known: Option<(HashSet<String>, Search)>,
    /// Encoded stretches that hold a value in a form that no search for the value knows: base64 of base64.
    stretches: Mutex<HashMap<String, Stretch>>,
    /// What stands around each sighting, where somebody wants to be shown one.
    memories: Option<Mutex<Vec<Memory>>>,
}

/// An encoded stretch.
struct Stretch {
    /// The identity of a value in it.
    holds: String,
    bytes: Zeroizing<Vec<u8>>,
}

/// Sightings that are remembered with what stands around them; more are not shown in their surroundings.
const MEMORIES: usize = 2_000;

/// A sighting with what stands around it, itself included.
pub(crate) struct Memory {
    pub(crate) identity: String,
    pub(crate) surface: Surface,
    /// The path or pointer.
    pub(crate) at: Vec<u8>,
    pub(crate) offset: u64,
    pub(crate) around: Zeroizing<Vec<u8>>,
    /// How many bytes of that stand before it.
    pub(crate) before: usize,
}

impl Vault {
    /// Keeps a value under its identity.
    pub(crate) fn keep(&self, identity: &str, value: &[u8]) {
        let mut values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
        if !values.contains_key(identity) {
            values.insert(identity.to_owned(), Zeroizing::new(value.to_vec()));
        }
    }

    /// Keeps an encoded stretch that holds a value, unless the value is found in it anyway.
    pub(crate) fn keep_stretch(&self, (identity, stretch): (String, &[u8]), (holds, value): (&str, &[u8])) {
        let named = std::iter::once((String::new(), value));
        let known = Needles::new(named).is_ok_and(|needles| needles.finds_in(stretch));
        if !known {
            let mut stretches = self.stretches.lock().unwrap_or_else(PoisonError::into_inner);
            let new = || Stretch { holds: holds.to_owned(), bytes: Zeroizing::new(stretch.to_vec()) };
            stretches.entry(identity).or_insert_with(new);
        }
    }

    /// Keeps values that are looked for anyway, each with that in which it is masked, and the search for them, which knows
    /// them in the same order.
    pub(crate) fn keep_known<'v>(
        &mut self,
        values: impl Iterator<Item = (Masked, String, &'v [u8])>,
        needles: Arc<Needles>,
    ) {
        let (mut identities, mut masked) = (HashSet::new(), Vec::new());
        for (where_masked, identity, value) in values {
            self.keep(&identity, value);
            masked.push(where_masked);
            identities.insert(identity);
        }
        self.known = Some((identities, Search { needles, masked }));
    }

    /// A vault that remembers what stands around what it keeps.
    pub(crate) fn remembering() -> Self {
        Self { memories: Some(Mutex::default()), ..Self::default() }
    }

    /// Remembers a sighting, if this vault does that.
    pub(crate) fn remember(&self, memory: impl FnOnce() -> Memory) {
        let Some(memories) = &self.memories else { return };
        let mut memories = memories.lock().unwrap_or_else(PoisonError::into_inner);
        if memories.len() < MEMORIES {
            memories.push(memory());
        }
    }

    /// The first sighting that is as asked for, as `view` sees it.
    pub(crate) fn recall<T>(
        &self,
        wanted: impl Fn(&Memory) -> bool,
        view: impl Fn(&Memory) -> T,
    ) -> Option<T> {
        let memories = self.memories.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner);
        memories.iter().find(|memory| wanted(memory)).map(view)
    }

    /// A value, for whoever asked to be shown it.
    pub(crate) fn value(&self, identity: &str) -> Option<Zeroizing<Vec<u8>>> {
        self.values.lock().unwrap_or_else(PoisonError::into_inner).get(identity).cloned()
    }

    /// The values of these identities, in the order of the identities.
    pub(crate) fn values(&self, wanted: &dyn Fn(&str) -> bool) -> Vec<(String, Zeroizing<Vec<u8>>)> {
        let values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = values.iter().filter(|(identity, _)| wanted(identity));
        let mut found: Vec<_> = wanted.map(|(identity, value)| (identity.clone(), value.clone())).collect();
        found.sort_by(|a, b| a.0.cmp(&b.0));
        found
    }

    /// The stretches that were kept for some values, each with the identity of one that it holds.
    pub(crate) fn stretches(&self, wanted: &dyn Fn(&str) -> bool) -> Vec<(String, Zeroizing<Vec<u8>>)> {
        let stretches = self.stretches.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = stretches.values().filter(|stretch| wanted(&stretch.holds));
        let mut found: Vec<_> =
            wanted.map(|stretch| (stretch.holds.clone(), stretch.bytes.clone())).collect();
        found.sort_by(|a, b| (&a.0, a.1.as_slice()).cmp(&(&b.0, b.1.as_slice())));
        found
    }

    /// What masks the values kept so far.
    ///
    /// # Errors
    /// When they are too many for one search.
    pub(crate) fn mask(&self) -> Result<Mask, NeedlesError> {
        let values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
        let known = |name: &String| self.known.as_ref().is_some_and(|(names, _)| names.contains(name));
        let found = values.iter().filter(|(name, _)| !known(name));
        // Where two values have a spelling in common, the one that is masked in more gives it its name.
        let mut found: Vec<_> = found.map(|(name, value)| (Masked::of(value), name, value)).collect();
        found.sort_by_key(|(masked, name, _)| (*masked, *name));
        let named = found.iter().map(|(_, name, value)| ((*name).clone(), value.as_slice()));
        let needles = Arc::new(Needles::new(named)?);
        let search = Search { needles, masked: found.iter().map(|(masked, ..)| *masked).collect() };
        let known = self.known.as_ref().map(|(_, search)| search.clone());
        let stretches = self.stretches.lock().unwrap_or_else(PoisonError::into_inner);
        let stretches = Some(stretches).filter(|stretches| !stretches.is_empty()).map(|stretches| {
            let bytes = stretches.values().map(|stretch| stretch.bytes.as_slice());
            let built = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(bytes);
            built.map_err(|error| NeedlesError::new(stretches.len(), &error))
        });
        let searches = known.into_iter().chain([search]).collect();
        Ok(Mask { searches, stretches: stretches.transpose()?, shades: Shades::default() })
    }

    /// What the values kept so far can be masked by, where nobody shall know them.
    pub(crate) fn shades(&self, lamp: &Lamp) -> Vec<Shade> {
        let values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
        let shades = |value: &Zeroizing<Vec<u8>>| {
            let everywhere = Masked::of(value) == Masked::Everywhere;
            lamp.shades(value, if everywhere { Names::Masked } else { Names::Kept })
        };
        let mut all: Vec<Shade> = values.values().flat_map(shades).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// A search for values, and for each of them in what it is masked.
#[derive(Clone)]
struct Search {
    needles: Arc<Needles>,
    masked: Vec<Masked>,
}

impl Search {
    /// Whether a value is masked in so much, or in more.
    fn masks(&self, value: usize, least: Masked) -> bool {
        self.masked.get(value).is_some_and(|masked| *masked <= least)
    }
}

/// Masks values in texts that leave the run.
pub(crate) struct Mask {
    searches: Vec<Search>,
    stretches: Option<AhoCorasick>,
    /// Values that others found.
    shades: Shades,
}

impl Mask {
    /// The same, with values that are known by their shades.
    pub(crate) fn with(self, shades: Shades) -> Self {
        Self { shades, ..self }
    }

    /// Masks the values that are masked in so much, or in more.
    fn without(&self, text: &str, least: Masked) -> String {
        let wanted: Vec<_> =
            self.searches.iter().map(|search| move |value| search.masks(value, least)).collect();
        let searches: Vec<(&Needles, &dyn Fn(usize) -> bool)> = self
            .searches
            .iter()
            .zip(&wanted)
            .map(|(search, wanted)| (&*search.needles, wanted as &dyn Fn(usize) -> bool))
            .collect();
        let text = match &self.stretches {
            None => Cow::Borrowed(text),
            Some(stretches) => {
                let mut masked = String::with_capacity(text.len());
                stretches.replace_all_with(text, &mut masked, |_, _, masked| {
                    masked.push_str(MASK);
                    true
                });
                Cow::Owned(masked)
            }
        };
        Needles::mask_those(&searches, &text)
    }

    /// Masks every value, in every encoding: for instructions and reasons.
    pub(crate) fn text(&self, text: &str) -> String {
        self.shades.mask(&self.without(text, Masked::InTexts), Names::Kept)
    }

    /// Masks what was taken over as it stood: names that the image, its store and the user gave to things.
    pub(crate) fn report(&self, report: &mut Report) {
        let some = |text: &mut Option<String>| {
            if let Some(text) = text {
                *text = self.name(text);
            }
        };
        let place = |place: &mut Place| {
            some(&mut place.platform);
            some(&mut place.image);
            some(&mut place.document);
        };
        report.target.given = self.name(&report.target.given);
        some(&mut report.target.reference);
        report.target.platforms.iter_mut().for_each(|platform| *platform = self.name(platform));
        report.gaps.iter_mut().for_each(|gap| place(&mut gap.place));
        for image in &mut report.images {
            some(&mut image.name);
            some(&mut image.platform);
            let made = image.layers.iter_mut().filter_map(|layer| layer.introduced_by.as_mut());
            made.filter_map(|by| by.dockerfile.as_mut()).for_each(|line| line.file = self.name(&line.file));
        }
        let allowed = report.allowed.iter_mut().map(|allowed| allowed.finding.as_mut());
        for finding in report.findings.iter_mut().chain(allowed) {
            place(&mut finding.place);
            some(&mut finding.remedy.command);
            if let Some(line) = finding.introduced_by.as_mut().and_then(|by| by.dockerfile.as_mut()) {
                line.file = self.name(&line.file);
            }
        }
    }

    /// Masks every value but the words that everybody tries first: for shapes, which name what has a value.
    pub(crate) fn shape(&self, text: &str) -> String {
        self.shades.mask(&self.without(text, Masked::NotInNames), Names::Masked)
    }

    /// Masks values that cannot be ordinary words: for paths, pointers and names.
    pub(crate) fn name(&self, text: &str) -> String {
        self.shades.mask(&self.without(text, Masked::Everywhere), Names::Masked)
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    #[test]
    fn stretches_are_masked_where_no_search_for_the_value_knows_their_form() {
        let vault = Vault::default();
        let value = b"hunter22hunter";
        let twice = STANDARD.encode(STANDARD.encode(value));
        vault.keep("a", value);
        vault.keep_stretch(("s".to_owned(), twice.as_bytes()), ("v", value));
        vault.keep_stretch(("t".to_owned(), b"say hunter22hunter"), ("v", value));
        let mask = vault.mask().unwrap();
        assert_eq!(mask.text(&format!("RUN echo {twice} | x")), format!("RUN echo {MASK} | x"));
        assert_eq!(mask.text("say hunter22hunter"), format!("say {MASK}"));
    }

    #[test]
    fn words_that_everybody_tries_take_no_name_from_what_has_them() {
        let vault = Vault::default();
        vault.keep("a", b"password");
        vault.keep("b", b"k7$x");
        let mask = vault.mask().unwrap();
        assert_eq!(mask.shape("value of db_password, k7$x"), format!("value of db_password, {MASK}"));
        assert_eq!(mask.name("etc/password-k7$x"), "etc/password-k7$x");
        assert_eq!(mask.text("ENV A=password"), format!("ENV A={MASK}"));
    }
}
