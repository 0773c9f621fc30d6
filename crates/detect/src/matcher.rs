//! Finds a fixed format in bytes without a regular expression: literal, lengths, alphabets, clean borders.
//!
//! Keyword search gives the place of a literal ([`Anchor`]); the matcher then reads the token around it. Nearly
//! all templates have one way to match and are read in one pass without memory. The others keep a list of the
//! places that can be reached, part by part, so that no template and no input makes it slow.

mod escape;

use std::ops::{Range, RangeInclusive};

use crate::Text;
use crate::prefilter::{Beside, Keyword};
use crate::set::Set;
use crate::stretch::Stretch;
use crate::template::{Case, End, Part, Run, Template};

/// Most literals that one anchor may expand to (`{(a|b)}_{(c|d)}_` is four).
const MOST_LITERALS: usize = 64;
/// An anchor of this many bytes is as good as a longer one that comes later.
const GOOD_ANCHOR: usize = 4;

/// A template made ready for matching.
#[derive(Debug)]
pub(crate) struct Matcher {
    parts: Vec<Step>,
    case: Case,
    /// What must not stand before the token.
    before: Set,
    /// What must not stand behind it.
    after: Set,
    /// The literal that the keyword search looks for, if one has at least two bytes.
    pub(crate) anchor: Option<Anchor>,
    /// Lengths that a token can have, in bytes.
    pub(crate) length: RangeInclusive<usize>,
    /// The most telling run with a fixed place, and how many bytes of the token stand before it.
    core: Option<(usize, Stretch)>,
}

/// The literal by which a token is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Anchor {
    /// Its spellings.
    pub(crate) literals: Vec<Vec<u8>>,
    /// How many bytes of the token stand before it.
    pub(crate) before: RangeInclusive<usize>,
    /// Length of the shortest spelling.
    pub(crate) shortest: usize,
    /// Which parts of the token it is made of.
    parts: Range<usize>,
}

#[derive(Debug)]
struct Step {
    part: Part,
    way: Way,
}

/// Where a token may start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Border {
    /// Where no word goes on.
    Clean,
    /// Anywhere.
    Any,
}

/// In how many ways a part can match at one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// One at most: as far as it goes.
    One,
    /// Several; what follows decides.
    Many,
}

impl Matcher {
    /// Makes a template ready.
    pub(crate) fn new(template: &Template) -> Self {
        let parts = template.parts.iter().enumerate();
        let parts: Vec<Step> = parts
            .map(|(index, part)| {
                let rest = template.parts.get(index.saturating_add(1)..).unwrap_or_default();
                Step { part: part.clone(), way: way(part, rest, template.case) }
            })
            .collect();
        let lengths = template.parts.iter().map(lengths);
        let length = lengths.fold(0..=0, |sum, next| plus(&sum, &next));
        Self {
            parts,
            case: template.case,
            before: before(template),
            after: after(template),
            anchor: best_anchor(&template.parts),
            length,
            core: core(&template.parts),
        }
    }

    /// What to search for: each spelling of the anchor with what must stand beside it in a token.
    ///
    /// At a [`Border::Any`] a token may stand between any bytes.
    pub(crate) fn keywords(&self, border: Border) -> Vec<Keyword> {
        let Some(anchor) = &self.anchor else { return Vec::new() };
        // Where the anchor's place in the token varies, a token is looked for around any spelling.
        if anchor.before.start() != anchor.before.end() {
            return anchor.literals.iter().map(|literal| Keyword::literal(literal, Case::Folded)).collect();
        }
        let (before, after) = (self.before_anchor(anchor, border), self.after_anchor(anchor));
        let keyword = |literal: &Vec<u8>| Keyword::literal(literal, self.case).between(before, after);
        anchor.literals.iter().map(keyword).collect()
    }

