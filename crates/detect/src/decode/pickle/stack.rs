//! What a pickle would build, as far as it says which text is the name of which.

use std::borrow::Cow;
use std::collections::HashMap;

use super::Op;

/// A longer name is none.
const LONGEST_NAME: usize = 80;

/// A thing on the stack.
#[derive(Clone, Copy)]
enum Thing {
    /// One of the texts.
    Text(usize),
    /// A text with the encoding that makes it the bytes it stands for.
    Encoded(usize),
    Mark,
    Other,
}

/// The texts of a pickle, with what it does to them.
#[derive(Default)]
pub(super) struct Stack<'f> {
    texts: Vec<Text<'f>>,
    stack: Vec<Thing>,
    kept: HashMap<usize, Thing>,
}

struct Text<'f> {
    text: Cow<'f, [u8]>,
    /// Which text names it.
    name: Option<usize>,
    /// Whether it names another one, which says it.
    is_name: bool,
}

impl<'f> Stack<'f> {
    pub(super) fn turn(&mut self, op: Op<'f>) {
        match op {
            Op::Nothing => {}
            Op::Text(text) => {
                self.stack.push(Thing::Text(self.texts.len()));
                self.texts.push(Text { text, name: None, is_name: false });
            }
            Op::Mark => self.stack.push(Thing::Mark),
            Op::Again => self.stack.extend(self.stack.last().copied()),
            Op::Drop(count) => self.drop(count),
            Op::Make(count) => {
                self.drop(count);
                self.stack.push(Thing::Other);
            }
            Op::Pair => {
                let pair = self.stack.split_off(self.stack.len().saturating_sub(2));
                self.stack.push(self.together(&pair));
            }
            Op::Tuple => {
                let all = self.above_mark();
                self.stack.push(self.together(&all));
            }
            Op::Call => {
                let call = self.stack.split_off(self.stack.len().saturating_sub(2));
                self.stack.push(match call.last() {
                    Some(Thing::Encoded(text)) => Thing::Text(*text),
                    _ => Thing::Other,
                });
            }
            Op::DropToMark => drop(self.above_mark()),
            Op::MakeFromMark => {
                self.above_mark();
                self.stack.push(Thing::Other);
            }
            Op::Item => {
                let pair = self.stack.split_off(self.stack.len().saturating_sub(2));
                self.pairs(&pair);
            }
            Op::Items => {
                let pairs = self.above_mark();
                self.pairs(&pairs);
            }
            Op::Mapping => {
                let pairs = self.above_mark();
                self.pairs(&pairs);
                self.stack.push(Thing::Other);
            }
            Op::Keep(number) => {
                let number = number.unwrap_or(self.kept.len());
                self.kept.extend(self.stack.last().map(|thing| (number, *thing)));
            }
            Op::Kept(number) => self.stack.push(self.kept.get(&number).copied().unwrap_or(Thing::Other)),
        }
    }

    /// Several things in one: a text with its encoding, or nothing that matters.
    fn together(&self, all: &[Thing]) -> Thing {
        match all {
            [Thing::Text(text), Thing::Text(other)] if self.is(*other, b"latin1") => Thing::Encoded(*text),
            _ => Thing::Other,
        }
    }

    fn drop(&mut self, count: usize) {
        self.stack.truncate(self.stack.len().saturating_sub(count));
    }

    fn above_mark(&mut self) -> Vec<Thing> {
        let mark = self.stack.iter().rposition(|thing| matches!(thing, Thing::Mark)).unwrap_or_default();
        let taken = self.stack.split_off(mark);
        taken.into_iter().skip_while(|thing| matches!(thing, Thing::Mark)).collect()
    }

    fn pairs(&mut self, pairs: &[Thing]) {
        for pair in pairs.chunks_exact(2) {
            let [Thing::Text(name), value] = pair else { continue };
            if let (Thing::Text(value), true) = (value, self.is_name(*name)) {
                // A text that is used again has the first of its names.
                let named = self.texts.get_mut(*value).filter(|text| text.name.is_none());
                let done = named.map(|text| text.name = Some(*name)).is_some();
                self.texts.get_mut(*name).into_iter().for_each(|text| text.is_name |= done);
            }
        }
    }

    fn is(&self, place: usize, word: &[u8]) -> bool {
        self.texts.get(place).is_some_and(|text| text.text.as_ref() == word)
    }

    fn is_name(&self, place: usize) -> bool {
        self.texts.get(place).is_some_and(|text| {
            let name = &text.text;
            let part =
                |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b':' | b'/' | b' ');
            !name.is_empty() && name.len() <= LONGEST_NAME && name.iter().all(part)
        })
    }

    /// Every text that can be read, with its name where it has one.
    pub(super) fn lines(&self) -> Vec<u8> {
        let mut lines = Vec::new();
        for text in self.texts.iter().filter(|text| !text.is_name || text.name.is_some()) {
            let name = text.name.and_then(|name| self.texts.get(name)).map(|name| &name.text);
            let plain = !text.text.iter().any(|byte| matches!(byte, b'"' | b'\\' | b'\n' | b'\r'));
            let pieces: &[&[u8]] = match name {
                Some(name) if plain => &[name, b"=\"", &text.text, b"\"\n"],
                Some(name) => &[name, b"=", &text.text, b"\n"],
                None => &[&text.text, b"\n"],
            };
            pieces.iter().for_each(|piece| lines.extend_from_slice(piece));
        }
        lines
    }
}
