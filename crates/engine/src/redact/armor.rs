//! Masks private keys that are printed line by line: by the time the last line comes, the first has been shown.

use std::ops::Range;

use memchr::memmem;
use tightlip_detect::Rule;

use super::search::Stretch;

pub(super) static RULE: Rule = Rule::new(
    "private-key-printed",
    "Private key, printed",
    "Whoever reads the log has the key, and can be whom it stands for.",
);

const BEGIN: &[u8] = b"-----BEGIN ";
/// Words of which one stands in the first line of a key: RFC 7468, RFC 4880, OpenSSH.
const SECRET: &[&[u8]] = &[b"PRIVATE KEY-----", b"PRIVATE KEY BLOCK-----"];
const END: &[u8] = b"-----END ";
/// A word of the body has at least so many characters; only the last is shorter, and ends in `=` or not.
const WORD: usize = 16;
/// Lines of keys have so many characters, whoever writes them: PEM, OpenSSH, `base64`.
const WIDTHS: &[usize] = &[64, 70, 72, 76];
/// Steps write in turns: so many other lines may stand between two of a key.
pub(super) const BETWEEN: u32 = 50;

/// Whether the lines that come are those of a key.
#[derive(Default)]
pub(super) struct Armor {
    /// How many more lines may come that do not look like a key's; none outside.
    patience: u32,
    /// How many lines of this key came, how long they are, and which word of its line that is.
    seen: usize,
    width: usize,
    column: usize,
    /// Whether the line before was a long one: a shorter one behind it is the last.
    full: bool,
}

impl Armor {
    /// Adds what stands of keys in the lines from `from` on.
    pub(super) fn lines(&mut self, text: &[u8], from: usize, add: &mut Vec<Stretch>) {
        let new = text.get(from..).unwrap_or_default();
        if self.patience == 0 && memmem::find(new, BEGIN).is_none() {
            return;
        }
        let mut at = from;
        for line in new.split_inclusive(|byte| *byte == b'\n') {
            if let Some(span) = self.line(line) {
                add.push(Stretch { span: at + span.start..at + span.end, rule: &RULE });
            }
            at += line.len();
        }
    }

    fn line(&mut self, line: &[u8]) -> Option<Range<usize>> {
        if let Some(begin) = memmem::find(line, BEGIN) {
            let title = line.get(begin..).unwrap_or_default();
            let secret = SECRET.iter().find_map(|word| Some(memmem::find(title, word)? + word.len()));
            let opens = secret.is_some_and(|end| !has_body(title.get(end..).unwrap_or_default()));
            *self = Self { patience: if opens { BETWEEN } else { 0 }, ..Self::default() };
            return None;
        }
        if self.patience == 0 {
            return None;
        }
        if memmem::find(line, END).is_some() {
            self.patience = 0;
            return None;
        }
        let word = last_word(line, b"+/=");
        let column = column(line);
        let as_long = self.seen < 2 || word.len() == self.width || WIDTHS.contains(&word.len());
        let beside = column == self.column && word.len() < self.width;
        if word.len() >= WORD && (as_long || beside) {
            self.width = self.width.max(word.len());
            (self.seen, self.column, self.full) = (self.seen + 1, column, word.len() == self.width);
            self.patience = BETWEEN;
            return Some(word);
        }
        if !word.is_empty() && beside && self.full {
            self.full = false;
            return Some(word);
        }
        self.patience -= 1;
        None
    }
}

/// Whether a key stands in the line of its title, its line breaks written as escapes: nothing of it comes in the next.
fn has_body(behind: &[u8]) -> bool {
    let other = |byte: &u8| !byte.is_ascii_alphanumeric() && !b"+/".contains(byte);
    memmem::find(behind, END).is_some() || behind.split(other).any(|word| word.len() > WORD)
}

/// Which word of its line the last one is.
pub(super) fn column(line: &[u8]) -> usize {
    line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).count()
}

/// The word at the end of a line, if it has nothing but letters, digits and these.
pub(super) fn last_word(line: &[u8], marks: &[u8]) -> Range<usize> {
    let end = line.trim_ascii_end().len();
    let text = line.get(..end).unwrap_or_default();
    let fits = |byte: &&u8| byte.is_ascii_alphanumeric() || marks.contains(byte);
    let length = text.iter().rev().take_while(fits).count();
    let alone = text.get(..end - length).and_then(<[u8]>::last).is_none_or(u8::is_ascii_whitespace);
    if alone { end - length..end } else { end..end }
}
