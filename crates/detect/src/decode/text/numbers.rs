//! Bytes written as a list of numbers, as programs print and initialise them: `[104 117 110]` of Go, `{0x68, 0x75}` of C,
//! `"data": [104, 117]` of Node's buffers, `fromCharCode(104, 117)`, `{31, -117}` of Java, messages with colours of the journal.

use std::ops::Range;

use super::colour::ESCAPE;
use super::readable::{is_container, is_key, is_text, may_be, may_be_key};
use super::runs::Alphabet;
use super::{Decoded, Lead, Place, TextDecoder};

/// Numbers of bytes.
pub(super) static DECODER: TextDecoder =
    TextDecoder { name: "numbers", lead: Lead::Numbers, undo, tool: None };

/// What a list is written with, and a dump, and bytes with marks between them. `u8` of Rust and casts end a run.
pub(super) struct Listed;

impl Alphabet for Listed {
    const RANGES: &'static [(u8, u8)] = &[
        (b'0', b':'),
        (b'a', b'f'),
        (b'A', b'F'),
        (b'x', b'x'),
        (b'X', b'X'),
        (b',', b'-'),
        (b'\t', b'\n'),
        (b'\r', b'\r'),
        (b' ', b' '),
    ];
    /// Eight letters, all but one of which are numbers of three digits.
    const LEAST: usize = 30;
}

/// So many numbers say something.
const FEWEST: usize = 8;
/// White space between two numbers: a line break and an indentation.
const PAUSE: usize = 64;

fn undo(text: &[u8], place: &Place, found: &mut Decoded<'_>) -> usize {
    let run = place.lead.clone();
    let mut at = run.start;
    while let Some(list) = next(text, at..run.end) {
        at = list.span.end;
        if list.bytes.len() >= FEWEST && says(&list.bytes) {
            found(list.span, list.bytes);
        }
    }
    run.end
}

/// Whether bytes are text, also one in colours, a container or a key.
fn says(bytes: &[u8]) -> bool {
    is_text(bytes) || is_container(bytes) || is_key(bytes) || is_text(&without_colours(bytes))
}

/// As few first bytes.
fn may_say(first: &[u8]) -> bool {
    may_be(first) || may_be_key(first) || is_text(&without_colours(first))
}

fn without_colours(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().copied().filter(|byte| *byte != ESCAPE).collect()
}

/// Numbers side by side.
struct List {
    span: Range<usize>,
    bytes: Vec<u8>,
}

/// The first list that begins in a part of the text.
fn next(text: &[u8], part: Range<usize>) -> Option<List> {
    let mut at = part.start;
    loop {
        let rest = text.get(at..part.end)?;
        at = at.checked_add(rest.iter().position(u8::is_ascii_digit)?)?;
        // A digit of a word or of a number is no start.
        let before = at.checked_sub(1).and_then(|before| text.get(before));
        let within = before.is_some_and(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(byte));
        match number(text, at).filter(|_| !within) {
            Some(first) => return Some(list(text, at, first)),
            None => {
                let word = text.get(at..)?.iter().take_while(|byte| byte.is_ascii_alphanumeric());
                at = at.checked_add(word.count())?;
            }
        }
    }
}

/// All numbers from the first on that are written as it is. What cannot become a text ends early.
fn list(text: &[u8], start: usize, first: Number) -> List {
    let mut bytes = vec![first.byte];
    let mut end = first.end;
    while let Some(next) = behind(text, end).and_then(|at| number(text, at)) {
        if next.hex != first.hex {
            break;
        }
        bytes.push(next.byte);
        end = next.end;
        if bytes.len() == FEWEST && !may_say(&bytes) {
            // The rest is passed over with it: it is the same list.
            bytes.clear();
            return List { span: start..last(text, end), bytes };
        }
    }
    List { span: start..end, bytes }
}

/// Where the list goes on behind a number: a comma, white space, or both.
fn behind(text: &[u8], end: usize) -> Option<usize> {
    let blanks = |from: usize| {
        let rest = text.get(from..).unwrap_or_default();
        rest.iter().take(PAUSE).take_while(|byte| byte.is_ascii_whitespace()).count()
    };
    let mut at = end.checked_add(blanks(end))?;
    if text.get(at) == Some(&b',') {
        at = at.checked_add(1)?;
        at = at.checked_add(blanks(at))?;
    }
    (at > end).then_some(at)
}

/// The end of a list whose numbers do not matter.
fn last(text: &[u8], mut end: usize) -> usize {
    while let Some(next) = behind(text, end).and_then(|at| number(text, at)) {
        end = next.end;
    }
    end
}

/// A number from 0 to 255, or from -128 on, as languages without bytes of their own have it.
struct Number {
    byte: u8,
    hex: bool,
    end: usize,
}

/// The number at a place, if nothing goes on behind it.
fn number(text: &[u8], at: usize) -> Option<Number> {
    let rest = text.get(at..)?;
    let hex = matches!(rest.get(..2), Some(b"0x" | b"0X"));
    let below = rest.first() == Some(&b'-');
    let (skip, radix) = if hex { (2, 16) } else { (usize::from(below), 10) };
    let digits = rest.get(skip..)?;
    let length = digits.iter().take(4).take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let point = digits.get(length) == Some(&b'.')
        && digits.get(length.saturating_add(1)).is_some_and(u8::is_ascii_digit);
    if point {
        return None;
    }
    let digits = std::str::from_utf8(digits.get(..length)?).ok()?;
    let byte = u8::from_str_radix(digits, radix).ok()?;
    let byte = if below { (1..=128).contains(&byte).then(|| byte.wrapping_neg())? } else { byte };
    Some(Number { byte, hex, end: at.checked_add(skip)?.checked_add(length)? })
}
