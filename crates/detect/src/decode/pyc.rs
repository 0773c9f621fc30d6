//! Compiled Python: the strings of its code objects, one a line, in the order of the file (`Python/marshal.c`).

use std::io::Read;

use super::seam::{Bytes, Members, Stop, Unread, flat, give, hold};
use super::{Decoder, Holds};
use crate::Hint;

/// `.pyc`, Python 2.7 and 3.
pub(crate) static DECODER: Decoder = Decoder { name: "pyc", claims, open, holds: Holds::TextsOf("py") };

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    let Some(form) = Form::of(head) else { return false };
    Bytes(head).u8(form.header).is_some_and(|kind| kind & 0x7f == b'c')
}

/// What changed between versions: the numbers and objects of a code object, and the file's header.
#[derive(Clone, Copy)]
struct Form {
    header: usize,
    numbers: usize,
    /// Objects behind the number of the first line, of which eight stand before.
    last: u64,
}

impl Form {
    fn of(file: &[u8]) -> Option<Self> {
        if !Bytes(file).has(2, b"\r\n") {
            return None;
        }
        match Bytes(file).u16_le(0)? {
            62_171..=62_211 => Some(Self { header: 8, numbers: 4, last: 1 }),
            3_220..=3_389 => Some(Self { header: 12, numbers: 5, last: 1 }),
            3_390..=3_399 => Some(Self { header: 16, numbers: 5, last: 1 }),
            3_400..=3_449 => Some(Self { header: 16, numbers: 6, last: 1 }),
            3_450..=3_999 => Some(Self { header: 16, numbers: 5, last: 2 }),
            _ => None,
        }
    }
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let file = hold(body, members)?;
    let damaged = || Stop::Fault(Unread::Damaged, "its objects are cut or of an unknown kind".into());
    let form = Form::of(&file).ok_or_else(damaged)?;
    let mut walk =
        Walk { file: Bytes(&file), at: form.header, form, todo: vec![Todo::Objects(1)], texts: Vec::new() };
    let walked = walk.all();
    give(members, "constants", &mut flat(walk.texts).as_slice())?;
    walked.ok_or_else(damaged)
}

enum Todo {
    Objects(u64),
    /// Keys and values until an object that is none.
    Pairs,
    Skip(usize),
}

struct Walk<'f> {
    file: Bytes<'f>,
    at: usize,
    form: Form,
    todo: Vec<Todo>,
    texts: Vec<&'f [u8]>,
}

impl<'f> Walk<'f> {
    fn all(&mut self) -> Option<()> {
        while let Some(todo) = self.todo.pop() {
            match todo {
                Todo::Skip(count) => drop(self.take(count)?),
                Todo::Objects(0) => {}
                Todo::Objects(count) => {
                    self.todo.push(Todo::Objects(count.saturating_sub(1)));
                    self.object()?;
                }
                Todo::Pairs if self.file.u8(self.at)? == b'0' => drop(self.take(1)?),
                Todo::Pairs => {
                    self.todo.push(Todo::Pairs);
                    self.object()?;
                }
            }
        }
        Some(())
    }

    fn take(&mut self, count: usize) -> Option<&'f [u8]> {
        let taken = self.file.slice(self.at, count)?;
        self.at = self.at.checked_add(count)?;
        Some(taken)
    }

    fn number(&mut self) -> Option<u32> {
        Bytes(self.take(4)?).u32_le(0)
    }

    fn short(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn text(&mut self, length: usize) -> Option<()> {
        let text = self.take(length)?;
        let readable = std::str::from_utf8(text)
            .is_ok_and(|text| !text.contains(|c: char| c.is_control() && !c.is_whitespace()));
        if readable && !text.is_empty() {
            self.texts.push(text);
        }
        Some(())
    }

    fn object(&mut self) -> Option<()> {
        // The highest bit says that the object is referred to later.
        match self.short()? & 0x7f {
            b'0' | b'N' | b'F' | b'T' | b'S' | b'.' => Some(()),
            b'i' | b'r' | b'R' => self.take(4).map(drop),
            b'I' | b'g' => self.take(8).map(drop),
            b'y' => self.take(16).map(drop),
            b'f' => self.short_skip(),
            b'x' => self.short_skip().and_then(|()| self.short_skip()),
            b'l' => {
                let digits = self.number()?.cast_signed().unsigned_abs();
                self.take(usize::try_from(digits).ok()?.checked_mul(2)?).map(drop)
            }
            b's' | b't' | b'u' | b'a' | b'A' => {
                let length = usize::try_from(self.number()?).ok()?;
                self.text(length)
            }
            b'z' | b'Z' => {
                let length = self.short()?;
                self.text(length.into())
            }
            other => self.several(other),
        }
    }

    fn short_skip(&mut self) -> Option<()> {
        let length = self.short()?;
        self.take(length.into()).map(drop)
    }

    fn several(&mut self, kind: u8) -> Option<()> {
        match kind {
            b'(' | b'[' | b'<' | b'>' => {
                let count = self.number()?;
                self.todo.push(Todo::Objects(count.into()));
            }
            b')' => {
                let count = self.short()?;
                self.todo.push(Todo::Objects(count.into()));
            }
            b':' => self.todo.push(Todo::Objects(3)),
            b'{' => self.todo.push(Todo::Pairs),
            b'c' => {
                let Form { numbers, last, .. } = self.form;
                let parts = [
                    Todo::Objects(last),
                    Todo::Skip(4),
                    Todo::Objects(8),
                    Todo::Skip(numbers.checked_mul(4)?),
                ];
                self.todo.extend(parts);
            }
            _ => return None,
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::seam::law;

    /// `NAME = "the value"; MORE = {…}` as 3.12 and as 3.8 compile it, cut down to what matters.
    fn compiled(magic: u16, numbers: usize, last: &[u8]) -> Vec<u8> {
        let mut file = [&magic.to_le_bytes()[..], b"\r\n", &[0; 12], b"\xe3"].concat();
        file.extend(vec![0; numbers * 4]);
        file.extend(b"\xf3\x04\x00\x00\x00\x97\x00\x64\x00");
        file.extend(b"\x29\x04\xda\x09the valueN{z\x01k[\x01\x00\x00\x00\xe9\x07\x00\x00\x000l\xff\xff\xff\xff\x01\x00");
        file.extend(b"\xa9\x01\xda\x04NAME\xa9\x00r\x01\x00\x00\x00");
        file.extend(b"\xfa\x06app.py\xda\x08<module>r\x02\x00\x00\x00");
        file.extend(b"\x01\x00\x00\x00");
        file.extend(last);
        file
    }

    #[test]
    fn strings_of_the_code_are_lines() {
        let new = compiled(3531, 5, b"\xf3\x02\x00\x00\x00\xf0\x03s\x00\x00\x00\x00");
        law::holds(&DECODER, &new, &[("constants", b"the value\nk\nNAME\napp.py\n<module>\n")]);
        let old = compiled(3413, 6, b"s\x02\x00\x00\x00\x00\x01");
        law::holds(&DECODER, &old, &[("constants", b"the value\nk\nNAME\napp.py\n<module>\n")]);
    }

    #[test]
    fn any_cut_is_told_and_any_change_survived() {
        let file = compiled(3531, 5, b"\xf3\x02\x00\x00\x00\xf0\x03s\x00\x00\x00\x00");
        law::cuts_are_told(&DECODER, &file);
        law::changes_are_survived(&DECODER, &file);
    }
}
