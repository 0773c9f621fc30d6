//! Finds every keyword of every rule in one pass over the bytes.
//!
//! Everything else looks only around what this finds, so this is what the speed of a scan depends on: it also asks
//! what stands beside a keyword, because short ones stand in every second word. Nothing outside knows how it searches.

mod automaton;

use automaton::Automaton;

use crate::set::Set;
use crate::template::Case;

/// A keyword with what it takes to be worth a closer look.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Keyword {
    bytes: Vec<u8>,
    case: Case,
    before: Beside,
    after: Beside,
}

/// What may stand beside a keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Beside {
    /// Anything, or nothing.
    Any,
    /// One of these bytes, or nothing.
    End(Set),
    /// One of these bytes.
    Byte(Set),
}

impl Beside {
    fn allows(&self, byte: Option<&u8>) -> bool {
        match (self, byte) {
            (Self::Any, _) | (Self::End(_), None) => true,
            (Self::End(set) | Self::Byte(set), Some(byte)) => set.has(*byte),
            (Self::Byte(_), None) => false,
        }
    }
}

impl Keyword {
    /// A word in any case, between whatever.
    pub(crate) fn word(word: &str) -> Self {
        Self::literal(word.as_bytes(), Case::Folded)
    }

    /// Bytes between whatever.
    pub(crate) fn literal(bytes: &[u8], case: Case) -> Self {
        Self { bytes: bytes.to_vec(), case, before: Beside::Any, after: Beside::Any }
    }

    /// The same only between such bytes.
    pub(crate) fn between(self, before: Beside, after: Beside) -> Self {
        Self { before, after, ..self }
    }

    /// The same in any case and between whatever.
    #[cfg(test)]
    pub(crate) fn anywhere(&self) -> Self {
        Self::literal(&self.bytes, Case::Folded)
    }

    /// Whether it stands at `start`.
    #[inline]
    fn stands(&self, text: &[u8], start: usize) -> bool {
        let end = start + self.bytes.len();
        self.after.allows(text.get(end))
            && self.before.allows(start.checked_sub(1).and_then(|before| text.get(before)))
            && text.get(start..).is_some_and(|rest| self.case.starts(rest, &self.bytes))
    }
}

/// The first bytes of a keyword as one number: nearly every place that the automaton tells for nothing differs there.
#[derive(Clone, Copy)]
struct Glance {
    wanted: u64,
    /// The bits that count: not those in which upper and lower case differ, nor those behind a short keyword.
    mask: u64,
}

impl Glance {
    fn of(keyword: &Keyword) -> Self {
        let (mut wanted, mut mask) = ([0; 8], [0; 8]);
        let places = wanted.iter_mut().zip(&mut mask).zip(&keyword.bytes);
        for ((wanted, mask), byte) in places {
            let folded = keyword.case == Case::Folded && byte.is_ascii_alphabetic();
            *mask = if folded { !0x20 } else { !0 };
            *wanted = byte & *mask;
        }
        Self { wanted: u64::from_le_bytes(wanted), mask: u64::from_le_bytes(mask) }
    }

    /// Whether the keyword may stand at the start of these bytes.
    #[inline]
    fn fits(self, rest: &[u8]) -> bool {
        // At the end of a text a closer look tells.
        rest.first_chunk().is_none_or(|eight| u64::from_le_bytes(*eight) & self.mask == self.wanted)
    }
}

/// The search for all keywords at once.
pub(crate) struct Prefilter {
    automaton: Automaton,
    keywords: Vec<Keyword>,
    /// For each keyword.
    glances: Vec<Glance>,
}

/// The keywords cannot be searched for.
#[derive(Clone, Debug, thiserror::Error)]
#[error("cannot prepare the search for {words} keywords: keyword {empty} is empty")]
pub struct PrefilterError {
    words: usize,
    empty: usize,
}

impl Prefilter {
    /// Prepares the search.
    pub(crate) fn new(keywords: Vec<Keyword>) -> Result<Self, PrefilterError> {
        let words: Vec<&[u8]> = keywords.iter().map(|keyword| &keyword.bytes[..]).collect();
        if let Some(empty) = words.iter().position(|word| word.is_empty()) {
            return Err(PrefilterError { words: words.len(), empty });
        }
        let glances = keywords.iter().map(Glance::of).collect();
        Ok(Self { automaton: Automaton::new(&words), keywords, glances })
    }

    /// Tells every place where a keyword stands between what it must: its number, by the order in which they were
    /// given, and its first byte. Keywords may overlap; places come in no order.
    pub(crate) fn find(&self, bytes: &[u8], tell: &mut dyn FnMut(usize, usize)) {
        if self.keywords.is_empty() {
            // Known values alone are looked for.
            return;
        }
        self.automaton.find(bytes, &mut |number, start| {
            let rest = bytes.get(start..).unwrap_or_default();
            if self.glances.get(number).is_some_and(|glance| glance.fits(rest))
                && self.keywords.get(number).is_some_and(|keyword| keyword.stands(bytes, start))
            {
                tell(number, start);
            }
        });
    }

    /// How long a keyword is, in bytes.
    pub(crate) fn length(&self, number: usize) -> usize {
        self.keywords.get(number).map_or(0, |keyword| keyword.bytes.len())
    }
}

#[cfg(test)]
mod tests;
