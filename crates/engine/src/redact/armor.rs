//! Masks private keys that are printed line by line: by the time the last line comes, the first has been shown.

use std::ops::Range;

use memchr::memmem;
use tightlip_detect::Rule;

use super::search::Stretch;

static RULE: Rule = Rule::new(
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
/// Steps write in turns: so many other lines may stand between two of a key.
const BETWEEN: u32 = 50;

/// Whether the lines that come are those of a key.
#[derive(Default)]
pub(super) struct Armor {
    /// How many more lines may come that do not look like a key's; none outside.
    patience: u32,
    /// How long the lines of this key are, and which word of its line that is.
    width: usize,
    column: usize,
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
            let secret = SECRET.iter().any(|word| memmem::find(title, word).is_some());
            (self.patience, self.width) = (if secret { BETWEEN } else { 0 }, 0);
            return None;
        }
        if self.patience == 0 {
            return None;
        }
        if memmem::find(line, END).is_some() {
            self.patience = 0;
            return None;
        }
        let word = last_word(line);
        let column = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).count();
        let last = !word.is_empty() && word.len() < self.width && column == self.column;
        if word.len() >= WORD || last {
            (self.width, self.column) = (self.width.max(word.len()), column);
            self.patience = BETWEEN;
            return Some(word);
        }
        self.patience -= 1;
        None
    }
}

/// The word at the end of a line, if it is one of base64.
fn last_word(line: &[u8]) -> Range<usize> {
    let end = line.trim_ascii_end().len();
    let text = line.get(..end).unwrap_or_default();
    let fits = |byte: &&u8| byte.is_ascii_alphanumeric() || b"+/=".contains(byte);
    let length = text.iter().rev().take_while(fits).count();
    let alone = text.get(..end - length).and_then(<[u8]>::last).is_none_or(u8::is_ascii_whitespace);
    if alone { end - length..end } else { end..end }
}
