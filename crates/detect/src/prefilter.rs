//! Finds every keyword of every rule in one pass over the bytes, in any case.
//!
//! Everything else looks only around what this finds, so this is what the speed of a scan depends on. Nothing
//! outside this file knows how it searches.

use std::collections::HashMap;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind, Input, MatchKind};

/// Number of a keyword.
pub(crate) type Keyword = usize;

/// Collects keywords; the same word is kept once.
#[derive(Default)]
pub(crate) struct Keywords {
    words: Vec<Vec<u8>>,
    numbers: HashMap<Vec<u8>, Keyword>,
}

impl Keywords {
    /// The number of a word.
    pub(crate) fn add(&mut self, word: &[u8]) -> Keyword {
        let word = word.to_ascii_lowercase();
        let next = self.words.len();
        *self.numbers.entry(word).or_insert_with_key(|word| {
            self.words.push(word.clone());
            next
        })
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.words.len()
    }
}

/// The search for all keywords at once.
pub(crate) struct Prefilter {
    automaton: Option<AhoCorasick>,
    lengths: Vec<usize>,
}

/// The keywords are too many for one search.
#[derive(Debug, thiserror::Error)]
#[error("cannot prepare the search for {words} keywords: {error}")]
pub struct PrefilterError {
    words: usize,
    error: String,
}

impl Prefilter {
    /// Prepares the search.
    pub(crate) fn new(keywords: &Keywords) -> Result<Self, PrefilterError> {
        let lengths = keywords.words.iter().map(Vec::len).collect();
        if keywords.words.is_empty() {
            return Ok(Self { automaton: None, lengths });
        }
        let automaton = AhoCorasickBuilder::new()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::DFA))
            .build(&keywords.words)
            .map_err(|error| PrefilterError { words: keywords.words.len(), error: error.to_string() })?;
        Ok(Self { automaton: Some(automaton), lengths })
    }

    /// Tells every place where a keyword ends, overlapping ones too, ascending by end.
    pub(crate) fn find(&self, bytes: &[u8], tell: &mut dyn FnMut(Keyword, usize)) {
        let Some(automaton) = &self.automaton else { return };
        // The search is of the kind that allows overlaps; it cannot refuse.
        if let Ok(matches) = automaton.try_find_overlapping_iter(Input::new(bytes)) {
            matches.for_each(|found| tell(found.pattern().as_usize(), found.end()));
        }
    }

    /// How long a keyword is, in bytes.
    pub(crate) fn length(&self, keyword: Keyword) -> usize {
        self.lengths.get(keyword).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_keyword_is_found_in_any_case() {
        let mut keywords = Keywords::default();
        assert_eq!([keywords.add(b"GHP_"), keywords.add(b"hp_"), keywords.add(b"ghp_")], [0, 1, 0]);
        let search = Prefilter::new(&keywords).unwrap();
        let mut found = Vec::new();
        search.find(b"Ghp_ xhP_", &mut |word, end| found.push((word, end)));
        found.sort_unstable();
        assert_eq!(found, [(0, 4), (1, 4), (1, 9)]);
    }

    #[test]
    fn without_keywords_nothing_is_found() {
        Prefilter::new(&Keywords::default()).unwrap().find(b"ghp_", &mut |_, _| unreachable!());
    }
}
