//! Texts that a program puts together: `"abcdefgh" + "ijklmnop"`, `'amqps://bob:' + 'x' + '@host'`.
//!
//! Only what could be one word counts, and no beginning alone: `"ghp_" + "…"` is as a rule made so for a test.

use std::ops::Range;

use memchr::memmem;

use super::{Decoded, Lead, Place, TextDecoder};

/// Texts in quotes with what joins them.
pub(super) static DECODER: TextDecoder =
    TextDecoder { name: "joined", lead: Lead::Start(is_joined), undo, tool: None };

/// What joins texts. Dots and ampersands do too, in some languages: to look for them in every text costs more than they show.
const SIGN: u8 = b'+';
/// The shortest word that is told: no token is shorter.
const LEAST: usize = 20;
/// The shortest part of a token.
const PART: usize = 8;
/// The longest part.
const LONGEST: usize = 2 << 10;
/// Of more parts a text is put together, and no word.
const MOST: usize = 8;

fn is_joined(text: &[u8]) -> bool {
    joints(text).next().is_some()
}

/// The quotes before a sign, as most programs are laid out: `" + "`, `' +` at the end of a line.
fn joints(text: &[u8]) -> impl Iterator<Item = usize> {
    memchr::memchr_iter(SIGN, text).filter_map(|at| {
        let quote = at.checked_sub(2)?;
        let joins = match text.get(quote..at.checked_add(3)?)? {
            [open @ (b'"' | b'\''), b' ', _, b' ', next] => open == next,
            [b'"' | b'\'', b' ', _, b'\n', _] => true,
            _ => false,
        };
        joins.then_some(quote)
    })
}

fn undo(text: &[u8], _: &Place, found: &mut Decoded<'_>) -> usize {
    let mut done = 0;
    for at in joints(text) {
        if at < done {
            continue;
        }
        let Some(parts) = parts(text, at, done) else { continue };
        let (Some(first), Some(last)) = (parts.first(), parts.last()) else { continue };
        done = last.end;
        let span = first.start..last.end;
        let word: Vec<u8> =
            parts.iter().flat_map(|part| text.get(part.clone()).unwrap_or_default()).copied().collect();
        let address = memmem::find(&word, b"://")
            .is_some_and(|at| word.get(at..).is_some_and(|rest| rest.contains(&b'@')));
        let long = parts.iter().all(|part| part.len() >= PART);
        if word.len() >= LEAST && (long || address) && word.iter().all(u8::is_ascii_graphic) {
            found(span, word);
        }
    }
    text.len()
}

/// The parts around the quote that ends the first of them.
fn parts(text: &[u8], end: usize, from: usize) -> Option<Vec<Range<usize>>> {
    let quote = *text.get(end)?;
    let low = from.max(end.saturating_sub(LONGEST));
    let open = memchr::memrchr(quote, text.get(low..end)?)?;
    let mut parts = Vec::new();
    parts.push(low.checked_add(open)?.checked_add(1)?..end);
    let mut end = end;
    while let Some(part) = next(text, end) {
        end = part.end;
        parts.push(part);
        if parts.len() > MOST {
            return None;
        }
    }
    // `"a" + "b" + c`: the rest is made elsewhere.
    let behind = text.get(end.checked_add(1)?..).unwrap_or_default().trim_ascii_start();
    let ends = behind.first() != Some(&SIGN);
    let plain = |part: &Range<usize>| {
        text.get(part.clone()).is_some_and(|part| !part.is_empty() && !part.contains(&b'\\'))
    };
    (parts.len() > 1 && ends && parts.iter().all(plain)).then_some(parts)
}

/// The text in quotes behind the joint that follows the quote at a place.
fn next(text: &[u8], end: usize) -> Option<Range<usize>> {
    let rest = text.get(end.checked_add(1)?..)?;
    let sign = rest.iter().take(80).position(|byte| !byte.is_ascii_whitespace())?;
    rest.get(sign).filter(|byte| **byte == SIGN)?;
    let rest = rest.get(sign.checked_add(1)?..)?;
    let gap = rest.iter().take(80).position(|byte| !byte.is_ascii_whitespace())?;
    let quote = *rest.get(gap).filter(|byte| matches!(byte, b'"' | b'\''))?;
    let inside = rest.get(gap.checked_add(1)?..)?;
    let inside = inside.get(..inside.len().min(LONGEST)).unwrap_or_default();
    let length = memchr::memchr(quote, inside)?;
    let start = text.len().checked_sub(rest.len())?.checked_add(gap)?.checked_add(1)?;
    Some(start..start.checked_add(length)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::text::tests::found;

    fn undone(text: &str) -> Vec<String> {
        found(&DECODER, text.as_bytes()).into_iter().map(|(_, said)| said).collect()
    }

    #[test]
    fn a_word_in_pieces_is_one() {
        for (text, whole) in [
            ("t = \"abcdefghij\" + \"klmnopqrstu\";", "abcdefghijklmnopqrstu"),
            ("t = \"abcdefghij\" +\n      \"klmnopqrstu\"\n", "abcdefghijklmnopqrstu"),
            ("u = 'amqps://bob:' + 'otter' + '@mq.lan:5671';", "amqps://bob:otter@mq.lan:5671"),
        ] {
            assert_eq!(undone(text), [whole], "{text}");
        }
    }

    #[test]
    fn sentences_beginnings_and_what_is_made_elsewhere_are_none() {
        for text in [
            "t = \"abcd_\" + \"klmnopqrstuvwxyzabcd\";",
            "t = \"abcdefghij\" + \"klmnopqrstu\" + name;",
            "t = \"the first words of\" + \" a sentence that goes on\";",
            "u = 'https://' + 'a.lan' + '/' + path;",
            "a = \"\" + \"abcdefghijklmnopqrstu\";",
        ] {
            assert!(undone(text).is_empty(), "{text}");
        }
    }
}
