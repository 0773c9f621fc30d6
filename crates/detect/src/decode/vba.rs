//! Macros of office documents (MS-OVBA 2.4.1): the sources of Visual Basic in `vbaProject.bin`, `.doc` and `.xls`, compressed in their own
//! way. The file around them (MS-CFB) is in sectors, which stand one behind the other where a program wrote it at once.

use std::io::Read;

use super::seam::{Limit, Members, Stop, Unread, fill, give, leave};
use super::{Decoder, Holds, embedded};
use crate::Hint;

/// Compound files, of which other compressed streams are read too.
pub(crate) static DECODER: Decoder = Decoder { name: "vba", claims, open, tool: None, holds: Holds::Parts };

const MAGIC: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
/// What every module begins with, compressed: `Attribute VB_Name`, behind the head of its first chunk.
const BEGIN: &[u8] = b"\0Attribut\0e ";
/// The first byte of a module, and the head of a chunk.
const HEAD: usize = 3;
/// A chunk says no more bytes.
const CHUNK: usize = 4096;
/// So much of a module is read.
const LONGEST: usize = 4 << 20;

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    head.starts_with(MAGIC)
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let mut held = Vec::new();
    body.take(members.budget().limits().held).read_to_end(&mut held)?;
    let mut macros = false;
    for (number, at) in (1_u32..).zip(memchr::memmem::find_iter(&held, BEGIN)) {
        let start = at.checked_sub(HEAD).filter(|start| held.get(*start) == Some(&1));
        let module =
            start.and_then(|start| held.get(start.saturating_add(1)..)).map(plain).unwrap_or_default();
        if !module.is_empty() {
            let name = format!("module {number}.bas");
            give(members, &name, &mut module.as_slice())?;
            if module.len() >= LONGEST {
                leave(members, &name, Unread::Limit(Limit::Held), "the end of a long module")?;
            }
            macros = true;
        }
    }
    let mut next = [0];
    let more = fill(body, &mut next)?;
    if macros && more > 0 {
        leave(members, "", Unread::Limit(Limit::Held), "macros further on in a long file")?;
    }
    embedded::search(&mut held.chain(next.get(..more).unwrap_or_default()).chain(body), members)
}

/// What the chunks from here on say, up to what is none.
fn plain(mut rest: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    while plain.len() < LONGEST
        && let [low, high, behind @ ..] = rest
    {
        let head = u16::from_le_bytes([*low, *high]);
        let length = usize::from(head & 0xfff).saturating_add(1);
        let chunk = behind.get(..length).unwrap_or(behind);
        if head & 0x7000 != 0x3000 {
            break;
        }
        match head & 0x8000 {
            0 => plain.extend_from_slice(chunk),
            _ => unpack(chunk, &mut plain),
        }
        rest = behind.get(length..).unwrap_or_default();
    }
    plain
}

/// Adds what a chunk says: bytes, and copies of what it said before. A bit of every ninth byte tells which.
fn unpack(chunk: &[u8], plain: &mut Vec<u8>) {
    let start = plain.len();
    let mut rest = chunk;
    while let Some((flags, behind)) = rest.split_first() {
        rest = behind;
        for bit in 0..8 {
            let said = plain.len().saturating_sub(start);
            match (flags >> bit & 1, rest) {
                (_, []) => return,
                _ if said >= CHUNK => return,
                (0, [byte, behind @ ..]) => {
                    plain.push(*byte);
                    rest = behind;
                }
                (_, [low, high, behind @ ..]) => {
                    let Some(()) = copy(u16::from_le_bytes([*low, *high]), said, plain) else { return };
                    rest = behind;
                }
                _ => return,
            }
        }
    }
}

/// Adds a copy: how far back, and how long. The more was said, the more bits the first has.
fn copy(token: u16, said: usize, plain: &mut Vec<u8>) -> Option<()> {
    let bits = said.max(1).next_power_of_two().trailing_zeros().clamp(4, 12);
    let length = usize::from(token & (0xffff >> bits)).saturating_add(3);
    let back = usize::from(token >> 16_u32.checked_sub(bits)?).saturating_add(1);
    (back <= said).then_some(())?;
    for _ in 0..length {
        let byte = plain.len().checked_sub(back).and_then(|at| plain.get(at).copied())?;
        plain.push(byte);
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::seam::{Limits, law};

    /// Each byte as it is.
    fn packed(plain: &[u8]) -> Vec<u8> {
        let data: Vec<u8> = plain.chunks(8).flat_map(|eight| [&[0][..], eight].concat()).collect();
        let head = u16::try_from(data.len() - 1).unwrap() | 0xb000;
        [&[1][..], &head.to_le_bytes(), &data].concat()
    }

    #[test]
    fn the_examples_of_the_specification_are_unpacked() {
        let repeated =
            b"\x2f\xb0\x00#aaabcde\x82f\x00paghij\x018\x08akl\x000mnop\x06q\x02p\x04\x10rstuv\x10wxyz\x00<";
        assert_eq!(plain(repeated), b"#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa");
        assert_eq!(plain(b"\x03\xb0\x02aE\x00"), b"a".repeat(73));
        assert_eq!(plain(b"\x19\xb0\x00abcdefgh\x00ijklmnop\x00qrstuv."), b"abcdefghijklmnopqrstuv.");
    }

    const SOURCE: &[u8] = b"Attribute VB_Name = \"M\"\r\nConst Password = \"otter-Pebble\"\r\n";

    #[test]
    fn each_module_is_a_member() {
        let (one, other) = (packed(SOURCE), packed(b"Attribute VB_Name = \"N\"\r\n"));
        let file = [MAGIC, &[0; 504], &one, &[0; 400], b"\0Attribut\0e none", &other, &[0; 600]].concat();
        let other = &b"Attribute VB_Name = \"N\"\r\n"[..];
        law::holds(&DECODER, &file, &[("module 1.bas", SOURCE), ("module 3.bas", other)]);
        law::changes_are_survived(&DECODER, &file);
    }

    #[test]
    fn what_stands_further_on_in_a_long_file_is_told() {
        let file = [MAGIC, &[0; 504], &packed(SOURCE), &[0; 600]].concat();
        let limits = |held: usize| Limits { held: held as u64, ..Limits::default() };
        assert!(law::within(&DECODER, &file, limits(file.len())).unread.is_empty());
        let cut = law::within(&DECODER, &file, limits(file.len() - 1));
        assert_eq!(cut.of("module 1.bas"), SOURCE);
        assert_eq!(cut.unread, [(String::new(), Unread::Limit(Limit::Held))]);
        let other = [MAGIC, &[0; 2000]].concat();
        assert!(law::within(&DECODER, &other, limits(600)).unread.is_empty());
    }

    #[test]
    fn other_files_are_not_claimed() {
        assert!(!claims(&packed(SOURCE), &Hint::Text));
        assert!(!claims(b"\xd0\xcf\x11\xe0 and more", &Hint::Text));
    }
}
