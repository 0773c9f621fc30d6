//! Strings of a document that are on no page: its description, remarks, fields of forms with what was typed into them, addresses, scripts.

use std::collections::{HashMap, HashSet};

use super::objects::Objects;
use super::value::{Map, Value};

/// Names of strings that nobody reads: identifiers, digests, how something looks.
const UNREAD: &[&[u8]] =
    &[b"ID", b"DA", b"NM", b"O", b"U", b"OE", b"UE", b"Perms", b"Lookup", b"CheckSum", b"Cert", b"Panose"];
/// Values in each other go so deep.
const DEPTH: usize = 16;

/// Every string that can be read, one a line; that of a field behind the field's name.
pub(super) fn lines(objects: &Objects<'_>) -> Vec<u8> {
    let mut lines = Lines::default();
    for value in objects.each() {
        lines.add(&value, DEPTH);
    }
    lines.out
}

#[derive(Default)]
struct Lines {
    out: Vec<u8>,
    /// What was told: each version of a document has most of them again.
    told: HashSet<Vec<u8>>,
}

impl Lines {
    fn add(&mut self, value: &Value<'_>, left: usize) {
        let Some(left) = left.checked_sub(1) else { return };
        match value {
            Value::Map(map) => self.map(map, left),
            Value::List(list) => list.iter().for_each(|value| self.add(value, left)),
            _ => {}
        }
    }

    fn map(&mut self, map: &Map<'_>, left: usize) {
        let field = map.get("T").and_then(Value::text).and_then(readable);
        let is_signature = map.is("Type", "Sig");
        for (name, value) in &map.0 {
            let unread = UNREAD.contains(name) || (is_signature && *name == b"Contents");
            let text = value.text().filter(|_| !unread);
            let Some(text) = text.and_then(readable) else {
                self.add(value, left);
                continue;
            };
            match (&field, *name) {
                (Some(_), b"T") => {}
                (Some(field), b"V" | b"DV") => self.line(format!("{field}: {text}")),
                _ => self.line(text),
            }
        }
    }

    fn line(&mut self, line: String) {
        if self.told.insert(line.clone().into_bytes()) {
            self.out.extend(line.into_bytes());
            self.out.push(b'\n');
        }
    }
}

/// A string as text (ISO 32000-2, 7.9.2); none of what is no text.
pub(super) fn readable(text: &[u8]) -> Option<String> {
    let utf16 = |rest: &[u8], unit: fn([u8; 2]) -> u16| -> String {
        let units = rest.chunks_exact(2).map(|pair| unit(pair.try_into().unwrap_or_default()));
        char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    };
    let said = match text {
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => text.iter().map(|byte| char::from(*byte)).collect(),
    };
    let strange = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    (!said.trim().is_empty() && !said.contains(strange)).then(|| said.replace('\r', "\n"))
}

impl Objects<'_> {
    /// What files are called that are attached, by their streams (7.11).
    pub(super) fn attachments(&self) -> HashMap<u32, String> {
        let mut names = HashMap::new();
        for value in self.each() {
            let Some((map, files)) = value.map().and_then(|map| Some((map, self.map_of(map, "EF")?))) else {
                continue;
            };
            let Some(name) = ["UF", "F"].iter().find_map(|name| readable(map.get(name)?.text()?)) else {
                continue;
            };
            for (_, stream) in files.0 {
                if let Value::Object(stream) = stream {
                    names.insert(stream, name.clone());
                }
            }
        }
        names
    }
}
