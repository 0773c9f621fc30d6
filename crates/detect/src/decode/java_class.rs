//! Compiled Java classes: the texts of the constant pool, one a line (JVM specification, section 4.4).

use std::io::Read;

use super::seam::{Bytes, Members, Stop, Unread, flat, give, hold};
use super::{Decoder, Holds};
use crate::Hint;

/// Java classes.
pub(crate) static DECODER: Decoder =
    Decoder { name: "java-class", claims, open, holds: Holds::TextsOf("java") };

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    // Universal Mach-O programs have the same magic and a small count where classes have their version, 45 or more.
    head.starts_with(&[0xca, 0xfe, 0xba, 0xbe])
        && Bytes(head).u16_be(6).is_some_and(|major| (45..200).contains(&major))
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let file = hold(body, members)?;
    let mut texts = Vec::new();
    let read = constants(Bytes(&file), &mut texts);
    give(members, "constants", &mut flat(texts).as_slice())?;
    read.ok_or_else(|| Stop::Fault(Unread::Damaged, "its constants are cut or of an unknown kind".into()))
}

fn constants<'f>(file: Bytes<'f>, texts: &mut Vec<&'f [u8]>) -> Option<()> {
    let count = file.u16_be(8)?;
    let (mut index, mut at) = (1_u16, 10_usize);
    while index < count {
        let tag = file.u8(at)?;
        let length = match tag {
            1 => {
                let length = usize::from(file.u16_be(at.checked_add(1)?)?);
                texts.push(file.slice(at.checked_add(3)?, length)?);
                length.checked_add(2)?
            }
            7 | 8 | 16 | 19 | 20 => 2,
            15 => 3,
            3 | 4 | 9..=12 | 17 | 18 => 4,
            5 | 6 => 8,
            _ => return None,
        };
        // Long and double take two places of the pool.
        index = index.saturating_add(if matches!(tag, 5 | 6) { 2 } else { 1 });
        at = at.checked_add(length)?.checked_add(1)?;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::seam::law;

    fn class() -> Vec<u8> {
        let mut file = vec![0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 61, 0, 6];
        file.extend(b"\x01\x00\x07API_URL\x08\x00\x01");
        file.extend(b"\x05\x00\x00\x00\x00\x00\x00\x00\x07\x01\x00\x05value");
        file
    }

    #[test]
    fn texts_of_the_pool_are_lines() {
        law::holds(&DECODER, &class(), &[("constants", b"API_URL\nvalue\n")]);
    }

    #[test]
    fn any_cut_is_told_and_any_change_survived() {
        law::cuts_are_told(&DECODER, &class());
        law::changes_are_survived(&DECODER, &class());
    }
}
