//! What compressed streams begin with, and whether one begins where it looks so.

use std::io::{self, BufRead, Read};
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use bzip2::bufread::BzDecoder;
use flate2::bufread::{GzDecoder, ZlibDecoder};
use flate2::{Decompress, FlushDecompress, Status};
use liblzma::bufread::XzDecoder;
use liblzma::stream::Stream;

use crate::decode::packed;
use crate::decode::seam::Bytes;

/// A format of compressed streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Gzip,
    Zstd,
    Xz,
    Bzip2,
    /// Two bytes that chance makes often: it has to show more.
    Zlib,
}

/// What they begin with.
const HEADS: [(&[u8], Kind); 8] = [
    (b"\x1f\x8b\x08", Kind::Gzip),
    (b"\x28\xb5\x2f\xfd", Kind::Zstd),
    (b"\xfd7zXZ\0", Kind::Xz),
    (b"BZh", Kind::Bzip2),
    (b"\x78\x01", Kind::Zlib),
    (b"\x78\x5e", Kind::Zlib),
    (b"\x78\x9c", Kind::Zlib),
    (b"\x78\xda", Kind::Zlib),
];
/// The longest of them.
pub(super) const LONGEST: usize = 6;
/// So many bytes before a head say whether it is one.
pub(super) const BEFORE: usize = 4;

/// What comes out of a stream before it is taken for one, if it is not over before.
const ENOUGH: usize = 512;
/// Of a stream that breaks off before: so much text is one.
const TEXT: usize = 32;
/// What a look costs beside the bytes, so that many are not free.
const EACH: usize = 256;
/// What goes into the look at a deflated stream: the tables of its first block have room in it.
const LOOK: usize = 8 << 10;

#[expect(clippy::unwrap_used, reason = "eight short patterns")]
static SEARCH: LazyLock<AhoCorasick> =
    LazyLock::new(|| AhoCorasick::new(HEADS.iter().map(|(head, _)| head)).unwrap());

/// The first place from here on that looks like the beginning of a stream.
pub(super) fn next(bytes: &[u8], from: usize) -> Option<(usize, Kind)> {
    let from = from.min(bytes.len());
    let found = SEARCH.find_iter(aho_corasick::Input::new(bytes).range(from..)).find(|found| {
        // The points of a picture: they are in pieces, and say nothing.
        !found.start().checked_sub(BEFORE).is_some_and(|before| Bytes(bytes).has(before, b"IDAT"))
    })?;
    let (_, kind) = HEADS.get(found.pattern().as_usize())?;
    Some((found.start(), *kind))
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Xz => "xz",
            Self::Bzip2 => "bzip2",
            Self::Zlib => "zlib",
        }
    }

    /// How many bytes show whether it is one.
    pub(super) fn wants(self) -> usize {
        match self {
            Self::Gzip | Self::Zlib => LOOK,
            // A block is the least that can be unpacked.
            Self::Zstd => 160 << 10,
            Self::Xz | Self::Bzip2 => 32,
        }
    }

    /// Whether it was one, if so many bytes came of it before it broke off, these first: two bytes that chance makes, and a block that is
    /// stored as it is, are found in any font.
    pub(super) fn is_sure(self, begin: &[u8], given: u64) -> bool {
        match self {
            Self::Gzip | Self::Zstd => given >= ENOUGH as u64,
            Self::Xz | Self::Bzip2 => given > 0,
            Self::Zlib => given >= 4 << 10 && is_text(begin),
        }
    }

    /// What it says, up to its end.
    pub(super) fn plain<'r>(self, body: impl BufRead + 'r) -> io::Result<packed::Plain<'r>> {
        Ok(match self {
            Self::Gzip => Box::new(GzDecoder::new(body)),
            Self::Zstd => packed::zstd_frame(body)?,
            Self::Xz => Box::new(XzDecoder::new_stream(body, Stream::new_stream_decoder(packed::MEMORY, 0)?)),
            Self::Bzip2 => Box::new(BzDecoder::new(body)),
            Self::Zlib => Box::new(ZlibDecoder::new(body)),
        })
    }
}

