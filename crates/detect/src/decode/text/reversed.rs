//! Words that a program has back to front, so that nobody who looks for them sees them: `'…'.split('').reverse().join('')`,
//! `"…"[::-1]`, `strrev('…')`.

use memchr::memmem;

use super::{Decoded, Lead, Place, TextDecoder};

/// Texts in quotes that are turned around.
pub(super) static DECODER: TextDecoder =
    TextDecoder { name: "reversed", lead: Lead::Start(is_reversed), undo, tool: Some("rev") };

/// What turns the text before it around.
const BEHIND: &[&[u8]] = &[
    b"'.split('').reverse()",
    b"\".split('').reverse()",
    b"\".split(\"\").reverse()",
    b"'.split(\"\").reverse()",
    b"\"[::-1]",
    b"'[::-1]",
    b"\".reversed()",
    b"\".reverse\n",
    b"'.reverse\n",
];
/// What turns the text behind it around.
const BEFORE: &[&[u8]] = &[b"strrev('", b"strrev(\""];
/// The shortest word: no token is shorter.
const LEAST: usize = 16;
/// The longest.
const LONGEST: usize = 2 << 10;

fn is_reversed(text: &[u8]) -> bool {
    BEHIND.iter().chain(BEFORE).any(|mark| memmem::find(text, mark).is_some())
}

fn undo(text: &[u8], _: &Place, found: &mut Decoded<'_>) -> usize {
    let mut words = Vec::new();
    for mark in BEHIND {
        for end in memmem::find_iter(text, mark) {
            let low = end.saturating_sub(LONGEST);
            let quote = mark.first().copied().unwrap_or_default();
            let open = text.get(low..end).and_then(|before| memchr::memrchr(quote, before));
            words.extend(open.map(|open| low.saturating_add(open).saturating_add(1)..end));
        }
    }
    for mark in BEFORE {
        for at in memmem::find_iter(text, mark) {
            let start = at.saturating_add(mark.len());
            let quote = mark.last().copied().unwrap_or_default();
            let inside = text.get(start..text.len().min(start.saturating_add(LONGEST))).unwrap_or_default();
            words.extend(memchr::memchr(quote, inside).map(|length| start..start.saturating_add(length)));
        }
    }
    words.sort_unstable_by_key(|word| word.start);
    for span in words {
        let word: Vec<u8> = text.get(span.clone()).unwrap_or_default().iter().rev().copied().collect();
        if word.len() >= LEAST && word.iter().all(u8::is_ascii_graphic) {
            found(span, word);
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::text::tests::found;

    #[test]
    fn a_word_is_turned_around() {
        for text in [
            "t = 'zyxwvutsrqponmlkji'.split('').reverse().join('')",
            "t = \"zyxwvutsrqponmlkji\"[::-1]",
            "$t = strrev('zyxwvutsrqponmlkji');",
        ] {
            let said: Vec<String> =
                found(&DECODER, text.as_bytes()).into_iter().map(|(_, said)| said).collect();
            assert_eq!(said, ["ijklmnopqrstuvwxyz"], "{text}");
        }
        for text in
            ["'short'[::-1]", "'words of a sentence, turned'[::-1]", "list[::-1]; x.split('').reverse()"]
        {
            assert!(found(&DECODER, text.as_bytes()).is_empty(), "{text}");
        }
    }
}
