//! xz: all its streams as one.

use std::cell::Cell;
use std::io::Read;

use liblzma::read::XzDecoder;
use liblzma::stream::{CONCATENATED, Stream};

use super::Decoder;
use super::seam::{Counted, Members, Stop, unpack};
use crate::Hint;

/// xz.
pub(crate) static DECODER: Decoder = Decoder { name: "xz", claims, open };

/// Enough for `xz -9` (64 MiB of dictionary), not for what a hostile header may ask.
pub(super) const MEMORY: u64 = 192 << 20;

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    head.starts_with(&[0xfd, b'7', b'z', b'X', b'Z', 0])
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let stream =
        Stream::new_stream_decoder(MEMORY, CONCATENATED).map_err(|e| Stop::damaged(e.to_string()))?;
    let taken = Cell::new(0);
    let mut plain = XzDecoder::new_stream(Counted::new(body, &taken), stream);
    unpack(members, "", &mut plain, &taken).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::seam::law;

    fn packed(plain: &[u8]) -> Vec<u8> {
        let mut file = Vec::new();
        liblzma::read::XzEncoder::new(plain, 6).read_to_end(&mut file).unwrap();
        file
    }

    #[test]
    fn all_streams_of_a_file_are_one() {
        let file = [packed(b"first "), vec![0; 8], packed(b"second")].concat();
        law::holds(&DECODER, &file, &[("", b"first second")]);
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
