//! The longest stretch of few kinds of bytes that a format cannot do without: looked for before anything costly.
//!
//! Its end is looked at first: in text that has no such stretch, most bytes are never read.

use regex_syntax::hir::{Class, Hir, HirKind};

use crate::set::Set;

/// So many bytes of a set, side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stretch {
    set: Set,
    length: usize,
}

impl Stretch {
    /// Of at least one byte.
    pub(crate) fn new(set: Set, length: usize) -> Option<Self> {
        (length > 0).then_some(Self { set, length })
    }

    /// How many bytes.
    pub(crate) fn length(&self) -> usize {
        self.length
    }

    /// What every match of an expression has in it; `None` if that says little.
    pub(crate) fn required(expression: &Hir) -> Option<Self> {
        let whole = Self::new(alphabet(expression), expression.properties().minimum_len().unwrap_or(0));
        let part = match expression.kind() {
            HirKind::Capture(capture) => Self::required(&capture.sub),
            HirKind::Repetition(repetition) if repetition.min > 0 => Self::required(&repetition.sub),
            HirKind::Concat(parts) => parts.iter().filter_map(Self::required).max_by_key(Self::bits),
            HirKind::Alternation(ways) => {
                let ways: Option<Vec<Self>> = ways.iter().map(Self::required).collect();
                ways.and_then(|ways| {
                    ways.into_iter()
                        .reduce(|a, b| Self { set: a.set.union(&b.set), length: a.length.min(b.length) })
                })
            }
            _ => None,
        };
        whole.into_iter().chain(part).max_by_key(Self::bits).filter(|stretch| stretch.bits() > 0)
    }

    /// How little of it there is in bytes without order: the logarithm to base two of one in so many.
    pub(crate) fn bits(&self) -> usize {
        let members = self.set.members().len().max(1).ilog2();
        self.length.saturating_mul(usize::try_from(u8::BITS.saturating_sub(members)).unwrap_or(0))
    }

    /// Where the first one starts.
    pub(crate) fn find(&self, bytes: &[u8]) -> Option<usize> {
        let mut start = 0_usize;
        loop {
            let here = bytes.get(start..start.checked_add(self.length)?)?;
            match here.iter().rposition(|byte| !self.set.has(*byte)) {
                Some(other) => start = start.checked_add(other)?.checked_add(1)?,
                None => return Some(start),
            }
        }
    }
}

/// Every byte that a match can hold.
fn alphabet(expression: &Hir) -> Set {
    let mut set = Set::EMPTY;
    match expression.kind() {
        HirKind::Literal(literal) => literal.0.iter().for_each(|byte| set.add(*byte, *byte)),
        HirKind::Class(Class::Bytes(class)) => {
            class.iter().for_each(|range| set.add(range.start(), range.end()))
        }
        // Characters beyond ASCII are several bytes; which ones does not matter here.
        HirKind::Class(Class::Unicode(_)) => set.add(0, u8::MAX),
        HirKind::Repetition(repetition) => set = alphabet(&repetition.sub),
        HirKind::Capture(capture) => set = alphabet(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            set = parts.iter().fold(set, |set, part| set.union(&alphabet(part)));
        }
        HirKind::Empty | HirKind::Look(_) => {}
    }
    set
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::expression::{compile, parse};

    fn required(expression: &str) -> Option<(Vec<u8>, usize)> {
        Stretch::required(&parse(expression).unwrap()).map(|stretch| (stretch.set.members(), stretch.length))
    }

    #[test]
    fn the_variable_part_of_a_token_is_required() {
        assert_eq!(
            required(r"(?:ab|cd).{0,9}(?P<secret>[0-3]{32})(?:[^0-3]|$)"),
            Some((b"0123".to_vec(), 32))
        );
        assert_eq!(required("x{2}|y{3}"), Some((b"xy".to_vec(), 2)));
        assert_eq!(required("(?:[01]{4}-){3}"), Some((b"-01".to_vec(), 15)));
        assert_eq!(required(".*"), None);
        assert_eq!(required("a?"), None);
    }

    #[test]
    fn the_first_stretch_is_found() {
        let digits = Stretch::new(Set::named("digits").unwrap(), 3).unwrap();
        for (text, place) in
            [("12a123b1234", Some(3)), ("12a12", None), ("123", Some(0)), ("", None), ("a1234", Some(1))]
        {
            assert_eq!(digits.find(text.as_bytes()), place, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_match_is_without_it(
            expression in "([ab]{1,3}|x(a|bc)|a{2}|(a|b?)c|[^a]){1,5}",
            text in "[abcx]{0,40}",
        ) {
            let Ok(hir) = parse(&expression) else { return Ok(()) };
            let stretch = Stretch::required(&hir);
            for found in compile(&expression).unwrap().find_iter(&text) {
                prop_assert!(stretch.is_none_or(|stretch| stretch.find(text[found.range()].as_bytes()).is_some()));
            }
        }
    }
}
