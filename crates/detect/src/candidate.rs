//! What may be reported: matches before it is decided which of several over the same bytes tells most.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;

use tightlip_report::{Confidence, Level};

use crate::{Found, Rule};

/// A match in one stretch of bytes.
#[derive(Clone, Debug)]
pub(crate) struct Candidate<'b> {
    pub(crate) rule: &'static Rule,
    pub(crate) secret: Cow<'b, [u8]>,
    /// Where it stands in the stretch.
    pub(crate) span: Range<usize>,
    pub(crate) level: Level,
    pub(crate) confidence: Confidence,
    pub(crate) shape: String,
    pub(crate) decoded_from: &'static [&'static str],
    pub(crate) rank: Rank,
    /// How many bytes of it are fixed by its format.
    pub(crate) fixed: usize,
    pub(crate) truth: Truth,
    pub(crate) proof: Proof,
}

/// What shows that it is a secret, apart from its surroundings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    /// Its own checksum.
    Checksum,
    /// The form it has.
    Form,
    /// Nothing: it has the form, and its own checksum or structure does not hold.
    Refuted,
}

impl Proof {
    /// The surest that a match can become by what else finds it. The value of a variable named `TOKEN` is one whether its
    /// checksum holds or not, but a failed checksum stays a doubt.
    fn most(self) -> Confidence {
        if self == Self::Refuted { Confidence::Medium } else { Confidence::High }
    }
}

/// Which of two matches over the same bytes tells more: the smaller one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    /// A value that the user named.
    Known,
    /// A token of fixed format with a word of its provider before it.
    NamedToken,
    /// A token of fixed format, found by what is in it.
    Token,
    /// A format that a word nearby and the name of the value make telling.
    NearNamed,
    /// A value at its place in a credential file.
    File,
    /// A private key that parses.
    Key,
    /// A format that only a word nearby makes telling.
    Near,
    /// A value by its surroundings: its name, a URL, a header.
    Context,
    /// Anything of low confidence.
    Guess,
}

/// Whether the value is meant to be real.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Truth {
    /// As far as one can see.
    Real,
    /// An example value: never raised to a leak by what else matches it.
    Example,
}

impl<'b> Candidate<'b> {
    /// What a finder found, ranked by the finder's room.
    pub(crate) fn found(found: Found<'b>, rank: Rank) -> Self {
        let confidence = found.confidence.unwrap_or(found.rule.confidence);
        Self {
            rule: found.rule,
            secret: found.secret,
            span: found.span,
            level: found.level.unwrap_or(found.rule.level),
            confidence,
            shape: found.shape,
            decoded_from: found.decoded_from,
            rank: if confidence == Confidence::Low { Rank::Guess } else { rank },
            fixed: 0,
            truth: Truth::Real,
            proof: Proof::Form,
        }
    }

    /// Whether its format tells for sure that it is public, or opens test data only.
    fn is_harmless(&self) -> bool {
        // A literal of its own makes a format telling that a word nearby has to confirm.
        let telling = self.rank <= Rank::Token || self.rank <= Rank::Near && self.fixed >= 3;
        let sure = self.rule.confidence > Confidence::Low && telling;
        sure && self.rank != Rank::Known && self.rule.level < Level::Deny
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.span.start < other.span.end && other.span.start < self.span.end
    }

    fn lies_within(&self, other: &Self) -> bool {
        other.span.start <= self.span.start && self.span.end <= other.span.end && self.span != other.span
    }
}

