//! The words of a wallet alone on a line, as wallets tell people to keep them: 12 to 24 words of the English list whose last bits
//! are a checksum of the others.
//!
//! bad: `wallet.txt` in a copied home directory
//! good: the words on paper

use std::ops::{Range, RangeInclusive};

use bip39::{Language, Mnemonic};
use tightlip_report::{Confidence, Level};

use super::judge::ground::{Ground, ground};
use super::judge::reading::line_around;
use crate::{Example, Finder, Found, Hint, Rule, Text};

pub(super) static RULE: Rule = Rule::new(
    "wallet-seed-words",
    "Seed phrase of a wallet, as a line of its own",
    "Spends all the coins of the wallet.",
)
.source("https://github.com/bitcoin/bips/blob/master/bip-0039.mediawiki")
.at(Level::Warn, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "seed-words",
    rules: &[&RULE],
    // Programs have them behind a name, which other finders read.
    wants: |hint| !matches!(ground(hint), Ground::Code | Ground::Noise),
    keywords: &[],
    find,
    hits: &[Example {
        path: "home/bob/wallet.txt",
        text: "lizard resource attract unveil legend box \
                   expect delay salad usual lawsuit accuse\n",
        rule: "wallet-seed-words",
    }],
    misses: &[
        // The checksum is that of another last word.
        Example {
            path: "home/bob/wallet.txt",
            text: "lizard resource attract unveil legend box \
                   expect delay salad usual lawsuit abandon\n",
            rule: "",
        },
        // A list of words, and what everybody tests with.
        Example {
            path: "words.txt",
            text: "abandon ability able about above absent absorb abstract absurd abuse access accident\nabandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about\ntest test test test test test test test test test test junk\n",
            rule: "",
        },
        Example {
            path: "a.md",
            text: "when you have many people that will change only what they need and then stop\nevery good idea must first have time before people can trust that idea\n",
            rule: "",
        },
    ],
};

/// Words of the list have so many letters.
const LETTERS: RangeInclusive<usize> = 3..=8;
/// The shortest and the longest line that can hold a phrase, in bytes.
const LINE: RangeInclusive<usize> = 47..=240;
/// So far above a line its heading may begin, in bytes.
const ABOVE: usize = 160;
/// What a file, a variable or the line above is called where a wallet is kept.
const NAMES: &[&[u8]] =
    &[b"wallet", b"seed", b"mnemonic", b"recovery", b"bip39", b"bip-39", b"metamask", b"ledger", b"trezor"];
/// How the phrases begin that tools for tests come with.
const PUBLISHED: &[&str] = &["candy maple cake ", "myth like bonus "];

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let mut from = 0;
    while let Some(run) = Some(from).filter(|_| !text.binary).and_then(|from| next_run(text.bytes, from)) {
        let line = line_around(text.bytes, run.start);
        from = run.end.max(line.span().end);
        let phrase = line.trim_of(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'"' | b'\'' | b'`'));
        if !is_phrase(phrase.bytes()) {
            continue;
        }
        let start = phrase.span().start;
        let above = text.bytes.get(start.saturating_sub(ABOVE)..start).unwrap_or_default();
        let shape = format!("{} words, checksum holds", phrase.bytes().split(|byte| *byte == b' ').count());
        let mut found = Found::here(&RULE, phrase, shape);
        if names(path_of(&text.hint)) || names(above) {
            (found.level, found.confidence) = (Some(Level::Deny), Some(Confidence::High));
        }
        out(found);
    }
}

/// The next letters and blanks that are as long as a phrase. Of a text that has none, few bytes are looked at.
fn next_run(text: &[u8], from: usize) -> Option<Range<usize>> {
    let mut start = from;
    loop {
        let least = text.get(start..)?.get(..*LINE.start())?;
        match least.iter().rposition(|byte| !is_of_phrase(*byte)) {
            Some(last) => start = start.saturating_add(last).saturating_add(1),
            None => {
                let rest = text.get(start..)?;
                let length = rest.iter().position(|byte| !is_of_phrase(*byte)).unwrap_or(rest.len());
                return Some(start..start.saturating_add(length));
            }
        }
    }
}

fn is_of_phrase(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte == b' '
}

fn path_of<'h>(hint: &Hint<'h>) -> &'h [u8] {
    match hint {
        Hint::Named(name) => name.as_bytes(),
        _ => hint.path(),
    }
}

fn names(text: &[u8]) -> bool {
    let lower = text.to_ascii_lowercase();
    NAMES.iter().any(|name| memchr::memmem::find(&lower, name).is_some())
}

/// Whether it is nothing but the words of a wallet. Chance makes one list of twelve such words in sixteen look so: what is in the
/// order of the alphabet or repeats itself is a list of something else, or what everybody tests with.
pub(super) fn is_phrase(line: &[u8]) -> bool {
    if !LINE.contains(&line.len()) || !line.iter().all(|byte| is_of_phrase(*byte)) {
        return false;
    }
    let Ok(text) = std::str::from_utf8(line) else { return false };
    let words: Vec<&str> = text.split(' ').collect();
    if !matches!(words.len(), 12 | 15 | 18 | 21 | 24)
        || !words.iter().all(|word| LETTERS.contains(&word.len()))
    {
        return false;
    }
    let mut distinct = words.clone();
    distinct.sort_unstable();
    let sorted = distinct == words;
    distinct.dedup();
    !sorted
        && distinct.len() * 4 > words.len() * 3
        && !PUBLISHED.iter().any(|start| text.starts_with(start))
        && Mnemonic::parse_in_normalized(Language::English, text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finder::tests::found_in;

    /// Twelve or more words that hold, from a number.
    fn phrase(words: usize, number: u8) -> String {
        let bytes: Vec<u8> = (0..words / 3 * 4)
            .map(|at| number.wrapping_mul(37).wrapping_add((at as u8).wrapping_mul(61)))
            .collect();
        Mnemonic::from_entropy_in(Language::English, &bytes).unwrap().to_string()
    }

    #[test]
    fn words_that_hold_are_found_wherever_they_stand_alone() {
        for words in [12, 15, 18, 21, 24] {
            let phrase = phrase(words, 7);
            for (path, text, level) in [
                ("srv/a.txt", format!("hello\n  {phrase}\r\n"), Level::Warn),
                ("", format!("\"{phrase}\""), Level::Warn),
                ("home/bob/seed.txt", phrase.clone(), Level::Deny),
                ("notes.md", format!("My recovery phrase:\n\n{phrase}\n"), Level::Deny),
            ] {
                let found = found_in(&FINDER, path, text.as_bytes());
                let seen: Vec<_> =
                    found.iter().map(|found| (&*found.secret, found.level.unwrap_or(Level::Warn))).collect();
                assert_eq!(seen, [(phrase.as_bytes(), level)], "{path} {words}");
            }
        }
    }

    #[test]
    fn lists_and_prose_are_none() {
        let list = Language::English.word_list();
        let lines: String = list.chunks(12).map(|words| words.join(" ") + "\n").collect();
        let (mut swapped, other) = (phrase(24, 3), phrase(24, 9));
        swapped.replace_range(..swapped.find(' ').unwrap(), other.split(' ').next().unwrap());
        for text in
            [list.join("\n"), lines, swapped, format!("x {}", phrase(12, 3)), format!("{}.", phrase(12, 5))]
        {
            assert!(found_in(&FINDER, "wallet.txt", text.as_bytes()).is_empty(), "{text}");
        }
    }
}
