//! Values as they are written in objects, contents of pages and maps of characters (ISO 32000-2, 7.2 and 7.3).

use crate::read::hex;

/// Something that is written.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value<'f> {
    Number(f64),
    Name(&'f [u8]),
    Text(Vec<u8>),
    List(Vec<Value<'f>>),
    Map(Map<'f>),
    /// An object by its number.
    Object(u32),
    /// Any other word: `true`, `obj`, `Tj`.
    Word(&'f [u8]),
}

/// Names and what they stand for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Map<'f>(pub(super) Vec<(&'f [u8], Value<'f>)>);

impl<'f> Map<'f> {
    pub(super) fn get(&self, name: &str) -> Option<&Value<'f>> {
        self.0.iter().find(|(other, _)| *other == name.as_bytes()).map(|(_, value)| value)
    }

    /// Whether a name stands for this name.
    pub(super) fn is(&self, name: &str, value: &str) -> bool {
        self.get(name).and_then(Value::name) == Some(value.as_bytes())
    }
}

impl<'f> Value<'f> {
    pub(super) fn number(&self) -> Option<f64> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }

    /// A number that counts something.
    pub(super) fn count(&self) -> Option<usize> {
        let number = self.number().filter(|number| (0.0..4_294_967_296.0).contains(number))?;
        format!("{number:.0}").parse().ok()
    }

    pub(super) fn name(&self) -> Option<&'f [u8]> {
        if let Self::Name(name) = self { Some(name) } else { None }
    }

    pub(super) fn text(&self) -> Option<&[u8]> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub(super) fn list(&self) -> Option<&[Self]> {
        if let Self::List(list) = self { Some(list) } else { None }
    }

    pub(super) fn map(&self) -> Option<&Map<'f>> {
        if let Self::Map(map) = self { Some(map) } else { None }
    }
}

/// Values in each other go so deep.
const DEPTH: usize = 32;
/// One object or operation has no more values.
const VALUES: usize = 1 << 20;

/// Reads values one behind the other.
pub(super) struct Values<'f> {
    bytes: &'f [u8],
    pub(super) at: usize,
    left: usize,
}

impl<'f> Values<'f> {
    pub(super) fn new(bytes: &'f [u8], at: usize) -> Self {
        Self { bytes, at, left: VALUES }
    }

    /// Counts from here on: whoever reads a list of operations keeps only those of one.
    pub(super) fn begin_again(&mut self) {
        self.left = VALUES;
    }

