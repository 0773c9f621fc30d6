//! What letters are that a program or a document escapes: `Schl\u00fcssel`.

/// A value with the letters of Latin that are escaped in it, and with stars that stand for what is masked; none if there are
/// none.
pub(super) fn latin(value: &[u8]) -> Option<Vec<u8>> {
    let mut at = memchr::memmem::find(value, b"\\u00")?;
    let mut out = Vec::with_capacity(value.len());
    let mut done = 0;
    loop {
        let digits = value.get(at + 2..at + 6).and_then(|digits| std::str::from_utf8(digits).ok());
        let letter = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()).and_then(char::from_u32);
        if let Some(letter) = letter.filter(|letter| letter.is_alphabetic() || *letter == '*') {
            out.extend_from_slice(value.get(done..at)?);
            out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
            done = at + 6;
        }
        let Some(next) = value.get(at + 4..).and_then(|rest| memchr::memmem::find(rest, b"\\u00")) else {
            break;
        };
        at += 4 + next;
    }
    out.extend_from_slice(value.get(done..)?);
    (done > 0).then_some(out)
}

/// What a value says that is written in XML's references to characters alone: `&#36;&#x7b;`.
pub(super) fn referred(value: &[u8]) -> Option<Vec<u8>> {
    if !value.starts_with(b"&#") {
        return None;
    }
    let character = |reference: &[u8]| {
        let digits = std::str::from_utf8(reference.strip_prefix(b"&#")?).ok()?;
        let hex = digits.strip_prefix(['x', 'X']);
        let code = hex.map_or_else(|| digits.parse().ok(), |hex| u32::from_str_radix(hex, 16).ok());
        code.and_then(char::from_u32)
    };
    let said: Option<String> = value.strip_suffix(b";")?.split(|b| *b == b';').map(character).collect();
    // One or two escape what XML has a meaning for.
    said.filter(|said| said.chars().count() >= 3).map(String::into_bytes)
}

/// A text in letters of another script, as properties of Java and JSON escape it: `\u5bc6\u7801`. In a password of ours one or two
/// letters are so.
pub(super) fn is_prose(value: &[u8]) -> bool {
    let escaped = |w: &[u8]| matches!(w, [b'\\', b'u', digits @ ..] if digits.iter().all(u8::is_ascii_hexdigit) && !digits.starts_with(b"00"));
    let all = value.windows(6).filter(|w| escaped(w)).count();
    all >= 3 && all * 12 >= value.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_read_as_they_are_shown() {
        let read = |value: &str| latin(value.as_bytes()).map(|out| String::from_utf8(out).unwrap());
        assert_eq!(read("Schl\\u00fcssel\\u00E4"), Some("Schl\u{fc}ssel\u{e4}".to_owned()));
        assert_eq!(read("a\\u0026\\u00fc\\u00"), Some("a\\u0026\u{fc}\\u00".to_owned()));
        assert_eq!(read("\\u0026b\\u00"), None);
        assert_eq!(read("plain"), None);
    }

    #[test]
    fn references_to_characters_are_read_where_there_is_nothing_else() {
        let read = |value: &str| referred(value.as_bytes()).map(|out| String::from_utf8(out).unwrap());
        assert_eq!(read("&#36;&#x7B;&#97;&#125;"), Some("${a}".to_owned()));
        for value in ["&#36;a", "&#36;", "&amp;&#36;", "&#36;&#;&#97;", "a&#36;&#97;&#98;"] {
            assert_eq!(read(value), None, "{value}");
        }
    }
}