/// Keeps one match for any byte, the one that tells most, in order of place.
///
/// A match inside a private key is chance and goes first. Then: the better [`Rank`]; the surer rule (one provider's
/// token rather than any JWT); the format with more fixed bytes; the longer match; the earlier one; the rule's name; what
/// is said of it. What is kept counts as much as what it displaces: a token whose checksum fails is still the value of a
/// variable named `TOKEN`. But not an example value, nor a kind of which it is known that it opens little: a publishable
/// key stays one in a variable named `KEY`.
pub(crate) fn resolve(mut all: Vec<Candidate<'_>>) -> Vec<Candidate<'_>> {
    if all.len() > 1 {
        all = without_chance_in_keys(all);
        all.sort_by(|a, b| order(a).cmp(&order(b)));
        all = keep_first_of_overlapping(all);
    }
    all.sort_by_key(|c| (c.span.start, c.span.end));
    all
}

type Order<'c> = (Rank, Reverse<Confidence>, Reverse<(usize, usize)>, usize, &'c str, &'c str);

fn order<'c>(c: &'c Candidate<'_>) -> Order<'c> {
    (c.rank, Reverse(c.rule.confidence), Reverse((c.fixed, c.span.len())), c.span.start, c.rule.id, &c.shape)
}

fn without_chance_in_keys(all: Vec<Candidate<'_>>) -> Vec<Candidate<'_>> {
    if !all.iter().any(|c| c.rank == Rank::Key) {
        return all;
    }
    let keys: Vec<_> = all.iter().filter(|c| c.rank == Rank::Key).cloned().collect();
    let chance = |c: &Candidate<'_>| {
        // A known value that is most of the key is the key.
        let long = |key: &Candidate<'_>| c.rank == Rank::Known && c.span.len() > key.span.len() / 2;
        c.rank <= Rank::Token && keys.iter().any(|key| c.lies_within(key) && !long(key))
    };
    all.into_iter().filter(|c| !chance(c)).collect()
}

/// Takes them in order. Those kept do not overlap, so the neighbours by place are all that can clash.
fn keep_first_of_overlapping(all: Vec<Candidate<'_>>) -> Vec<Candidate<'_>> {
    let mut kept: BTreeMap<usize, Candidate<'_>> = BTreeMap::new();
    for candidate in all {
        let before =
            kept.range_mut(..candidate.span.end.max(candidate.span.start.saturating_add(1))).next_back();
        match before {
            Some((_, winner)) if winner.overlaps(&candidate) || winner.span == candidate.span => {
                if winner.truth == Truth::Real && candidate.truth == Truth::Real && !winner.is_harmless() {
                    winner.level = winner.level.max(candidate.level);
                    winner.confidence = winner.confidence.max(candidate.confidence.min(winner.proof.most()));
                }
            }
            _ => {
                kept.insert(candidate.span.start, candidate);
            }
        }
    }
    kept.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    static A: Rule = Rule::new("a", "A", "");
    static B: Rule = Rule::new("b", "B", "");

    fn candidate(rule: &'static Rule, span: Range<usize>, rank: Rank) -> Candidate<'static> {
        let found = Found {
            rule,
            secret: Cow::Borrowed(b""),
            span,
            level: None,
            confidence: None,
            shape: String::new(),
            decoded_from: &[],
        };
        Candidate::found(found, rank)
    }

    fn kept(all: Vec<Candidate<'static>>) -> Vec<(&'static str, usize)> {
        resolve(all).iter().map(|c| (c.rule.id, c.span.start)).collect()
    }

    #[test]
    fn a_token_beats_an_assignment_over_the_same_bytes() {
        let all = vec![candidate(&A, 4..40, Rank::Context), candidate(&B, 4..40, Rank::Token)];
        assert_eq!(kept(all), [("b", 4)]);
    }

    #[test]
    fn neighbours_stay() {
        let all = vec![candidate(&A, 4..10, Rank::Context), candidate(&B, 10..40, Rank::Token)];
        assert_eq!(kept(all), [("a", 4), ("b", 10)]);
    }

    #[test]
    fn chance_inside_a_key_goes() {
        let all = vec![candidate(&A, 0..900, Rank::Key), candidate(&B, 10..40, Rank::Token)];
        assert_eq!(kept(all), [("a", 0)]);
    }

    #[test]
    fn what_is_kept_counts_as_much_as_what_it_displaces() {
        let mut token = candidate(&B, 4..40, Rank::Token);
        token.level = Level::Warn;
        let all = vec![candidate(&A, 4..40, Rank::Context), token.clone()];
        assert_eq!(resolve(all)[0].level, Level::Deny);
        token.truth = Truth::Example;
        let all = vec![candidate(&A, 4..40, Rank::Context), token];
        assert_eq!(resolve(all)[0].level, Level::Warn);
    }

    #[test]
    fn a_failed_checksum_stays_a_doubt() {
        let mut token = candidate(&B, 4..40, Rank::Token);
        token.confidence = Confidence::Low;
        let sure = |mut token: Candidate<'static>, proof| {
            token.proof = proof;
            let all = vec![candidate(&A, 4..40, Rank::Context), token];
            let kept = resolve(all);
            (kept[0].level, kept[0].confidence)
        };
        assert_eq!(sure(token.clone(), Proof::Form), (Level::Deny, Confidence::High));
        assert_eq!(sure(token, Proof::Refuted), (Level::Deny, Confidence::Medium));
    }

    #[test]
    fn a_publishable_key_stays_one_whatever_its_variable_is_named() {
        static PUBLIC: Rule = Rule::new("public", "Public", "").at(Level::Note, Confidence::High);
        let all = vec![candidate(&A, 4..40, Rank::Context), candidate(&PUBLIC, 4..40, Rank::Token)];
        assert_eq!(resolve(all)[0].level, Level::Note);
    }
}
