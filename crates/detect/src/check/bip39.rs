//! Seed phrases: words of the English list whose last bits are a SHA-256 of the others.
//!
//! 12, 15, 18, 21 or 24 words, with anything but letters between them.
//!
//! Source: <https://github.com/bitcoin/bips/blob/master/bip-0039.mediawiki>

use std::ops::Range;

use ::bip39::{Language, Mnemonic};

use super::sum::put;
use super::{Check, Outcome, nothing};

/// See the module.
pub(super) static CHECK: Check = Check { name: "bip39", noun: "checksum", verify, seal, tells: nothing };

fn verify(token: &[u8]) -> Outcome {
    let words: Vec<String> = places(token).into_iter().map(|place| word(token, place)).collect();
    match Mnemonic::parse_in_normalized(Language::English, &words.join(" ")) {
        Ok(_) => Outcome::Holds,
        Err(_) => Outcome::Fails,
    }
}

/// Puts another word of the same length last; where none fits, another one first as well.
fn seal(token: &mut [u8]) -> bool {
    let places = places(token);
    let (Some(first), Some(last)) = (places.first().cloned(), places.last().cloned()) else { return false };
    let known = places.iter().all(|place| Language::English.find_word(&word(token, place.clone())).is_some());
    if !known || !places.len().is_multiple_of(3) || !(12..=24).contains(&places.len()) {
        return false;
    }
    seal_last(token, &last)
        || words_of(first.len()).any(|other| replace(token, &first, other) && seal_last(token, &last))
}

fn seal_last(token: &mut [u8], last: &Range<usize>) -> bool {
    words_of(last.len()).any(|other| replace(token, last, other) && verify(token) == Outcome::Holds)
}

fn words_of(length: usize) -> impl Iterator<Item = &'static str> {
    Language::English.word_list().iter().copied().filter(move |word| word.len() == length)
}

fn replace(token: &mut [u8], place: &Range<usize>, word: &str) -> bool {
    put(token, place.start, word.as_bytes())
}

fn word(token: &[u8], place: Range<usize>) -> String {
    String::from_utf8_lossy(token.get(place).unwrap_or_default()).to_lowercase()
}

/// Where the words stand: runs of letters.
fn places(token: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    for run in token.split(|character| !character.is_ascii_alphabetic()) {
        if !run.is_empty() {
            found.push(start..start + run.len());
        }
        start += run.len() + 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The first vector of BIP-39: sixteen zero bytes.
    fn published() -> String {
        format!("{}about", "abandon ".repeat(11))
    }

    #[test]
    fn the_published_vectors_hold() {
        assert_eq!(verify(published().as_bytes()), Outcome::Holds);
        let longest = format!("{}art", "abandon ".repeat(23));
        assert_eq!(verify(longest.as_bytes()), Outcome::Holds);
    }

    #[test]
    fn case_and_separators_do_not_matter() {
        assert_eq!(verify(published().to_uppercase().replace(' ', "\n").as_bytes()), Outcome::Holds);
        assert_eq!(verify(published().replace(' ', "\", \"").as_bytes()), Outcome::Holds);
    }

    #[test]
    fn another_last_word_or_number_of_words_fails() {
        assert_eq!(verify("abandon ".repeat(12).as_bytes()), Outcome::Fails);
        assert_eq!(verify("abandon ".repeat(11).as_bytes()), Outcome::Fails);
        assert_eq!(verify(published().replace("about", "tightlip").as_bytes()), Outcome::Fails);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]
        #[test]
        fn a_sealed_phrase_holds(picks in proptest::collection::vec(0_usize..2048, 24), thirds in 4_usize..=8) {
            let words: Vec<&str> = picks.iter().take(thirds * 3).map(|&pick| Language::English.word_list()[pick]).collect();
            let mut phrase = words.join(" ").into_bytes();
            prop_assert!(seal(&mut phrase));
            prop_assert_eq!(verify(&phrase), Outcome::Holds);
        }
    }
}
