//! What Vim keeps of a file that is being edited, `.name.swp`: its lines, in blocks that each hold theirs from the last to the first.

use std::io::Read;

use super::seam::{Members, Stop, Unread, give, hold};
use super::{Decoder, Holds};
use crate::Hint;

/// Swap files of Vim.
pub(crate) static DECODER: Decoder =
    Decoder { name: "vim-swap", claims, open, tool: None, holds: Holds::Same };

const MAGIC: &[u8] = b"b0VIM ";
/// The second letter of those that are encrypted.
const SEALED: &[u8] = b"cCd";
/// Where the header says how long a block is.
const SIZE: usize = 12;
/// A block of lines begins so.
const DATA: &[u8] = b"ad";
/// Where it says from where to where its lines stand.
const START: usize = 8;
const END: usize = 12;

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    head.starts_with(MAGIC) || is_sealed(head)
}

fn is_sealed(head: &[u8]) -> bool {
    matches!(head, [b'b', id, rest @ ..] if SEALED.contains(id) && rest.starts_with(b"VIM "))
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let file = hold(body, members)?;
    if is_sealed(&file) {
        return Err(Stop::Fault(Unread::Encrypted, "its lines are encrypted".into()));
    }
    let size = number(&file, SIZE).filter(|size| (512..=65536).contains(size));
    let Some(size) = size else {
        give(members, "", &mut loose(&file).as_slice())?;
        return Err(Stop::damaged("not a swap file of Vim: its texts were read as they lie"));
    };
    let mut text = Vec::new();
    for block in file.chunks(size).filter(|block| block.starts_with(DATA)) {
        let lines = number(block, START).zip(number(block, END));
        let lines = lines.and_then(|(start, end)| block.get(start..end.min(block.len()))).unwrap_or_default();
        for line in lines.strip_suffix(&[0]).unwrap_or(lines).rsplit(|byte| *byte == 0) {
            text.extend_from_slice(line);
            text.push(b'\n');
        }
    }
    // A copy of the file that lost its blocks has its lines still.
    if text.trim_ascii().is_empty() {
        text = loose(&file);
    }
    give(members, "", &mut text.as_slice()).map(drop)
}

/// The lines of a file whose blocks are not known: whatever can be read between zero bytes, from the last to the first.
fn loose(file: &[u8]) -> Vec<u8> {
    let printed = |byte: &u8| !byte.is_ascii_control() || *byte == b'\t';
    let mut text = Vec::with_capacity(file.len());
    for line in file.rsplit(|byte| *byte == 0).filter(|line| !line.is_empty() && line.iter().all(printed)) {
        text.extend_from_slice(line);
        text.push(b'\n');
    }
    text
}

/// Little-endian, as it is written on the machines that containers run on.
fn number(bytes: &[u8], at: usize) -> Option<usize> {
    let four = bytes.get(at..)?.first_chunk::<4>()?;
    usize::try_from(u32::from_le_bytes(*four)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::seam::law;

    const PAGE: usize = 4096;

    fn swap(lines: &[&str]) -> Vec<u8> {
        let mut file = [MAGIC, b"8.2\0\0\0", &4096_u32.to_le_bytes()].concat();
        file.resize(2 * PAGE, 0);
        let text: Vec<u8> = lines.iter().rev().flat_map(|line| line.bytes().chain([0])).collect();
        let start = u32::try_from(PAGE - text.len()).unwrap();
        let mut block = [DATA, &[0; 6], &start.to_le_bytes(), &4096_u32.to_le_bytes()].concat();
        block.resize(PAGE - text.len(), 0);
        [file, block, text].concat()
    }

    #[test]
    fn lines_come_out_in_their_order() {
        law::holds(&DECODER, &swap(&["first = 1", "", "last = 2"]), &[("", b"first = 1\n\nlast = 2\n")]);
    }

    #[test]
    fn lines_are_read_where_no_block_says_that_it_holds_them() {
        let mut file = swap(&["first = 1", "last = 2"]);
        file[2 * PAGE..2 * PAGE + 2].fill(0);
        let seen = law::see(&DECODER, &file);
        assert!(seen.of("").starts_with(b"first = 1\nlast = 2\n"));
    }

    #[test]
    fn other_files_are_not_claimed() {
        assert!(!claims(b"b0VI", &Hint::Text) && !claims(b"text b0VIM 8.2", &Hint::Text));
    }

    #[test]
    fn the_texts_of_a_damaged_file_are_read_besides_the_gap() {
        let mut file = swap(&["first = 1", "last = 2"]);
        file[SIZE..SIZE + 4].fill(0xff);
        let seen = law::see(&DECODER, &file);
        assert!(seen.members[0].1.starts_with(b"first = 1\nlast = 2\n"));
        assert_eq!(seen.unread, [(String::new(), Unread::Damaged)]);
    }

    #[test]
    fn an_encrypted_file_is_told() {
        let seen = law::see(&DECODER, b"bdVIM 9.1\0\0\0and more");
        assert_eq!((seen.members, seen.unread), (Vec::new(), vec![(String::new(), Unread::Encrypted)]));
    }

    #[test]
    fn any_change_is_survived() {
        law::changes_are_survived(&DECODER, &swap(&["first = 1", "last = 2"]));
    }
}
