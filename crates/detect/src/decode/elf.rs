//! What stands behind the end of a program in ELF: images of AppImage, archives that unpack themselves, what `cat program data` put
//! there.

use std::io::{self, Read};

use super::seam::{Bytes, Members, Stop, fill, give, skip};
use super::{Decoder, HEAD, Holds};
use crate::Hint;

/// Programs and libraries. What stands inside of them is not looked for.
pub(crate) static DECODER: Decoder = Decoder { name: "elf", claims, open, tool: None, holds: Holds::Files };

const MAGIC: &[u8] = b"\x7fELF";
/// More sections than any program has.
const SECTIONS: u64 = 64 << 10;
/// A section that takes no room in the file.
const NO_BITS: u32 = 8;

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    head.starts_with(MAGIC)
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    // One that is cut is a program all the same, and what cannot be read is told where it is searched.
    let Ok(Some(head)) = behind(body) else { return Ok(()) };
    // Plain bytes were read with the program.
    if Decoder::of(&head, &Hint::Text).is_some_and(|decoder| decoder.name != DECODER.name) {
        return give(members, "after the end", &mut head.chain(body)).map(drop);
    }
    Ok(())
}

/// The first bytes behind the end.
fn behind(body: &mut dyn Read) -> io::Result<Option<Vec<u8>>> {
    let mut head = vec![0; HEAD];
    let filled = fill(body, &mut head)?;
    head.truncate(filled);
    let Some(layout) = Layout::of(Bytes(&head)) else { return Ok(None) };
    let mut seen = Seen { head, body, at: 0 };
    seen.pass(layout.table)?;
    let table = seen.take(layout.count.saturating_mul(layout.size))?;
    let end = layout.end(&table).max(seen.at);
    seen.pass(end)?;
    let first = seen.take(HEAD as u64)?;
    Ok(Some(first).filter(|first| !first.is_empty()))
}

/// A file that is read on from its first bytes.
struct Seen<'r> {
    head: Vec<u8>,
    body: &'r mut dyn Read,
    at: u64,
}

impl Seen<'_> {
    fn pass(&mut self, to: u64) -> io::Result<()> {
        let held = self.head.len() as u64;
        skip(self.body, to.saturating_sub(held.max(self.at)))?;
        self.at = to.max(self.at);
        Ok(())
    }

    /// So many bytes, or those that are left.
    fn take(&mut self, count: u64) -> io::Result<Vec<u8>> {
        let at = usize::try_from(self.at).unwrap_or(usize::MAX);
        let held = self.head.get(at..).unwrap_or_default();
        let held = held.get(..usize::try_from(count).unwrap_or(usize::MAX)).unwrap_or(held);
        let mut bytes = held.to_vec();
        Read::take(&mut *self.body, count.saturating_sub(bytes.len() as u64)).read_to_end(&mut bytes)?;
        self.at = self.at.saturating_add(bytes.len() as u64);
        Ok(bytes)
    }
}

/// Where the table of sections stands, in the word and the order of bytes of this program.
struct Layout {
    wide: bool,
    little: bool,
    table: u64,
    count: u64,
    size: u64,
}

impl Layout {
    /// Of the header. None of a program without sections: it ends where nobody says.
    fn of(head: Bytes<'_>) -> Option<Self> {
        let (wide, little) = (head.u8(4)? == 2, head.u8(5)? == 1);
        let layout = Self { wide, little, table: 0, count: 0, size: 0 };
        let [table, size, count] = if wide { [0x28, 0x3a, 0x3c] } else { [0x20, 0x2e, 0x30] };
        let layout = Self {
            table: layout.word(head, table)?,
            count: layout.half(head, count)?.into(),
            size: layout.half(head, size)?.into(),
            ..layout
        };
        let whole = layout.size == if wide { 64 } else { 40 };
        (whole && layout.table > 0 && (1..SECTIONS).contains(&layout.count)).then_some(layout)
    }

