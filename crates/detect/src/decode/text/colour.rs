//! Lines in colours, as terminals show and logs keep them: the codes stand between a name and its value, or inside a token.
//!
//! `ESC [ 1;33 m` and its kin (ECMA-48, control sequences), and titles of windows (`ESC ] … BEL`).

use super::readable::is_text;
use super::{Decoded, Lead, Place, TextDecoder};

/// Lines with control sequences in them.
pub(super) static DECODER: TextDecoder = TextDecoder {
    name: "colour",
    lead: Lead::Byte(ESCAPE),
    undo,
    tool: Some("sed -e 's/\\x1b\\[[0-9;?]*[[:alpha:]]//g'"),
};

/// What begins a control sequence.
pub(super) const ESCAPE: u8 = 0x1b;
/// A longer line is looked at in pieces.
const LONGEST: usize = 16 << 10;
/// The shortest line that is told.
const LEAST: usize = 12;

fn undo(text: &[u8], place: &Place, found: &mut Decoded<'_>) -> usize {
    let at = place.lead.start;
    let from = place.from.max(at.saturating_sub(LONGEST));
    let before = text.get(from..at).unwrap_or_default();
    let start = from.saturating_add(memchr::memrchr(b'\n', before).map_or(0, |end| end.saturating_add(1)));
    let rest = text.get(at..text.len().min(at.saturating_add(LONGEST))).unwrap_or_default();
    let end = at.saturating_add(memchr::memchr(b'\n', rest).unwrap_or(rest.len()));
    let plain = plain(text.get(start..end).unwrap_or_default());
    // Such bytes stand in any program: without what looks like codes, one could begin like something else.
    if let Some(plain) = plain.filter(|plain| plain.len() >= LEAST && is_text(plain)) {
        found(start..end, plain);
    }
    end.max(at.saturating_add(1))
}

/// The line without its control sequences, if there is one that hides something: inside the line, not only around it.
fn plain(line: &[u8]) -> Option<Vec<u8>> {
    let mut plain = Vec::with_capacity(line.len());
    let (mut rest, mut inside) = (line, false);
    while let Some(at) = memchr::memchr(ESCAPE, rest) {
        let (before, sequence) = rest.split_at_checked(at)?;
        plain.extend_from_slice(before);
        let length = length(sequence);
        rest = sequence.get(length..).unwrap_or_default();
        inside |= length > 1 && !plain.is_empty() && !rest.is_empty();
    }
    plain.extend_from_slice(rest);
    inside.then_some(plain)
}

/// How many bytes of a text that begins with ESC are the control sequence.
fn length(text: &[u8]) -> usize {
    match text {
        [_, b'[', rest @ ..] => {
            // Parameters, then one byte that ends it.
            let parameters = rest.iter().take(32).take_while(|b| (0x20..=0x3f).contains(*b)).count();
            let ends = rest.get(parameters).is_some_and(|end| (0x40..=0x7e).contains(end));
            parameters.saturating_add(if ends { 3 } else { 2 })
        }
        [_, b']', rest @ ..] => {
            let title = rest.iter().take(256).position(|b| *b == 0x07);
            title.map_or(2, |end| end.saturating_add(3))
        }
        // Which set of characters is meant.
        [_, b'(' | b')', _, ..] => 3,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::text::tests::found;

    fn undone(text: &str) -> Vec<String> {
        found(&DECODER, text.as_bytes()).into_iter().map(|(_, said)| said).collect()
    }

    #[test]
    fn colours_between_and_inside_words_are_taken_away() {
        let text = "a\n\x1b[36mDB_PASSWORD\x1b[0m=\x1b[1;33motter\x1b[0m-lamp\x1b[K\nb \x1b]0;title\x07c \x1b(Bdefghijklm\n";
        assert_eq!(undone(text), ["DB_PASSWORD=otter-lamp", "b c defghijklm"]);
    }

    #[test]
    fn a_line_that_is_coloured_as_a_whole_is_as_it_is() {
        assert!(undone("\x1b[36mDB_PASSWORD=otter-lamp\x1b[0m\n").is_empty());
        assert!(undone("only \x1b one that is none\n").is_empty());
        assert!(undone("\x1f\x08\0 otter-otter \x1b[0m otter-otter\n").is_empty());
    }
}
