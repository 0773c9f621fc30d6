//! Known values, looked for in every form in which they get written down.

use std::collections::HashMap;
use std::fmt;
use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, Input, MatchKind};

use crate::set::Set;
use crate::spelling::{Spelling, spellings};

/// What stands in the place of a secret in our output.
pub const MASK: &str = "‹masked›";

/// Finds known values, in all their spellings, in one pass.
pub struct Needles {
    names: Vec<String>,
    /// Spellings that are found wherever they stand.
    free: Search,
    /// Short ones, found only where they stand alone.
    bounded: Search,
}

/// A known value in some bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Which value, by its place in the list that the needles were made of.
    pub name: usize,
    /// How it is written: `raw`, `base64`, `hex`, …
    pub encoding: &'static str,
    /// Where, in bytes.
    pub span: Range<usize>,
}

/// The values are too many or too long for one search.
#[derive(Debug, thiserror::Error)]
#[error("cannot prepare the search for {values} known values: {error}")]
pub struct NeedlesError {
    values: usize,
    error: String,
}

struct Search {
    automaton: Option<AhoCorasick>,
    meaning: Vec<Meaning>,
    longest: usize,
}

/// What a pattern of the automaton stands for.
#[derive(Clone, Copy)]
struct Meaning {
    /// The value's index.
    name: usize,
    encoding: &'static str,
    /// What must not stand beside it.
    border: Set,
    /// How much of the spelling stands before the part that is searched for.
    lead: usize,
    /// Length of the whole spelling.
    length: usize,
}

/// A spelling longer than this is searched for by some bytes of its middle, so that a thousand private keys cost no
/// more memory than a thousand passwords. The start would not do: keys of one kind begin alike.
const LONG: usize = 1024;
/// How many bytes of its middle.
const WINDOW: usize = 64;

impl Needles {
    /// Prepares the search for named values. Empty ones are passed over; of equal ones the first gives the name.
    ///
    /// # Errors
    /// When they are too much for one search.
    pub fn new<'v>(values: impl Iterator<Item = (String, &'v [u8])>) -> Result<Self, NeedlesError> {
        let mut names = Vec::new();
        let mut free = HashMap::new();
        let mut bounded = HashMap::new();
        for (index, (name, value)) in values.enumerate() {
            names.push(name);
            for Spelling { bytes, encoding, border } in spellings(value) {
                let table = if border == Set::EMPTY { &mut free } else { &mut bounded };
                table.entry(bytes).or_insert((index, encoding, border));
            }
        }
        let values = names.len();
        let wrong = |error: aho_corasick::BuildError| NeedlesError { values, error: error.to_string() };
        let free = Search::new(free, MatchKind::LeftmostLongest).map_err(wrong)?;
        let bounded = Search::new(bounded, MatchKind::Standard).map_err(wrong)?;
        Ok(Self { names, free, bounded })
    }

    /// The name of a value.
    #[must_use]
    pub fn name(&self, index: usize) -> &str {
        self.names.get(index).map_or("", String::as_str)
    }

    /// Length of the longest spelling with its borders, in bytes: windows of a stream overlap by so much.
    #[must_use]
    pub fn longest(&self) -> usize {
        self.free.longest.max(self.bounded.longest).saturating_add(2)
    }

    /// Tells every place where a value stands, in order; where several stand at one place, the longest.
    pub fn find(&self, bytes: &[u8], tell: &mut dyn FnMut(Hit)) {
        let alone = self.bounded_hits(bytes);
        let mut alone = alone.into_iter().peekable();
        let mut end = 0;
        self.free.each(bytes, &mut |hit| {
            // A short value beside a long one is told, one inside it is not.
            while let Some(short) = alone.next_if(|short| short.span.start < hit.span.end) {
                if short.span.start >= end && short.span.end <= hit.span.start {
                    end = short.span.end;
                    tell(short);
                }
            }
            end = hit.span.end;
            tell(hit);
        });
        for short in alone {
            if short.span.start >= end {
                end = short.span.end;
                tell(short);
            }
        }
    }

    /// The text with every value, in any spelling, replaced by [`MASK`].
    #[must_use]
    pub fn mask(&self, text: &str) -> String {
        let bytes = text.as_bytes();
        let mut out = Vec::with_capacity(bytes.len());
        let mut done = 0;
        self.find(bytes, &mut |hit| {
            out.extend_from_slice(bytes.get(done..hit.span.start).unwrap_or_default());
            out.extend_from_slice(MASK.as_bytes());
            done = done.max(hit.span.end);
        });
        out.extend_from_slice(bytes.get(done..).unwrap_or_default());
        // A value that is no text may end inside a character.
        String::from_utf8(out).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    }

    /// Short values that stand alone, sorted, the longest first where several start at one place.
    fn bounded_hits(&self, bytes: &[u8]) -> Vec<Hit> {
        let mut hits = Vec::new();
        self.bounded.each_overlapping(bytes, &mut |hit| hits.push(hit));
        hits.sort_by_key(|hit| (hit.span.start, std::cmp::Reverse(hit.span.end)));
        hits
    }
}