/// Whether the first of some bytes are text.
fn is_text(bytes: &[u8]) -> bool {
    let begin = bytes.get(..TEXT).unwrap_or(bytes);
    begin.iter().all(|byte| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~'))
}

/// How a look ended.
enum Look {
    /// Enough was seen.
    Enough,
    /// The stream is over, and well.
    Over,
    Broken,
}

/// Looks at the beginning of what may be a stream.
pub(super) struct Probe {
    inflate: Decompress,
    out: [u8; ENOUGH],
    cost: usize,
}

impl Default for Probe {
    fn default() -> Self {
        Self { inflate: Decompress::new(true), out: [0; ENOUGH], cost: 0 }
    }
}

impl Probe {
    /// What the last look cost, in bytes.
    pub(super) fn cost(&self) -> u64 {
        self.cost.saturating_add(EACH) as u64
    }

    /// Whether a stream begins there.
    pub(super) fn begins(&mut self, kind: Kind, ahead: &[u8]) -> bool {
        self.cost = 0;
        match kind {
            Kind::Xz => is_xz(ahead),
            Kind::Bzip2 => {
                Bytes(ahead).u8(3).is_some_and(|level| (b'1'..=b'9').contains(&level))
                    && Bytes(ahead).has(4, b"\x31\x41\x59\x26\x53\x59")
            }
            // Three flags are not in use.
            Kind::Gzip if Bytes(ahead).u8(3).is_none_or(|flags| flags & 0xe0 != 0) => false,
            Kind::Gzip | Kind::Zstd => {
                let ahead = ahead.get(..kind.wants()).unwrap_or(ahead);
                let (given, look) = self.read(kind, ahead);
                self.shows(given, &look)
            }
            Kind::Zlib => {
                let (given, look) = self.inflate(ahead.get(..LOOK).unwrap_or(ahead));
                // A block that is stored is two numbers that fit, as those of a glyph may; what stands in it is seen without it.
                let stored = Bytes(ahead).u8(2).is_some_and(|first| first & 6 == 0);
                self.shows(given, if stored && matches!(look, Look::Enough) { &Look::Broken } else { &look })
            }
        }
    }

    fn shows(&self, given: usize, look: &Look) -> bool {
        match look {
            Look::Enough => true,
            Look::Over => given > 0,
            Look::Broken => given >= TEXT && self.out.get(..given).is_some_and(is_text),
        }
    }

    fn read(&mut self, kind: Kind, ahead: &[u8]) -> (usize, Look) {
        let mut rest = ahead;
        let mut given = 0;
        let look = match kind.plain(&mut rest) {
            Err(_) => Look::Broken,
            Ok(mut plain) => loop {
                let Some(room) = self.out.get_mut(given..).filter(|room| !room.is_empty()) else {
                    break Look::Enough;
                };
                match plain.read(room) {
                    Ok(0) => break Look::Over,
                    Ok(count) => given = given.saturating_add(count),
                    Err(_) => break Look::Broken,
                }
            },
        };
        self.cost = ahead.len().saturating_sub(rest.len()).saturating_add(given);
        (given, look)
    }

    /// As [`Self::read`], with what stands ready: there are many of these.
    fn inflate(&mut self, ahead: &[u8]) -> (usize, Look) {
        self.inflate.reset(true);
        let status = self.inflate.decompress(ahead, &mut self.out, FlushDecompress::None);
        let given = usize::try_from(self.inflate.total_out()).unwrap_or(ENOUGH);
        self.cost = usize::try_from(self.inflate.total_in()).unwrap_or(LOOK).saturating_add(given);
        let look = match status {
            Ok(Status::StreamEnd) => Look::Over,
            Ok(_) if given >= ENOUGH => Look::Enough,
            Ok(_) | Err(_) => Look::Broken,
        };
        (given, look)
    }
}

/// The flags behind the magic have a checksum of their own.
fn is_xz(ahead: &[u8]) -> bool {
    let bytes = Bytes(ahead);
    bytes.slice(6, 2).is_some_and(|flags| bytes.u32_le(8) == Some(crc32fast::hash(flags)))
}
