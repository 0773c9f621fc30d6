//! The constant pool of a class (JVM specification, section 4.4).

use crate::decode::seam::Bytes;

/// What other parts of a class name by its number.
pub(super) struct Pool<'f> {
    entries: Vec<Entry<'f>>,
    /// Where the class goes on behind it.
    pub(super) end: usize,
}

#[derive(Clone, Copy)]
enum Entry<'f> {
    Text(&'f [u8]),
    /// A class or a string: the text that it is.
    Of(u8, u16),
    /// A field or a method: its class, its name and type. Or a name and a type.
    Pair(u8, u16, u16),
    Other,
}

const CLASS: u8 = 7;
const STRING: u8 = 8;
const NAME_AND_TYPE: u8 = 12;

/// A field or method of a class.
pub(super) struct Member<'f> {
    pub(super) class: &'f [u8],
    pub(super) name: &'f [u8],
    pub(super) kind: &'f [u8],
}

impl<'f> Pool<'f> {
    /// Reads the pool of a class; what was read of it, and whether it is whole.
    pub(super) fn read(file: Bytes<'f>) -> (Self, bool) {
        let mut pool = Self { entries: vec![Entry::Other], end: 10 };
        let whole = pool.fill(file).is_some();
        (pool, whole)
    }

    fn fill(&mut self, file: Bytes<'f>) -> Option<()> {
        let count = usize::from(file.u16_be(8)?);
        while self.entries.len() < count {
            let (tag, at) = (file.u8(self.end)?, self.end.checked_add(1)?);
            let (entry, length) = match tag {
                1 => {
                    let length = usize::from(file.u16_be(at)?);
                    (Entry::Text(file.slice(at.checked_add(2)?, length)?), length.checked_add(2)?)
                }
                CLASS | STRING | 16 | 19 | 20 => (Entry::Of(tag, file.u16_be(at)?), 2),
                9..=NAME_AND_TYPE => {
                    (Entry::Pair(tag, file.u16_be(at)?, file.u16_be(at.checked_add(2)?)?), 4)
                }
                15 => (Entry::Other, 3),
                3 | 4 | 17 | 18 => (Entry::Other, 4),
                5 | 6 => (Entry::Other, 8),
                _ => return None,
            };
            self.entries.push(entry);
            // Long and double take two places of the pool.
            if matches!(tag, 5 | 6) {
                self.entries.push(Entry::Other);
            }
            self.end = at.checked_add(length)?;
        }
        Some(())
    }

    /// All texts with their numbers, in the order of the file.
    pub(super) fn texts(&self) -> impl Iterator<Item = (u16, &'f [u8])> {
        (0..).zip(&self.entries).filter_map(|(number, entry)| match entry {
            Entry::Text(text) => Some((number, *text)),
            _ => None,
        })
    }

    pub(super) fn text(&self, number: u16) -> Option<&'f [u8]> {
        match self.entry(number) {
            Entry::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number of the text that a string is.
    pub(super) fn string(&self, number: u16) -> Option<u16> {
        match self.entry(number) {
            Entry::Of(STRING, text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn member(&self, number: u16) -> Option<Member<'f>> {
        let Entry::Pair(9..=11, class, member) = self.entry(number) else { return None };
        let (Entry::Of(CLASS, class), Entry::Pair(NAME_AND_TYPE, name, kind)) =
            (self.entry(class), self.entry(member))
        else {
            return None;
        };
        Some(Member { class: self.text(class)?, name: self.text(name)?, kind: self.text(kind)? })
    }

    fn entry(&self, number: u16) -> Entry<'f> {
        self.entries.get(usize::from(number)).copied().unwrap_or(Entry::Other)
    }
}
