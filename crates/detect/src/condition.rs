//! What a rule asks of a match beyond its form: where it stands, what is in it, what it must not be.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{LazyLock, Mutex, PoisonError};

use memchr::{memchr, memchr_iter, memrchr};
use regex_automata::meta::Regex;
use regex_automata::util::captures::Captures;
use serde::{Deserialize, Serialize};

use crate::Text;
use crate::entry::Entry;
use crate::expression::compile;
use crate::filter::{Filter, Names};
use crate::liquid::Liquid;
use crate::pattern::{Form, holds_word};

/// What counts as special where a rule does not say.
const SPECIAL: &str = "!@#$%^&*()_+-=[]{}|;:'\",.<>?/\\`~";

/// Least numbers of characters of a kind in the secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Contains {
    pub(crate) digits: usize,
    pub(crate) upper: usize,
    pub(crate) lower: usize,
    pub(crate) special: usize,
    /// Which are special.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) specials: Option<String>,
}

/// A checksum in the secret: two templates that must come to the same text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Checksum {
    pub(crate) actual: String,
    pub(crate) expected: String,
    /// The group without which there is no checksum to look at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) group: Option<String>,
    /// Whether a match without it counts.
    #[serde(default)]
    pub(crate) optional: bool,
}

/// Whether one kind of reason is enough.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum When {
    /// One is.
    #[default]
    Any,
    /// Every kind that is named must be there.
    All,
}

/// A match that is no secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Allow {
    pub(crate) when: When,
    /// Expressions over the secret.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) secret: Vec<String>,
    /// Expressions over the whole match.
    #[serde(rename = "match", skip_serializing_if = "Vec::is_empty")]
    pub(crate) whole: Vec<String>,
    /// Expressions over the lines of the match.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) line: Vec<String>,
    /// Expressions over the path of the file.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) path: Vec<String>,
    /// Words in the secret, in any case.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) words: Vec<String>,
}

/// Another rule of which a match must stand nearby. Without distances: anywhere in the text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Need {
    /// Its name.
    pub(crate) rule: String,
    /// So many lines away at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) lines: Option<usize>,
    /// Its column differs by so much at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) columns: Option<usize>,
    /// So many bytes before the start or behind the end at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) bytes: Option<usize>,
    /// On one side only. By lines, the line of the match itself belongs to both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) side: Option<Side>,
}

/// Where something stands that must be near a match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Side {
    /// Before it.
    Before,
    /// Behind it.
    After,
}

/// A match whose conditions are looked at.
pub(crate) struct Spot<'s, 'b> {
    pub(crate) text: &'s Text<'b>,
    pub(crate) whole: Range<usize>,
    pub(crate) secret: Range<usize>,
    pub(crate) captures: Option<&'s Captures>,
}

/// The conditions of a rule, ready to be asked.
#[derive(Debug)]
pub(crate) struct Conditions {
    path: Option<Regex>,
    somewhere: Vec<String>,
    contains: Option<Contains>,
    checksum: Option<Sum>,
    allow: Vec<Allowed>,
    unless: Vec<Filter>,
}

#[derive(Debug)]
struct Allowed {
    when: When,
    secret: Vec<Regex>,
    whole: Vec<Regex>,
    line: Vec<Regex>,
    path: Vec<Regex>,
    words: Vec<String>,
}

#[derive(Debug)]
struct Sum {
    actual: Liquid,
    expected: Liquid,
    group: Option<String>,
    optional: bool,
}

impl Conditions {
    /// Takes them out of a rule; `None` if it has none.
    pub(crate) fn read(entry: &mut Entry, form: &Form) -> Result<Option<Box<Self>>, String> {
        let conditions = Self {
            path: entry.path.take().map(|path| expression(&path)).transpose()?,
            somewhere: std::mem::take(&mut entry.somewhere),
            contains: entry.contains.take(),
            checksum: entry.checksum.take().map(Sum::read).transpose()?,
            allow: std::mem::take(&mut entry.allow)
                .into_iter()
                .map(Allowed::read)
                .collect::<Result<_, _>>()?,
            unless: unless(entry)?,
        };
        if conditions.checksum.is_some() && !matches!(form, Form::Regex(_)) {
            return Err("`checksum` belongs to `regex`; a `token` has `check`".to_owned());
        }
        let asks = conditions.path.is_some()
            || conditions.contains.is_some()
            || conditions.checksum.is_some()
            || !conditions.somewhere.is_empty()
            || !conditions.allow.is_empty()
            || !conditions.unless.is_empty();
        Ok(asks.then(|| Box::new(conditions)))
    }

