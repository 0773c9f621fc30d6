//! Firmware as text: records of Intel (`:10010000…`) and Motorola (`S1130000…`), as compilers for microcontrollers write it and loaders
//! read it. Each has its length, its address and a checksum.

use std::io::Read;

use super::seam::{Members, Pump, Stop, give};
use super::{Decoder, Holds};
use crate::Hint;
use crate::read::hex;

/// `.hex`, `.ihex`, `.s19`, `.srec`, `.mot`.
pub(crate) static DECODER: Decoder =
    Decoder { name: "hex-records", claims, open, tool: None, holds: Holds::Same };

/// A longer line is none.
const LONGEST: usize = 1_100;
/// So many lines show what a file is.
const SHOWN: usize = 2;

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    matches!(head, [b':', digit, ..] | [b'S', digit, ..] if digit.is_ascii_hexdigit())
        && head.split(|byte| *byte == b'\n').take(SHOWN).filter(|line| record(line).is_some()).count()
            == SHOWN
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let (mut part, mut next) = (Vec::new(), None);
    let mut plain = Pump::new(body, move |chunk, written| {
        part.extend_from_slice(chunk);
        let whole = memchr::memrchr(b'\n', &part).map_or(0, |last| last.saturating_add(1));
        let ends =
            if chunk.is_empty() || part.len().saturating_sub(whole) > LONGEST { part.len() } else { whole };
        let rest = part.split_off(ends);
        part.split(|byte| *byte == b'\n').for_each(|line| write(line, &mut next, written));
        part = rest;
    });
    give(members, "", &mut plain).map(drop)
}

/// Adds what a line says. Where it does not go on at the address of the last, a zero stands between.
fn write(line: &[u8], next: &mut Option<u16>, written: &mut Vec<u8>) {
    let Some(Record { at, bytes }) = record(line).filter(|record| !record.bytes.is_empty()) else { return };
    if next.is_some_and(|next| next != at) {
        written.push(0);
    }
    *next = u16::try_from(bytes.len()).ok().map(|length| at.wrapping_add(length));
    written.extend(bytes);
}

/// A line of such a file.
struct Record {
    /// The last two bytes of its address.
    at: u16,
    /// What it says; nothing, if it says something about the file.
    bytes: Vec<u8>,
}

fn record(line: &[u8]) -> Option<Record> {
    match line.trim_ascii_end().split_first()? {
        (b':', digits) => of_intel(&hex::bytes(digits)?),
        (b'S', digits) => {
            let (kind, digits) = digits.split_first()?;
            of_motorola(*kind, &hex::bytes(digits)?)
        }
        _ => None,
    }
}

fn of_intel(bytes: &[u8]) -> Option<Record> {
    let [count, high, low, kind, rest @ ..] = bytes else { return None };
    let (_, said) = rest.split_last()?;
    let whole = said.len() == usize::from(*count) && sum(bytes) == 0;
    let said = if *kind == 0 { said } else { &[] };
    whole.then(|| Record { at: u16::from_be_bytes([*high, *low]), bytes: said.to_vec() })
}

fn of_motorola(kind: u8, bytes: &[u8]) -> Option<Record> {
    let (count, rest) = bytes.split_first()?;
    let (_, said) = rest.split_last()?;
    let width = match kind {
        b'2' | b'8' => 3,
        b'3' | b'7' => 4,
        b'0'..=b'9' => 2,
        _ => return None,
    };
    let (address, said) = said.split_at_checked(width)?;
    let whole = rest.len() == usize::from(*count) && sum(bytes) == 0xff;
    let said = if matches!(kind, b'1'..=b'3') { said } else { &[] };
    whole.then(|| Record {
        at: u16::from_be_bytes(*address.last_chunk().unwrap_or(&[0, 0])),
        bytes: said.to_vec(),
    })
}

fn sum(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum: u8, byte| sum.wrapping_add(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::seam::law;

    fn intel(at: u16, kind: u8, said: &[u8]) -> String {
        let length = u8::try_from(said.len()).unwrap();
        let bytes = [&[length][..], &at.to_be_bytes(), &[kind], said].concat();
        format!(":{}{:02X}\r\n", hex::digits(&bytes).to_uppercase(), sum(&bytes).wrapping_neg())
    }

    fn motorola(kind: char, address: &[u8], said: &[u8]) -> String {
        let length = u8::try_from(address.len() + said.len() + 1).unwrap();
        let bytes = [&[length], address, said].concat();
        format!("S{kind}{}{:02x}\n", hex::digits(&bytes), !sum(&bytes))
    }

    #[test]
    fn the_bytes_of_the_records_are_a_member() {
        let file = [
            intel(0, 4, &[8, 0]),
            intel(0xfff0, 0, b"a text over some"),
            intel(0, 0, b" lines"),
            intel(0x100, 0, b"another"),
            intel(0, 1, &[]),
        ]
        .concat();
        law::holds(&DECODER, file.as_bytes(), &[("", b"a text over some lines\0another")]);
        law::changes_are_survived(&DECODER, file.as_bytes());
        let file = [
            motorola('0', &[0, 0], b"head"),
            motorola('1', &[0, 0], b"a te"),
            motorola('2', &[0, 0, 4], b"xt "),
            motorola('3', &[0, 0, 0, 7], b"over"),
            motorola('9', &[0, 0], b""),
        ]
        .concat();
        law::holds(&DECODER, file.as_bytes(), &[("", b"a text over")]);
        law::changes_are_survived(&DECODER, file.as_bytes());
    }

    #[test]
    fn other_texts_are_not_claimed() {
        let one = intel(0, 0, b"text");
        for other in [
            one.clone(),
            format!("{one}\n{one}"),
            format!("{one}:0400000074"),
            ":1\n:2\n".into(),
            "S1\nS2\n".into(),
        ] {
            assert!(!claims(other.as_bytes(), &Hint::Text), "{other}");
        }
        assert!(claims(one.repeat(2).as_bytes(), &Hint::Text));
    }
}
