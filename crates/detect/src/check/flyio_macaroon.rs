//! Fly.io tokens: macaroons in MessagePack.
//!
//! `fm1r_`, `fm1a_` or `fm2_` and base64, several of them with commas between, `FlyV1 ` in front or not. A macaroon is
//! an array of four: a nonce (key, sixteen random bytes, and since its second form whether it is a proof), the place,
//! the caveats, and a tail of 32 bytes.
//!
//! Source: <https://github.com/superfly/macaroon>, `format.go`, `nonce.go`, `macaroon.go`.

use super::sum::{base64, fill};
use super::{Check, Outcome, nothing};

/// See the module.
pub(super) static CHECK: Check =
    Check { name: "flyio-macaroon", noun: "structure", verify, seal, tells: nothing };

const LABELS: &[&[u8]] = &[b"fm2_", b"fm1r_", b"fm1a_"];
const SCHEME: &[u8] = b"FlyV1 ";
const RANDOM: usize = 16;
const TAIL: usize = 32;

fn verify(token: &[u8]) -> Outcome {
    let bundle = token.strip_prefix(SCHEME).unwrap_or(token);
    let texts: Option<Vec<&[u8]>> = bundle.split(|&character| character == b',').map(text).collect();
    let Some(texts) = texts else { return Outcome::Absent };
    let holds =
        |text: &&[u8]| base64::decode(&base64::PLAIN, text).is_some_and(|bytes| macaroon(&bytes).is_some());
    if texts.iter().all(holds) { Outcome::Holds } else { Outcome::Fails }
}

/// The base64 behind the label.
fn text(token: &[u8]) -> Option<&[u8]> {
    LABELS.iter().find_map(|label| token.strip_prefix(*label))
}

/// Reads a macaroon to its very end.
fn macaroon(bytes: &[u8]) -> Option<()> {
    let (Item::Array(4), rest) = item(bytes)? else { return None };
    let (Item::Array(fields @ 2..=3), rest) = item(rest)? else { return None };
    let (Item::Bytes(_), rest) = item(rest)? else { return None };
    let (Item::Bytes(RANDOM), rest) = item(rest)? else { return None };
    let rest = skip(rest, fields - 2)?;
    let (Item::Text, rest) = item(rest)? else { return None };
    let (Item::Array(caveats), rest) = item(rest)? else { return None };
    let rest = skip(rest, caveats)?;
    let (Item::Bytes(TAIL), []) = item(rest)? else { return None };
    Some(())
}

/// What stands first in MessagePack.
enum Item {
    /// So many items follow.
    Array(usize),
    /// So many pairs of items follow.
    Map(usize),
    /// Bytes, so many.
    Bytes(usize),
    /// A string.
    Text,
    /// A number, a truth value, nothing or an extension.
    Other,
}

/// The first item and what follows its head, or follows it where it holds no others.
///
/// <https://github.com/msgpack/msgpack/blob/master/spec.md>
fn item(bytes: &[u8]) -> Option<(Item, &[u8])> {
    let (&mark, rest) = bytes.split_first()?;
    let low = |mask: u8| usize::from(mark & mask);
    Some(match mark {
        0x80..=0x8f => (Item::Map(low(0x0f)), rest),
        0x90..=0x9f => (Item::Array(low(0x0f)), rest),
        0xa0..=0xbf => (Item::Text, rest.get(low(0x1f)..)?),
        0xc4..=0xc6 => {
            let (length, rest) = length(rest, 1 << (mark - 0xc4))?;
            (Item::Bytes(length), rest.get(length..)?)
        }
        0xd9..=0xdb => {
            let (length, rest) = length(rest, 1 << (mark - 0xd9))?;
            (Item::Text, rest.get(length..)?)
        }
        0xdc | 0xdd => length(rest, 2 << (mark - 0xdc)).map(|(count, rest)| (Item::Array(count), rest))?,
        0xde | 0xdf => length(rest, 2 << (mark - 0xde)).map(|(count, rest)| (Item::Map(count), rest))?,
        _ => (Item::Other, rest.get(other_length(mark, rest)?..)?),
    })
}

/// How many bytes follow the mark of an item that is no array, map, string or bytes.
fn other_length(mark: u8, rest: &[u8]) -> Option<usize> {
    Some(match mark {
        0x00..=0x7f | 0xc0 | 0xc2 | 0xc3 | 0xe0..=0xff => 0,
        0xc7..=0xc9 => {
            let width = 1 << (mark - 0xc7);
            length(rest, width)?.0.checked_add(width)?.checked_add(1)?
        }
        0xca => 4,
        0xcb => 8,
        0xcc..=0xcf => 1 << (mark - 0xcc),
        0xd0..=0xd3 => 1 << (mark - 0xd0),
        0xd4..=0xd8 => 1 + (1 << (mark - 0xd4)),
        _ => return None,
    })
}