    fn before_anchor(&self, anchor: &Anchor, border: Border) -> Beside {
        let parts = self.parts.get(..anchor.parts.start).unwrap_or_default();
        match (parts.iter().rev().map(|step| &step.part).find(|part| *lengths(part).end() > 0), border) {
            (Some(Part::Run(run)), _) => Beside::Byte(run.set),
            (Some(_), _) | (None, Border::Any) => Beside::Any,
            (None, Border::Clean) => {
                Beside::End(self.before.without().union(&escape::ENDS).union(&Set::of(b"_")))
            }
        }
    }

    fn after_anchor(&self, anchor: &Anchor) -> Beside {
        let rest: Vec<Part> =
            self.parts.iter().skip(anchor.parts.end).map(|step| step.part.clone()).collect();
        let shortest: usize = rest.iter().map(|part| *lengths(part).start()).sum();
        if shortest == 0 { Beside::Any } else { Beside::Byte(firsts(&rest, self.case)) }
    }

    /// Without an anchor of its own a run of letters and digits must stand alone.
    pub(crate) fn alone(mut self) -> Self {
        self.before = self.before.union(&Set::WORD);
        self.after = self.after.union(&Set::WORD);
        self
    }

    /// The token whose anchor stands at `anchor`: its start and end.
    pub(crate) fn around(&self, text: &[u8], anchor: usize) -> Option<(usize, usize)> {
        let before = &self.anchor.as_ref()?.before;
        let first = anchor.saturating_sub(*before.end());
        let last = anchor.checked_sub(*before.start())?;
        (first..=last).find_map(|start| {
            let end = self.at(text, start)?;
            // The anchor that was hit must be inside, else this is another token.
            (end > anchor).then_some((start, end))
        })
    }

    /// The first of these places at which a token could start.
    pub(crate) fn next_start(&self, text: &[u8], places: RangeInclusive<usize>) -> Option<usize> {
        let Some((before, core)) = &self.core else {
            return Some(*places.start()).filter(|_| !places.is_empty());
        };
        let first = places.start().saturating_add(*before);
        let last = places.end().saturating_add(*before).saturating_add(core.length()).min(text.len());
        Some(places.start().saturating_add(core.find(text.get(first..last)?)?))
    }

    /// The end of the token that starts at `start`.
    pub(crate) fn at(&self, text: &[u8], start: usize) -> Option<usize> {
        if !self.starts_clean(text, start) {
            return None;
        }
        self.end_from(text, start, &|end| self.ends_clean(text, end))
    }

    /// The same whatever stands before it, and in programs, whose strings lie side by side without a border, behind it.
    pub(crate) fn at_any_border(&self, text: &Text<'_>, anchor: usize) -> Option<(usize, usize)> {
        let before = &self.anchor.as_ref()?.before;
        let start = anchor.checked_sub(*before.start()).filter(|_| before.start() == before.end())?;
        let good = |end: usize| text.binary || self.ends_clean(text.bytes, end);
        Some((start, self.end_from(text.bytes, start, &good)?))
    }

    /// How many bytes of any token are literal, wherever they stand.
    pub(crate) fn fixed(&self) -> usize {
        let literal = |step: &Step| match &step.part {
            Part::Literal(_) | Part::Either(_) => *lengths(&step.part).start(),
            Part::Run(_) | Part::Token => 0,
        };
        self.parts.iter().map(literal).sum()
    }

    /// How many bytes at the start of a token are literal, hence public.
    pub(crate) fn public_prefix(&self, token: &[u8]) -> usize {
        let mut at = 0_usize;
        for step in &self.parts {
            let rest = token.get(at..).unwrap_or_default();
            let length = match &step.part {
                Part::Literal(literal) => literal.len(),
                Part::Either(words) => self.longest_of(words, rest),
                Part::Run(_) | Part::Token => break,
            };
            at = at.saturating_add(length);
        }
        at.min(token.len())
    }

    fn longest_of(&self, words: &[Vec<u8>], text: &[u8]) -> usize {
        words.iter().filter(|word| self.case.starts(text, word)).map(Vec::len).max().unwrap_or(0)
    }

