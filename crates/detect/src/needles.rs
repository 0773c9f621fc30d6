//! Known values, looked for in every form in which they get written down, also wrapped over lines.
//!
//! Every form is known by one or two anchors: eight of its bytes, which a table of bits rules out at nearly every place of a
//! text. However many values there are, a place costs one look into that table. Where an anchor stands, the form is
//! read to both sides of it, past line breaks and what stands around them.

mod anchor;
mod joined;
mod place;
mod wrap;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, Input, MatchKind};
use zeroize::Zeroizing;

use crate::set::Set;
use crate::spelling::{Spelling, spellings};
use anchor::{ANCHOR, Anchors};
pub use joined::Joined;

/// What stands in the place of a secret in our output.
pub const MASK: &str = "‹masked›";

/// Finds known values, in all their spellings, in one pass.
pub struct Needles {
    names: Vec<String>,
    forms: Vec<Form>,
    anchors: Anchors,
    /// What is too short for an anchor.
    short: Option<AhoCorasick>,
    /// The forms that `short` finds.
    short_forms: Vec<usize>,
    /// Values that have forms of which only the middle is kept.
    long: HashMap<usize, Zeroizing<Vec<u8>>>,
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
    /// Whether it stands in one piece.
    pub piece: Piece,
}

/// How a value stands in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// As one.
    Whole,
    /// Over several lines, with something between them.
    Wrapped,
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

/// How much of what follows a value in base64 has its last bits: a character that is filled up with zeros, and the padding
/// that says so. The character may be the first of a line.
fn last_bits(bytes: &[u8], hit: &Hit) -> usize {
    let rest = bytes.get(hit.span.end..).unwrap_or_default();
    let breaks = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    let ends = match rest.get(breaks..).unwrap_or_default() {
        [last, b'=', b'=', ..] if is_of_base64(*last) => 3,
        [last, b'=', ..] if is_of_base64(*last) => 2,
        _ => return 0,
    };
    if hit.encoding.starts_with("base64") { breaks + ends } else { 0 }
}

fn is_of_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}

/// A form of a value that is looked for.
struct Form {
    /// The value's index.
    name: usize,
    encoding: &'static str,
    /// What must not stand beside it.
    border: Set,
    /// All of it, or its middle.
    bytes: Vec<u8>,
    /// How much of it stands before those bytes.
    lead: usize,
    /// Length of the whole.
    length: usize,
    /// Which of the value's spellings it is.
    number: usize,
}

