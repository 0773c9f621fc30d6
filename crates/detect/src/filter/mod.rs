//! Expressions that say which matches are no secret: what Betterleaks calls a filter, and our own rules `unless`.
//!
//! `entropy(finding.secret) <= 3.0 || containsAny(finding["line"], ["example"])`. Both spellings that Betterleaks has
//! had are read. Kinds are checked when an expression is read, so that asking it cannot fail; what is not in the tables
//! is an error that names it.

mod lexer;
mod parser;

use std::borrow::Cow;
use std::cmp::Ordering;

use regex_automata::meta::Regex;

use crate::condition::Spot;
use crate::pattern::{entropy, holds_word};
use crate::words::is_worded;

/// What `tokenRatio` is taken for where a text is spelled out of words, and where it is not: bytes for each token of a
/// language model. Its vocabulary is larger than this program.
const RATIO: (f64, f64) = (4.0, 1.5);

/// An expression, ready to be asked.
#[derive(Debug)]
pub(crate) struct Filter {
    truth: Truth,
    /// Whether it asks for something that is estimated here.
    pub(crate) estimated: bool,
}

impl Filter {
    /// Reads an expression.
    ///
    /// # Errors
    /// What in it is not read here, by name.
    pub(crate) fn parse(source: &str, rule: Names<'_>) -> Result<Self, String> {
        parser::parse(source, rule)
    }

    /// Whether it holds of a match.
    pub(crate) fn holds(&self, spot: &Spot<'_, '_>) -> bool {
        self.truth.holds(spot)
    }
}

/// What an expression may call the rule it belongs to.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Names<'n> {
    pub(crate) id: &'n str,
    pub(crate) title: &'n str,
}

/// An expression that is true or false.
#[derive(Clone, Debug)]
enum Truth {
    Always(bool),
    Not(Box<Truth>),
    All(Vec<Truth>),
    Any(Vec<Truth>),
    Order(Number, Order, Number),
    Same(Text, Text),
    Agree(Box<Truth>, Box<Truth>),
    Matches(Text, Vec<Regex>),
    Holds(Text, Where, Vec<Text>),
    Worded(Text),
    Given(Text),
}

#[derive(Clone, Debug)]
enum Number {
    Exactly(f64),
    Length(Text),
    Entropy(Text),
    Ratio(Text),
}

#[derive(Clone, Debug)]
enum Text {
    Exactly(String),
    Part(Part),
    Capture(String),
    /// The other one if the first is not there.
    Or(Box<Text>, Box<Text>),
    Changed(Box<Text>, Change),
    Found(Box<Text>, Regex),
    Joined(Box<Text>, Box<Text>),
    /// The match with what stands around it.
    Around(Around),
}

/// How much of what stands around a match belongs to it, in bytes.
#[derive(Clone, Copy, Debug)]
struct Around {
    before: usize,
    after: usize,
    reach: Reach,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    Line,
    Anywhere,
}

/// What is known of a match.
#[derive(Clone, Copy, Debug)]
enum Part {
    Secret,
    Match,
    Line,
    Path,
    /// What only a repository has.
    Nothing,
}

#[derive(Clone, Copy, Debug)]
enum Change {
    Lower,
    Upper,
    Trim,
}

#[derive(Clone, Copy, Debug)]
enum Order {
    Less,
    LessOrSame,
    More,
    MoreOrSame,
    Same,
    Other,
}

/// How one text is in another.
#[derive(Clone, Copy, Debug)]
enum Where {
    Start,
    End,
    Anywhere,
    /// Anywhere, in any case.
    AnyCase,
    /// All of it.
    Whole,
}

impl Truth {
    fn holds(&self, spot: &Spot<'_, '_>) -> bool {
        match self {
            Self::Always(truth) => *truth,
            Self::Not(other) => !other.holds(spot),
            Self::All(all) => all.iter().all(|truth| truth.holds(spot)),
            Self::Any(any) => any.iter().any(|truth| truth.holds(spot)),
            Self::Order(left, order, right) => order.holds(left.value(spot), right.value(spot)),
            Self::Same(left, right) => left.bytes(spot) == right.bytes(spot),
            Self::Agree(left, right) => left.holds(spot) == right.holds(spot),
            Self::Matches(text, expressions) => {
                let text = text.bytes(spot);
                expressions.iter().any(|regex| regex.is_match(&*text))
            }
            Self::Holds(text, place, words) => {
                let text = text.bytes(spot);
                words.iter().any(|word| place.has(&text, &word.bytes(spot)))
            }
            Self::Worded(text) => is_worded(&text.bytes(spot)),
            Self::Given(text) => text.value(spot).is_some(),
        }
    }
}

