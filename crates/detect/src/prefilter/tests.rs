//! The search against a slow one that is known to be right.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use proptest::prelude::*;

use super::*;
use crate::rules::RULE_FILES;

/// A search of another make.
fn other(keywords: &[Keyword]) -> AhoCorasick {
    let mut builder = AhoCorasick::builder();
    builder.ascii_case_insensitive(true).match_kind(MatchKind::Standard);
    builder.build(keywords.iter().map(|keyword| &keyword.bytes)).unwrap()
}

/// What the other search finds, where the right bytes stand beside it.
fn expected(search: &AhoCorasick, keywords: &[Keyword], bytes: &[u8]) -> Vec<(usize, usize)> {
    let mut found: Vec<_> = search
        .find_overlapping_iter(bytes)
        .map(|found| (found.pattern().as_usize(), found.start()))
        .filter(|(number, start)| {
            let keyword = &keywords[*number];
            let beside = |beside: &Beside, at: Option<usize>| beside.allows(at.and_then(|at| bytes.get(at)));
            let end = start + keyword.bytes.len();
            (keyword.case == Case::Folded || bytes[*start..end] == keyword.bytes[..])
                && beside(&keyword.before, start.checked_sub(1))
                && beside(&keyword.after, Some(end))
        })
        .collect();
    found.sort_unstable();
    found
}

fn found(search: &Prefilter, bytes: &[u8]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    search.find(bytes, &mut |word, start| found.push((word, start)));
    found.sort_unstable();
    found
}

fn words(words: &[&str]) -> Vec<Keyword> {
    words.iter().map(|word| Keyword::word(word)).collect()
}

#[test]
fn every_keyword_is_found_in_any_case() {
    let search = Prefilter::new(words(&["GHP_", "hp_", "ghp_"])).unwrap();
    assert_eq!(found(&search, b"Ghp_ xhP_"), [(0, 0), (1, 1), (1, 6), (2, 0)]);
}

#[test]
fn without_keywords_nothing_is_found() {
    assert_eq!(found(&Prefilter::new(Vec::new()).unwrap(), b"ghp_"), []);
}

#[test]
fn an_empty_keyword_is_refused() {
    assert!(Prefilter::new(words(&["a", ""])).is_err());
}

#[test]
fn a_keyword_can_need_company() {
    let digits = Set::named("digits").unwrap();
    let word = |before, after| Keyword::literal(b"AC", Case::Exact).between(before, after);
    let search = |before, after, text: &str| {
        !found(&Prefilter::new(vec![word(before, after)]).unwrap(), text.as_bytes()).is_empty()
    };
    for (text, end, byte, none) in [
        ("1AC1", true, true, true),
        ("AC", true, false, true),
        ("xACx", false, false, true),
        ("1ac1", false, false, false),
    ] {
        assert_eq!(search(Beside::End(digits), Beside::End(digits), text), end, "{text}");
        assert_eq!(search(Beside::Byte(digits), Beside::Byte(digits), text), byte, "{text}");
        assert_eq!(search(Beside::Any, Beside::Any, text), none, "{text}");
    }
}

#[test]
fn more_keywords_than_states_are_all_found() {
    let all: Vec<String> =
        (0..60_000_u32).map(|n| format!("{:06}", n.wrapping_mul(7919) % 1_000_000)).collect();
    let keywords: Vec<Keyword> = all.iter().map(|word| Keyword::word(word)).collect();
    let text = all.join("");
    let search = Prefilter::new(keywords.clone()).unwrap();
    assert_eq!(found(&search, text.as_bytes()), expected(&other(&keywords), &keywords, text.as_bytes()));
}

#[test]
fn every_byte_can_be_part_of_a_keyword() {
    let keywords: Vec<Keyword> =
        (0..=255_u8).map(|byte| Keyword::literal(&[byte, 255 - byte, byte], Case::Exact)).collect();
    let text: Vec<u8> = keywords.iter().flat_map(|keyword| keyword.bytes.clone()).collect();
    let search = Prefilter::new(keywords.clone()).unwrap();
    assert_eq!(found(&search, &text), expected(&other(&keywords), &keywords, &text));
}

/// Keywords of a few letters, so that many are parts of others.
fn keyword() -> impl Strategy<Value = Keyword> {
    let beside = || {
        prop_oneof![
            Just(Beside::Any),
            Just(Beside::End(Set::listed(b"ab1").unwrap())),
            Just(Beside::Byte(Set::listed(b"Bc_").unwrap()))
        ]
    };
    let case = prop_oneof![Just(Case::Exact), Just(Case::Folded)];
    ("[abAB_]{1,12}", case, beside(), beside()).prop_map(|(word, case, before, after)| {
        Keyword::literal(word.as_bytes(), case).between(before, after)
    })
}

/// Pieces of real rules between noise.
fn rich() -> impl Strategy<Value = Vec<u8>> {
    let pieces: Vec<&str> =
        RULE_FILES.iter().flat_map(|(_, text)| text.split([' ', '"', '{', '\n'])).collect();
    let piece = prop_oneof![
        3 => prop::sample::select(pieces).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..9),
    ];
    prop::collection::vec(piece, 0..200).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn another_search_finds_the_same(
        keywords in prop::collection::vec(keyword(), 0..40),
        text in prop_oneof!["[abcABC_1]{0,2000}".prop_map(String::into_bytes), prop::collection::vec(any::<u8>(), 0..2000)],
    ) {
        let search = Prefilter::new(keywords.clone()).unwrap();
        prop_assert_eq!(found(&search, &text), expected(&other(&keywords), &keywords, &text));
    }

    #[test]
    fn another_search_finds_the_same_of_real_keywords(text in rich()) {
        let (keywords, search, other) = &*REAL;
        prop_assert_eq!(found(search, &text), expected(other, keywords, &text));
    }
}

/// The keywords of the program, with both searches for them.
static REAL: LazyLock<(Vec<Keyword>, Prefilter, AhoCorasick)> = LazyLock::new(|| {
    let keywords = crate::search::Search::keywords();
    (keywords.clone(), Prefilter::new(keywords.clone()).unwrap(), other(&keywords))
});
