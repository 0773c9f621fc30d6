//! PNG and JPEG pictures: texts that a PNG holds compressed, and what stands behind the end, an archive that was appended or
//! what a tool left there.

use std::cell::Cell;
use std::io::Read;

use flate2::read::ZlibDecoder;

use super::seam::{Bytes, Counted, Held, Members, Stop, give, hold_or_begin, unpack};
use super::{Decoder, HEAD, Holds};
use crate::Hint;

/// Pictures. Their points are not looked at.
pub(crate) static DECODER: Decoder =
    Decoder { name: "picture", claims, open, tool: None, holds: Holds::Files };

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
const JPEG: &[u8] = b"\xff\xd8\xff";

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    [PNG, JPEG].iter().any(|magic| head.starts_with(magic))
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    // One that is cut is no container that was not read; of one that is longer than may be held, texts stand at the beginning.
    let (file, is_whole) = match hold_or_begin(body, members)? {
        Held::Whole(file) => (file, true),
        Held::Begun(file) => (file, false),
    };
    for (name, text) in packed_texts(Bytes(&file)) {
        let taken = Cell::new(0);
        unpack(members, &name, &mut ZlibDecoder::new(Counted::new(&mut &*text, &taken)), &taken)?;
    }
    if !is_whole {
        return Ok(());
    }
    let mut at = 0;
    // Cameras write several pictures one behind the other.
    while let Some(end) = end(Bytes(&file), at) {
        at = end;
    }
    let mut rest = Bytes(&file).from(at);
    let head = rest.get(..HEAD).unwrap_or(rest);
    // Plain bytes were read with the picture.
    if at > 0 && Decoder::of(head, &Hint::Text).is_some_and(|decoder| decoder.name != DECODER.name) {
        return give(members, "after the end", &mut rest).map(drop);
    }
    Ok(())
}

/// The texts that a PNG holds compressed, with their keywords; others stand there as they are.
/// <https://www.w3.org/TR/png-3/#11textinfo>
fn packed_texts(file: Bytes<'_>) -> Vec<(String, &[u8])> {
    let mut texts = Vec::new();
    let mut at = PNG.len();
    while file.has(0, PNG) {
        let Some(length) = file.u32_be(at).and_then(|length| usize::try_from(length).ok()) else { break };
        let (kind, start) = (at.saturating_add(4), at.saturating_add(8));
        let end = start.saturating_add(length);
        let Some(chunk) = file.0.get(start..end) else { break };
        let text = match file.0.get(kind..start) {
            Some(b"zTXt") => of_ztxt(chunk),
            Some(b"iTXt") => of_itxt(chunk),
            _ => None,
        };
        texts.extend(text.map(|(name, text)| (String::from_utf8_lossy(name).into_owned(), text)));
        at = end.saturating_add(4);
    }
    texts
}

/// A keyword, a zero, the method and the stream.
fn of_ztxt(chunk: &[u8]) -> Option<(&[u8], &[u8])> {
    let (keyword, rest) = until_zero(chunk)?;
    Some((keyword, rest.strip_prefix(&[0])?))
}

/// A keyword, a zero, whether it is compressed, the method, a language, the keyword in it and the text.
fn of_itxt(chunk: &[u8]) -> Option<(&[u8], &[u8])> {
    let (keyword, rest) = until_zero(chunk)?;
    let (_, rest) = until_zero(rest.strip_prefix(&[1, 0])?)?;
    let (_, text) = until_zero(rest)?;
    Some((keyword, text))
}

/// What stands before the first zero, and behind it.
fn until_zero(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = memchr::memchr(0, bytes)?;
    Some((bytes.get(..at)?, bytes.get(at.checked_add(1)?..)?))
}

/// Where the picture ends that begins there.
fn end(file: Bytes<'_>, at: usize) -> Option<usize> {
    if file.has(at, PNG) {
        end_of_png(file, at.checked_add(PNG.len())?)
    } else if file.has(at, JPEG) {
        end_of_jpeg(file, at)
    } else {
        None
    }
}

