//! The file format before xz: a header of 13 bytes without magic, and one stream.

use std::io::Read;

use super::seam::{Bytes, Members, Stop};
use super::{Decoder, Holds, packed};
use crate::Hint;

/// `.lzma`.
pub(crate) static DECODER: Decoder =
    Decoder { name: "lzma", claims, open, tool: Some("xz --format=lzma -dc"), holds: Holds::Files };

/// The properties that every writer uses, a dictionary of 2^n bytes, and a size that is unknown or thinkable.
fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    let bytes = Bytes(head);
    let dictionary = bytes.u32_le(1).is_some_and(|size| size.is_power_of_two() && size >= 1 << 12);
    let size = bytes.u64_le(5).is_some_and(|size| size == u64::MAX || size < 1 << 40);
    head.first() == Some(&0x5d) && dictionary && size && bytes.u8(13) == Some(0)
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    packed::one(body, members, |body| packed::lzma(body))
}

#[cfg(test)]
mod tests {
    use liblzma::stream::{LzmaOptions, Stream};

    use super::*;
    use crate::decode::seam::law;

    fn file_of(plain: &[u8]) -> Vec<u8> {
        let stream = Stream::new_lzma_encoder(&LzmaOptions::new_preset(6).unwrap()).unwrap();
        let mut file = Vec::new();
        liblzma::read::XzEncoder::new_stream(plain, stream).read_to_end(&mut file).unwrap();
        file
    }

    #[test]
    fn its_content_is_one_member() {
        law::holds(&DECODER, &file_of(b"some content"), &[("", b"some content")]);
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