    /// The next value; none at the end.
    pub(super) fn value(&mut self) -> Option<Value<'f>> {
        self.within(0)
    }

    fn within(&mut self, depth: usize) -> Option<Value<'f>> {
        self.left = self.left.checked_sub(1).filter(|_| depth < DEPTH)?;
        self.skip();
        let rest = self.bytes.get(self.at..)?;
        match rest {
            [b'/', ..] => Some(Value::Name(self.word(1))),
            [b'(', ..] => Some(Value::Text(self.literal())),
            [b'<', b'<', ..] => Some(Value::Map(self.map(depth))),
            [b'<', ..] => Some(Value::Text(self.digits())),
            [b'[', ..] => Some(Value::List(self.list(depth))),
            [b'+' | b'-' | b'.' | b'0'..=b'9', ..] => Some(self.number()),
            // What stands alone where it closes nothing.
            [b')' | b'>' | b']' | b'{' | b'}', ..] => {
                let word = rest.get(..1)?;
                self.at = self.at.saturating_add(1);
                Some(Value::Word(word))
            }
            [_, ..] => Some(Value::Word(self.word(0))),
            [] => None,
        }
    }

    fn skip(&mut self) {
        while let Some(byte) = self.bytes.get(self.at) {
            match byte {
                b'%' => {
                    let rest = self.bytes.get(self.at..).unwrap_or_default();
                    let line = rest.iter().position(|b| matches!(b, b'\n' | b'\r')).unwrap_or(rest.len());
                    self.at = self.at.saturating_add(line);
                }
                b if is_blank(*b) => self.at = self.at.saturating_add(1),
                _ => return,
            }
        }
    }

    /// What stands up to a delimiter, behind so many bytes.
    fn word(&mut self, skipped: usize) -> &'f [u8] {
        let start = self.at.saturating_add(skipped);
        let rest = self.bytes.get(start..).unwrap_or_default();
        let length =
            rest.iter().position(|b| is_blank(*b) || b"()<>[]{}/%".contains(b)).unwrap_or(rest.len());
        self.at = start.saturating_add(length);
        rest.get(..length).unwrap_or_default()
    }

    /// A number, or an object where two numbers and `R` stand.
    fn number(&mut self) -> Value<'f> {
        let word = self.word(0);
        let number = std::str::from_utf8(word).ok().and_then(|word| word.parse::<f64>().ok());
        let Some(number) = number.filter(|number| number.is_finite()) else { return Value::Word(word) };
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let object = || {
            let digits = |from: &[u8]| from.iter().take_while(|b| b.is_ascii_digit()).count();
            let blanks = |from: &[u8]| from.iter().take_while(|b| is_blank(**b)).count();
            let before = blanks(rest);
            let generation = digits(rest.get(before..)?);
            let between = before.checked_add(generation)?;
            let after = between.checked_add(blanks(rest.get(between..)?))?;
            let end = after.checked_add(1)?;
            let ends = rest.get(end).is_none_or(|b| is_blank(*b) || b"/<>[]()%".contains(b));
            let is_one =
                before > 0 && generation > 0 && after > between && rest.get(after) == Some(&b'R') && ends;
            let number = std::str::from_utf8(word).ok()?.parse().ok()?;
            is_one.then_some((number, end))
        };
        match object() {
            Some((number, end)) => {
                self.at = self.at.saturating_add(end);
                Value::Object(number)
            }
            None => Value::Number(number),
        }
    }

    /// A string between parentheses, which may stand in it in pairs.
    fn literal(&mut self) -> Vec<u8> {
        let mut text = Vec::new();
        let mut open = 0_usize;
        while let Some(byte) = self.bytes.get(self.at) {
            self.at = self.at.saturating_add(1);
            match byte {
                b'\\' => self.escape(&mut text),
                b'(' => {
                    if open > 0 {
                        text.push(b'(');
                    }
                    open = open.saturating_add(1);
                }
                b')' if open <= 1 => break,
                b')' => {
                    open = open.saturating_sub(1);
                    text.push(b')');
                }
                byte => text.push(*byte),
            }
        }
        text
    }

    fn escape(&mut self, text: &mut Vec<u8>) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let octal = rest.iter().take(3).take_while(|b| (b'0'..=b'7').contains(b)).count();
        let (said, length) = match rest {
            _ if octal > 0 => {
                let digits = rest.get(..octal).unwrap_or_default();
                let code = digits
                    .iter()
                    .fold(0_u8, |code, digit| code.wrapping_mul(8).wrapping_add(digit.wrapping_sub(b'0')));
                (Some(code), octal)
            }
            [b'n', ..] => (Some(b'\n'), 1),
            [b'r', ..] => (Some(b'\r'), 1),
            [b't', ..] => (Some(b'\t'), 1),
            [b'b' | b'f', ..] => (None, 1),
            // A line break that is none.
            [b'\r', b'\n', ..] => (None, 2),
            [b'\r' | b'\n', ..] => (None, 1),
            [other, ..] => (Some(*other), 1),
            [] => (None, 0),
        };
        text.extend(said);
        self.at = self.at.saturating_add(length);
    }

    fn digits(&mut self) -> Vec<u8> {
        let rest = self.bytes.get(self.at.saturating_add(1)..).unwrap_or_default();
        let length = memchr::memchr(b'>', rest).unwrap_or(rest.len());
        self.at = self.at.saturating_add(length).saturating_add(2);
        hexadecimal(rest.get(..length).unwrap_or_default())
    }

    fn list(&mut self, depth: usize) -> Vec<Value<'f>> {
        self.at = self.at.saturating_add(1);
        let mut list = Vec::new();
        while let Some(value) = self.within(depth.saturating_add(1)) {
            if value == Value::Word(b"]") {
                break;
            }
            list.push(value);
        }
        list
    }

    fn map(&mut self, depth: usize) -> Map<'f> {
        self.at = self.at.saturating_add(2);
        let mut map = Map::default();
        loop {
            match self.within(depth.saturating_add(1)) {
                Some(Value::Name(name)) => {
                    let Some(value) = self.within(depth.saturating_add(1)) else { return map };
                    map.0.push((name, value));
                }
                Some(Value::Word(b">")) => {
                    if self.bytes.get(self.at) == Some(&b'>') {
                        self.at = self.at.saturating_add(1);
                    }
                    return map;
                }
                Some(_) => {}
                None => return map,
            }
        }
    }
}

pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 0x0c | b'\r' | b' ')
}

/// The bytes that digits say; of an odd number the last is zero.
pub(super) fn hexadecimal(digits: &[u8]) -> Vec<u8> {
    let mut digits: Vec<u8> = digits.iter().copied().filter(u8::is_ascii_hexdigit).collect();
    digits.extend((digits.len() % 2 == 1).then_some(b'0'));
    hex::bytes(&digits).unwrap_or_default()
}
