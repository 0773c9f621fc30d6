//! Fonts: what their codes say, and how wide each is (ISO 32000-2, 9.6 to 9.10).

use std::collections::HashMap;

use super::charmap::Charmap;
use super::filter::plain;
use super::glyphs::glyph;
use super::objects::Objects;
use super::value::{Map, Value};
use crate::decode::seam::{Budget, Stop};

/// See the top of the file.
pub(super) struct Font {
    /// How many bytes a code has.
    pub(super) width: usize,
    said: HashMap<u32, String>,
    /// Whether a code that is not told says the character of its number.
    latin: bool,
    /// In thousandths of the size.
    widths: HashMap<u32, f64>,
    other: f64,
}

/// A font has no more widths.
const MOST: usize = 1 << 16;

impl Font {
    pub(super) fn of(objects: &Objects<'_>, map: &Map<'_>, budget: &Budget) -> Result<Self, Stop> {
        let composite = map.is("Subtype", "Type0");
        let charmap = match map.get("ToUnicode") {
            Some(Value::Object(number)) => match objects.stream(*number) {
                Some((stream, raw)) => plain(&stream, raw, budget)?.map(|content| Charmap::of(&content)),
                None => None,
            },
            _ => None,
        };
        let charmap = charmap.unwrap_or_default();
        let width = if composite { charmap.width.unwrap_or(2).clamp(1, 4) } else { 1 };
        let mut font =
            Self { width, said: charmap.said, latin: !composite, widths: HashMap::new(), other: 500.0 };
        if composite {
            font.measure_composite(objects, map);
        } else {
            font.name_codes(objects, map);
            font.measure_simple(objects, map);
        }
        Ok(font)
    }

    /// What a code says, and how wide it is.
    pub(super) fn say(&self, code: u32, out: &mut String) -> f64 {
        match self.said.get(&code) {
            Some(said) => out.push_str(said),
            None if self.latin => out.extend(u8::try_from(code).ok().map(latin).filter(|c| !c.is_control())),
            None => {}
        }
        self.widths.get(&code).copied().unwrap_or(self.other)
    }

    /// Codes that have names of glyphs.
    fn name_codes(&mut self, objects: &Objects<'_>, map: &Map<'_>) {
        let Some(encoding) = objects.map_of(map, "Encoding") else { return };
        let Some(differences) = objects.of_map(&encoding, "Differences") else { return };
        let mut code = 0;
        for value in differences.list().unwrap_or_default() {
            if let Some(number) = value.count().and_then(|number| u32::try_from(number).ok()) {
                code = number;
            } else if let Some(name) = value.name() {
                let said = glyph(name).filter(|_| code < 256);
                if let Some(said) = said {
                    self.said.entry(code).or_insert(said);
                }
                code = code.saturating_add(1);
            }
        }
    }

    fn measure_simple(&mut self, objects: &Objects<'_>, map: &Map<'_>) {
        let name = map.get("BaseFont").and_then(Value::name).unwrap_or_default();
        if memchr::memmem::find(name, b"Courier").is_some() {
            self.other = 600.0;
        }
        // A font that is drawn says what its widths are measured in.
        let scale = objects.of_map(map, "FontMatrix");
        let scale =
            scale.as_ref().and_then(Value::list).and_then(|list| list.first()?.number()).unwrap_or(0.001);
        let first = map.get("FirstChar").and_then(Value::count).and_then(|first| u32::try_from(first).ok());
        let widths = objects.of_map(map, "Widths");
        let widths = widths.as_ref().and_then(Value::list).unwrap_or_default();
        for (code, width) in (first.unwrap_or_default()..).zip(widths.iter().take(256)) {
            let width = objects.value(width).and_then(|width| width.number());
            self.widths.extend(width.map(|width| (code, width * scale * 1000.0)));
        }
    }

    fn measure_composite(&mut self, objects: &Objects<'_>, map: &Map<'_>) {
        let fonts = objects.of_map(map, "DescendantFonts");
        let inner = fonts.as_ref().and_then(Value::list).and_then(|list| objects.value(list.first()?));
        let Some(inner) = inner.as_ref().and_then(Value::map) else { return };
        self.other = objects.of_map(inner, "DW").and_then(|width| width.number()).unwrap_or(1000.0);
        let widths = objects.of_map(inner, "W");
        let mut rest = widths.as_ref().and_then(Value::list).unwrap_or_default();
        let code = |value: &Value<'_>| u32::try_from(value.count()?).ok();
        // A code and the widths from there on, or two codes and the width of all between.
        while let ([from, second, ..], true) = (rest, self.widths.len() < MOST) {
            let second = objects.value(second);
            let from = code(from).unwrap_or_default();
            if let Some(list) = second.as_ref().and_then(Value::list) {
                self.widths.extend((from..).zip(list.iter().filter_map(Value::number)));
                rest = rest.get(2..).unwrap_or_default();
            } else {
                let to = second.as_ref().and_then(code).unwrap_or_default();
                let width = rest.get(2).and_then(Value::number).unwrap_or(self.other);
                self.widths.extend((from..=to).take(MOST).map(|code| (code, width)));
                rest = rest.get(3..).unwrap_or_default();
            }
        }
    }
}

/// A byte of Windows-1252, which most fonts follow.
fn latin(byte: u8) -> char {
    match byte {
        0x80 => '\u{20ac}',
        0x85 => '\u{2026}',
        0x91 | 0x92 => '\'',
        0x93 => '\u{201c}',
        0x94 => '\u{201d}',
        0x95 => '\u{2022}',
        0x96 => '\u{2013}',
        0x97 => '\u{2014}',
        byte => char::from(byte),
    }
}
