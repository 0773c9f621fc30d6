//! What layers are compressed with: recognised from their bytes, never believed from a media type.

mod bzip2;
mod gzip;
mod plain;
mod stream;
mod xz;
mod zstd;

use crate::layer::Slack;
use crate::limits::Limits;
use crate::problem::{Problem, ProblemKind};
use crate::verify::Raw;

pub(crate) use stream::{Fill, Stream, Tap};

/// How the bytes of a blob are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Compression {
    /// Not at all.
    None,
    /// gzip, RFC 1952; eStargz too.
    Gzip,
    /// Zstandard, RFC 8878; zstd:chunked too.
    Zstd,
    /// xz.
    Xz,
    /// bzip2.
    Bzip2,
}

/// One compression: how it is recognised and how it is undone.
struct Format {
    compression: Compression,
    /// Whether a blob that starts with these bytes (up to [`SNIFF`] of them) is in this format.
    starts: fn(&[u8]) -> bool,
    open: fn(&Limits) -> Box<dyn Decode>,
}

/// Every compression that is read; a file in this folder for each.
static FORMATS: &[&Format] = &[&gzip::FORMAT, &zstd::FORMAT, &xz::FORMAT, &bzip2::FORMAT];

/// Compressions that are only recognised, so that the problem can name them: name and first bytes.
static UNREAD: &[(&str, &[u8])] = &[
    ("lz4", &[0x04, 0x22, 0x4D, 0x18]),
    ("compress (.Z)", &[0x1F, 0x9D]),
    ("lzip", b"LZIP"),
    ("lzop", &[0x89, b'L', b'Z', b'O', 0]),
    ("lzma", &[0x5D, 0, 0]),
    ("7z", &[b'7', b'z', 0xBC, 0xAF, 0x27, 0x1C]),
    ("rar", b"Rar!\x1A\x07"),
    ("zip", b"PK\x03\x04"),
];

/// How many bytes recognise everything: one tar header.
pub(crate) const SNIFF: usize = 512;

/// What one step of a decoder did.
#[derive(Debug)]
enum Step {
    /// That many bytes were written to the output, at least one.
    Out(usize),
    /// Bytes that the compression itself ignores come next; [`Decode::aside`] gives them.
    Aside(Slack),
    /// Something is wrong, and decoding goes on.
    Problem(Problem),
    /// The compressed stream is over. The blob may go on.
    End,
}

/// A decompressor, fed from the raw bytes of a blob.
trait Decode {
    /// Does the next step. `out` is not empty.
    ///
    /// # Errors
    /// If decoding cannot go on. Everything before the fault has been given out.
    fn step(&mut self, raw: &mut Raw<'_>, out: &mut [u8]) -> Result<Step, Problem>;

    /// Moves bytes of the stretch that the last [`Step::Aside`] announced to `out`; 0 at its end.
    ///
    /// # Errors
    /// If the blob ends within the stretch.
    fn aside(&mut self, raw: &mut Raw<'_>, out: &mut [u8]) -> Result<usize, Problem> {
        let _ = (raw, out);
        Ok(0)
    }
}

/// The compression that these first bytes of a blob show. A tar header wins: its file name may look like anything.
pub(crate) fn recognise(first: &[u8]) -> Compression {
    format(first).map_or(Compression::None, |format| format.compression)
}

/// The name of a compression that is recognised but not read.
pub(crate) fn unread(first: &[u8]) -> Option<&'static str> {
    UNREAD.iter().find(|(_, magic)| first.starts_with(magic)).map(|(name, _)| *name)
}

fn format(first: &[u8]) -> Option<&'static Format> {
    if crate::tar::is_header(first) {
        return None;
    }
    FORMATS.iter().copied().find(|format| (format.starts)(first))
}

fn open(first: &[u8], limits: &Limits) -> (Compression, Box<dyn Decode>) {
    match format(first) {
        Some(format) => (format.compression, (format.open)(limits)),
        None => (Compression::None, Box::new(plain::Plain)),
    }
}

/// Moves bytes of a stretch of which `left` are still to come; for [`Decode::aside`].
fn copy_aside(raw: &mut Raw<'_>, out: &mut [u8], left: &mut u64) -> Result<usize, Problem> {
    let most = usize::try_from(*left).unwrap_or(usize::MAX).min(out.len());
    if most == 0 {
        return Ok(0);
    }
    let length = raw.read(out.get_mut(..most).unwrap_or_default());
    if length == 0 {
        return Err(truncated(raw, "skipped bytes").with_bytes(*left));
    }
    *left -= length as u64;
    Ok(length)
}

fn truncated(raw: &Raw<'_>, within: &str) -> Problem {
    Problem::new(ProblemKind::Truncated, at(raw), format!("the blob ends in the middle of {within}"))
}

fn corrupt(raw: &Raw<'_>, detail: impl Into<String>) -> Problem {
    Problem::new(ProblemKind::Corrupt, at(raw), detail)
}

fn at(raw: &Raw<'_>) -> String {
    format!("byte {} of the blob", raw.offset())
}

#[cfg(test)]
mod tests;
