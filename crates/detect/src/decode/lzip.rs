//! lzip: members with LZMA inside, as one stream.

use std::io::Read;

use super::seam::{Members, Stop};
use super::{Decoder, Holds, packed};
use crate::Hint;

/// `.lz`.
pub(crate) static DECODER: Decoder =
    Decoder { name: "lzip", claims, open, tool: Some("lzip -dc"), holds: Holds::Files };

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    head.starts_with(b"LZIP") && head.get(4).is_some_and(|version| *version <= 1)
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    packed::one(body, members, |body| packed::lzip(body))
}

#[cfg(test)]
mod tests {
    use liblzma::stream::{LzmaOptions, Stream};

    use super::*;
    use crate::decode::seam::law;

    /// A dictionary of 2^23 bytes.
    const DICTIONARY: u8 = 23;

    fn file_of(plain: &[u8]) -> Vec<u8> {
        let mut options = LzmaOptions::new_preset(6).unwrap();
        options.dict_size(1 << DICTIONARY);
        let mut alone = Vec::new();
        let stream = Stream::new_lzma_encoder(&options).unwrap();
        liblzma::read::XzEncoder::new_stream(plain, stream).read_to_end(&mut alone).unwrap();
        let mut file = [b"LZIP\x01", &[DICTIONARY][..], &alone[13..]].concat();
        let size = file.len() as u64 + 20;
        file.extend(crc32fast::hash(plain).to_le_bytes());
        file.extend((plain.len() as u64).to_le_bytes());
        file.extend(size.to_le_bytes());
        file
    }

    #[test]
    fn all_members_of_a_file_are_one_stream() {
        law::holds(&DECODER, &[file_of(b"first "), file_of(b"second")].concat(), &[("", b"first second")]);
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