impl fmt::Debug for Needles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Needles({} values)", self.names.len())
    }
}

impl Search {
    fn new(
        table: HashMap<Vec<u8>, (usize, &'static str, Set)>,
        kind: MatchKind,
    ) -> Result<Self, aho_corasick::BuildError> {
        let mut table: Vec<_> = table.into_iter().collect();
        table.sort_by(|a, b| (a.1.0, &a.0).cmp(&(b.1.0, &b.0)));
        let longest = table.iter().map(|(bytes, _)| bytes.len()).max().unwrap_or(0);
        let mut patterns = Vec::new();
        let mut meaning = Vec::new();
        for (bytes, (name, encoding, border)) in table {
            let length = bytes.len();
            let shown = if length > LONG { WINDOW } else { length };
            let lead = length.saturating_sub(shown) / 2;
            let end = lead.saturating_add(shown).min(length);
            patterns.push(bytes.get(lead..end).unwrap_or_default().to_vec());
            meaning.push(Meaning { name, encoding, border, lead, length });
        }
        let automaton = match patterns.is_empty() {
            true => None,
            false => Some(AhoCorasickBuilder::new().match_kind(kind).build(&patterns)?),
        };
        Ok(Self { automaton, meaning, longest })
    }

    fn each(&self, bytes: &[u8], tell: &mut dyn FnMut(Hit)) {
        let Some(automaton) = &self.automaton else { return };
        automaton
            .find_iter(bytes)
            .filter_map(|found| self.hit(bytes, found.pattern().as_usize(), found.range()))
            .for_each(tell);
    }

    fn each_overlapping(&self, bytes: &[u8], tell: &mut dyn FnMut(Hit)) {
        let Some(automaton) = &self.automaton else { return };
        // The search is of the kind that allows overlaps; it cannot refuse.
        let Ok(found) = automaton.try_find_overlapping_iter(Input::new(bytes)) else { return };
        found.filter_map(|found| self.hit(bytes, found.pattern().as_usize(), found.range())).for_each(tell);
    }

    fn hit(&self, bytes: &[u8], pattern: usize, span: Range<usize>) -> Option<Hit> {
        let meaning = self.meaning.get(pattern)?;
        let start = span.start.saturating_sub(meaning.lead);
        let end = start.saturating_add(meaning.length).max(span.end).min(bytes.len());
        let before = start.checked_sub(1).and_then(|place| bytes.get(place));
        let beside = before.into_iter().chain(bytes.get(end));
        let alone = beside.into_iter().all(|byte| !meaning.border.has(*byte));
        alone.then_some(Hit { name: meaning.name, encoding: meaning.encoding, span: start..end })
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    use proptest::prelude::*;

    use super::*;

    fn needles(values: &[&str]) -> Needles {
        Needles::new(values.iter().map(|value| (format!("n{value}"), value.as_bytes()))).unwrap()
    }

    fn encodings(values: &[&str], text: &[u8]) -> Vec<(usize, &'static str)> {
        let mut hits = Vec::new();
        needles(values).find(text, &mut |hit| hits.push((hit.name, hit.encoding)));
        hits
    }

    #[test]
    fn a_value_is_found_in_every_spelling() {
        let value = "s3cr3t \"<p&ss>\"/'x'";
        for (text, encoding) in [
            (value.to_owned(), "raw"),
            (STANDARD.encode(format!("user:{value}\n")), "base64"),
            ("73336372337420223c702673733e222f277827".to_owned(), "hex"),
            ("s3cr3t%20%22%3Cp%26ss%3E%22%2F%27x%27".to_owned(), "url"),
            ("s3cr3t%20%22%3cp%26ss%3e%22%2f%27x%27".to_owned(), "url"),
            ("s3cr3t+%22%3Cp%26ss%3E%22%2F%27x%27".to_owned(), "url"),
            ("s3cr3t \\\"<p&ss>\\\"/'x'".to_owned(), "json"),
            ("s3cr3t \\\"\\u003cp\\u0026ss\\u003e\\\"/'x'".to_owned(), "json"),
            ("s3cr3t \"<p&ss>\"/'\\''x'\\''".to_owned(), "shell"),
            ("s3cr3t &quot;&lt;p&amp;ss&gt;&quot;/'x'".to_owned(), "html"),
            (value.chars().rev().collect(), "reversed"),
        ] {
            assert_eq!(encodings(&[value], format!("a={text}.").as_bytes()), [(0, encoding)], "{text}");
        }
        let wide: Vec<u8> = value.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(encodings(&[value], &wide), [(0, "utf-16le")]);
    }

    #[test]
    fn the_longest_value_wins() {
        assert_eq!(encodings(&["hunter", "hunter22"], b"x hunter22 hunter"), [(1, "raw"), (0, "raw")]);
        assert_eq!(encodings(&["hunter2", "hunter2"], b"hunter2"), [(0, "raw")]);
    }

    #[test]
    fn a_tiny_value_must_stand_alone() {
        assert_eq!(encodings(&["abc"], b"xabc abcd abc,"), [(0, "raw")]);
        assert_eq!(encodings(&["abc", "pabc p"], b"abc pabc p abc").len(), 3);
    }

    #[test]
    fn a_long_value_is_found_by_its_middle_and_masked_whole() {
        let value = String::from_utf8(crate::Sampler::new(3).expand("{base62:2000}").unwrap()).unwrap();
        let needles = needles(&[&value]);
        assert_eq!(needles.mask(&format!("key={value};")), format!("key={MASK};"));
        let mut hits = Vec::new();
        needles.find(format!("key={value};").as_bytes(), &mut |hit| hits.push(hit.span));
        assert_eq!(hits, [4..2004]);
    }

    #[test]
    fn a_mask_hides_every_spelling() {
        let needles = needles(&["hunter22"]);
        assert_eq!(needles.mask("a hunter22 b 68756e7465723232"), format!("a {MASK} b {MASK}"));
        assert_eq!(format!("{needles:?}"), "Needles(1 values)");
    }

    proptest! {
        #[test]
        fn base64_finds_a_value_at_any_alignment(
            value in "[ -~]{4,40}", before in prop::collection::vec(any::<u8>(), 0..7), after in prop::collection::vec(any::<u8>(), 0..7),
        ) {
            let bytes = [&before[..], value.as_bytes(), &after[..]].concat();
            // A value of four bytes may lie across five characters of which none but three are its own.
            prop_assume!(value.len() >= 6);
            for text in [STANDARD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)] {
                prop_assert!(!encodings(&[&value], text.as_bytes()).is_empty(), "{}", text);
            }
        }

        #[test]
        fn a_mask_leaves_no_value(value in "[a-zA-Z0-9\"\\\\<>&' /+]{4,20}", before in "[ -~]{0,9}", after in "[ -~]{0,9}") {
            let masked = needles(&[&value]).mask(&format!("{before}{value}{after}"));
            prop_assert!(!masked.contains(&value));
        }
    }
}