    /// Whether they can hold in a file of this name.
    pub(crate) fn allow_in(&self, path: &[u8]) -> bool {
        self.path.as_ref().is_none_or(|regex| regex.is_match(path))
    }

    /// Whether they ask for no name of the file.
    pub(crate) fn allow_anywhere(&self) -> bool {
        self.path.is_none()
    }

    /// Whether they hold of a match.
    pub(crate) fn hold(&self, spot: &Spot<'_, '_>) -> bool {
        let path = spot.text.hint.path();
        self.allow_in(path)
            && self.contains.as_ref().is_none_or(|contains| contains.hold(spot.secret()))
            && self.checksum.as_ref().is_none_or(|sum| sum.holds(spot))
            && !self.allow.iter().any(|allowed| allowed.holds(spot))
            && !self.unless.iter().any(|filter| filter.holds(spot))
            && (self.somewhere.is_empty() || self.is_somewhere(spot))
    }

    fn is_somewhere(&self, spot: &Spot<'_, '_>) -> bool {
        // It stands in the match more often than not: the whole text is looked at last.
        let within = |bytes: &[u8]| self.somewhere.iter().any(|word| holds_word(bytes, word.as_bytes()));
        within(spot.whole()) || within(spot.text.bytes)
    }
}

fn unless(entry: &mut Entry) -> Result<Vec<Filter>, String> {
    let sources = std::mem::take(&mut entry.unless);
    let rule = Names { id: &entry.id, title: &entry.title };
    let read = |source: &String| Filter::parse(source, rule).map_err(|error| format!("`unless`: {error}"));
    sources.iter().map(read).collect()
}

impl<'b> Spot<'_, 'b> {
    pub(crate) fn secret(&self) -> &'b [u8] {
        self.text.bytes.get(self.secret.clone()).unwrap_or_default()
    }

    pub(crate) fn whole(&self) -> &'b [u8] {
        self.text.bytes.get(self.whole.clone()).unwrap_or_default()
    }

    /// The lines on which the match stands.
    pub(crate) fn lines(&self) -> &'b [u8] {
        let bytes = self.text.bytes;
        let before = bytes.get(..self.whole.start).unwrap_or_default();
        let after = bytes.get(self.whole.end..).unwrap_or_default();
        let start = memrchr(b'\n', before).map_or(0, |newline| newline.saturating_add(1));
        let end = self.whole.end.saturating_add(memchr(b'\n', after).unwrap_or(after.len()));
        bytes.get(start..end).unwrap_or_default()
    }

    /// What a template may name.
    fn value(&self, name: &str) -> Option<&'b [u8]> {
        match name {
            "MATCH" | "TOKEN" => Some(self.secret()),
            "FULL_MATCH" => Some(self.whole()),
            _ => self.capture(name),
        }
    }

    /// A group of the expression, by its name in any case.
    pub(crate) fn capture(&self, name: &str) -> Option<&'b [u8]> {
        let captures = self.captures?;
        let names = captures.group_info().pattern_names(regex_automata::PatternID::ZERO).enumerate();
        let mut fits = names.filter(|(_, known)| known.is_some_and(|known| known.eq_ignore_ascii_case(name)));
        let (index, _) = fits.next()?;
        self.text.bytes.get(captures.get_group(index)?.range())
    }
}

impl Contains {
    fn hold(&self, secret: &[u8]) -> bool {
        let specials = self.specials.as_deref().unwrap_or(SPECIAL).as_bytes();
        let count = |is: &dyn Fn(&u8) -> bool| secret.iter().filter(|byte| is(byte)).count();
        count(&u8::is_ascii_digit) >= self.digits
            && count(&u8::is_ascii_uppercase) >= self.upper
            && count(&u8::is_ascii_lowercase) >= self.lower
            && count(&|byte| specials.contains(byte)) >= self.special
    }
}

impl Sum {
    fn read(written: Checksum) -> Result<Self, String> {
        let Checksum { actual, expected, group, optional } = written;
        Ok(Self { actual: Liquid::parse(&actual)?, expected: Liquid::parse(&expected)?, group, optional })
    }

