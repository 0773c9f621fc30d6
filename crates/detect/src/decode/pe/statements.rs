//! What an assembly does with its strings, as statements of a source.

use super::code::{Value, follow};
use super::image::{Image, number};
use super::tables::{CONSTANT, FIELD, MEMBER_REF, METHOD, METHOD_SPEC, PARAM, TYPE_DEF, TYPE_REF, TYPE_SPEC};

/// A call of more arguments sets nothing up.
const MOST: usize = 8;
/// A longer text is no name's value.
const LONGEST: usize = 400;

/// A method that is called.
pub(super) struct Call<'f> {
    class: &'f [u8],
    name: &'f [u8],
    pub(super) arguments: usize,
    pub(super) has_object: bool,
    pub(super) returns: bool,
}

/// Every statement, one a line: constants, then what methods do.
pub(super) fn lines(image: &Image<'_>) -> Vec<u8> {
    let tables = &image.tables;
    let mut told = Told { image, lines: Vec::new(), method: &[] };
    for row in tables.all(CONSTANT) {
        told.constant(row);
    }
    // Methods may share a body, but no file is longer than all its bodies.
    let mut left = image.length();
    for row in tables.all(METHOD) {
        let body = tables.cell(METHOD, row, 0).filter(|address| *address > 0);
        let Some(code) = body.and_then(|address| image.body(address)) else { continue };
        let Some(less) = left.checked_sub(code.len()) else { break };
        left = less;
        told.method = tables.cell(METHOD, row, 3).and_then(|name| image.name(name)).unwrap_or_default();
        follow(image, code, &mut told);
    }
    told.lines
}

/// What was told so far.
pub(super) struct Told<'i, 'f> {
    image: &'i Image<'f>,
    lines: Vec<u8>,
    /// The name of the method that is followed.
    method: &'f [u8],
}

impl Told<'_, '_> {
    /// A constant of a field, or what an argument is if nothing is handed on (II.22.9).
    fn constant(&mut self, row: u32) -> Option<()> {
        let tables = &self.image.tables;
        let (table, parent) = tables.coded(CONSTANT, row, 1)?;
        let column = match table {
            FIELD => 1,
            PARAM => 2,
            _ => return None,
        };
        let name = self.image.name(tables.cell(table, parent, column)?)?;
        let value = self.image.blob(tables.cell(CONSTANT, row, 2)?)?;
        // The type of a string.
        if tables.cell(CONSTANT, row, 0)? == 0x0e {
            self.set(name, &plain(value)?);
        }
        Some(())
    }

    /// A field that gets a string.
    pub(super) fn field(&mut self, token: u32, value: u32) {
        let row = token & 0xff_ffff;
        let name = match token >> 24 {
            0x04 => self.image.tables.cell(FIELD, row, 1),
            0x0a => self.image.tables.cell(MEMBER_REF, row, 1),
            _ => None,
        };
        let name = name.and_then(|name| self.image.name(name));
        let pair = name.zip(self.text(value));
        pair.into_iter().for_each(|(name, text)| self.set(name, &text));
    }

    /// What a property is, if the method is one.
    pub(super) fn given_back(&mut self, value: u32) {
        let pair = self.method.strip_prefix(b"get_").zip(self.text(value));
        pair.into_iter().for_each(|(name, text)| self.set(name, &text));
    }

    /// A property that gets a string, or any other call.
    pub(super) fn call(&mut self, call: &Call<'_>, values: &[Value]) {
        match (call.name.strip_prefix(b"set_"), values) {
            (Some(b"Item"), [Some(key), Some(value)]) => {
                let pair = self.text(*key).zip(self.text(*value));
                pair.into_iter()
                    .for_each(|(key, text)| self.line(&[b"x[\"", &key, b"\"] = \"", &text, b"\";"]));
            }
            (Some(name), [Some(value)]) => {
                self.text(*value).into_iter().for_each(|text| self.set(name, &text));
            }
            (None, _) if values.len() == call.arguments && values.len() <= MOST => {
                let line = self.called(call, values);
                line.into_iter().for_each(|line| self.line(&[&line, b");"]));
            }
            _ => {}
        }
    }

    fn called(&self, call: &Call<'_>, values: &[Value]) -> Option<Vec<u8>> {
        let class =
            call.class.rsplit(|b| *b == b'.').next().filter(|class| !class.is_empty()).unwrap_or(b"x");
        let mut line =
            if call.name == b".ctor" { [b"new ", class].concat() } else { [class, b".", call.name].concat() };
        for (place, value) in values.iter().enumerate() {
            line.extend_from_slice(if place == 0 { b"(" } else { b", " });
            match value {
                // What was computed has no name any more.
                None => line.push(b'x'),
                Some(value) => line.extend([&b"\""[..], &self.text(*value)?, b"\""].concat()),
            }
        }
        Some(line)
    }