/// Of a longer form only the middle is kept, so that a thousand private keys cost no more memory than a thousand
/// passwords. The start would not do: keys of one kind begin alike.
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
        let mut long = HashMap::new();
        let mut forms = Vec::new();
        let mut known = HashSet::new();
        for (name, (title, value)) in values.enumerate() {
            names.push(title);
            if !known.insert(value) {
                continue;
            }
            let first = forms.len();
            forms.extend(forms_of(name, spellings(value)));
            if forms.iter().skip(first).any(|form| form.bytes.len() < form.length) {
                long.insert(name, Zeroizing::new(value.to_vec()));
            }
        }
        let longest = forms.iter().map(|form| form.length).max().unwrap_or(0);
        let short_forms: Vec<usize> =
            (0..forms.len()).filter(|index| forms[*index].length < ANCHOR).collect();
        let short = automaton(short_forms.iter().map(|index| &forms[*index].bytes), names.len())?;
        let anchors = Anchors::new(place::Places::new(&forms));
        Ok(Self { names, forms, anchors, short, short_forms, long, longest })
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

    /// Whether any value stands somewhere.
    #[must_use]
    pub fn finds_in(&self, bytes: &[u8]) -> bool {
        !self.all(bytes).is_empty()
    }

    /// The text with every value, in any spelling, replaced by [`MASK`], also where a shell would put it together from pieces
    /// in quotes. Values that overlap become one.
    #[must_use]
    pub fn mask(&self, text: &str) -> String {
        Self::mask_those(&[(self, &|_| true)], text)
    }

    /// The same for some of the values of several searches, told by their places in the lists that the needles were made of.
    #[must_use]
    pub fn mask_those(searches: &[(&Self, &dyn Fn(usize) -> bool)], text: &str) -> String {
        let bytes = text.as_bytes();
        let joined = Joined::of(bytes);
        let wanted = |(needles, wanted): &(&Self, &dyn Fn(usize) -> bool)| {
            let mut hits = needles.all(bytes);
            hits.extend(joined.iter().flat_map(|joined| joined.hits(needles)));
            hits.retain(|hit| wanted(hit.name));
            hits
        };
        let mut hits: Vec<Hit> = searches.iter().flat_map(wanted).collect();
        hits.sort_by_key(|hit| hit.span.start);
        let mut out = Vec::with_capacity(bytes.len());
        let mut done = 0;
        for (number, hit) in hits.into_iter().enumerate() {
            if number == 0 || hit.span.start >= done {
                out.extend_from_slice(bytes.get(done..hit.span.start).unwrap_or_default());
                out.extend_from_slice(MASK.as_bytes());
            }
            done = done.max(hit.span.end + last_bits(bytes, &hit));
        }
        out.extend_from_slice(bytes.get(done..).unwrap_or_default());
        // A value that is no text may end inside a character.
        String::from_utf8(out).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    }

    /// Every spelling of every value, overlapping ones too: by where they start, the longest first. One that only
    /// the first of several would show could hide the rest of another.
    fn all(&self, bytes: &[u8]) -> Vec<Hit> {
        let mut hits = Vec::new();
        self.anchors
            .find(bytes, &mut |at, (form, offset)| hits.extend(self.around(bytes, at, (form, offset))));
        // The search is of the kind that allows overlaps; it cannot refuse.
        let short = self.short.as_ref().and_then(|a| a.try_find_overlapping_iter(Input::new(bytes)).ok());
        for found in short.into_iter().flatten() {
            let form =
                self.short_forms.get(found.pattern().as_usize()).and_then(|form| self.forms.get(*form));
            hits.extend(form.and_then(|form| form.hit(bytes, found.range(), Piece::Whole)));
        }
        hits.sort_by_key(|hit| (hit.span.start, std::cmp::Reverse(hit.span.end), hit.name));
        hits.dedup();
        hits
    }

    /// The form one of whose anchors stands there.
    fn around(&self, bytes: &[u8], at: usize, (form, offset): (usize, usize)) -> Option<Hit> {
        let form = self.forms.get(form)?;
        let start = at.checked_sub(offset);
        let whole =
            start.and_then(|start| bytes.get(start..)).is_some_and(|rest| rest.starts_with(&form.bytes));
        if let Some(start) = start.filter(|_| whole) {
            let start = start.saturating_sub(form.lead);
            let end = start.saturating_add(form.length).min(bytes.len());
            return form.hit(bytes, start..end, Piece::Whole);
        }
        let whole = self.whole(form)?;
        let span = wrap::around(bytes, at, (&whole, form.lead.saturating_add(offset)))?;
        form.hit(bytes, span, Piece::Wrapped)
    }

    /// All of a form; written again if only its middle is kept.
    fn whole<'f>(&'f self, form: &'f Form) -> Option<Cow<'f, [u8]>> {
        if form.bytes.len() == form.length {
            return Some(Cow::Borrowed(&form.bytes));
        }
        let value = self.long.get(&form.name)?;
        spellings(value).into_iter().nth(form.number).map(|spelling| Cow::Owned(spelling.bytes))
    }
}

impl Form {
    fn hit(&self, bytes: &[u8], span: Range<usize>, piece: Piece) -> Option<Hit> {
        let before = span.start.checked_sub(1).and_then(|place| bytes.get(place));
        let beside = before.into_iter().chain(bytes.get(span.end));
        let alone = beside.into_iter().all(|byte| !self.border.has(*byte));
        alone.then_some(Hit { name: self.name, encoding: self.encoding, span, piece })
    }
}

/// What is looked for of a value: each of its forms once, what is found anywhere before what must stand alone.
fn forms_of(name: usize, spellings: Vec<Spelling>) -> impl Iterator<Item = Form> {
    let mut spellings: Vec<_> = spellings.into_iter().enumerate().collect();
    spellings.sort_by(|(_, a), (_, b)| {
        (&a.bytes, a.border != Set::EMPTY).cmp(&(&b.bytes, b.border != Set::EMPTY))
    });
    spellings.dedup_by(|(_, next), (_, kept)| next.bytes == kept.bytes);
    spellings.into_iter().map(move |(number, Spelling { mut bytes, encoding, border })| {
        let length = bytes.len();
        let shown = if length > LONG { WINDOW } else { length };
        let lead = length.saturating_sub(shown) / 2;
        if shown < length {
            bytes = bytes.get(lead..lead.saturating_add(shown)).unwrap_or_default().to_vec();
        }
        Form { name, encoding, border, bytes, lead, length, number }
    })
}

fn automaton<'p>(
    patterns: impl Iterator<Item = &'p Vec<u8>>,
    values: usize,
) -> Result<Option<AhoCorasick>, NeedlesError> {
    let patterns: Vec<_> = patterns.collect();
    if patterns.is_empty() {
        return Ok(None);
    }
    let built = AhoCorasickBuilder::new().match_kind(MatchKind::Standard).build(patterns);
    built.map(Some).map_err(|error| NeedlesError::new(values, &error))
}

impl fmt::Debug for Needles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Needles({} values)", self.names.len())
    }
}

#[cfg(test)]
mod tests;