/// A big-endian number of `width` bytes.
fn length(bytes: &[u8], width: usize) -> Option<(usize, &[u8])> {
    let (number, rest) = bytes.split_at_checked(width)?;
    Some((number.iter().fold(0, |number, &byte| (number << 8) | usize::from(byte)), rest))
}

/// What follows so many items. Not recursive: nesting is up to who wrote the token.
fn skip(mut bytes: &[u8], items: usize) -> Option<&[u8]> {
    let mut open = items;
    while open > 0 {
        let (item, rest) = item(bytes)?;
        let inner = match item {
            Item::Array(count) => count,
            Item::Map(count) => count.checked_mul(2)?,
            _ => 0,
        };
        open = (open - 1).checked_add(inner)?;
        bytes = rest;
    }
    Some(bytes)
}

/// Writes a macaroon without caveats whose place takes the room that there is.
fn seal(token: &mut [u8]) -> bool {
    let bundle = token.strip_prefix(SCHEME).unwrap_or(token);
    let Some(characters) = text(bundle).map(<[u8]>::len) else { return false };
    let start = token.len() - characters;
    let Some(text) = token.get_mut(start..) else { return false };
    let Some(bytes) = base64::capacity(text).and_then(|room| blank(room, text)) else { return false };
    base64::overwrite(&base64::PLAIN, text, &bytes) && verify(token) == Outcome::Holds
}

/// A macaroon of so many bytes, drawn from `seed`.
fn blank(length: usize, seed: &[u8]) -> Option<Vec<u8>> {
    let nonce = [b"\x94\x93\xc4\x04".as_slice(), &fill::alphanumeric(seed, 4), b"\xc4\x10"].concat();
    let nonce = [nonce, fill::alphanumeric(seed, RANDOM), b"\xc2\xda".to_vec()].concat();
    let tail = [b"\x90\xc4\x20".as_slice(), &fill::alphanumeric(seed, TAIL)].concat();
    let place = u16::try_from(length.checked_sub(nonce.len() + 2 + tail.len())?).ok()?;
    fill::between(&[nonce, place.to_be_bytes().to_vec()].concat(), seed, &tail, length)
}

#[cfg(test)]
mod tests {
    use ::base64::Engine;

    use super::super::sum::law;
    use super::*;

    /// As the library writes them: a nonce of three, a place, one caveat of a type and a body.
    fn issued() -> Vec<u8> {
        let nonce = [b"\x93\xc4\x03kid\xc4\x10".as_slice(), &[1; 16], b"\xc2"].concat();
        let place = b"\xb5https://api.fly.io/v1".as_slice();
        let caveats = b"\x92\x02\x92\x81\xcd\x01\x00\x1f\xc0".as_slice();
        [b"\x94".as_slice(), &nonce, place, caveats, b"\xc4\x20", &[7; 32]].concat()
    }

    fn written(label: &str, bytes: &[u8]) -> String {
        format!("{label}{}", base64::PLAIN.encode(bytes))
    }

    #[test]
    fn one_macaroon_or_a_bundle_holds() {
        let one = written("fm2_", &issued());
        let bundle = format!("FlyV1 {one},{}", written("fm1a_", &issued()));
        assert_eq!(verify(one.as_bytes()), Outcome::Holds);
        assert_eq!(verify(bundle.as_bytes()), Outcome::Holds);
    }

    #[test]
    fn a_truncated_or_lengthened_one_fails() {
        let whole = issued();
        for end in 0..whole.len() {
            assert_eq!(verify(written("fm2_", &whole[..end]).as_bytes()), Outcome::Fails);
        }
        assert_eq!(verify(written("fm2_", &[whole.as_slice(), b"x"].concat()).as_bytes()), Outcome::Fails);
    }

    #[test]
    fn the_older_opaque_tokens_have_none() {
        assert_eq!(law::verify(&CHECK, &["fo1_", "tightlip0123456789"]), Outcome::Absent);
    }

    #[test]
    fn a_number_of_items_that_cannot_be_fails_at_once() {
        let bomb = [b"\x94\x92\xc4\x00\xc4\x10".as_slice(), &[1; 16], b"\xa0\xdd\xff\xff\xff\xff"].concat();
        assert_eq!(verify(written("fm2_", &bomb).as_bytes()), Outcome::Fails);
    }

    #[test]
    fn the_laws_hold() {
        law::a_sealed_token_holds(&CHECK, "(FlyV1 )?(fm2_|fm1r_|fm1a_)[0-9A-Za-z+/]{202,204}[0-9A-Za-z]{40}");
        law::any_shape_is_survived(&CHECK, "fm2_lJPE[0-9A-Za-z+/]{0,200}");
    }
}
