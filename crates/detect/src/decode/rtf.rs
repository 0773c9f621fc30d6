//! What people read in a document in RTF (1.9.1): in the file a word is in pieces, wherever its writing changes, and letters are escapes
//! of a code page.

use std::io::Read;

use super::seam::{Members, Stop, give, hold};
use super::{Decoder, Holds};
use crate::Hint;

/// `.rtf`.
pub(crate) static DECODER: Decoder = Decoder { name: "rtf", claims, open, tool: None, holds: Holds::Shown };

/// Groups whose texts are not shown.
const HIDDEN: &[&[u8]] = &[
    b"fonttbl",
    b"colortbl",
    b"stylesheet",
    b"listtable",
    b"listoverridetable",
    b"rsidtbl",
    b"themedata",
    b"datastore",
    b"latentstyles",
    b"pict",
    b"objdata",
];
/// The letters of Windows' code page 1252 that are not those of ISO 8859-1, from 0x80 on.
const LETTERS: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";
/// A longer control word is none.
const LONGEST: usize = 32;
/// Groups in each other; deeper ones are as the last.
const DEEPEST: usize = 1_000;

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    head.starts_with(b"{\\rtf")
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let file = hold(body, members)?;
    let mut shown = Shown { rest: &file, ..Shown::default() };
    while shown.step().is_some() {}
    give(members, "text", &mut shown.out.as_bytes()).map(drop)
}

/// What holds to the end of a group.
#[derive(Clone, Copy)]
struct Group {
    hidden: bool,
    /// How many letters stand behind a character, for programs that cannot show it.
    instead: usize,
}

impl Default for Group {
    fn default() -> Self {
        Self { hidden: false, instead: 1 }
    }
}

#[derive(Default)]
struct Shown<'f> {
    rest: &'f [u8],
    out: String,
    around: Vec<Group>,
    group: Group,
    /// So many letters more are not shown.
    skipped: usize,
}

impl<'f> Shown<'f> {
    /// Reads one thing; none at the end.
    fn step(&mut self) -> Option<()> {
        match *self.take(1)?.first()? {
            b'{' => {
                if self.around.len() < DEEPEST {
                    self.around.push(self.group);
                }
            }
            b'}' => self.group = self.around.pop().unwrap_or_default(),
            b'\\' => self.control()?,
            b'\r' | b'\n' => {}
            byte => self.letter(byte),
        }
        Some(())
    }

    fn take(&mut self, count: usize) -> Option<&'f [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    fn control(&mut self) -> Option<()> {
        let length = self.rest.iter().take(LONGEST).take_while(|byte| byte.is_ascii_alphabetic()).count();
        if length > 0 {
            return self.word(length);
        }
        match *self.take(1)?.first()? {
            b'\'' => {
                let digits = self.take(2)?;
                let byte =
                    std::str::from_utf8(digits).ok().and_then(|digits| u8::from_str_radix(digits, 16).ok());
                byte.into_iter().for_each(|byte| self.letter(byte));
            }
            b'~' => self.show(' '),
            b'_' => self.show('-'),
            b'\r' | b'\n' => self.show('\n'),
            // What a program need not know; of a link it is where it leads.
            b'*' => self.group.hidden |= !self.rest.starts_with(b"\\fldinst"),
            byte @ (b'\\' | b'{' | b'}') => self.letter(byte),
            _ => {}
        }
        Some(())
    }

    /// A control word of so many letters, with its number.
    fn word(&mut self, length: usize) -> Option<()> {
        let word = self.take(length)?;
        let sign = usize::from(self.rest.first() == Some(&b'-'));
        let digits = self.rest.iter().skip(sign).take(10).take_while(|byte| byte.is_ascii_digit()).count();
        let number = if digits > 0 { self.take(sign.checked_add(digits)?)? } else { &[] };
        let number = std::str::from_utf8(number).ok()?.parse::<i64>().ok();
        if self.rest.first() == Some(&b' ') {
            self.take(1)?;
        }
        match (word, number) {
            (b"par" | b"line" | b"row" | b"sect" | b"page", _) => self.show('\n'),
            (b"tab" | b"cell" | b"nestcell", _) => self.show('\t'),
            (b"uc", Some(number)) => {
                self.group.instead = usize::try_from(number).unwrap_or_default().min(LONGEST)
            }
            (b"u", Some(number)) => {
                // Numbers beyond 32767 are written as negative ones.
                let code = u32::try_from(if number < 0 { number.saturating_add(0x1_0000) } else { number });
                self.show(code.ok().and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER));
                self.skipped = self.group.instead;
            }
            (b"bin", Some(number)) => {
                let count = usize::try_from(number).unwrap_or_default();
                self.take(count.min(self.rest.len()))?;
            }
            (word, _) => self.group.hidden |= HIDDEN.contains(&word),
        }
        Some(())
    }

    fn letter(&mut self, byte: u8) {
        if self.skipped > 0 {
            self.skipped = self.skipped.saturating_sub(1);
            return;
        }
        let other = byte.checked_sub(0x80).and_then(|place| LETTERS.chars().nth(place.into()));
        self.show(other.unwrap_or(char::from(byte)));
    }

    fn show(&mut self, character: char) {
        self.skipped = 0;
        if !self.group.hidden {
            self.out.push(character);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::seam::law;

    const DOCUMENT: &[u8] = b"{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0\\fswiss Arial;}}{\\*\\generator Word;}{\\info{\\title Notes}}\r\n\
        \\pard\\f0 Pass{\\b wo}{\\i\\fs20 rd}: {\\rtlch\\ltrch\\loch otter}\\'2d\\'50\\u8364?\\'fc\\uc0\\u-1280\\{x\\}\\par\r\n\
        a\\tab b\\cell c\\row{\\pict 0102}{\\field{\\*\\fldinst HYPERLINK \"https://h\"}}\\bin3 }}}d}";

    #[test]
    fn a_word_in_pieces_is_one() {
        let shown = "NotesPassword: otter-P\u{20ac}\u{fc}\u{fb00}{x}\na\tb\tc\nHYPERLINK \"https://h\"d";
        law::holds(&DECODER, DOCUMENT, &[("text", shown.as_bytes())]);
    }

    #[test]
    fn any_change_is_survived() {
        law::changes_are_survived(&DECODER, DOCUMENT);
    }

    #[test]
    fn other_texts_are_not_claimed() {
        for other in [&b"{\\r}"[..], b" {\\rtf1 a}", b"{\"a\":1}"] {
            assert!(!claims(other, &Hint::Text));
        }
    }
}
