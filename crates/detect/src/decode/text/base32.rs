//! base32 (RFC 4648), also wrapped over lines, where it says text or a container.

use super::readable::{is_container, is_text, may_be};
use super::wrapped::{Between, Lines};
use super::{Decoded, Lead, Place, TextDecoder};

/// base32.
pub(super) static DECODER: TextDecoder =
    TextDecoder { name: "base32", lead: Lead::Run(LEAST), undo, tool: Some("base32 -d") };

/// Thirty bytes. Seeds of one-time passwords and addresses of hidden services are no text.
const LEAST: usize = 48;
/// Letters that stand for five bytes.
const GROUP: usize = 8;
/// How many letters are decoded before the rest is.
const LOOK: usize = 16;

fn undo(text: &[u8], place: &Place, found: &mut Decoded<'_>) -> usize {
    let run = place.lead.clone();
    let end = run.end;
    let start = run.start;
    let letters = text.get(run.clone()).unwrap_or_default();
    let is_written = |letters: &[u8]| letters.iter().all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7'));
    let first = letters.get(..LOOK).filter(|first| is_written(first)).and_then(decode);
    if !first.is_some_and(|first| may_be(&first)) {
        return end;
    }
    let lines = Lines::unwrapped(text, run, Between::Breaks).places;
    let letters = lines.iter().filter_map(|line| text.get(line.clone())).collect::<Vec<_>>().concat();
    let last = lines.last().map_or(end, |last| last.end);
    let padding =
        text.get(last..).unwrap_or_default().iter().take(GROUP).take_while(|byte| **byte == b'=').count();
    if !letters.len().saturating_add(padding).is_multiple_of(GROUP) {
        return end;
    }
    let Some(decoded) = decode(&letters).filter(|decoded| is_text(decoded) || is_container(decoded)) else {
        return end;
    };
    let last = last.saturating_add(padding);
    found(start..last, decoded);
    last
}

/// What letters stand for, if they are some of base32.
fn decode(letters: &[u8]) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(letters.len().saturating_mul(5) / GROUP);
    let (mut bits, mut count) = (0_u16, 0_u32);
    for letter in letters {
        let value = match letter {
            b'A'..=b'Z' => letter.saturating_sub(b'A'),
            b'2'..=b'7' => letter.saturating_sub(b'2').saturating_add(26),
            _ => return None,
        };
        bits = bits << 5 | u16::from(value);
        count = count.saturating_add(5);
        if let Some(rest) = count.checked_sub(8) {
            count = rest;
            decoded.extend(u8::try_from(bits >> rest & 0xff));
        }
    }
    Some(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::text::tests::found;

    fn said(text: &str) -> Vec<(String, String)> {
        found(&DECODER, text.as_bytes())
    }

    fn written(plain: &str) -> String {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let bits: Vec<u8> = plain.bytes().flat_map(|b| (0..8).rev().map(move |bit| b >> bit & 1)).collect();
        let value = |five: &[u8]| five.iter().fold(0, |value, bit| value << 1 | bit) << (5 - five.len());
        let mut text: String =
            bits.chunks(5).map(|five| char::from(LETTERS[usize::from(value(five))])).collect();
        while !text.len().is_multiple_of(GROUP) {
            text.push('=');
        }
        text
    }

    #[test]
    fn letters_say_what_they_hold() {
        assert_eq!(written("foobar"), "MZXW6YTBOI======");
        for plain in [
            "user=app, password=otter-Pebble!",
            "user=app, password=otter-Pebble-2",
            "ä long text of many words",
        ] {
            let one = written(&format!("{plain}{plain}"));
            for text in [one.clone(), format!("key: '{one}'\n")] {
                assert_eq!(said(&text), [(one.clone(), format!("{plain}{plain}"))], "{text}");
            }
        }
        let plain = "a line of configuration, and another one\n".repeat(7);
        let one = written(&plain);
        let lines: Vec<String> =
            one.as_bytes().chunks(76).map(|line| String::from_utf8_lossy(line).into_owned()).collect();
        assert_eq!(said(&format!("{}\nend", lines.join("\n"))), [(lines.join("\n"), plain)]);
    }

    #[test]
    fn other_letters_say_nothing() {
        let short = written("a short text");
        let long = written("a text that is longer than the shortest");
        for text in [
            short,
            long.to_lowercase(),
            long[1..].to_owned(),
            "A".repeat(64),
            "MKVLAAGIVGLCAKAYERPTWQHNDSMKVLAAGIVGLCAKAYERPTWQHNDSMKVLAAGIVGLC".to_owned(),
        ] {
            assert!(said(&text).is_empty(), "{text}");
        }
    }
}
