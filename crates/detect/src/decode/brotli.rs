//! Brotli (RFC 7932): pages and programs as a web server sends them (`app.js.br`). It has no magic: the name and a beginning that
//! can be undone show it.

use std::io::{self, Read};

use brotli_decompressor::Decompressor;

use super::seam::{Members, Stop, fill};
use super::{Decoder, Holds, packed};
use crate::Hint;

/// `.br`.
pub(crate) static DECODER: Decoder =
    Decoder { name: "brotli", claims, open, tool: Some("brotli -dc"), holds: Holds::Files };

/// What is read from the source at once.
const ROOM: usize = 16 << 10;

fn claims(head: &[u8], hint: &Hint<'_>) -> bool {
    hint.file_name().ends_with(b".br") && (is_wide(head) || begins(head))
}

/// Whether something comes out of it before something is wrong. A beginning of a stream ends too early.
fn begins(head: &[u8]) -> bool {
    match Decompressor::new(head, ROOM).read(&mut [0; 64]) {
        Ok(count) => count > 0,
        Err(error) => error.kind() == io::ErrorKind::UnexpectedEof && !head.is_empty(),
    }
}

/// Whether it begins with what RFC 7932 forbids and encoders use for windows of up to a gigabyte.
fn is_wide(head: &[u8]) -> bool {
    head.first().is_some_and(|byte| byte & 0x7f == 0x11)
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let mut first = [0];
    let filled = fill(body, &mut first)?;
    let first = first.get(..filled).unwrap_or_default();
    if is_wide(first) {
        return Err(Stop::unsupported("brotli with a window of more than 16 MiB"));
    }
    packed::one(&mut first.chain(body), members, |body| Ok(Box::new(Decompressor::new(body, ROOM))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::seam::law;

    /// Bits, the lowest first, as RFC 7932 has them.
    #[derive(Default)]
    struct Bits(Vec<bool>);

    impl Bits {
        fn add(&mut self, value: u64, count: usize) -> &mut Self {
            self.0.extend((0..count).map(|bit| value >> bit & 1 == 1));
            self
        }

        fn bytes(&mut self) -> Vec<u8> {
            let whole = self.0.len().next_multiple_of(8);
            self.0.resize(whole, false);
            let byte = |bits: &[bool]| bits.iter().rev().fold(0, |byte, bit| byte << 1 | u8::from(*bit));
            self.0.drain(..).as_slice().chunks(8).map(byte).collect()
        }
    }

    /// A stream whose blocks are not compressed (section 9.2: `MLEN`, `ISUNCOMPRESSED`).
    fn file_of(plain: &[u8]) -> Vec<u8> {
        let mut file = Vec::new();
        let mut bits = Bits::default();
        bits.add(0, 1);
        for block in plain.chunks(1 << 16) {
            let header = bits.add(0, 1).add(0, 2).add(block.len() as u64 - 1, 16).add(1, 1);
            file.extend(header.bytes());
            file.extend_from_slice(block);
        }
        file.extend(bits.add(0b11, 2).bytes());
        file
    }

    /// So many zeros: one literal, and the rest copied from one byte before.
    fn zeros(count: u64) -> Vec<u8> {
        let mut bits = Bits::default();
        let nibbles = if count > 1 << 20 { 6 } else { 4 };
        bits.add(0b1111, 4).add(1, 1).add(0, 1).add(nibbles - 4, 2).add(count - 1, 4 * nibbles as usize);
        // One kind of block each, no postfix and no direct distances, one context mode, one tree each.
        bits.add(0, 3).add(0, 6).add(0, 2).add(0, 2);
        for (symbol, width) in [(0, 8), (384 + (1 << 3) + 7, 10), (16, 6)] {
            bits.add(1, 2).add(0, 2).add(symbol, width);
        }
        bits.add(count - 1 - 2118, 24).add(0, 1).bytes()
    }

    #[test]
    fn its_content_is_one_member() {
        for (file, content) in
            [(file_of(b"some content"), &b"some content"[..]), (zeros(1 << 12), &[0; 1 << 12])]
        {
            let seen = law::see(&DECODER, &file);
            assert!(seen.of("") == content && seen.unread.is_empty(), "{}", seen.all());
        }
    }

    #[test]
    fn a_name_and_a_beginning_that_can_be_undone_show_it() {
        let named = Hint::File(b"srv/www/app.js.br");
        assert!(claims(&file_of(b"some content"), &named));
        assert!(claims(&file_of(&[b'a'; 30_000])[..8192], &named));
        assert!(!claims(&file_of(b"some content"), &Hint::File(b"srv/www/app.js")));
        for text in [&b""[..], b"// a text", b"{\"a\": 1}", b"#!/bin/sh\n"] {
            assert!(!claims(text, &named), "{}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn a_window_beyond_the_standard_is_told() {
        let file = [&[0x11, 30][..], &[0; 20]].concat();
        assert!(claims(&file, &Hint::File(b"srv/www/app.js.br")));
        assert_eq!(law::see(&DECODER, &file).unread, [(String::new(), crate::decode::Unread::Unsupported)]);
    }

    #[test]
    fn a_bomb_hits_the_ratio() {
        law::bomb_is_stopped(&DECODER, &zeros(8 << 20));
    }

    #[test]
    fn any_cut_is_survived_and_told() {
        law::cuts_are_told(&DECODER, &file_of(b"some content that is written down"));
    }
}
