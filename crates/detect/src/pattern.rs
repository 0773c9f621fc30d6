//! Confirms what the keyword search found: reads the token, looks for its neighbours, judges it.

mod digest;

use std::borrow::Cow;
use std::ops::Range;

use digest::is_digest;
use regex_automata::Input;
use regex_automata::meta::Regex;
use tightlip_report::{Confidence, Level};

use crate::candidate::{Candidate, Proof, Rank, Truth};
use crate::condition::{Conditions, Need, Spot};
use crate::expression::LazyRegex;
use crate::label::{SECRETS, calls, is_by_chance, is_the_provider, label_before, names, refers};
use crate::matcher::Matcher;
use crate::placeholder::{is_made_up, placeholder};
use crate::template::Template;
use crate::words::{is_spelled, is_worded};
use crate::{Check, Hint, Outcome, Rule, Text};

/// How far around a keyword a regular expression looks, beyond its longest match.
const NEIGHBOURHOOD: usize = 128;
/// A file up to this size can be one token, named by its path alone.
const ONE_TOKEN_FILE: usize = 4096;
/// A variable part of so many bytes whose structure holds is no chance.
const TELLING_STRUCTURE: usize = 32;
/// A token that begins with fewer literal bytes is told by chance more often than by them, where its rule is not sure.
const TELLING_PREFIX: usize = 4;

/// A rule from a rule file, with how it is recognised.
pub(crate) struct Pattern {
    pub(crate) rule: &'static Rule,
    pub(crate) form: Form,
    /// Lower-case words, one of which must stand before the token; before one with a literal of its own whose checksum holds,
    /// none.
    pub(crate) near: Vec<String>,
    /// Lower-case words, one of which must be a word of the name that the token is the value of.
    pub(crate) also: Vec<String>,
    /// How far before it, in bytes.
    pub(crate) within: usize,
    /// Least Shannon entropy of the variable part, in bits per byte.
    pub(crate) entropy: Option<f64>,
    pub(crate) check: Option<&'static Check>,
    /// Whether it is looked for in programs too.
    pub(crate) reach: Reach,
    /// What else must hold of a match.
    pub(crate) conditions: Option<Box<Conditions>>,
    /// Rules of which a match must stand nearby.
    pub(crate) needs: Vec<Need>,
    /// The name of its file.
    pub(crate) file: String,
    /// The examples of its file.
    pub(crate) examples: Examples,
}

/// What a rule file says of a rule's tokens, for tests and canaries.
#[derive(Debug, Default)]
pub(crate) struct Examples {
    /// The token templates.
    pub(crate) tokens: Vec<Template>,
    /// Texts in which the rule finds one token.
    pub(crate) hits: Vec<String>,
    /// Texts in which it finds none.
    pub(crate) misses: Vec<String>,
}

/// Where a rule looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Text and programs.
    Everything,
    /// Text only: in programs it would find noise.
    TextOnly,
}

/// How many bytes of a token are literal: at its beginning, which is public, and anywhere.
#[derive(Clone, Copy, Debug, Default)]
struct Literal {
    first: usize,
    all: usize,
}

/// How a token is recognised.
#[derive(Debug)]
pub(crate) enum Form {
    /// By its own literal.
    Tokens(Vec<Matcher>),
    /// By a word before it: the token has no literal of its own.
    NearTokens(Vec<Matcher>),
    /// By a regular expression around a keyword.
    Regex(Box<LazyRegex>),
    /// By the path of the file alone.
    Path(Regex),
}

