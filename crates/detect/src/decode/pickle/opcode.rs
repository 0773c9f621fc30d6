//! The opcodes of pickles, as far as they matter for texts.

use std::borrow::Cow;

use crate::decode::seam::Bytes;
use crate::read::hex;

/// What an opcode does to the stack.
pub(super) enum Op<'f> {
    /// Puts a text there.
    Text(Cow<'f, [u8]>),
    /// Takes so many things away and puts another one there.
    Make(usize),
    /// Takes everything down to the mark, and puts another thing there.
    MakeFromMark,
    /// Makes everything down to the mark one thing.
    Tuple,
    /// Makes two things one.
    Pair,
    /// Calls a thing with what lies above it.
    Call,
    /// Takes everything down to the mark and the mark.
    DropToMark,
    /// Takes so many things away.
    Drop(usize),
    Mark,
    Again,
    /// Name and value, for what lies under them.
    Item,
    /// Names and values in turns down to the mark, for what lies under it.
    Items,
    /// The same, which become a mapping.
    Mapping,
    /// Keeps the uppermost thing under a number, or under the next one.
    Keep(Option<usize>),
    /// Puts there what was kept.
    Kept(usize),
    Nothing,
}

/// Reads opcode after opcode; pickles that stand behind each other are one.
pub(super) struct Ops<'f> {
    file: Bytes<'f>,
    at: usize,
    ended: bool,
    cut: bool,
}

impl<'f> Ops<'f> {
    pub(super) fn new(file: &'f [u8]) -> Self {
        Self { file: Bytes(file), at: 0, ended: false, cut: false }
    }

    /// Whether the last one was the end of a pickle.
    pub(super) fn is_ended(&self) -> bool {
        self.ended
    }

    /// Whether the file ends within a pickle.
    pub(super) fn is_cut(&self) -> bool {
        self.cut
    }

    fn take(&mut self, count: usize) -> Option<&'f [u8]> {
        let taken = self.file.slice(self.at, count);
        self.cut |= taken.is_none();
        self.at = self.at.checked_add(count)?;
        taken
    }

    fn number(&mut self, width: usize) -> Option<usize> {
        let bytes = self.take(width)?;
        let number = bytes.iter().rev().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
        usize::try_from(number).ok()
    }

    /// The rest of a line.
    fn line(&mut self) -> Option<&'f [u8]> {
        let rest = self.file.from(self.at);
        let end = memchr::memchr(b'\n', rest);
        self.cut |= end.is_none();
        self.at = self.at.checked_add(end?)?.checked_add(1)?;
        rest.get(..end?)
    }

    fn number_line(&mut self) -> Option<usize> {
        std::str::from_utf8(self.line()?).ok()?.trim().parse().ok()
    }

    /// A text with its length before it.
    fn text(&mut self, width: usize) -> Option<Op<'f>> {
        let length = self.number(width)?;
        Some(Op::Text(Cow::Borrowed(self.take(length)?)))
    }

    /// Something of no interest that has a length before it.
    fn pass(&mut self, width: usize) -> Option<Op<'f>> {
        let length = self.number(width)?;
        self.take(length)?;
        Some(Op::Make(0))
    }

    fn after(&mut self, count: usize, op: Op<'f>) -> Option<Op<'f>> {
        self.take(count).map(|_| op)
    }

    fn op(&mut self, code: u8) -> Option<Op<'f>> {
        Some(match code {
            b'.' | b'0' => Op::Drop(1),
            0x80 => self.after(1, Op::Nothing)?,
            0x95 => self.after(8, Op::Nothing)?,
            b'(' => Op::Mark,
            b'1' => Op::DropToMark,
            b'2' => Op::Again,
            b'N' | b')' | b']' | b'}' | 0x88 | 0x89 | 0x8f | 0x97 => Op::Make(0),
            b'K' => self.after(1, Op::Make(0))?,
            b'M' => self.after(2, Op::Make(0))?,
            b'J' => self.after(4, Op::Make(0))?,
            b'G' => self.after(8, Op::Make(0))?,
            0x82 => self.after(1, Op::Make(0))?,
            0x83 => self.after(2, Op::Make(0))?,
            0x84 => self.after(4, Op::Make(0))?,
            0x8a => self.pass(1)?,
            0x8b => self.pass(4)?,
            b'I' | b'L' | b'F' | b'P' => self.line().map(|_| Op::Make(0))?,
            b'c' => self.line().and_then(|_| self.line()).map(|_| Op::Make(0))?,
            b'i' => self.line().and_then(|_| self.line()).map(|_| Op::MakeFromMark)?,
            b'S' => Op::Text(quoted(self.line()?)),
            b'V' => Op::Text(unescaped(self.line()?)),
            b'U' | b'C' | 0x8c => self.text(1)?,
            b'T' | b'X' | b'B' => self.text(4)?,
            0x8d | 0x8e | 0x96 => self.text(8)?,
            b't' => Op::Tuple,
            b'l' | b'o' | 0x91 => Op::MakeFromMark,
            b'd' => Op::Mapping,
            0x85 | b'Q' | 0x98 => Op::Make(1),
            0x86 => Op::Pair,
            b'R' => Op::Call,
            0x81 | 0x93 | b'a' | b'b' => Op::Make(2),
            0x87 | 0x92 => Op::Make(3),
            b'e' | 0x90 => Op::DropToMark,
            b's' => Op::Item,
            b'u' => Op::Items,
            0x94 => Op::Keep(None),
            b'p' => Op::Keep(Some(self.number_line()?)),
            b'q' => Op::Keep(Some(self.number(1)?)),
            b'r' => Op::Keep(Some(self.number(4)?)),
            b'g' => Op::Kept(self.number_line()?),
            b'h' => Op::Kept(self.number(1)?),
            b'j' => Op::Kept(self.number(4)?),
            _ => return None,
        })
    }
}

