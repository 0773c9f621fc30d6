//! Known values, looked for in every form in which they get written down.

use std::collections::HashMap;
use std::fmt;
use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, Input, Match, MatchKind};

use crate::set::Set;
use crate::spelling::{Spelling, spellings};

/// What stands in the place of a secret in our output.
pub const MASK: &str = "‹masked›";

/// Finds known values, in all their spellings, in one pass.
pub struct Needles {
    names: Vec<String>,
    automaton: Option<AhoCorasick>,
    meaning: Vec<Meaning>,
    longest: usize,
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

impl NeedlesError {
    /// The error of a search for so many values.
    #[must_use]
    pub fn new(values: usize, error: &dyn fmt::Display) -> Self {
        Self { values, error: error.to_string() }
    }
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
        let mut table = HashMap::new();
        for (index, (name, value)) in values.enumerate() {
            names.push(name);
            for Spelling { bytes, encoding, border } in spellings(value) {
                // What is found anywhere goes before what must stand alone.
                let new = (index, encoding, border);
                let known = table.entry(bytes).or_insert(new);
                if known.2 != Set::EMPTY && border == Set::EMPTY {
                    *known = new;
                }
            }
        }
        let longest = table.keys().map(Vec::len).max().unwrap_or(0);
        let (patterns, meaning): (Vec<_>, Vec<_>) = windows(table).into_iter().unzip();
        let automaton = match patterns.is_empty() {
            true => None,
            false => Some(automaton(&patterns, names.len())?),
        };
        Ok(Self { names, automaton, meaning, longest })
    }

    /// The name of a value.
    #[must_use]
    pub fn name(&self, index: usize) -> &str {
        self.names.get(index).map_or("", String::as_str)
    }

    /// Length of the longest spelling with its borders, in bytes: windows of a stream overlap by so much.
    #[must_use]
    pub fn longest(&self) -> usize {
        self.longest.saturating_add(2)
    }

    /// Tells every place where a value stands, in order; where several stand at one place, the longest.
    pub fn find(&self, bytes: &[u8], tell: &mut dyn FnMut(Hit)) {
        let mut end = 0;
        for hit in self.all(bytes) {
            if hit.span.start >= end {
                end = hit.span.end;
                tell(hit);
            }
        }
    }

    /// The text with every value, in any spelling, replaced by [`MASK`]. Values that overlap become one.
    #[must_use]
    pub fn mask(&self, text: &str) -> String {
        let bytes = text.as_bytes();
        let mut out = Vec::with_capacity(bytes.len());
        let mut done = 0;
        for (number, hit) in self.all(bytes).into_iter().enumerate() {
            if number == 0 || hit.span.start >= done {
                out.extend_from_slice(bytes.get(done..hit.span.start).unwrap_or_default());
                out.extend_from_slice(MASK.as_bytes());
            }
            done = done.max(hit.span.end);
        }
        out.extend_from_slice(bytes.get(done..).unwrap_or_default());
        // A value that is no text may end inside a character.
        String::from_utf8(out).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    }

    /// Every spelling of every value, overlapping ones too: by where they start, the longest first. One that only
    /// the automaton's leftmost matches would show could hide the rest of another.
    fn all(&self, bytes: &[u8]) -> Vec<Hit> {
        let Some(automaton) = &self.automaton else { return Vec::new() };
        // The search is of the kind that allows overlaps; it cannot refuse.
        let Ok(found) = automaton.try_find_overlapping_iter(Input::new(bytes)) else { return Vec::new() };
        let hit = |found: Match| self.hit(bytes, found.pattern().as_usize(), found.range());
        let mut hits: Vec<Hit> = found.filter_map(hit).collect();
        hits.sort_by_key(|hit| (hit.span.start, std::cmp::Reverse(hit.span.end)));
        hits
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

/// What is searched for, and what it stands for.
fn windows(table: HashMap<Vec<u8>, (usize, &'static str, Set)>) -> Vec<(Vec<u8>, Meaning)> {
    let mut table: Vec<_> = table.into_iter().collect();
    table.sort_by(|a, b| (a.1.0, &a.0).cmp(&(b.1.0, &b.0)));
    let window = |(bytes, (name, encoding, border)): (Vec<u8>, (usize, &'static str, Set))| {
        let length = bytes.len();
        let shown = if length > LONG { WINDOW } else { length };
        let lead = length.saturating_sub(shown) / 2;
        let end = lead.saturating_add(shown).min(length);
        let window = bytes.get(lead..end).unwrap_or_default().to_vec();
        (window, Meaning { name, encoding, border, lead, length })
    };
    table.into_iter().map(window).collect()
}

fn automaton(patterns: &[Vec<u8>], values: usize) -> Result<AhoCorasick, NeedlesError> {
    let built = AhoCorasickBuilder::new().match_kind(MatchKind::Standard).build(patterns);
    built.map_err(|error| NeedlesError::new(values, &error))
}

impl fmt::Debug for Needles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Needles({} values)", self.names.len())
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
        assert_eq!((hits.len(), hits.first()), (1, Some(&(4..2004))));
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

    #[test]
    fn no_part_of_a_value_is_left_beside_another() {
        let long = format!("start{}", (0..600).map(|n| format!("{n:x}-")).collect::<String>());
        let text = format!("a {long} b");
        assert_eq!(needles(&[&long, "start", "100-101-102-103-104-"]).mask(&text), format!("a {MASK} b"));
        assert_eq!(needles(&["abcdef", "defghi", "ghijkl"]).mask("1 abcdefghijkl 2"), format!("1 {MASK} 2"));
    }
}
