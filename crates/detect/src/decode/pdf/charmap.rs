//! Maps from the codes of a font to characters (`/ToUnicode`, ISO 32000-2, 9.10.3).

use std::collections::HashMap;

use super::value::{Value, Values};

/// A font has no more characters.
const MOST: usize = 1 << 16;
/// A code stands for no more characters.
const LONGEST: usize = 16;

/// Codes and what they say.
#[derive(Default)]
pub(super) struct Charmap {
    pub(super) said: HashMap<u32, String>,
    /// How many bytes a code has, if the map tells.
    pub(super) width: Option<usize>,
}

impl Charmap {
    pub(super) fn of(content: &[u8]) -> Self {
        let mut map = Self::default();
        let mut values = Values::new(content, 0);
        // What stands before a word is its arguments.
        let mut before = Vec::new();
        while let Some(value) = values.value() {
            let Value::Word(word) = value else {
                if before.len() < MOST {
                    before.push(value);
                }
                continue;
            };
            match word {
                b"endcodespacerange" => map.width = before.first().and_then(Value::text).map(<[u8]>::len),
                b"endbfchar" => before.chunks(2).for_each(|pair| map.one(pair)),
                b"endbfrange" => before.chunks(3).for_each(|range| map.range(range)),
                _ => {}
            }
            before.clear();
            values.begin_again();
        }
        map
    }

    fn one(&mut self, pair: &[Value<'_>]) {
        if let [Value::Text(from), Value::Text(to)] = pair {
            self.add(code(from), characters(to));
        }
    }

    fn range(&mut self, range: &[Value<'_>]) {
        let [Value::Text(from), Value::Text(to), said] = range else { return };
        let (from, to) = (code(from), code(to));
        let codes = (from..=to).take(MOST);
        match said {
            Value::List(list) => {
                for (code, said) in codes.zip(list.iter().filter_map(Value::text)) {
                    self.add(code, characters(said));
                }
            }
            Value::Text(first) => {
                // Of several characters the last one counts on.
                let mut front = characters(first);
                let Some(last) = front.pop().map(u32::from) else { return };
                for (code, more) in codes.zip(0_u32..) {
                    let character = char::from_u32(last.saturating_add(more));
                    character.into_iter().for_each(|character| self.add(code, format!("{front}{character}")));
                }
            }
            _ => {}
        }
    }

    fn add(&mut self, code: u32, said: String) {
        if self.said.len() < MOST && !said.contains('\0') {
            self.said.insert(code, without_ligatures(said));
        }
    }
}

/// Letters that are written as one are several.
fn without_ligatures(said: String) -> String {
    let ligatures = [
        ('\u{fb00}', "ff"),
        ('\u{fb01}', "fi"),
        ('\u{fb02}', "fl"),
        ('\u{fb03}', "ffi"),
        ('\u{fb04}', "ffl"),
    ];
    ligatures
        .into_iter()
        .fold(said, |said, (one, several)| if said.contains(one) { said.replace(one, several) } else { said })
}

pub(super) fn code(bytes: &[u8]) -> u32 {
    bytes.iter().take(4).fold(0, |code, byte| code << 8 | u32::from(*byte))
}

/// Characters in UTF-16.
pub(super) fn characters(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).map(|unit| u16::from_be_bytes(unit.try_into().unwrap_or_default()));
    char::decode_utf16(units).take(LONGEST).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}
