//! Escapes whose last character looks like a letter or digit of what follows, and is none: `\n`, `\x0a`, `%0A`, a terminal's
//! colours as logs write them.

use crate::set::Set;

/// Every byte with which one can end.
pub(super) const ENDS: Set = Set::of(b"0123456789abcdefABCDEFntrvmMJI_");

/// Whether a text ends with one that means nothing else.
pub(super) fn ends(text: &[u8]) -> bool {
    match text {
        [head @ .., b'n' | b't' | b'r' | b'b' | b'f' | b'v' | b'0'] if odd_backslashes(head) => true,
        [.., b'%', a, b] if is_hex(&[*a, *b]) => true,
        [head @ .., b'x', a, b] if is_hex(&[*a, *b]) && odd_backslashes(head) => true,
        [head @ .., b'u', a, b, c, d] if is_hex(&[*a, *b, *c, *d]) && odd_backslashes(head) => true,
        [head @ .., b'm'] => before_colour(head).is_some_and(|before| before.ends_with(b"\x1b[")),
        _ => false,
    }
}

/// Whether a text ends with one that may also be the beginning of a value, `=0A`: what follows must show by itself that it begins there.
pub(super) fn may_end(text: &[u8]) -> bool {
    let octal = |bytes: &[u8]| bytes.iter().all(|b| (b'0'..=b'7').contains(b));
    match text {
        // A text in a text in a text.
        [.., b'\\', b'n' | b't' | b'r'] => true,
        // Quoted-printable of mail (RFC 2045).
        [.., b'=', a, b] if is_hex(&[*a, *b]) => true,
        // `\033` of C and shells, `#012` of rsyslog.
        [.., b'\\' | b'#', a, b, c] if octal(&[*a, *b, *c]) => true,
        // `^M` of `cat -v`, `_x000D_` of spreadsheets.
        [.., b'^', b'M' | b'J' | b'I'] => true,
        [.., b'_', b'x' | b'X', a, b, c, d, b'_'] => is_hex(&[*a, *b, *c, *d]),
        // Whatever the character before a colour has become in a log.
        [head @ .., b'm'] => {
            before_colour(head).is_some_and(|before| before.len() + 1 < text.len()) || ends(text)
        }
        _ => ends(text),
    }
}

/// An even number of backslashes are backslashes themselves; an odd number escapes what follows.
fn odd_backslashes(text: &[u8]) -> bool {
    text.iter().rev().take(64).take_while(|byte| **byte == b'\\').count() % 2 == 1
}

fn is_hex(digits: &[u8]) -> bool {
    digits.iter().all(u8::is_ascii_hexdigit)
}

/// What stands before the numbers of a colour, `[1;33`, the bracket included.
fn before_colour(head: &[u8]) -> Option<&[u8]> {
    let digits = head.iter().rev().take(16).take_while(|b| b.is_ascii_digit() || **b == b';').count();
    head.get(..head.len().saturating_sub(digits)).filter(|before| before.ends_with(b"["))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_with_an_escape_is_told_from_what_ends_with_a_letter() {
        for text in [
            "\\n",
            "a\\\\n",
            "\\x0a",
            "\\u001b",
            "%0A",
            "=0A",
            "#012",
            "\\033[1;33m",
            "#033[33m",
            "^[[0m",
            "[33m",
            "\x1b[m",
            "^M",
            "_x000D_",
            "\\012",
        ] {
            assert!(may_end(text.as_bytes()), "{text}");
            assert!(ENDS.has(*text.as_bytes().last().unwrap()), "{text}");
        }
        for text in ["=0A", "#012", "^M", "_x000D_", "\\012", "a\\\\n"] {
            assert!(!ends(text.as_bytes()), "{text}");
        }
        for text in ["", "n", "xn", "x0a", "a12", "#9a2", "m", "[m", "a[x3m", "M", "x000D_", "_", "0A"] {
            assert!(!may_end(text.as_bytes()), "{text}");
        }
    }
}