    fn starts_clean(&self, text: &[u8], start: usize) -> bool {
        match start.checked_sub(1).and_then(|before| text.get(before)) {
            None => true,
            Some(byte) if !self.before.has(*byte) => true,
            Some(byte) => {
                let before = text.get(..start).unwrap_or_default();
                let distinct = self.is_distinct();
                distinct && (*byte == b'_' || escape::may_end(before)) || escape::ends(before)
            }
        }
    }

    /// Whether it begins with so much that no name ends in that: `backup_xoxb-…`, `key_sk_live_…`.
    fn is_distinct(&self) -> bool {
        let mark = |b: &u8| matches!(b, b'_' | b'-');
        matches!(self.parts.first().map(|step| &step.part), Some(Part::Literal(first)) if first.len() >= 5 && first.iter().any(mark))
    }

    fn ends_clean(&self, text: &[u8], end: usize) -> bool {
        text.get(end).is_none_or(|byte| !self.after.has(*byte))
    }

    /// The furthest end of a token that starts here and that `good` accepts.
    fn end_from(&self, text: &[u8], start: usize, good: &dyn Fn(usize) -> bool) -> Option<usize> {
        let mut at = start;
        for (index, step) in self.parts.iter().enumerate() {
            let rest = text.get(at..)?;
            if step.way == Way::Many {
                return self.spread(text, (at, index), good);
            }
            let length = match &step.part {
                Part::Literal(literal) => self.case.starts(rest, literal).then_some(literal.len()),
                Part::Either(words) => words.iter().find(|word| self.case.starts(rest, word)).map(Vec::len),
                Part::Run(run) => Some(run.set.run(rest, run.max)).filter(|length| *length >= run.min),
                Part::Token => None,
            };
            at = at.checked_add(length?)?;
        }
        good(at).then_some(at)
    }

    /// As `end_from` for the parts from `index` on, following every way at once.
    fn spread(
        &self,
        text: &[u8],
        (at, index): (usize, usize),
        good: &dyn Fn(usize) -> bool,
    ) -> Option<usize> {
        let mut reached = vec![(at, at)];
        for step in self.parts.get(index..)? {
            let mut next = Vec::new();
            for place in &reached {
                match &step.part {
                    Part::Literal(literal) => next.extend(self.literal_ends(text, literal, *place)),
                    Part::Either(words) => {
                        next.extend(words.iter().flat_map(|word| self.literal_ends(text, word, *place)));
                    }
                    Part::Run(run) => after_run(text, run, *place, &mut next),
                    Part::Token => {}
                }
            }
            reached = merged(next);
        }
        reached.iter().rev().flat_map(|(low, high)| (*low..=*high).rev()).find(|end| good(*end))
    }

    /// Where a literal ends that starts anywhere in `low..=high`.
    fn literal_ends(&self, text: &[u8], literal: &[u8], (low, high): (usize, usize)) -> Vec<(usize, usize)> {
        let starts = |start: &usize| text.get(*start..).is_some_and(|rest| self.case.starts(rest, literal));
        let ends = (low..=high).filter(starts).map(|start| start.saturating_add(literal.len()));
        ends.map(|end| (end, end)).collect()
    }
}

/// Where a run can end that starts anywhere in `low..=high`.
fn after_run(text: &[u8], run: &Run, (low, high): (usize, usize), next: &mut Vec<(usize, usize)>) {
    let mut start = low;
    while start <= high {
        let reach = high.saturating_sub(start).saturating_add(run.max);
        let stop = start.saturating_add(run.set.run(text.get(start..).unwrap_or_default(), reach));
        let shortest = start.saturating_add(run.min);
        if shortest <= stop {
            next.push((shortest, high.min(stop).saturating_add(run.max).min(stop)));
        }
        start = stop.saturating_add(1);
    }
}

/// Sorted, without overlaps.
fn merged(mut places: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
    places.sort_unstable();
    let mut out: Vec<(usize, usize)> = Vec::with_capacity(places.len());
    for (low, high) in places {
        match out.last_mut() {
            Some(last) if low <= last.1.saturating_add(1) => last.1 = last.1.max(high),
            _ => out.push((low, high)),
        }
    }
    out
}