impl Pattern {
    /// The token of template `index` whose literal stands at `anchor`.
    pub(crate) fn at_anchor<'b>(
        &self,
        text: &Text<'b>,
        (index, anchor): (usize, usize),
    ) -> Option<Candidate<'b>> {
        let Form::Tokens(matchers) = &self.form else { return None };
        let matcher = matchers.get(index)?;
        if let Some((start, end)) = matcher.around(text.bytes, anchor) {
            return self.token(text, (matcher, Rank::Token), start..end);
        }
        // Programs keep strings side by side without a border, and texts are glued together. There only a check tells where a
        // token ends.
        let check = self.check.filter(|_| text.binary || self.proves())?;
        let (start, end) = matcher.at_any_border(text, anchor)?;
        let token = text.bytes.get(start..end)?;
        let holds = matches!((check.verify)(token), Outcome::Holds | Outcome::Spent);
        let telling = self.proves() || is_mixed(token.get(matcher.public_prefix(token)..)?);
        if holds && telling { self.token(text, (matcher, Rank::Token), start..end) } else { None }
    }

    /// The tokens that follow a word, and those before it on its line whose name tells that they are secrets:
    /// `curl -H "X-Api-Key: …" https://provider.test/`.
    pub(crate) fn around_word<'b>(
        &self,
        text: &Text<'b>,
        word: Range<usize>,
        add: &mut dyn FnMut(Candidate<'b>),
    ) {
        if is_by_chance(text.bytes, &word) {
            return;
        }
        self.search(text, word.end..word.end.saturating_add(self.within), add);
        let near = word.start.saturating_sub(self.within);
        let before = text.bytes.get(near..word.start).unwrap_or_default();
        let line = memchr::memrchr(b'\n', before).map_or(0, |newline| newline.saturating_add(1));
        let near = near.saturating_add(line);
        self.search(text, near..word.start, &mut |candidate| {
            let label = || label_before(text.bytes, candidate.span.start);
            if !self.also.is_empty() || names(label(), SECRETS) {
                add(candidate);
            }
        });
    }

    /// The tokens anywhere in a text whose name or path holds the word.
    pub(crate) fn in_named<'b>(&self, text: &Text<'b>, add: &mut dyn FnMut(Candidate<'b>)) {
        // A long file is not made of tokens of one kind because its directory has the provider's name.
        if matches!(text.hint, Hint::Named(_)) || text.bytes.len() <= ONE_TOKEN_FILE {
            self.search(text, 0..text.bytes.len(), add);
        }
    }

    fn search<'b>(&self, text: &Text<'b>, starts: Range<usize>, add: &mut dyn FnMut(Candidate<'b>)) {
        let Form::NearTokens(matchers) = &self.form else { return };
        let last = starts.end.min(text.bytes.len().saturating_sub(1));
        for matcher in matchers {
            let mut start = starts.start;
            while let Some(next) = matcher.next_start(text.bytes, start..=last) {
                start = next;
                let found = matcher.at(text.bytes, start).map(|end| start..end);
                start = found
                    .as_ref()
                    .map_or(start.saturating_add(1), |span| span.end.max(start.saturating_add(1)));
                let rank = self.near_rank();
                if let Some(candidate) = found.and_then(|span| self.token(text, (matcher, rank), span)) {
                    add(candidate);
                }
            }
        }
    }

    /// The matches of the regular expression around a keyword.
    pub(crate) fn around_keyword<'b>(
        &self,
        text: &Text<'b>,
        keyword: Range<usize>,
        add: &mut dyn FnMut(Candidate<'b>),
    ) {
        let Form::Regex(lazy) = &self.form else { return };
        let reach = lazy.longest.saturating_add(NEIGHBOURHOOD);
        let from = keyword.start.saturating_sub(reach);
        let to = keyword.end.saturating_add(reach).min(text.bytes.len());
        if !lazy.may_match(text.bytes, &keyword, from..to) {
            return;
        }
        self.expressed(text, (lazy, from..to), add);
    }

    /// The matches of the regular expression anywhere in a text that holds one of its keywords.
    pub(crate) fn throughout<'b>(&self, text: &Text<'b>, add: &mut dyn FnMut(Candidate<'b>)) {
        let Form::Regex(lazy) = &self.form else { return };
        let whole = 0..text.bytes.len();
        if lazy.may_match(text.bytes, &(0..0), whole.clone()) {
            self.expressed(text, (lazy, whole), add);
        }
    }

    /// The matches of the regular expression in one stretch of a text.
    fn expressed<'b>(
        &self,
        text: &Text<'b>,
        (lazy, stretch): (&LazyRegex, Range<usize>),
        add: &mut dyn FnMut(Candidate<'b>),
    ) {
        let Some(regex) = lazy.regex() else { return };
        let to = stretch.end;
        let input = Input::new(text.bytes).span(stretch);
        for captures in regex.captures_iter(input) {
            let Some(whole) = captures.get_match() else { continue };
            // What ends where the view ends may go on behind it; a hit nearer to it will see it whole.
            let cut = whole.end() == to && to < text.bytes.len();
            if cut || whole.is_empty() || whole.len() > lazy.longest {
                continue;
            }
            let Some(span) = lazy.secret(&captures) else { continue };
            let spot = Spot { text, whole: whole.range(), secret: span.clone(), captures: Some(&captures) };
            if self.conditions.as_ref().is_some_and(|conditions| !conditions.hold(&spot)) {
                continue;
            }
            self.judged(text, span, (Literal::default(), self.regex_rank())).into_iter().for_each(&mut *add);
        }
    }

    /// The file itself, if its path is what the rule is about. Its content is told by its beginning.
    pub(crate) fn at_path<'b>(&self, text: &Text<'b>) -> Option<Candidate<'b>> {
        let Form::Path(regex) = &self.form else { return None };
        let path = text.hint.path();
        if path.is_empty() || text.bytes.is_empty() || !regex.is_match(path) {
            return None;
        }
        let begin = 0..text.bytes.len().min(ONE_TOKEN_FILE);
        let spot = Spot { text, whole: 0..0, secret: begin.clone(), captures: None };
        if self.conditions.as_ref().is_some_and(|conditions| !conditions.hold(&spot)) {
            return None;
        }
        Some(Candidate {
            rule: self.rule,
            secret: Cow::Borrowed(text.bytes.get(begin)?),
            span: 0..0,
            level: self.rule.level,
            confidence: self.rule.confidence,
            shape: "a file of this name".to_owned(),
            decoded_from: &[],
            rank: Rank::Guess,
            fixed: 0,
            truth: Truth::Real,
            proof: Proof::Form,
        })
    }

    fn near_rank(&self) -> Rank {
        match (self.rule.confidence, self.also.is_empty()) {
            (Confidence::Low, _) => Rank::Guess,
            (_, true) => Rank::Near,
            (_, false) => Rank::NearNamed,
        }
    }

    fn regex_rank(&self) -> Rank {
        if self.rule.confidence == Confidence::Low { Rank::Guess } else { Rank::Token }
    }

    fn token<'b>(
        &self,
        text: &Text<'b>,
        (matcher, rank): (&Matcher, Rank),
        span: Range<usize>,
    ) -> Option<Candidate<'b>> {
        let token = text.bytes.get(span.clone())?;
        let spot = Spot { text, whole: span.clone(), secret: span.clone(), captures: None };
        if self.conditions.as_ref().is_some_and(|conditions| !conditions.hold(&spot)) {
            return None;
        }
        let literal = Literal { first: matcher.public_prefix(token), all: matcher.fixed() };
        let mut candidate = self.judged(text, span, (literal, rank))?;
        candidate.fixed = matcher.fixed();
        Some(candidate)
    }

    /// Judges a token.
    fn judged<'b>(
        &self,
        text: &Text<'b>,
        span: Range<usize>,
        (literal, rank): (Literal, Rank),
    ) -> Option<Candidate<'b>> {
        let token = text.bytes.get(span.clone())?;
        let variable = token.get(literal.first..)?;
        let outcome = self.check.map_or(Outcome::Absent, |check| (check.verify)(token));
        if self.is_chance(text, (token, variable), (outcome, span.start)) {
            return None;
        }
        let guess = self.rule.confidence == Confidence::Low && literal.first < TELLING_PREFIX;
        let rank = match rank {
            Rank::Token if self.near.is_empty() && guess => Rank::Guess,
            Rank::Token if self.near.is_empty() => Rank::Token,
            Rank::Token if self.has_neighbour(text, span.start) => Rank::NamedToken,
            Rank::Token if outcome == Outcome::Holds && self.proves() => Rank::Token,
            Rank::Token => return None,
            other => other,
        };
        let proof = match outcome {
            Outcome::Holds if self.proves() => Proof::Checksum,
            Outcome::Fails => Proof::Refuted,
            _ => Proof::Form,
        };
        let made_up = proof != Proof::Checksum && self.is_made_up(token, variable);
        let truth = if made_up { Truth::Example } else { Truth::Real };
        let (level, confidence) = self.weight((outcome, truth), literal);
        let shape = self.shape((token, literal.first), outcome, truth);
        // What opens nothing (any more) is not raised by the name that it has.
        let opens = !matches!(outcome, Outcome::Spent | Outcome::Public);
        let truth = if opens { truth } else { Truth::Example };
        Some(Candidate {
            rule: self.rule,
            secret: Cow::Borrowed(token),
            span,
            level,
            confidence,
            shape,
            decoded_from: &[],
            rank,
            fixed: 0,
            truth,
            proof,
        })
    }

    /// Whether a check that holds cannot hold by chance.
    fn proves(&self) -> bool {
        self.check.is_some_and(Check::proves)
    }

    /// Whether it only looks like a token: too little information, words, the digest of something, or without a
    /// word that must be near. What a checksum proves is none of these.
    fn is_chance(
        &self,
        text: &Text<'_>,
        (token, variable): (&[u8], &[u8]),
        (outcome, start): (Outcome, usize),
    ) -> bool {
        if self.entropy.is_some_and(|least| entropy(variable) < least) {
            return true;
        }
        if !self.also.is_empty() && !self.is_named(text, start) {
            return true;
        }
        let sure = outcome == Outcome::Holds && (self.proves() || variable.len() >= TELLING_STRUCTURE);
        match self.form {
            Form::Regex(_) | Form::Path(_) => false,
            Form::Tokens(_) => !sure && is_worded(variable),
            Form::NearTokens(_) => {
                !sure && (is_worded(token) || is_spelled(token) || is_digest(text.bytes, start))
            }
        }
    }

    /// A fixed format is an example only if chance cannot make it look so; other text is judged as people write it.
    fn is_made_up(&self, token: &[u8], variable: &[u8]) -> bool {
        match self.form {
            Form::Regex(_) | Form::Path(_) => placeholder(token).is_some(),
            Form::Tokens(_) | Form::NearTokens(_) => is_made_up(variable),
        }
    }

    /// Whether what stands right before the token has a word of `also` (a name, a flag, `Bearer`) or makes a client.
    fn is_named(&self, text: &Text<'_>, start: usize) -> bool {
        let name = match text.hint {
            Hint::Named(name) => name.as_bytes(),
            _ => b"",
        };
        let label = label_before(text.bytes, start);
        if refers(label) {
            return false;
        }
        names(name, &self.also)
            || names(label, &self.also)
            || calls(label, &self.near)
            || is_the_provider(label, &self.near)
    }

    fn has_neighbour(&self, text: &Text<'_>, start: usize) -> bool {
        let before = text.bytes.get(start.saturating_sub(self.within)..start).unwrap_or_default();
        let name = match text.hint {
            Hint::Named(name) => name.as_bytes(),
            _ if text.bytes.len() <= ONE_TOKEN_FILE => text.hint.path(),
            _ => b"",
        };
        self.near.iter().any(|word| holds_word(before, word.as_bytes()) || holds_word(name, word.as_bytes()))
    }

    /// Whether the literals tell a token whose check fails from chance. A structure that does not hold is more often that of
    /// something else than a checksum: there the first of them has to do it.
    fn is_told_by(&self, literal: Literal) -> bool {
        if self.proves() { literal.all >= 3 } else { literal.first >= 4 }
    }

    /// A failed checksum makes a match less sure, and says so; what has the literal of its provider still counts, for a
    /// provider may change its sum, and a token may be cut or mistyped in one place and whole in another.
    fn weight(&self, (outcome, truth): (Outcome, Truth), literal: Literal) -> (Level, Confidence) {
        match (truth, outcome) {
            (Truth::Example, _) => (Level::Note, Confidence::Low),
            (Truth::Real, Outcome::Fails) if self.is_told_by(literal) => (self.rule.level, Confidence::Low),
            (Truth::Real, Outcome::Public) => (Level::Note, self.rule.confidence),
            (Truth::Real, Outcome::Fails | Outcome::Spent) => {
                (self.rule.level.min(Level::Warn), Confidence::Low)
            }
            (Truth::Real, _) => (self.rule.level, self.rule.confidence),
        }
    }

    /// `ghp_…, 40 characters, checksum holds`: the literal prefix, never a variable byte.
    fn shape(&self, (token, public): (&[u8], usize), outcome: Outcome, truth: Truth) -> String {
        let mut shape = String::new();
        if public > 0 && public < token.len() {
            shape.push_str(&String::from_utf8_lossy(token.get(..public).unwrap_or_default()));
            shape.push_str("…, ");
        }
        shape.push_str(&format!("{} characters", token.len()));
        let verb = match outcome {
            Outcome::Holds => Some("holds"),
            Outcome::Spent => Some("holds, but it opens nothing any more"),
            Outcome::Public => Some("holds, and it is for everybody"),
            Outcome::Fails => Some("does not hold"),
            Outcome::Absent => None,
        };
        if let (Some(check), Some(verb)) = (self.check, verb) {
            shape.push_str(&format!(", {} {verb}", check.noun));
            let said = (check.tells)(token).filter(|_| outcome != Outcome::Fails && truth == Truth::Real);
            said.into_iter().for_each(|said| shape.push_str(&format!(": {said}")));
        }
        if truth == Truth::Example {
            shape.push_str(", example value");
        }
        shape
    }
}

/// Whether a lower-case word stands in the text, in any case.
pub(crate) fn holds_word(text: &[u8], word: &[u8]) -> bool {
    !word.is_empty() && text.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word))
}

/// Whether letters and digits are mixed as they are in random text, not in words or in a table of names.
fn is_mixed(variable: &[u8]) -> bool {
    let digits = variable.iter().filter(|byte| byte.is_ascii_digit()).count();
    digits >= 2 && entropy(variable) >= 3.0 && !is_worded(variable)
}

/// Shannon entropy in bits per byte.
pub(crate) fn entropy(bytes: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in bytes {
        if let Some(count) = counts.get_mut(usize::from(*byte)) {
            *count = count.saturating_add(1);
        }
    }
    let total = f64::from(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| f64::from(*count) / total)
        .map(|p| -p * p.log2())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_is_bits_per_byte() {
        assert!(entropy(b"aaaa").abs() < 1e-9);
        assert!((entropy(b"abcd") - 2.0).abs() < 1e-9);
        assert!(entropy(b"").abs() < 1e-9);
    }
}