/// Chunks: a length, a kind, so many bytes and a checksum.
fn end_of_png(file: Bytes<'_>, mut at: usize) -> Option<usize> {
    loop {
        let length = usize::try_from(file.u32_be(at)?).ok()?;
        let is_last = file.has(at.checked_add(4)?, b"IEND");
        at = at.checked_add(12)?.checked_add(length)?;
        if is_last {
            return (at <= file.0.len()).then_some(at);
        }
    }
}

/// Segments behind marks, with their lengths. Behind a scan stand its bits, up to a mark that is none of theirs.
fn end_of_jpeg(file: Bytes<'_>, mut at: usize) -> Option<usize> {
    loop {
        let (0xff, mark) = (file.u8(at)?, file.u8(at.checked_add(1)?)?) else { return None };
        let behind = at.checked_add(2)?;
        at = match mark {
            0xd9 => return Some(behind),
            // A byte that fills up.
            0xff => at.checked_add(1)?,
            0x01 | 0xd0..=0xd8 => behind,
            _ => behind.checked_add(file.u16_be(behind)?.into())?,
        };
        if mark == 0xda {
            let is_mark = |next: &usize| {
                file.u8(next.saturating_add(1)).is_none_or(|mark| !matches!(mark, 0 | 0xd0..=0xd7))
            };
            at =
                memchr::memchr_iter(0xff, file.from(at)).map(|next| at.saturating_add(next)).find(is_mark)?;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::decode::seam::law;

    const ZIP: &[u8] = b"PK\x03\x04 and more of an archive";

    fn png() -> Vec<u8> {
        let chunk = |kind: &[u8], content: &[u8]| {
            [&u32::try_from(content.len()).unwrap().to_be_bytes()[..], kind, content, b"crc!"].concat()
        };
        [PNG, &chunk(b"IHDR", &[1; 13]), &chunk(b"IDAT", ZIP), &chunk(b"IEND", b"")].concat()
    }

    fn jpeg() -> Vec<u8> {
        let scan = b"\xff\xda\0\x04ab bits \xff\0 and \xff\xd0 more \xff\xd9";
        [&b"\xff\xd8\xff\xe0\0\x06\xff\xd9ab\xff\xff\xfe\0\x02"[..], scan].concat()
    }

    #[test]
    fn texts_that_are_compressed_are_members() {
        let packed = |plain: &[u8]| {
            let mut writer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
            writer.write_all(plain).unwrap();
            writer.finish().unwrap()
        };
        let chunk = |kind: &[u8], content: &[u8]| {
            [&u32::try_from(content.len()).unwrap().to_be_bytes()[..], kind, content, b"crc!"].concat()
        };
        let texts = [
            chunk(b"tEXt", b"Author\0Bob"),
            chunk(b"zTXt", &[&b"Comment\0\0"[..], &packed(b"one text")].concat()),
            chunk(b"iTXt", &[&b"Title\0\x01\0en\0Titel\0"[..], &packed(b"another")].concat()),
            chunk(b"iTXt", b"Plain\0\0\0\0\0as it is"),
        ];
        let picture = [PNG, &chunk(b"IHDR", &[1; 13]), &texts.concat(), &chunk(b"IEND", b"")].concat();
        law::holds(&DECODER, &picture, &[("Comment", b"one text"), ("Title", b"another")]);
        law::changes_are_survived(&DECODER, &picture);
    }

    #[test]
    fn an_archive_behind_a_picture_is_a_member() {
        for picture in [png(), jpeg(), [jpeg(), jpeg()].concat()] {
            law::holds(&DECODER, &picture, &[]);
            law::holds(&DECODER, &[&picture[..], ZIP].concat(), &[("after the end", ZIP)]);
            law::holds(&DECODER, &[&picture[..], b"a text\n"].concat(), &[]);
            law::changes_are_survived(&DECODER, &[&picture[..], ZIP].concat());
        }
    }
}
