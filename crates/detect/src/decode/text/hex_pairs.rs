//! Bytes in hexadecimal with a mark between them: `68:75:6e` as openssl prints them, `68-75-6E` as addresses of networks and .NET's
//! `BitConverter` have them. Behind a mark the line may end.

use std::ops::Range;

use super::readable::{is_container, is_text};
use super::{Decoded, Lead, Place, TextDecoder};
use crate::read::hex;

/// Hexadecimal with marks.
pub(super) static DECODER: TextDecoder = TextDecoder {
    name: "hex-pairs",
    lead: Lead::Numbers,
    undo,
    tool: Some("tr -cd '[:xdigit:]' | xxd -r -p"),
};

/// So many bytes say something. An address of a network has six.
const FEWEST: usize = 8;
/// So many of other bytes are no text by chance.
const AMONG_OTHERS: usize = 11;
/// White space behind a mark: a line break and an indentation.
const PAUSE: usize = 64;

fn undo(text: &[u8], place: &Place, found: &mut Decoded<'_>) -> usize {
    let run = place.lead.clone();
    let mut from = run.start;
    while let Some(at) = next_mark(text, from..run.end) {
        let start = at.checked_sub(2).filter(|start| *start >= from);
        match start.and_then(|start| List::read(text, start)) {
            Some(list) => {
                from = list.end().max(at.saturating_add(1));
                list.tell(found);
            }
            None => from = at.saturating_add(1),
        }
    }
    run.end.max(from)
}

fn next_mark(text: &[u8], part: Range<usize>) -> Option<usize> {
    let at = memchr::memchr2(b':', b'-', text.get(part.clone())?)?;
    part.start.checked_add(at)
}

/// Bytes side by side, and where each of them stands.
struct List {
    bytes: Vec<u8>,
    places: Vec<usize>,
}

impl List {
    /// The bytes from a place on, all with the same mark between them.
    fn read(text: &[u8], start: usize) -> Option<Self> {
        let before = start.checked_sub(1).and_then(|before| text.get(before));
        if before.is_some_and(u8::is_ascii_alphanumeric) {
            return None;
        }
        let mut list = Self { bytes: vec![pair(text, start)?], places: vec![start] };
        let mark = *text.get(list.end())?;
        while let Some(place) = behind(text, (list.end(), mark))
            && let Some(byte) = pair(text, place)
        {
            list.bytes.push(byte);
            list.places.push(place);
        }
        Some(list)
    }

    fn end(&self) -> usize {
        self.places.last().copied().unwrap_or_default().saturating_add(2)
    }

    /// Tells all of it where it reads like something, else what in it is text: the answer of a server among what leads to it.
    fn tell(self, found: &mut Decoded<'_>) {
        if self.bytes.len() < FEWEST {
            return;
        }
        if is_text(&self.bytes) || is_container(&self.bytes) {
            let start = self.places.first().copied().unwrap_or_default();
            return found(start..self.end(), self.bytes);
        }
        let mut at = 0_usize;
        for part in self.bytes.chunk_by(|one, other| is_shown(*one) == is_shown(*other)) {
            let end = at.saturating_add(part.len());
            let places = self.places.get(at..end).unwrap_or_default();
            if let [first, .., last] = places
                && part.len() >= AMONG_OTHERS
                && part.first().is_some_and(|byte| is_shown(*byte))
            {
                found(*first..last.saturating_add(2), part.to_vec());
            }
            at = end;
        }
    }
}

fn is_shown(byte: u8) -> bool {
    byte.is_ascii_graphic() || matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// Where the next byte stands, behind a mark.
fn behind(text: &[u8], (end, mark): (usize, u8)) -> Option<usize> {
    let rest = text.get(end..)?.strip_prefix(&[mark])?;
    let breaks = matches!(rest.first(), Some(b'\n' | b'\r'));
    let blanks = rest.iter().take(PAUSE).take_while(|byte| breaks && byte.is_ascii_whitespace()).count();
    end.checked_add(1)?.checked_add(blanks)
}

/// Two hexadecimal digits, and no third.
fn pair(text: &[u8], at: usize) -> Option<u8> {
    let rest = text.get(at..)?;
    if rest.get(2).is_some_and(u8::is_ascii_hexdigit) {
        return None;
    }
    hex::byte(rest.get(..2)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::text::tests::found;

    fn said(text: &str) -> Vec<(String, String)> {
        found(&DECODER, text.as_bytes())
    }

    fn written(plain: &str, mark: &str) -> String {
        plain.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(mark)
    }

    #[test]
    fn bytes_with_marks_are_read_in_either_case() {
        let plain = "password=otter-Pebble";
        for mark in [":", "-", ":\n    ", ":\r\n\t"] {
            for list in [written(plain, mark), written(plain, mark).to_uppercase()] {
                for text in [list.clone(), format!("\"{list}\"\n"), format!("key: {list} # {list}")] {
                    let all = said(&text);
                    assert!(all.iter().all(|one| *one == (list.clone(), plain.to_owned())), "{text}");
                    assert_eq!(all.len(), text.matches(&list).count(), "{text}");
                }
            }
        }
    }

    #[test]
    fn text_among_other_bytes_is_told_alone() {
        let plain = written("password=otter-Pebble", "-");
        let text = format!("00-9f-{plain}-00-80-{}", &plain[..29]);
        assert_eq!(said(&text), [(plain, "password=otter-Pebble".to_owned())]);
    }

    #[test]
    fn a_pair_is_two_digits_and_no_third() {
        assert_eq!((pair(b"6F", 0), pair(b":6f:", 1), pair(b"6fg", 0)), (Some(0x6f), Some(0x6f), Some(0x6f)));
        for other in ["+f", "-f", " f", "0x", "6", "6f6", ""] {
            assert_eq!(pair(other.as_bytes(), 0), None, "{other}");
        }
    }

    #[test]
    fn what_is_no_text_or_no_list_is_passed_over() {
        let plain = written("password=otter", ":");
        for text in [
            // An address of a network, a fingerprint, one digit more, times.
            "52:54:00:12:34:56 and 52:54:00:12:34:57 and more".to_owned(),
            format!("{}:{}", "9f:86:d0:81:88:4c:7d:95", &plain[..29]),
            plain.replace(':', ":0"),
            plain.replace(':', "."),
            // A sign is no digit.
            format!("+f:{}", plain.replace(":6", ":+")),
            "2026-11-28 10:50:26-10:50:27-10:50:28-10:50:29".to_owned(),
            "2001:0db8:85a3:0000:0000:8a2e:0370:7334, 2001:0db8:85a3".to_owned(),
        ] {
            assert!(said(&text).is_empty(), "{text}: {:?}", said(&text));
        }
    }
}