fn way(part: &Part, rest: &[Part], case: Case) -> Way {
    let one = match part {
        Part::Literal(_) | Part::Token => true,
        Part::Either(words) => words.iter().enumerate().all(|(index, word)| {
            words.iter().enumerate().all(|(other, longer)| index == other || !case.starts(longer, word))
        }),
        Part::Run(run) => run.min == run.max || rest.is_empty() || !run.set.overlaps(&firsts(rest, case)),
    };
    if one { Way::One } else { Way::Many }
}

/// Every byte that the parts can start with.
fn firsts(parts: &[Part], case: Case) -> Set {
    let mut set = Set::EMPTY;
    let mut add = |byte: Option<&u8>| {
        if let Some(byte) = byte {
            set.add(*byte, *byte);
            if case == Case::Folded {
                set.add(byte.to_ascii_lowercase(), byte.to_ascii_lowercase());
                set.add(byte.to_ascii_uppercase(), byte.to_ascii_uppercase());
            }
        }
    };
    for part in parts {
        match part {
            Part::Literal(literal) => add(literal.first()),
            Part::Either(words) => words.iter().for_each(|word| add(word.first())),
            Part::Run(run) => run.set.members().iter().for_each(|byte| add(Some(byte))),
            Part::Token => {}
        }
        if *lengths(part).start() > 0 {
            break;
        }
    }
    set
}

fn lengths(part: &Part) -> RangeInclusive<usize> {
    match part {
        Part::Literal(literal) => literal.len()..=literal.len(),
        Part::Either(words) => {
            let lengths = || words.iter().map(Vec::len);
            lengths().min().unwrap_or(0)..=lengths().max().unwrap_or(0)
        }
        Part::Run(run) => run.min..=run.max,
        Part::Token => 0..=0,
    }
}

fn plus(a: &RangeInclusive<usize>, b: &RangeInclusive<usize>) -> RangeInclusive<usize> {
    a.start().saturating_add(*b.start())..=a.end().saturating_add(*b.end())
}

/// The run that chance makes least often, of those with a fixed number of bytes before them.
fn core(parts: &[Part]) -> Option<(usize, Stretch)> {
    let mut before = 0_usize;
    let mut best: Option<(usize, Stretch)> = None;
    for part in parts {
        if let Part::Run(run) = part
            && let Some(core) = Stretch::new(run.set, run.min)
            && best.is_none_or(|(_, other)| other.bits() < core.bits())
        {
            best = Some((before, core));
        }
        let length = lengths(part);
        if length.start() != length.end() {
            break;
        }
        before = before.saturating_add(*length.end());
    }
    best
}

/// A token that starts with a word character must not stand inside a word; nor may its own alphabet go on before it.
fn before(template: &Template) -> Set {
    let word = |byte: Option<&u8>| byte.is_some_and(|byte| Set::WORD.has(*byte));
    match template.parts.first() {
        Some(Part::Literal(literal)) if !word(literal.first()) => Set::EMPTY,
        Some(Part::Either(words)) if !words.iter().any(|w| word(w.first())) => Set::EMPTY,
        Some(Part::Run(run)) => run.set.union(&Set::WORD),
        _ => Set::WORD,
    }
}

