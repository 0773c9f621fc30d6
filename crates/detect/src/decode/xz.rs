//! xz: all its streams as one.

use std::io::Read;

use super::seam::{Members, Stop};
use super::{Decoder, Holds, packed};
use crate::Hint;

/// xz.
pub(crate) static DECODER: Decoder =
    Decoder { name: "xz", claims, open, tool: Some("xz -dc"), holds: Holds::Files };

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    head.starts_with(&[0xfd, b'7', b'z', b'X', b'Z', 0])
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    packed::one(body, members, |body| packed::xz(body))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::seam::law;

    fn file_of(plain: &[u8]) -> Vec<u8> {
        let mut file = Vec::new();
        liblzma::read::XzEncoder::new(plain, 6).read_to_end(&mut file).unwrap();
        file
    }

    #[test]
    fn all_streams_of_a_file_are_one() {
        let file = [file_of(b"first "), vec![0; 8], file_of(b"second")].concat();
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
