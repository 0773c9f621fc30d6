//! Takes the control sequences of terminals out of a text: colours, cursor moves, window titles, links.
//!
//! Source: ECMA-48, sections 5.3 to 5.6.

/// Gives the text between the sequences, each stretch with its place. What a sequence carries as text of its own
/// (the address of a link) is given too, as a line.
pub(crate) fn plain(bytes: &[u8], give: &mut dyn FnMut(usize, &[u8])) {
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let text = rest.iter().position(|byte| is_control(*byte)).unwrap_or(rest.len());
        if text > 0 {
            give(at, rest.get(..text).unwrap_or_default());
        }
        at += text;
        at += control(bytes.get(at..).unwrap_or_default(), at, give);
    }
}

fn is_control(byte: u8) -> bool {
    (byte < b' ' && byte != b'\n' && byte != b'\t') || byte == 0x7f
}

/// Passes the control that a text starts with; gives what of it is text. The length of the control.
fn control(rest: &[u8], at: usize, give: &mut dyn FnMut(usize, &[u8])) -> usize {
    match rest {
        [0x1b, b'[', sequence @ ..] => 2 + sequence_end(sequence),
        // Operating system command, device control, privacy message, application command, start of string.
        [0x1b, b']' | b'P' | b'^' | b'_' | b'X', string @ ..] => {
            let end = string_end(string);
            give(at, b"\n");
            give(at + 2, string.get(..end).unwrap_or_default());
            give(at + 2 + end, b"\n");
            2 + end
        }
        [0x1b, rest @ ..] => {
            let between = rest.iter().take_while(|b| (b' '..=b'/').contains(b)).count();
            1 + between + usize::from(rest.get(between).is_some_and(|b| (b'0'..=b'~').contains(b)))
        }
        // The line is written again from its start.
        [b'\r', ..] => {
            give(at, b"\n");
            1
        }
        [_, ..] => 1,
        [] => 0,
    }
}

/// Parameters, intermediates and the final byte of a control sequence; a broken one ends where it breaks.
fn sequence_end(bytes: &[u8]) -> usize {
    let length = bytes.iter().take_while(|b| (b' '..=b'?').contains(b)).count();
    length + usize::from(bytes.get(length).is_some_and(|b| (b'@'..=b'~').contains(b)))
}

/// A string ends at a bell, at the next escape, or with its line.
fn string_end(bytes: &[u8]) -> usize {
    bytes.iter().position(|b| matches!(b, 0x07 | 0x1b | b'\n' | b'\r')).unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(bytes: &[u8]) -> String {
        let mut out = Vec::new();
        plain(bytes, &mut |_, text| out.extend_from_slice(text));
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn colours_inside_a_word_are_left_out() {
        assert_eq!(text(b"se\x1b[31mcr\x1b[0;1met\x1b(B"), "secret");
    }

    #[test]
    fn the_address_of_a_link_is_kept() {
        assert_eq!(
            text(b"see \x1b]8;;https://a.b/c\x1b\\here\x1b]8;;\x07."),
            "see \n8;;https://a.b/c\nhere\n8;;\n."
        );
    }

    #[test]
    fn a_broken_sequence_costs_no_text() {
        assert_eq!(text(b"a\x1b[3"), "a");
        assert_eq!(text(b"a\x1b"), "a");
        assert_eq!(text(b"a\x1b[\x01b"), "ab");
    }

    proptest! {
        #[test]
        fn places_are_true(bytes in prop::collection::vec(prop_oneof![Just(0x1b), Just(b'['), Just(b']'), Just(b'm'), any::<u8>()], 0..60)) {
            plain(&bytes, &mut |at, text| {
                if text != b"\n" {
                    assert_eq!(&bytes[at..at + text.len()], text);
                }
            });
        }
    }
}