    /// Where the last section ends.
    fn end(&self, table: &[u8]) -> u64 {
        let size = usize::try_from(self.size).unwrap_or(usize::MAX);
        let end = |section: &[u8]| {
            let section = Bytes(section);
            let [offset, length] = if self.wide { [0x18, 0x20] } else { [0x10, 0x14] };
            let kind = if self.little { section.u32_le(4) } else { section.u32_be(4) };
            let end = self.word(section, offset)?.checked_add(self.word(section, length)?)?;
            (kind != Some(NO_BITS)).then_some(end)
        };
        table.chunks_exact(size).filter_map(end).max().unwrap_or(0)
    }

    fn half(&self, bytes: Bytes<'_>, at: usize) -> Option<u16> {
        if self.little { bytes.u16_le(at) } else { bytes.u16_be(at) }
    }

    /// A number as wide as an address.
    fn word(&self, bytes: Bytes<'_>, at: usize) -> Option<u64> {
        let narrow = |at| if self.little { bytes.u32_le(at) } else { bytes.u32_be(at) };
        match (self.wide, self.little) {
            (true, true) => bytes.u64_le(at),
            (true, false) => Some(u64::from(narrow(at)?) << 32 | u64::from(narrow(at.checked_add(4)?)?)),
            (false, _) => narrow(at).map(u64::from),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::seam::law;

    const ZIP: &[u8] = b"PK\x03\x04 and more of an archive";

    #[derive(Clone, Copy)]
    struct Written {
        wide: bool,
        little: bool,
        /// Whether the table of sections stands before them, as Go writes it.
        first: bool,
    }

    const ALL: [Written; 5] = [
        Written { wide: true, little: true, first: false },
        Written { wide: true, little: true, first: true },
        Written { wide: true, little: false, first: false },
        Written { wide: false, little: true, first: false },
        Written { wide: false, little: false, first: true },
    ];

    /// A program with two sections, one of which takes no room.
    fn program(Written { wide, little, first }: Written) -> Vec<u8> {
        let number = |value: u64, bytes: usize| {
            let value = value.to_le_bytes();
            let mut value = value.get(..bytes).unwrap().to_vec();
            if !little {
                value.reverse();
            }
            value
        };
        let (word, header, size) = if wide { (8, 64, 64) } else { (4, 52, 40) };
        let code = vec![0x90; 20_000];
        let (table, start) = if first { (header, header + 2 * size) } else { (header + code.len(), header) };
        let mut head = [MAGIC, &[if wide { 2 } else { 1 }, if little { 1 } else { 2 }, 1], &[0; 9]].concat();
        head.extend([number(2, 2), number(62, 2), number(1, 4), number(0, word), number(0, word)].concat());
        head.extend([number(table as u64, word), number(0, 4)].concat());
        head.extend([number(header as u64, 2), number(0, 2), number(0, 2), number(size as u64, 2)].concat());
        head.extend([number(2, 2), number(0, 2)].concat());
        assert_eq!(head.len(), header);
        let section = |kind: u64, length: usize| {
            let mut section = [number(0, 4), number(kind, 4), number(0, word), number(0, word)].concat();
            section.extend([number(start as u64, word), number(length as u64, word)].concat());
            section.resize(size, 0);
            section
        };
        let sections = [section(1, code.len()), section(NO_BITS.into(), 1 << 30)].concat();
        if first { [head, sections, code].concat() } else { [head, code, sections].concat() }
    }

    #[test]
    fn an_archive_behind_a_program_is_a_member() {
        for written in ALL {
            let program = program(written);
            law::holds(&DECODER, &program, &[]);
            law::holds(&DECODER, &[&program[..], ZIP].concat(), &[("after the end", ZIP)]);
            law::holds(&DECODER, &[&program[..], b"a text\n"].concat(), &[]);
            law::changes_are_survived(&DECODER, &[&program[..], ZIP].concat());
        }
    }

    #[test]
    fn one_without_sections_or_that_is_cut_holds_nothing() {
        let whole = program(ALL[0]);
        let mut without = whole.clone();
        without[0x28..0x30].fill(0);
        law::holds(&DECODER, &[&without[..], ZIP].concat(), &[]);
        for length in [5, 40, 64, 9_000, whole.len() - 1] {
            law::holds(&DECODER, &whole[..length], &[]);
        }
    }
}