/// What joins characters to a token. Other marks of an alphabet (`)`, `&`) are more often what stands behind it.
const JOINING: Set = Set::of(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+-./=_~");

/// The alphabets of the last runs up to one that cannot be empty: where they go on it is a different thing.
fn after(template: &Template) -> Set {
    let mut set = Set::EMPTY;
    for part in template.parts.iter().rev() {
        let Part::Run(run) = part else { continue };
        if run.end == End::Open {
            return Set::EMPTY;
        }
        set = set.union(&run.set.common(&JOINING));
        if run.min > 0 {
            break;
        }
    }
    set
}

/// The first literal with a fixed place and enough bytes, else the longest one.
fn best_anchor(parts: &[Part]) -> Option<Anchor> {
    let anchors = anchors(parts);
    let good = |a: &&Anchor| a.shortest >= GOOD_ANCHOR && a.before.start() == a.before.end();
    let longest = || anchors.iter().rev().max_by_key(|a| a.shortest);
    anchors.iter().find(good).or_else(longest).filter(|a| a.shortest >= 2).cloned()
}

/// Every stretch of parts that has few spellings.
fn anchors(parts: &[Part]) -> Vec<Anchor> {
    let mut all = Vec::new();
    let mut before = 0..=0;
    let mut rest = parts;
    let mut first = 0_usize;
    while !rest.is_empty() {
        let mut literals = vec![Vec::new()];
        let mut length = 0..=0;
        let mut taken = 0_usize;
        while let Some(longer) = rest.get(taken).and_then(|part| spelled(&literals, part)) {
            length = plus(&length, &rest.get(taken).map_or(0..=0, lengths));
            literals = longer;
            taken = taken.saturating_add(1);
        }
        if taken > 0 {
            let shortest = literals.iter().map(Vec::len).min().unwrap_or(0);
            let parts = first..first.saturating_add(taken);
            all.push(Anchor { literals, before: before.clone(), shortest, parts });
        } else {
            length = rest.first().map_or(0..=0, lengths);
            taken = 1;
        }
        before = plus(&before, &length);
        first = first.saturating_add(taken);
        rest = rest.get(taken..).unwrap_or_default();
    }
    all
}

/// The spellings with one more part, if they stay few.
fn spelled(literals: &[Vec<u8>], part: &Part) -> Option<Vec<Vec<u8>>> {
    let words = match part {
        Part::Literal(literal) => vec![literal.clone()],
        Part::Either(words) => words.clone(),
        Part::Run(Run { set, min: 1, max: 1, .. }) => {
            Some(set.members()).filter(|m| m.len() <= 4)?.into_iter().map(|byte| vec![byte]).collect()
        }
        Part::Run(_) | Part::Token => return None,
    };
    if literals.len().saturating_mul(words.len()) > MOST_LITERALS {
        return None;
    }
    let joined =
        literals.iter().flat_map(|head| words.iter().map(move |word| [&head[..], &word[..]].concat()));
    Some(joined.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(template: &str, text: &str) -> Option<String> {
        let matcher = Matcher::new(&Template::parse(template).unwrap());
        let range = (0..text.len()).find_map(|start| Some((start, matcher.at(text.as_bytes(), start)?)))?;
        Some(text[range.0..range.1].to_owned())
    }

    #[test]
    fn a_token_stands_between_borders() {
        let found = Some("k_ab12".to_owned());
        for text in ["k_ab12", "K=k_ab12", "\"k_ab12\"", "-k_ab12 ", "ék_ab12é", "k_ab12_", "k_ab12\\n"] {
            assert_eq!(find("k_{base62:4}", text), found, "{text}");
        }
        for text in ["xk_ab12", "_k_ab12", "k_ab123", "k_ab1", "k_ab1-"] {
            assert_eq!(find("k_{base62:4}", text), None, "{text}");
        }
    }

    #[test]
    fn an_escape_before_a_token_is_no_letter() {
        for text in
            ["a\\nk_ab12", "\\\\\\tk_ab12", "%0Ak_ab12", "\\u003dk_ab12", "\\x0ak_ab12", "\x1b[1;32mk_ab12"]
        {
            assert_eq!(find("k_{base62:4}", text), Some("k_ab12".to_owned()), "{text}");
        }
        for text in [
            "[32mskey_ab12",
            "\\033[0mskey_ab12",
            "#012skey_ab12",
            "=0Askey_ab12",
            "a_skey_ab12",
            "C:\\\\nskey_ab12",
        ] {
            assert_eq!(find("skey_{base62:4}", text), Some("skey_ab12".to_owned()), "{text}");
        }
        for text in ["C:\\\\nk_ab12", "[32mk_ab12", "0Ak_ab12"] {
            assert_eq!(find("k_{base62:4}", text), None, "{text}");
        }
    }

    #[test]
    fn a_literal_that_is_no_word_needs_no_border() {
        assert_eq!(find("$k_{hex:4}", "x$k_ab12").as_deref(), Some("$k_ab12"));
    }

    #[test]
    fn an_open_end_takes_all() {
        assert_eq!(find("k_{hex:4+}", "k_ab12cd34z").as_deref(), Some("k_ab12cd34"));
        assert_eq!(find("k_{hex:4-6}", "k_ab12cd34"), None);
        assert_eq!(find("k_{hex:4-6}", "k_ab12c").as_deref(), Some("k_ab12c"));
    }

    #[test]
    fn parts_that_could_share_bytes_find_their_border() {
        assert_eq!(find("k-{b64u:2-9}-{b64u:3}", "k-a-b-c-def").as_deref(), Some("k-a-b-c-def"));
        assert_eq!(
            find("k-{b64u:4+}MARK{b64u:4+}", "k-abMARKcdMARKefghi").as_deref(),
            Some("k-abMARKcdMARKefghi")
        );
        assert_eq!(find("k-{b64u:4+}MARK{b64u:4}", "k-abcdMARKefghi"), None);
        assert_eq!(find("k{(a|ab)}{(c|bc)}1", "kabc1").as_deref(), Some("kabc1"));
    }

    #[test]
    fn padding_belongs_to_the_token() {
        assert_eq!(find("k_{b64:4}{pad}", "k_ab/+==").as_deref(), Some("k_ab/+=="));
        assert_eq!(find("k_{b64:4}{pad}", "k_ab/+").as_deref(), Some("k_ab/+"));
        assert_eq!(find("k_{b64:4}{pad}", "k_ab/+a"), None);
    }

    #[test]
    fn marks_that_end_texts_may_follow_a_token_that_could_hold_them() {
        for text in ["(k_a)1)", "k_a)1&b=2", "k_a)1"] {
            assert_eq!(find("k_{[a-z0-9)&]:3}", text).as_deref(), Some("k_a)1"), "{text}");
        }
        assert_eq!(find("k_{[a-z0-9)&]:3}", "k_a)1b"), None);
    }

    #[test]
    fn folded_literals_match_in_any_case() {
        assert_eq!(find("i:Key-{hex:4}", "kEY-ab12").as_deref(), Some("kEY-ab12"));
        assert_eq!(find("Key-{hex:4}", "kEY-ab12"), None);
    }

    #[test]
    fn the_anchor_is_the_best_literal() {
        let anchor = |text: &str| Matcher::new(&Template::parse(text).unwrap()).anchor;
        let spellings = |text: &str| {
            let literals = anchor(text).unwrap().literals;
            literals.into_iter().map(|word| String::from_utf8(word).unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(spellings("{(sk|rk)}_live_{base62:24}"), ["sk_live_", "rk_live_"]);
        assert_eq!(spellings("xox{[bp]:1}-{digits:10}"), ["xoxb-", "xoxp-"]);
        assert_eq!(spellings("{base62:14}.atlasv1.{b64u:60-70}"), [".atlasv1."]);
        assert_eq!(anchor("{base62:14}.atlasv1.{b64u:60-70}").unwrap().before, 14..=14);
        assert_eq!(spellings("SG.{b64u:22}.{b64u:43}"), ["SG."]);
        assert_eq!(anchor("{hex:32}"), None);
    }

    #[test]
    fn the_public_prefix_has_no_variable_byte() {
        let matcher = Matcher::new(&Template::parse("sk_{(live|test)}_{base62:4}").unwrap());
        assert_eq!(matcher.public_prefix(b"sk_live_ab12"), 8);
        let matcher = Matcher::new(&Template::parse("{base62:4}.x.").unwrap());
        assert_eq!(matcher.public_prefix(b"ab12.x."), 0);
    }

    #[test]
    fn hostile_text_does_not_make_it_slow() {
        let text = format!("k-{}", "a-".repeat(40_000));
        assert_eq!(find("k-{b64u:1+}-{b64u:1+}-{b64u:1+}!", &text), None);
    }
}
