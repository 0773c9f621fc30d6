//! Text in UTF-32 with its byte order mark, turned into UTF-8.

use std::io::Read;

use super::seam::{Bytes, Members, Pump, Stop, fill, give};
use super::{Decoder, Holds};
use crate::Hint;

/// UTF-32 text.
pub(crate) static DECODER: Decoder =
    Decoder { name: "utf-32", claims, open, tool: Some("iconv -f UTF-32 -t UTF-8"), holds: Holds::Same };

/// How much is looked at, behind the mark.
const JUDGED: usize = 512;

type Order = fn([u8; 4]) -> u32;

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    order(head).is_some()
}

fn order(head: &[u8]) -> Option<Order> {
    let (order, rest): (Order, _) = match head {
        [0xff, 0xfe, 0, 0, rest @ ..] => (u32::from_le_bytes, rest),
        [0, 0, 0xfe, 0xff, rest @ ..] => (u32::from_be_bytes, rest),
        _ => return None,
    };
    let (units, _) = rest.get(..JUDGED).unwrap_or(rest).as_chunks();
    let is_text =
        |unit: &[u8; 4]| char::from_u32(order(*unit)).is_some_and(|c| !c.is_control() || c.is_whitespace());
    (!units.is_empty() && units.iter().all(is_text)).then_some(order)
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let mut head = [0; JUDGED];
    let filled = fill(body, &mut head)?;
    let head = head.get(..filled).unwrap_or_default();
    let order = order(head).ok_or_else(|| Stop::damaged("not UTF-32"))?;
    let mut whole = Bytes(head).from(4).chain(body);
    let mut part = Vec::new();
    let mut plain = Pump::new(&mut whole, move |chunk, written| {
        part.extend_from_slice(chunk);
        let (units, rest) = part.as_chunks();
        for unit in units {
            let character = char::from_u32(order(*unit)).unwrap_or(char::REPLACEMENT_CHARACTER);
            written.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        }
        part = rest.to_vec();
    });
    give(members, "", &mut plain).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::seam::law;

    const TEXT: &str = "name = value, caf\u{e9}, \u{1f511}\r\n";

    fn encoded(bytes: fn(u32) -> [u8; 4]) -> Vec<u8> {
        format!("\u{feff}{TEXT}").chars().flat_map(|c| bytes(c.into())).collect()
    }

    #[test]
    fn text_in_both_orders_comes_out_as_utf_8() {
        for bytes in [u32::to_le_bytes, u32::to_be_bytes] {
            law::holds(&DECODER, &encoded(bytes), &[("", TEXT.as_bytes())]);
        }
    }

    #[test]
    fn what_holds_no_characters_is_not_claimed() {
        for head in
            [&[0xff, 0xfe, 0, 0][..], &[0xff, 0xfe, 0, 0, 1, 0, 0, 0], &[0, 0, 0xfe, 0xff, 0xff, 0, 0, 0]]
        {
            assert!(!claims(head, &Hint::Text), "{head:?}");
        }
    }

    #[test]
    fn any_change_is_survived() {
        law::changes_are_survived(&DECODER, &encoded(u32::to_le_bytes));
    }
}
