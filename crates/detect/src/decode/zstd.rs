//! Zstandard (RFC 8878): all its frames as one stream.

use std::io::Read;

use super::seam::{Bytes, Members, Stop};
use super::{Decoder, Holds, packed};
use crate::Hint;

/// Zstandard.
pub(crate) static DECODER: Decoder =
    Decoder { name: "zstd", claims, open, tool: Some("zstd -dc"), holds: Holds::Files };

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    let magic = Bytes(head).u32_le(0);
    magic.is_some_and(|magic| magic == 0xfd2f_b528 || (magic & 0xffff_fff0 == 0x184d_2a50 && skippable(head)))
}

/// A file may begin with a frame of somebody's own, which lz4 has too: a frame of ours must follow.
fn skippable(head: &[u8]) -> bool {
    let size = Bytes(head).u32_le(4).and_then(|size| usize::try_from(size).ok());
    size.and_then(|size| size.checked_add(8))
        .is_some_and(|next| Bytes(head).has(next, &[0x28, 0xb5, 0x2f, 0xfd]))
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    packed::one(body, members, |body| packed::zstd(body))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::seam::law;

    fn file_of(plain: &[u8]) -> Vec<u8> {
        zstd::encode_all(plain, 3).unwrap()
    }

    #[test]
    fn all_frames_of_a_file_are_one_stream() {
        let own = [&[0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"own"].concat();
        let file = [own.clone(), file_of(b"first "), own, file_of(b"second")].concat();
        law::holds(&DECODER, &file, &[("", b"first second")]);
    }

    #[test]
    fn a_bomb_hits_the_ratio() {
        law::bomb_is_stopped(&DECODER, &file_of(&vec![0; 8 << 20]));
    }

    #[test]
    fn any_cut_is_survived_and_told() {
        law::cuts_are_told(&DECODER, &file_of(b"some content that is compressed"));
    }
}