impl Number {
    fn value(&self, spot: &Spot<'_, '_>) -> f64 {
        match self {
            Self::Exactly(number) => *number,
            Self::Length(text) => f64::from(u32::try_from(text.bytes(spot).len()).unwrap_or(u32::MAX)),
            Self::Entropy(text) => entropy(&text.bytes(spot)),
            Self::Ratio(text) => {
                if is_worded(&text.bytes(spot)) {
                    RATIO.0
                } else {
                    RATIO.1
                }
            }
        }
    }
}

impl Text {
    /// The bytes; none where it is not there.
    fn bytes<'t>(&'t self, spot: &'t Spot<'_, '_>) -> Cow<'t, [u8]> {
        self.value(spot).unwrap_or_default()
    }

    fn value<'t>(&'t self, spot: &'t Spot<'_, '_>) -> Option<Cow<'t, [u8]>> {
        Some(match self {
            Self::Exactly(text) => Cow::Borrowed(text.as_bytes()),
            Self::Part(part) => Cow::Borrowed(part.bytes(spot)?),
            Self::Capture(name) => Cow::Borrowed(spot.capture(name)?),
            Self::Or(first, other) => return first.value(spot).or_else(|| other.value(spot)),
            Self::Changed(text, change) => change.apply(text.value(spot)?),
            Self::Found(text, regex) => {
                let text = text.value(spot)?;
                let span = regex.find(&*text)?.range();
                Cow::Owned(text.get(span)?.to_vec())
            }
            Self::Joined(first, other) => Cow::Owned([first.bytes(spot), other.bytes(spot)].concat()),
            Self::Around(around) => Cow::Borrowed(around.bytes(spot)?),
        })
    }
}

impl Part {
    fn bytes<'s>(self, spot: &'s Spot<'_, '_>) -> Option<&'s [u8]> {
        match self {
            Self::Secret => Some(spot.secret()),
            Self::Match => Some(spot.whole()),
            Self::Line => Some(spot.lines()),
            Self::Path => Some(spot.text.hint.path()).filter(|path| !path.is_empty()),
            Self::Nothing => None,
        }
    }
}

impl Around {
    fn bytes<'s>(self, spot: &'s Spot<'_, '_>) -> Option<&'s [u8]> {
        let (bytes, whole) = (spot.text.bytes, &spot.whole);
        let mut start = whole.start.saturating_sub(self.before);
        let mut end = whole.end.saturating_add(self.after).min(bytes.len());
        if self.reach == Reach::Line {
            let before = memchr::memrchr2(b'\n', b'\r', bytes.get(start..whole.start)?);
            start = before.map_or(start, |at| start.saturating_add(at).saturating_add(1));
            let after = memchr::memchr2(b'\n', b'\r', bytes.get(whole.end..end)?);
            end = after.map_or(end, |at| whole.end.saturating_add(at));
        }
        bytes.get(start..end)
    }
}

impl Change {
    fn apply(self, text: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
        match self {
            Self::Lower => Cow::Owned(text.to_ascii_lowercase()),
            Self::Upper => Cow::Owned(text.to_ascii_uppercase()),
            Self::Trim => Cow::Owned(text.trim_ascii().to_vec()),
        }
    }
}

impl Order {
    fn holds(self, left: f64, right: f64) -> bool {
        let Some(order) = left.partial_cmp(&right) else { return false };
        match self {
            Self::Less => order == Ordering::Less,
            Self::LessOrSame => order != Ordering::Greater,
            Self::More => order == Ordering::Greater,
            Self::MoreOrSame => order != Ordering::Less,
            Self::Same => order == Ordering::Equal,
            Self::Other => order != Ordering::Equal,
        }
    }
}

impl Where {
    fn has(self, text: &[u8], word: &[u8]) -> bool {
        match self {
            Self::Start => text.starts_with(word),
            Self::End => text.ends_with(word),
            Self::Anywhere => memchr::memmem::find(text, word).is_some(),
            Self::AnyCase => holds_word(text, word),
            Self::Whole => text == word,
        }
    }
}

#[cfg(test)]
mod tests;
