//! Messages of OpenPGP that are compressed or signed, and not encrypted (RFC 4880, sections 4 and 5): what they say.

mod packet;

use std::cell::Cell;
use std::io::{BufRead, BufReader, Read};

use bzip2::bufread::BzDecoder;
use flate2::bufread::{DeflateDecoder, ZlibDecoder};

use self::packet::{Content, header};
use super::packed::Plain;
use super::seam::{Counted, Ending, Members, Stop, drain, text, unpack};
use super::{Decoder, Holds};
use crate::Hint;

/// Messages that everybody can read.
pub(crate) static DECODER: Decoder =
    Decoder { name: "openpgp", claims, open, tool: None, holds: Holds::Files };

/// Kinds of packets.
const ONE_PASS: u8 = 4;
const COMPRESSED: u8 = 8;
const LITERAL: u8 = 11;
/// So much of a packet shows what it is.
const BEGIN: u64 = 32;

/// The first byte is one of anything: what is compressed has to begin with a packet in turn.
fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    let mut rest = head;
    match header(&mut rest) {
        Ok(Some((ONE_PASS, _))) => signs(rest),
        Ok(Some((COMPRESSED, _))) => begins(rest).is_some(),
        _ => false,
    }
}

/// Whether that is what stands before a signed text: version 3, of a binary file or a text.
fn signs(content: &[u8]) -> bool {
    matches!(content, [3, 0 | 1, 1..=14, 1..=27, ..])
}

/// Whether compressed bytes begin with a packet that can be read.
fn begins(packed: &[u8]) -> Option<()> {
    let mut first = Vec::new();
    // The end of what is seen here may be the middle of it.
    let _ = plain(packed)?.take(BEGIN).read_to_end(&mut first);
    let mut rest = first.as_slice();
    let shows = match header(&mut rest).ok()?? {
        (ONE_PASS, _) => signs(rest),
        (LITERAL, _) => matches!(rest, [b'b' | b't' | b'u' | b'l' | b'm', ..]),
        _ => false,
    };
    shows.then_some(())
}

/// What a compressed packet says: its first byte is the method.
fn plain<'r>(mut packed: impl BufRead + 'r) -> Option<Plain<'r>> {
    let mut method = [0];
    packed.read_exact(&mut method).ok()?;
    Some(match method {
        [1] => Box::new(DeflateDecoder::new(packed)),
        [2] => Box::new(ZlibDecoder::new(packed)),
        [3] => Box::new(BzDecoder::new(packed)),
        _ => return None,
    })
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let taken = Cell::new(0);
    let mut body = BufReader::new(Counted::new(body, &taken));
    while let Some((kind, length)) = header(&mut body)? {
        let mut content = Content::new(&mut body, length);
        match kind {
            COMPRESSED => {
                let plain = plain(BufReader::new(&mut content));
                let plain = plain.ok_or_else(|| Stop::unsupported("a method of compression"))?;
                packets(&mut BufReader::new(plain), &taken, members)?;
            }
            LITERAL => literal(&mut content, &taken, members)?,
            _ => {}
        }
        content.rest()?;
    }
    Ok(())
}

/// The packets inside of a compressed one.
fn packets(body: &mut dyn BufRead, taken: &Cell<u64>, members: &mut dyn Members) -> Result<(), Stop> {
    while let Some((kind, length)) = header(body)? {
        let mut content = Content::new(body, length);
        if kind == LITERAL {
            literal(&mut content, taken, members)?;
        }
        drain(&mut content, &members.budget(), taken.get())?;
    }
    Ok(())
}

/// A text or a file: a letter, its name and its date stand before it.
fn literal(content: &mut dyn Read, taken: &Cell<u64>, members: &mut dyn Members) -> Result<(), Stop> {
    let mut begin = [0; 2];
    content.read_exact(&mut begin)?;
    let mut name = vec![0; begin[1].into()];
    content.read_exact(&mut name)?;
    content.read_exact(&mut [0; 4])?;
    match unpack(members, &text(&name), content, taken)? {
        Ending::Well => Ok(()),
        Ending::Broken => Err(Stop::Enough),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::decode::seam::law;

    fn zlib(plain: &[u8]) -> Vec<u8> {
        let mut writer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        writer.write_all(plain).unwrap();
        writer.finish().unwrap()
    }

    fn literal(content: &[u8]) -> Vec<u8> {
        let packet = [&b"b\x08app.conf\0\0\0\0"[..], content].concat();
        // In two parts.
        let rest = u8::try_from(packet.len() - 16).unwrap();
        [&[0xcb, 0xe4][..], &packet[..16], &[rest], &packet[16..]].concat()
    }

    const SIGNED: &[u8] = b"\x90\x0d\x03\0\x08\x16keyidkey\x01";
    const SIGNATURE: &[u8] = b"\x88\x04sign";

    #[test]
    fn what_is_signed_or_only_packed_is_a_member() {
        let plain = [SIGNED, &literal(b"the content"), SIGNATURE].concat();
        for file in [
            plain.clone(),
            [&b"\xa3\x02"[..], &zlib(&plain)].concat(),
            [&b"\xa3\x02"[..], &zlib(&literal(b"the content"))].concat(),
        ] {
            law::holds(&DECODER, &file, &[("app.conf", b"the content")]);
            law::changes_are_survived(&DECODER, &file);
        }
    }

    #[test]
    fn what_is_encrypted_or_none_is_not_claimed() {
        for file in [
            &b"\x85\x01\x0c\x03keyidkey"[..],
            b"\x8c\x0d\x04\x09\x03\x08saltsalt",
            b"\xa3\x02no stream",
            b"\x90\x0d of another kind",
            b"\xc8",
        ] {
            assert!(!claims(file, &Hint::Text));
        }
        let other = [&b"\xa3\x02"[..], &zlib(b"a text and no packet")].concat();
        assert!(!claims(&other, &Hint::Text));
    }

    #[test]
    fn a_bomb_hits_the_ratio() {
        let zeros = [&b"\xac\x0ab\0\0\0\0\0"[..], &[0; 4]].concat();
        let bomb = [&b"\xaf"[..], b"b\0\0\0\0\0", &vec![0; 8 << 20]].concat();
        assert!(begins(&[&b"\x02"[..], &zlib(&zeros)].concat()).is_some());
        law::bomb_is_stopped(&DECODER, &[&b"\xa3\x02"[..], &zlib(&bomb)].concat());
    }
}
