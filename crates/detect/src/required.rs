//! Words of which every match of a regular expression holds one: what to look for where a rule names none.

use regex_syntax::hir::{Hir, HirKind};

use crate::expression::one_after_another;

/// A word that is looked for has so many bytes at least.
const SHORTEST: usize = 3;
/// Longer ones are cut: they tell no more.
const LONGEST: usize = 24;
/// How many words may be looked for.
const MOST: usize = 64;
/// Parts of an expression that are tried as its start.
const TRIED: usize = 256;
/// Groups inside groups are entered so deep.
const DEPTH: usize = 32;

/// The words, in lower case; `None` if there are too many, or they are too short, or are no text.
pub(crate) fn words(expression: &Hir) -> Option<Vec<String>> {
    let mut found = inside(expression, DEPTH)?;
    found.iter_mut().for_each(|word| word.truncate(LONGEST));
    found.sort();
    found.dedup();
    let text = |word: Vec<u8>| String::from_utf8(word).ok().filter(|word| word.is_ascii());
    found.into_iter().map(text).collect()
}

fn inside(expression: &Hir, depth: usize) -> Option<Vec<Vec<u8>>> {
    let depth = depth.checked_sub(1)?;
    match expression.kind() {
        HirKind::Capture(capture) => inside(&capture.sub, depth),
        HirKind::Repetition(repetition) if repetition.min > 0 => inside(&repetition.sub, depth),
        HirKind::Alternation(ways) => {
            let ways: Option<Vec<_>> = ways.iter().map(|way| inside(way, depth)).collect();
            good(ways?.concat())
        }
        HirKind::Concat(parts) => {
            let rows = (0..parts.len().min(TRIED)).filter_map(|from| starts(parts.get(from..)?));
            let parts = parts.iter().take(TRIED).filter_map(|part| inside(part, depth));
            rows.chain(parts).max_by_key(|words| worth(words))
        }
        HirKind::Literal(_) => starts(std::slice::from_ref(expression)),
        _ => None,
    }
}

fn starts(parts: &[Hir]) -> Option<Vec<Vec<u8>>> {
    good(one_after_another(parts).0)
}

fn good(words: Vec<Vec<u8>>) -> Option<Vec<Vec<u8>>> {
    let fits = !words.is_empty() && words.len() <= MOST && words.iter().all(|word| word.len() >= SHORTEST);
    (fits && words.iter().all(|word| word.is_ascii())).then_some(words)
}

/// Long words are worth more, and few more than many.
fn worth(words: &[Vec<u8>]) -> (usize, std::cmp::Reverse<usize>) {
    let shortest = words.iter().map(Vec::len).min().unwrap_or(0).min(LONGEST);
    (shortest, std::cmp::Reverse(words.len()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::expression::{compile, parse};

    fn of(expression: &str) -> Option<Vec<String>> {
        words(&parse(expression).unwrap())
    }

    #[test]
    fn words_are_found_at_the_start_and_inside() {
        for (expression, expected) in [
            (r"\bacme_[a-z]{9}", &["acme_"][..]),
            (r"(?i)[\w.-]{0,50}?(?:acme|bolt)(?:[0-9a-z]{0,20})=([a-z]{8})", &["acme", "bolt"]),
            ("x?(key_[0-9]+)?token=[0-9]{4}", &["token="]),
            ("(?:abc[0-9]){2}", &["abc"]),
        ] {
            assert_eq!(of(expression).unwrap(), expected, "{expression}");
        }
        for expression in ["[0-9a-f]{40}", "ab[0-9]+", "(?:acme|[a-z])x", ".*"] {
            assert_eq!(of(expression), None, "{expression}");
        }
    }

    proptest! {
        #[test]
        fn no_match_is_without_one(
            expression in "([ab]{1,3}|(?i:abca)|x(abc|bca)|cab{2}|(abc|b?)c|[^a]){1,5}",
            text in "[abcxABC]{0,40}",
        ) {
            let Some(words) = parse(&expression).ok().and_then(|hir| words(&hir)) else { return Ok(()) };
            for found in compile(&expression).unwrap().find_iter(&text) {
                let found = text[found.range()].to_ascii_lowercase();
                prop_assert!(words.iter().any(|word| found.contains(word)), "{found} has none of {words:?}");
            }
        }
    }
}
