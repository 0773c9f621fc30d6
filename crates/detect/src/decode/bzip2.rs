//! bzip2: all its streams as one.

use std::cell::Cell;
use std::io::Read;

use bzip2::read::MultiBzDecoder;

use super::seam::{Bytes, Counted, Members, Stop, unpack};
use super::{Decoder, Holds};
use crate::Hint;

/// bzip2.
pub(crate) static DECODER: Decoder =
    Decoder { name: "bzip2", claims, open, tool: Some("bzip2 -dc"), holds: Holds::Files };

/// `BZh`, a level, and the number pi that opens a block, or the root of it that closes an empty file.
fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    let blocks: [&[u8]; 2] = [&[0x31, 0x41, 0x59, 0x26, 0x53, 0x59], &[0x17, 0x72, 0x45, 0x38, 0x50, 0x90]];
    head.starts_with(b"BZh")
        && head.get(3).is_some_and(|level| (b'1'..=b'9').contains(level))
        && blocks.iter().any(|magic| Bytes(head).has(4, magic))
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let taken = Cell::new(0);
    let mut plain = MultiBzDecoder::new(Counted::new(body, &taken));
    unpack(members, "", &mut plain, &taken).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::seam::law;

    fn packed(plain: &[u8]) -> Vec<u8> {
        let mut file = Vec::new();
        bzip2::read::BzEncoder::new(plain, bzip2::Compression::best()).read_to_end(&mut file).unwrap();
        file
    }

    #[test]
    fn all_streams_of_a_file_are_one() {
        law::holds(&DECODER, &[packed(b"first "), packed(b"second")].concat(), &[("", b"first second")]);
    }

    #[test]
    fn a_bomb_hits_the_ratio() {
        law::bomb_is_stopped(&DECODER, &packed(&vec![0; 8 << 20]));
    }

    #[test]
    fn any_cut_is_survived_and_told() {
        law::cuts_are_told(&DECODER, &packed(b"some content that is compressed"));
    }
}
