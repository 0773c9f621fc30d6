//! PNG and JPEG pictures with something behind their end: an archive that was appended, or what a tool left there.

use std::io::Read;

use super::seam::{Bytes, Held, Members, Stop, give, hold_or_begin};
use super::{Decoder, HEAD, Holds};
use crate::Hint;

/// Pictures. What stands inside of them is not looked for.
pub(crate) static DECODER: Decoder =
    Decoder { name: "picture", claims, open, tool: None, holds: Holds::Files };

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
const JPEG: &[u8] = b"\xff\xd8\xff";

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    [PNG, JPEG].iter().any(|magic| head.starts_with(magic))
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    // No picture is as long; one that is cut is no container that was not read.
    let Held::Whole(file) = hold_or_begin(body, members)? else { return Ok(()) };
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
    fn an_archive_behind_a_picture_is_a_member() {
        for picture in [png(), jpeg(), [jpeg(), jpeg()].concat()] {
            law::holds(&DECODER, &picture, &[]);
            law::holds(&DECODER, &[&picture[..], ZIP].concat(), &[("after the end", ZIP)]);
            law::holds(&DECODER, &[&picture[..], b"a text\n"].concat(), &[]);
            law::changes_are_survived(&DECODER, &[&picture[..], ZIP].concat());
        }
    }
}
