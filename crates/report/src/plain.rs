//! Makes hostile text safe for a terminal: control and bidirectional characters are shown, not obeyed.

use std::fmt::Write as _;

/// Bytes as text: UTF-8 as it is, any other byte as `\xNN`.
#[must_use]
pub fn readable(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out
}

/// Text for a terminal: control, bidirectional and invisible characters are escaped.
#[must_use]
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if acts(c) => {
                let _ = write!(out, "\\u{{{:x}}}", c as u32);
            }
            c => out.push(c),
        }
    }
    out
}

pub(crate) fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_steer_the_terminal() {
        assert_eq!(plain("a\u{1b}[2Jb"), "a\\u{1b}[2Jb");
        assert_eq!(plain("gpj.\u{202e}exe"), "gpj.\\u{202e}exe");
        assert_eq!(plain("two\nlines"), "two\\nlines");
    }

    #[test]
    fn bytes_that_are_no_text_stay_legible() {
        assert_eq!(readable(b"caf\xe9/.env"), "caf\\xe9/.env");
        assert_eq!(readable("café".as_bytes()), "café");
    }
}
