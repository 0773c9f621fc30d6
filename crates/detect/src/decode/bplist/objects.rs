//! The objects of a binary property list, found by their numbers.

use std::borrow::Cow;

use crate::decode::seam::Bytes;

/// What stands at the end: sizes, counts and where the table of objects lies.
const TRAILER: usize = 32;

/// A list with its table: every object has a number, by which others refer to it.
pub(super) struct Objects<'f> {
    /// What stands before the table.
    bytes: Bytes<'f>,
    /// Where each object begins.
    table: Numbers<'f>,
    /// How many bytes the number of an object takes up.
    size: usize,
    top: usize,
}

/// One object, as it stands in the file.
#[derive(Clone, Copy)]
pub(super) enum Object<'f> {
    Text(Text<'f>),
    Data(&'f [u8]),
    /// A whole number.
    Whole(u64),
    /// In an archive: the place of another object in its list.
    Place(usize),
    /// An array or a set.
    Several(Numbers<'f>),
    /// The numbers of the keys, and of their values.
    Map(Numbers<'f>, Numbers<'f>),
    /// A boolean, a fraction, a date.
    Other,
}

/// A text in one of its two forms.
#[derive(Clone, Copy)]
pub(super) enum Text<'f> {
    Narrow(&'f [u8]),
    /// UTF-16, the higher byte first.
    Wide(&'f [u8]),
}

impl<'f> Text<'f> {
    /// As UTF-8.
    pub(super) fn plain(self) -> Cow<'f, [u8]> {
        let wide = match self {
            Self::Narrow(text) => return Cow::Borrowed(text),
            Self::Wide(wide) => wide,
        };
        let units = wide.chunks_exact(2).filter_map(|pair| Some(u16::from_be_bytes(pair.try_into().ok()?)));
        let letters = char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER));
        Cow::Owned(letters.collect::<String>().into_bytes())
    }

    /// In bytes, as it stands.
    pub(super) fn len(self) -> usize {
        let (Self::Narrow(text) | Self::Wide(text)) = self;
        text.len()
    }

    pub(super) fn is(self, word: &str) -> bool {
        matches!(self, Self::Narrow(text) if text == word.as_bytes())
    }
}

/// Numbers of one size, one behind the other.
#[derive(Clone, Copy)]
pub(super) struct Numbers<'f> {
    bytes: &'f [u8],
    size: usize,
}

impl<'f> Numbers<'f> {
    pub(super) fn len(self) -> usize {
        self.bytes.len().checked_div(self.size).unwrap_or_default()
    }

    pub(super) fn each(self) -> impl Iterator<Item = usize> + use<'f> {
        // What is too large for a place is the number of nothing.
        let number = |bytes| uint(bytes).and_then(|n| usize::try_from(n).ok()).unwrap_or(usize::MAX);
        self.bytes.chunks_exact(self.size.max(1)).map(number)
    }

    pub(super) fn get(self, nth: usize) -> Option<usize> {
        let bytes = Bytes(self.bytes).slice(nth.checked_mul(self.size)?, self.size)?;
        usize::try_from(uint(bytes)?).ok()
    }
}

/// A number of up to eight bytes, the highest first.
fn uint(bytes: &[u8]) -> Option<u64> {
    (bytes.len() <= 8).then(|| bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

impl<'f> Objects<'f> {
    /// By what the trailer says; none where it cannot be one.
    pub(super) fn of(file: &'f [u8]) -> Option<Self> {
        let (body, trailer) = file.split_at_checked(file.len().checked_sub(TRAILER)?)?;
        let (body, trailer) = (Bytes(body), Bytes(trailer));
        let (place, size) = (usize::from(trailer.u8(6)?), usize::from(trailer.u8(7)?));
        let whole = |at| usize::try_from(uint(trailer.slice(at, 8)?)?).ok();
        let (count, top, table) = (whole(8)?, whole(16)?, whole(24)?);
        let sized = (1..=8).contains(&place) && (1..=8).contains(&size);
        let places = body.slice(table, count.checked_mul(place)?)?;
        (sized && top < count).then_some(Self {
            bytes: Bytes(body.slice(0, table)?),
            table: Numbers { bytes: places, size: place },
            size,
            top,
        })
    }

    pub(super) fn count(&self) -> usize {
        self.table.len()
    }

    /// How many bytes all of them take up.
    pub(super) fn len(&self) -> usize {
        self.bytes.0.len()
    }

    /// The one in which all others are.
    pub(super) fn top(&self) -> Option<Object<'f>> {
        self.get(self.top)
    }

    /// An object by its number; none where the format has no such.
    pub(super) fn get(&self, number: usize) -> Option<Object<'f>> {
        let start = self.table.get(number)?;
        let mark = self.bytes.u8(start)?;
        let (low, begin) = (mark & 0x0f, start.checked_add(1)?);
        match mark >> 4 {
            0x0 | 0x2 | 0x3 => Some(Object::Other),
            0x1 if low <= 3 => Some(Object::Whole(uint(self.bytes.slice(begin, 1 << low)?)?)),
            0x1 => Some(Object::Other),
            0x8 => {
                let place = uint(self.bytes.slice(begin, usize::from(low).checked_add(1)?)?)?;
                Some(Object::Place(usize::try_from(place).ok()?))
            }
            kind => self.sized(kind, low, begin),
        }
    }

    /// One whose length stands in its mark, or behind it as a number.
    fn sized(&self, kind: u8, low: u8, begin: usize) -> Option<Object<'f>> {
        let (count, begin) = if low == 0x0f {
            let mark = self.bytes.u8(begin).filter(|mark| (0x10..=0x13).contains(mark))?;
            let (at, length) = (begin.checked_add(1)?, 1_usize << (mark & 0x0f));
            (usize::try_from(uint(self.bytes.slice(at, length)?)?).ok()?, at.checked_add(length)?)
        } else {
            (usize::from(low), begin)
        };
        let numbers = |nth: usize| {
            let length = count.checked_mul(self.size)?;
            let at = begin.checked_add(length.checked_mul(nth)?)?;
            Some(Numbers { bytes: self.bytes.slice(at, length)?, size: self.size })
        };
        match kind {
            0x4 => Some(Object::Data(self.bytes.slice(begin, count)?)),
            0x5 | 0x7 => Some(Object::Text(Text::Narrow(self.bytes.slice(begin, count)?))),
            0x6 => Some(Object::Text(Text::Wide(self.bytes.slice(begin, count.checked_mul(2)?)?))),
            0xa..=0xc => Some(Object::Several(numbers(0)?)),
            0xd => Some(Object::Map(numbers(0)?, numbers(1)?)),
            _ => None,
        }
    }
}
