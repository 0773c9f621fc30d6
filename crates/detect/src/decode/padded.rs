//! Text with stretches of zero bytes in it: a log that was cut while its writer went on (`copytruncate`), the stored parts of
//! a sparse file one behind the other, blocks of a tape that are filled up, arguments of a process.
//!
//! A plain look takes a zero byte for the mark of a program and judges what is named there as the texts of one.

use std::io::Read;

use super::seam::{Members, Pump, Stop, give};
use super::{Decoder, Holds};
use crate::Hint;

/// Text and zero bytes, and nothing else.
pub(crate) static DECODER: Decoder =
    Decoder { name: "padded", claims, open, tool: Some("tr -s '\\0' '\\n'"), holds: Holds::Same };

/// Less text is not worth it.
const LEAST: usize = 8;

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    // Texts have no zero byte, and what is no text says so early.
    memchr::memchr(0, head).is_some()
        && head.split(|byte| *byte == 0).all(is_text)
        && head.iter().filter(|byte| **byte != 0).count() >= LEAST
}

/// Whether a stretch is text, but for a character that is cut at its end.
fn is_text(stretch: &[u8]) -> bool {
    let printed = |byte: &u8| !byte.is_ascii_control() || matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b);
    stretch.iter().all(printed)
        && std::str::from_utf8(stretch).map_or_else(|error| error.error_len().is_none(), |_| true)
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let mut begun = false;
    let mut lines = Pump::new(body, move |chunk, written| {
        let mut parts = chunk.split(|byte| *byte == 0).peekable();
        while let Some(part) = parts.next() {
            // What comes later may be something else; a chunk may begin within a character.
            if !part.is_empty() && part.iter().all(|byte| !byte.is_ascii_control() || is_text(&[*byte])) {
                written.extend_from_slice(part);
                begun = true;
            }
            // However many there are, they are one end.
            if parts.peek().is_some() && begun {
                written.push(b'\n');
                begun = false;
            }
        }
    });
    give(members, "text", &mut lines).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::seam::law;

    #[test]
    fn stretches_of_zero_bytes_end_a_line() {
        let file = [b"STORE", &[0; 507][..], b"user=app\nmode=1\n", &[0; 100], b"end"].concat();
        law::holds(&DECODER, &file, &[("text", b"STORE\nuser=app\nmode=1\n\nend")]);
        law::holds(&DECODER, &[&[0; 600][..], b"first line\n"].concat(), &[("text", b"first line\n")]);
    }

    #[test]
    fn other_files_are_not_claimed() {
        for file in [&b"only text"[..], b"\0\0\0", b"\0\x01text of a program", b"a\0\xff\xfe\xfd other bytes"]
        {
            assert!(!claims(file, &Hint::Text));
        }
    }

    #[test]
    fn any_change_is_survived() {
        law::changes_are_survived(&DECODER, b"a text\0\0and another\0");
    }
}
