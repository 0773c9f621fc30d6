//! Text in UTF-16, as Windows programs write it, turned into UTF-8.

use std::io::Read;

use super::seam::{Bytes, Members, Pump, Stop, fill, give};
use super::{Decoder, Holds};
use crate::Hint;

/// UTF-16 text: with a byte order mark, or where every second byte is NUL.
pub(crate) static DECODER: Decoder =
    Decoder { name: "utf-16", claims, open, tool: Some("iconv -f UTF-16 -t UTF-8"), holds: Holds::Same };

/// How much is looked at where there is no mark, and the least that can be judged.
const JUDGED: usize = 512;
const LEAST: usize = 16;

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    Order::of(head).is_some()
}

#[derive(Clone, Copy)]
enum Order {
    Little,
    Big,
}

impl Order {
    fn of(head: &[u8]) -> Option<Self> {
        let words = head.chunks_exact(2).take(JUDGED / 2);
        let count = words.len();
        // A mark alone is too little to go by: other files begin so too.
        let odd = |unit: u16| unit < 9 || unit == 0xffff || (0xd800..0xe000).contains(&unit);
        let plausible = |order: Self| {
            let strange = words.clone().filter(|word| odd(order.unit(word))).count();
            count > 1 && strange.saturating_mul(16) < count
        };
        match head {
            [0xff, 0xfe, rest @ ..] if !rest.starts_with(&[0, 0]) => {
                Some(Self::Little).filter(|o| plausible(*o))
            }
            [0xfe, 0xff, ..] => Some(Self::Big).filter(|o| plausible(*o)),
            _ if count < LEAST / 2 => None,
            _ => [Self::Little, Self::Big].into_iter().find(|order| {
                let plain = |word: &[u8]| matches!(order.unit(word), 9 | 10 | 13 | 0x20..=0x7e);
                let latin = words.clone().filter(|word| plain(word)).count();
                latin.saturating_mul(10) >= count.saturating_mul(9)
            }),
        }
    }

    fn unit(self, word: &[u8]) -> u16 {
        match (self, word) {
            (Self::Little, [low, high]) | (Self::Big, [high, low]) => u16::from_le_bytes([*low, *high]),
            _ => 0,
        }
    }
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let mut head = [0; JUDGED];
    let filled = fill(body, &mut head)?;
    let head = head.get(..filled).unwrap_or_default();
    let order = Order::of(head).ok_or_else(|| Stop::damaged("not UTF-16"))?;
    let skipped = if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) { 2 } else { 0 };
    let mut whole = Bytes(head).from(skipped).chain(body);
    let mut half = Half::default();
    let mut plain = Pump::new(&mut whole, move |chunk, written| half.turn(order, chunk, written));
    give(members, "", &mut plain).map(drop)
}

/// What a chunk may leave behind: half a unit, half a character.
#[derive(Default)]
struct Half {
    byte: Option<u8>,
    surrogate: Option<u16>,
}

impl Half {
    fn turn(&mut self, order: Order, chunk: &[u8], written: &mut Vec<u8>) {
        let bytes: Vec<u8> = self.byte.take().into_iter().chain(chunk.iter().copied()).collect();
        let words = bytes.chunks_exact(2);
        self.byte = words.remainder().first().copied().filter(|_| !chunk.is_empty());
        let mut units: Vec<u16> =
            self.surrogate.take().into_iter().chain(words.map(|word| order.unit(word))).collect();
        if !chunk.is_empty() && units.last().is_some_and(|unit| (0xd800..0xdc00).contains(unit)) {
            self.surrogate = units.pop();
        }
        let mut room = [0; 4];
        for character in char::decode_utf16(units) {
            let character = character.unwrap_or(char::REPLACEMENT_CHARACTER);
            written.extend_from_slice(character.encode_utf8(&mut room).as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::seam::law;

    const TEXT: &str = "[section]\r\nname = value, caf\u{e9}, \u{1f511}\r\n";

    fn encoded(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn text_in_both_orders_comes_out_as_utf_8() {
        for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            law::holds(&DECODER, &encoded(&format!("\u{feff}{TEXT}"), bytes), &[("", TEXT.as_bytes())]);
            law::holds(&DECODER, &encoded(TEXT, bytes), &[("", TEXT.as_bytes())]);
        }
    }

    #[test]
    fn plain_text_and_programs_are_not_claimed() {
        for head in
            [&b"plain text, long enough"[..], &[0; 64], &[0xff, 0xfe, 0, 0, 0, 0], &[0xff, 0xfe, 1, 0, 2, 0]]
        {
            assert!(!claims(head, &Hint::Text), "{head:?}");
        }
    }

    #[test]
    fn any_change_is_survived() {
        law::changes_are_survived(&DECODER, &encoded(TEXT, u16::to_le_bytes));
    }
}
