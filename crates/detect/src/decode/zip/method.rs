//! How the content of an entry is compressed (APPNOTE, 4.4.5).

use std::io::{self, BufReader, Read};

use deflate64::Deflate64Decoder;
use ppmd_rust::{Ppmd8Decoder, RestoreMethod};

use super::directory::Entry;
use crate::decode::packed::{self, MEMORY, Plain};
use crate::decode::seam::{Limit, Stop};

/// The end of LZMA data is marked in the stream.
const MARKED: u64 = u64::MAX;

/// A reader of the content. Stored and deflated content is not for this: only they can be of unknown length.
///
/// # Errors
/// When the method is not read here, or its own header is none.
pub(super) fn plain<'r>(entry: &Entry, packed: impl Read + 'r) -> Result<Plain<'r>, Stop> {
    Ok(match entry.method {
        9 => Box::new(Deflate64Decoder::new(packed)),
        12 => Box::new(bzip2::read::BzDecoder::new(packed)),
        14 => lzma(entry, packed)?,
        20 | 93 => packed::zstd(packed)?,
        95 => packed::xz(packed)?,
        98 => ppmd(entry, packed)?,
        method => return Err(Stop::unsupported(format!("compression method {method}"))),
    })
}

/// LZMA (5.8.8): its properties behind a version and their length. Written anew as the header of a file.
fn lzma<'r>(entry: &Entry, mut packed: impl Read + 'r) -> Result<Plain<'r>, Stop> {
    let mut header = [0; 9];
    packed.read_exact(&mut header)?;
    let [_, _, 5, 0, properties @ ..] = header else {
        return Err(Stop::unsupported("LZMA with other properties"));
    };
    let size = entry.unpacked.filter(|_| !entry.marked).unwrap_or(MARKED);
    let header = [&properties[..], &size.to_le_bytes()].concat();
    Ok(packed::lzma(io::Cursor::new(header).chain(packed))?)
}

/// PPMd, version I, revision 1 (5.10): order, memory and method in two bytes; it ends where the entry does.
fn ppmd<'r>(entry: &Entry, mut packed: impl Read + 'r) -> Result<Plain<'r>, Stop> {
    let mut header = [0; 2];
    packed.read_exact(&mut header)?;
    let word = u32::from(u16::from_le_bytes(header));
    let (order, memory) = ((word & 15).saturating_add(1), ((word >> 4 & 255).saturating_add(1)) << 20);
    let restore = match word >> 12 {
        0 => RestoreMethod::Restart,
        1 => RestoreMethod::CutOff,
        _ => return Err(Stop::unsupported("PPMd with another method of restoring")),
    };
    if u64::from(memory) > MEMORY {
        return Err(Limit::Held.into());
    }
    let plain = Ppmd8Decoder::new(BufReader::new(packed), order, memory, restore);
    let plain = plain.map_err(|_| Stop::damaged("PPMd with numbers that cannot be"))?;
    Ok(Box::new(plain.take(entry.unpacked.unwrap_or(u64::MAX))))
}