    fn text(&self, value: u32) -> Option<Vec<u8>> {
        // The last byte of a string of the code says something about its letters.
        plain(self.image.text(value)?.split_last()?.1)
    }

    fn set(&mut self, name: &[u8], text: &[u8]) {
        self.line(&[name, b" = \"", text, b"\";"]);
    }

    /// Adds a line. What names its texts over and over is told until it is as long as the file.
    fn line(&mut self, pieces: &[&[u8]]) {
        if self.lines.len() < self.image.length() {
            pieces.iter().for_each(|piece| self.lines.extend_from_slice(piece));
            self.lines.push(b'\n');
        }
    }
}

/// A text in UTF-16, if it can stand between quotes as it is.
fn plain(wide: &[u8]) -> Option<Vec<u8>> {
    if wide.is_empty() || wide.len() > LONGEST.saturating_mul(2) {
        return None;
    }
    let units = wide.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
    let text: String = char::decode_utf16(units).collect::<Result<_, _>>().ok()?;
    let strange = |c: char| matches!(c, '"' | '\\') || c.is_control();
    (!text.contains(strange)).then(|| text.into_bytes())
}

impl<'f> Image<'f> {
    /// The method that an instruction names.
    pub(super) fn call(&self, token: u32) -> Option<Call<'f>> {
        let row = token & 0xff_ffff;
        match token >> 24 {
            0x06 => self.method(METHOD, row),
            0x0a => self.method(MEMBER_REF, row),
            // One with parameters for types.
            0x2b => {
                let (table, row) = self.tables.coded(METHOD_SPEC, row, 0)?;
                self.method(table, row)
            }
            _ => None,
        }
    }

    fn method(&self, table: usize, row: u32) -> Option<Call<'f>> {
        let (name, kind) = if table == METHOD { (3, 4) } else { (1, 2) };
        let kind = self.blob(self.tables.cell(table, row, kind)?)?;
        let name = self.name(self.tables.cell(table, row, name)?)?;
        let (arguments, returns) = signature(kind)?;
        let class = self.class(table, row).unwrap_or_default();
        Some(Call { class, name, arguments, has_object: kind.first()? & 0x20 != 0, returns })
    }

    fn class(&self, table: usize, row: u32) -> Option<&'f [u8]> {
        let (table, row) =
            if table == METHOD { (TYPE_DEF, self.owner(row)?) } else { self.tables.coded(table, row, 0)? };
        let (table, row) = if table == TYPE_SPEC { self.generic(row)? } else { (table, row) };
        let column = [TYPE_REF, TYPE_DEF].contains(&table).then_some(1)?;
        self.name(self.tables.cell(table, row, column)?)
    }

    /// The type that has a method: each names its first, in order.
    fn owner(&self, method: u32) -> Option<u32> {
        let (mut low, mut high) = (1, self.tables.count(TYPE_DEF));
        while low < high {
            let middle = high.saturating_sub(high.saturating_sub(low) / 2);
            if self.tables.cell(TYPE_DEF, middle, 5)? <= method {
                low = middle;
            } else {
                high = middle.saturating_sub(1);
            }
        }
        Some(low)
    }

    /// The type of which one with parameters is made (II.23.2.12).
    fn generic(&self, row: u32) -> Option<(usize, u32)> {
        let kind = self.blob(self.tables.cell(TYPE_SPEC, row, 0)?)?;
        let coded = number(kind.strip_prefix(&[0x15, 0x12])?)?.0;
        let table = *[TYPE_DEF, TYPE_REF].get(usize::try_from(coded & 3).ok()?)?;
        Some((table, coded >> 2))
    }
}

/// How many arguments a method has, and whether it gives something back (II.23.2.1).
fn signature(kind: &[u8]) -> Option<(usize, bool)> {
    let (first, mut rest) = kind.split_first()?;
    if first & 0x10 != 0 {
        rest = rest.get(number(rest)?.1..)?;
    }
    let (count, used) = number(rest)?;
    rest = rest.get(used..)?;
    // Remarks about what it gives back.
    while let [0x1f | 0x20, remark @ ..] = rest {
        rest = remark.get(number(remark)?.1..)?;
    }
    Some((usize::try_from(count).ok()?, rest.first()? != &0x01))
}
