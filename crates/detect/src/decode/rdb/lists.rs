//! Small collections that Redis keeps in one string: ziplist, listpack, zipmap.

use crate::decode::seam::Bytes;

/// An element of a list.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Element {
    Text(Vec<u8>),
    Number(i64),
}

impl Element {
    pub(super) fn text(self) -> Vec<u8> {
        match self {
            Self::Text(text) => text,
            Self::Number(number) => number.to_string().into_bytes(),
        }
    }
}

/// Reads the elements of a list; none where it cannot be read.
pub(super) type Read = fn(&[u8]) -> Option<Vec<Element>>;

/// A signed number, little-endian.
pub(super) fn little(bytes: &[u8]) -> i64 {
    let negative = bytes.last().is_some_and(|byte| byte & 0x80 != 0);
    let start = if negative { -1 } else { 0 };
    bytes.iter().rev().fold(start, |sum: i64, byte| sum << 8 | i64::from(*byte))
}

/// Each element has the length of the one before it, how it is written, and itself.
pub(super) fn ziplist(list: &[u8]) -> Option<Vec<Element>> {
    let list = Bytes(list);
    let (mut elements, mut at) = (Vec::new(), 10_usize);
    loop {
        match list.u8(at)? {
            0xff => return Some(elements),
            0xfe => at = at.checked_add(5)?,
            _ => at = at.checked_add(1)?,
        }
        let form = list.u8(at)?;
        let low = usize::from(form & 0x3f);
        at = at.checked_add(1)?;
        let (is_text, head, length) = match form {
            0x00..=0x3f => (true, 0, low),
            0x40..=0x7f => (true, 1, low << 8 | usize::from(list.u8(at)?)),
            0x80 => (true, 4, usize::try_from(list.u32_be(at)?).ok()?),
            0xc0 => (false, 0, 2),
            0xd0 => (false, 0, 4),
            0xe0 => (false, 0, 8),
            0xf0 => (false, 0, 3),
            0xfe => (false, 0, 1),
            0xf1..=0xfd => {
                elements.push(Element::Number(i64::from(form & 15).checked_sub(1)?));
                continue;
            }
            _ => return None,
        };
        at = at.checked_add(head)?;
        let bytes = list.slice(at, length)?;
        elements.push(if is_text { Element::Text(bytes.to_vec()) } else { Element::Number(little(bytes)) });
        at = at.checked_add(length)?;
    }
}

/// Each element says how it is written, then itself, then how long both were.
pub(super) fn listpack(list: &[u8]) -> Option<Vec<Element>> {
    let list = Bytes(list);
    let (mut elements, mut at) = (Vec::new(), 6_usize);
    loop {
        let form = list.u8(at)?;
        let second = || list.u8(at.checked_add(1)?).map(usize::from);
        let (head, length) = match form {
            0xff => return Some(elements),
            0x00..=0x7f => (1, 0),
            0x80..=0xbf => (1, usize::from(form & 0x3f)),
            0xc0..=0xdf => (2, 0),
            0xe0..=0xef => (2, usize::from(form & 15) << 8 | second()?),
            0xf0 => (5, usize::try_from(list.u32_le(at.checked_add(1)?)?).ok()?),
            0xf1 => (1, 2),
            0xf2 => (1, 3),
            0xf3 => (1, 4),
            0xf4 => (1, 8),
            _ => return None,
        };
        let bytes = list.slice(at.checked_add(head)?, length)?;
        elements.push(match form {
            0x00..=0x7f => Element::Number(form.into()),
            // Thirteen bits, of which the first is the sign.
            0xc0..=0xdf => {
                let bits = i64::from(form & 0x1f) << 8 | i64::try_from(second()?).ok()?;
                Element::Number(if bits >= 1 << 12 { bits.checked_sub(1 << 13)? } else { bits })
            }
            0xf1..=0xf4 => Element::Number(little(bytes)),
            _ => Element::Text(bytes.to_vec()),
        });
        let whole = length.checked_add(head)?;
        let back = [128, 16_384, 2_097_152, 268_435_456].iter().filter(|least| whole >= **least).count();
        at = at.checked_add(whole)?.checked_add(back)?.checked_add(1)?;
    }
}

/// Names and values in turns, each value with room behind it. Of Redis 2.
pub(super) fn zipmap(map: &[u8]) -> Option<Vec<Element>> {
    let map = Bytes(map);
    let (mut elements, mut at) = (Vec::new(), 1_usize);
    while map.u8(at)? != 0xff {
        let is_value = elements.len() % 2 == 1;
        let mut length = usize::from(map.u8(at)?);
        at = at.checked_add(1)?;
        if length == 254 {
            length = usize::try_from(map.u32_le(at)?).ok()?;
            at = at.checked_add(4)?;
        }
        let free = if is_value { usize::from(map.u8(at)?) } else { 0 };
        at = at.checked_add(usize::from(is_value))?;
        elements.push(Element::Text(map.slice(at, length)?.to_vec()));
        at = at.checked_add(length)?.checked_add(free)?;
    }
    Some(elements)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Element {
        Element::Text(text.as_bytes().to_vec())
    }

    #[test]
    fn elements_of_every_form_are_read() {
        let numbers = [7, -2, 300, -70_000, 1 << 40].map(Element::Number);
        let ziplist_of =
            [&[0; 10][..], b"\0\x04user", b"\x06\x40\x02pw", b"\0\xf8\0\xfe\xfe\0\xc0\x2c\x01"].concat();
        let ziplist_of = [&ziplist_of[..], b"\0\xf0\x90\xee\xfe\0\xe0\0\0\0\0\0\x01\0\0\xff"].concat();
        let mut wanted = vec![text("user"), text("pw")];
        wanted.extend(numbers.clone());
        assert_eq!(ziplist(&ziplist_of), Some(wanted.clone()));
        let listpack_of =
            [&[0; 6][..], b"\x84user\x05\xe0\x02pw\x04\x07\x01\xdf\xfe\x02\xf1\x2c\x01\x03"].concat();
        let listpack_of = [&listpack_of[..], b"\xf2\x90\xee\xfe\x04\xf4\0\0\0\0\0\x01\0\0\x09\xff"].concat();
        assert_eq!(listpack(&listpack_of), Some(wanted));
        assert_eq!(zipmap(b"\x01\x01a\x02\x01bc.\xff"), Some(vec![text("a"), text("bc")]));
    }

    #[test]
    fn lists_without_an_end_are_none() {
        for list in [&b""[..], &[0; 12], b"\0\0\0\0\0\0\0\0\0\0\x3f\x3f"] {
            assert_eq!((ziplist(list), listpack(list)), (None, None));
        }
    }
}