    fn holds(&self, spot: &Spot<'_, '_>) -> bool {
        if self.group.as_ref().is_some_and(|group| spot.value(group).is_none()) {
            return self.optional;
        }
        let value = |name: &str| spot.value(name).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        match (self.actual.render(&value), self.expected.render(&value)) {
            (Some(actual), Some(expected)) => actual == expected,
            _ => self.optional,
        }
    }
}

impl Allowed {
    fn read(written: Allow) -> Result<Self, String> {
        let Allow { when, secret, whole, line, path, words } = written;
        if [&secret, &whole, &line, &path, &words].into_iter().all(Vec::is_empty) {
            return Err("an `allow` without any reason".to_owned());
        }
        if words.iter().any(String::is_empty) {
            return Err("an empty word in `allow`".to_owned());
        }
        let (secret, whole, line, path) = (all(&secret)?, all(&whole)?, all(&line)?, all(&path)?);
        Ok(Self { when, secret, whole, line, path, words })
    }

    fn holds(&self, spot: &Spot<'_, '_>) -> bool {
        let path = spot.text.hint.path();
        let kinds: [(bool, &dyn Fn() -> bool); 5] = [
            (self.words.is_empty(), &|| self.words.iter().any(|w| holds_word(spot.secret(), w.as_bytes()))),
            (self.path.is_empty(), &|| !path.is_empty() && fits(&self.path, path)),
            (self.secret.is_empty(), &|| fits(&self.secret, spot.secret())),
            (self.whole.is_empty(), &|| fits(&self.whole, spot.whole())),
            (self.line.is_empty(), &|| fits(&self.line, spot.lines())),
        ];
        let mut named = kinds.iter().filter(|(absent, _)| !absent).map(|(_, holds)| holds());
        match self.when {
            When::Any => named.any(|holds| holds),
            When::All => named.all(|holds| holds),
        }
    }
}

fn fits(expressions: &[Regex], bytes: &[u8]) -> bool {
    expressions.iter().any(|regex| regex.is_match(bytes))
}

fn all(sources: &[String]) -> Result<Vec<Regex>, String> {
    sources.iter().map(|source| expression(source)).collect()
}

/// Compiled once, however many rules share it: the allowlist of a pack stands at each of its rules.
pub(crate) fn expression(source: &str) -> Result<Regex, String> {
    static KNOWN: LazyLock<Mutex<HashMap<String, Regex>>> = LazyLock::new(Mutex::default);
    if let Some(regex) = KNOWN.lock().unwrap_or_else(PoisonError::into_inner).get(source) {
        return Ok(regex.clone());
    }
    let regex = compile(source).map_err(|error| format!("`{source}`: {error}"))?;
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner).insert(source.to_owned(), regex.clone());
    Ok(regex)
}

impl Need {
    /// Whether one of the matches, with the names of their rules, is near enough.
    pub(crate) fn met(&self, bytes: &[u8], span: &Range<usize>, places: &[(&str, Range<usize>)]) -> bool {
        places.iter().any(|(rule, other)| *rule == self.rule && self.is_near(bytes, span, other))
    }

    fn is_near(&self, bytes: &[u8], span: &Range<usize>, other: &Range<usize>) -> bool {
        let between = if other.start < span.start {
            other.start..span.start
        } else {
            span.end.min(other.start)..other.start
        };
        let lines = || memchr_iter(b'\n', bytes.get(between.clone()).unwrap_or_default()).count();
        let apart = |far: usize| {
            span.start.saturating_sub(far) <= other.start && other.start < span.end.saturating_add(far)
        };
        self.lines.is_none_or(|far| lines() <= far)
            && self
                .columns
                .is_none_or(|far| column(bytes, span.start).abs_diff(column(bytes, other.start)) <= far)
            && self.bytes.is_none_or(apart)
            && match self.side {
                None => true,
                Some(Side::Before) if other.start < span.end => true,
                Some(Side::After) if other.start >= span.start => true,
                Some(_) => self.bytes.is_none() && lines() == 0,
            }
    }
}

fn column(bytes: &[u8], place: usize) -> usize {
    let before = bytes.get(..place).unwrap_or_default();
    memrchr(b'\n', before).map_or(place, |newline| place.saturating_sub(newline).saturating_sub(1))
}