impl<'f> Iterator for Ops<'f> {
    type Item = Op<'f>;

    fn next(&mut self) -> Option<Op<'f>> {
        // Behind the end of one there may be another; what is none belongs to nobody.
        if self.ended && !matches!(self.file.from(self.at), [0x80, 2..=5, ..] | [b'(', ..]) {
            return None;
        }
        let Some(code) = self.file.u8(self.at) else {
            self.cut = !self.ended;
            return None;
        };
        self.at = self.at.saturating_add(1);
        self.ended = code == b'.';
        self.op(code)
    }
}

/// `'text'` as Python writes it.
fn quoted(line: &[u8]) -> Cow<'_, [u8]> {
    let line = line.trim_ascii();
    let inside = line.strip_prefix(b"'").and_then(|line| line.strip_suffix(b"'"));
    let inside = inside.or_else(|| line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")));
    let inside = inside.unwrap_or(line);
    if !inside.contains(&b'\\') {
        return Cow::Borrowed(inside);
    }
    let mut plain = Vec::with_capacity(inside.len());
    let mut bytes = inside.iter();
    while let Some(byte) = bytes.next() {
        match (byte, bytes.as_slice()) {
            (b'\\', [b'x', high, low, ..]) => {
                plain.extend(hex::byte(&[*high, *low]));
                bytes.by_ref().take(3).for_each(drop);
            }
            (b'\\', [next, ..]) => {
                plain.push(match next {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    other => *other,
                });
                bytes.next();
            }
            _ => plain.push(*byte),
        }
    }
    Cow::Owned(plain)
}

/// A line in which `\uXXXX` stands for what a line cannot hold.
fn unescaped(line: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memmem::find(line, b"\\u").is_none() {
        return Cow::Borrowed(line);
    }
    let text = String::from_utf8_lossy(line);
    let mut parts = text.split("\\u");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.get(..4).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        match digits.and_then(char::from_u32) {
            Some(character) => {
                plain.push(character);
                plain.push_str(part.get(4..).unwrap_or_default());
            }
            None => plain.push_str(part),
        }
    }
    Cow::Owned(plain.into_bytes())
}
