//! Texts of the Windows registry that an export has as bytes: `"Name"=hex(2):41,00,…`, over several lines. They are said as it has other
//! texts, `"Name"="…"`.

use std::ops::Range;

use super::readable::{is_container, is_text};
use super::{Decoded, Lead, Place, TextDecoder};
use crate::read::hex;

/// Values in hexadecimal.
pub(super) static DECODER: TextDecoder =
    TextDecoder { name: "registry-hex", lead: Lead::Numbers, undo, tool: None };

/// Fewer bytes say nothing.
const FEWEST: usize = 8;
/// A longer name is none.
const LONGEST: usize = 512;

fn undo(text: &[u8], place: &Place, found: &mut Decoded<'_>) -> usize {
    let run = place.lead.clone();
    // `hex(2):` ends before the run, and `hex:` ends in it.
    let first = text.get(run.start..run.end.min(run.start.saturating_add(4))).unwrap_or_default();
    let Some(colon) = memchr::memchr(b':', first).and_then(|colon| run.start.checked_add(colon)) else {
        return run.end;
    };
    let Some(name) = name(text, colon) else { return run.end };
    let (end, bytes) = bytes(text, colon.saturating_add(1));
    if bytes.len() < FEWEST {
        return run.end.max(end);
    }
    match said(text.get(name.clone()).unwrap_or_default(), &bytes) {
        Some(said) => found(name.start..end, said),
        None if is_text(&bytes) || is_container(&bytes) => found(colon.saturating_add(1)..end, bytes),
        None => {}
    }
    run.end.max(end)
}

/// Where the name of a value stands with the equals sign behind it, if this is the colon before its bytes.
fn name(text: &[u8], colon: usize) -> Option<Range<usize>> {
    let before = text.get(colon.saturating_sub(LONGEST)..colon)?;
    let kind = match before {
        [head @ .., b'(', digit, b')'] if digit.is_ascii_hexdigit() => head,
        _ => before,
    };
    let named = kind.strip_suffix(b"hex").filter(|named| named.ends_with(b"="))?;
    let start = memchr::memrchr(b'\n', named).map_or(0, |at| at.saturating_add(1));
    let name = named.get(start..)?;
    matches!(name, [b'"', .., b'"', b'='] | b"@=").then_some(())?;
    let start = colon.checked_sub(before.len())?.checked_add(start)?;
    Some(start..start.checked_add(name.len())?)
}

/// The bytes from a place on, and where the last ends: behind a comma a backslash may end the line.
fn bytes(text: &[u8], start: usize) -> (usize, Vec<u8>) {
    let (mut at, mut end, mut bytes) = (start, start, Vec::new());
    while let Some(byte) = text.get(at..at.saturating_add(2)).and_then(hex::byte) {
        bytes.push(byte);
        end = at.saturating_add(2);
        let Some(rest) = text.get(end..).and_then(|rest| rest.strip_prefix(b",")) else { break };
        let pause = match rest {
            [b'\\', b'\r' | b'\n', ..] => {
                1 + rest.iter().skip(1).take(LONGEST).take_while(|byte| byte.is_ascii_whitespace()).count()
            }
            _ => 0,
        };
        at = end.saturating_add(1).saturating_add(pause);
    }
    (end, bytes)
}

/// A value with its name, where it is texts of UTF-16, each with a zero behind it.
fn said(name: &[u8], bytes: &[u8]) -> Option<Vec<u8>> {
    let (pairs, rest) = bytes.as_chunks();
    rest.is_empty().then_some(())?;
    let units = pairs.iter().map(|pair| u16::from_le_bytes(*pair));
    let texts = String::from_utf16(&units.collect::<Vec<_>>()).ok()?;
    let latin = texts.bytes().filter(u8::is_ascii).count();
    let plain = |c: char| !c.is_control() || c.is_whitespace() || c == '\0';
    (texts.chars().all(plain) && latin.saturating_mul(4) >= texts.len().saturating_mul(3)).then_some(())?;
    let mut said = Vec::new();
    for text in texts.split('\0').filter(|text| !text.is_empty()) {
        said.extend_from_slice(if said.is_empty() { name } else { b"\n" });
        let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
        said.extend([b"\"", escaped.as_bytes(), b"\""].concat());
    }
    (!said.is_empty()).then_some(said)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::text::tests::found;

    /// As `regedit` breaks it.
    fn exported(name: &str, kind: &str, bytes: &[u8]) -> String {
        let mut text = format!("{name}={kind}:");
        let mut width = text.len();
        for (number, byte) in bytes.iter().enumerate() {
            text.push_str(&format!("{byte:02x}"));
            width += 3;
            if number + 1 < bytes.len() {
                text.push(',');
                if width > 76 {
                    text.push_str("\\\r\n  ");
                    width = 2;
                }
            }
        }
        text
    }

    fn wide(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    fn said(text: &str) -> Vec<(String, String)> {
        let file = format!(
            "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\A]\r\n\"b\"=dword:00000001\r\n{text}\r\n\r\n"
        );
        found(&DECODER, file.as_bytes())
    }

    #[test]
    fn a_text_is_said_with_its_name() {
        for kind in ["hex(1)", "hex(2)", "hex(7)", "hex"] {
            let value =
                exported("\"App Password\"", kind, &wide("otter\\Pebble\"\u{e4}-and-a-long-word-of-it\0"));
            let plain = "\"App Password\"=\"otter\\\\Pebble\\\"\u{e4}-and-a-long-word-of-it\"".to_owned();
            assert_eq!(said(&value), [(value, plain)]);
        }
        let several = exported("@", "hex(7)", &wide("user=app\0password=otter\0\0"));
        assert_eq!(said(&several), [(several, "@=\"user=app\"\n\"password=otter\"".to_owned())]);
    }

    #[test]
    fn other_bytes_are_said_where_they_read_like_something() {
        let value = exported("\"a\"", "hex", b"password=otter-Pebble");
        let bytes = value.replacen("\"a\"=hex:", "", 1);
        assert_eq!(said(&value), [(bytes, "password=otter-Pebble".to_owned())]);
        for other in [
            exported("\"a\"", "hex", &[0, 1, 2, 3, 200, 201, 202, 203, 1, 0, 0, 0, 7, 8]),
            exported("\"a\"", "hex(b)", &[0; 16]),
            exported("a", "hex(2)", &wide("no name in quotes")),
            exported("\"a\"", "hax(2)", &wide("no kind of value")),
        ] {
            assert!(said(&other).is_empty(), "{other}");
        }
    }
}
