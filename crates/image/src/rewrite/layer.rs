//! Rewrites one layer: decompressed, changed where the edits say so, compressed as it was.

use std::io::{self, Read, Write};

use super::edit::Edits;
use super::pack::Packer;
use super::patch::Patch;
use super::unpack::{RewriteError, unpack};
use crate::compress::Compression;
use crate::digest::{Algorithm, Digest};
use crate::layer::{Expected, Visit, walk_tapped};
use crate::limits::Limits;
use crate::verify::Hasher;

/// A layer as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewritten {
    /// Digest of the blob.
    pub digest: Digest,
    /// Bytes of the blob.
    pub size: u64,
    /// Digest of the tar stream.
    pub diff_id: Digest,
    /// How it is compressed.
    pub compression: Compression,
}

/// Writes the layer with its edits to `out`. What lies in the blob and in no tar stream (header fields of gzip, skippable
/// frames, bytes behind the end) does not come along.
///
/// # Errors
/// When the layer cannot be read whole, or the result cannot be written.
pub fn layer(
    raw: &mut dyn Read,
    expected: &Expected,
    (edits, limits): (&Edits, &Limits),
    out: &mut dyn Write,
) -> Result<Rewritten, RewriteError> {
    let mut out = Some(out);
    let mut patch = None;
    let known = unpack(raw, expected, limits, &mut |bytes, compression| {
        if let Some(out) = out.take() {
            patch = Some(start(edits, compression, out)?);
        }
        patch.as_mut().map_or(Ok(()), |patch| patch.push(bytes))
    })?;
    let patch = match (patch, out) {
        (Some(patch), _) => patch,
        (None, Some(out)) => start(edits, known.compression, out)?,
        (None, None) => return Err(io::Error::other("the layer was begun and lost").into()),
    };
    let tar = patch.finish()?;
    let diff_id = tar.hasher.finish();
    let blob = tar.out.finish()?;
    blob.out.flush()?;
    Ok(Rewritten { digest: blob.hasher.finish(), size: blob.count, diff_id, compression: known.compression })
}

/// The digest of the tar stream with its edits; nothing is written.
///
/// # Errors
/// When the layer cannot be read whole.
pub fn patched(
    raw: &mut dyn Read,
    expected: &Expected,
    (edits, limits): (&Edits, &Limits),
) -> Result<Digest, RewriteError> {
    let mut patch = Patch::new(edits, Meter::new(io::sink()));
    unpack(raw, expected, limits, &mut |bytes, _| patch.push(bytes))?;
    Ok(patch.finish()?.hasher.finish())
}

/// As [`patched`], while a visitor sees the layer as it was. What is wrong with it is told to the visitor.
///
/// # Errors
/// When memory is short.
pub fn patched_walk(
    raw: &mut dyn Read,
    expected: &Expected,
    (edits, limits): (&Edits, &Limits),
    visit: &mut dyn Visit,
) -> io::Result<Digest> {
    let mut patch = Patch::new(edits, Meter::new(io::sink()));
    let mut passed = Ok(());
    let mut tap = |bytes: &[u8]| {
        if passed.is_ok() {
            passed = patch.push(bytes);
        }
    };
    walk_tapped(raw, expected, limits, (visit, &mut tap));
    passed?;
    Ok(patch.finish()?.hasher.finish())
}

type Way<'e, 'o> = Patch<'e, Meter<Packer<Meter<&'o mut dyn Write>>>>;

fn start<'e, 'o>(
    edits: &'e Edits,
    compression: Compression,
    out: &'o mut dyn Write,
) -> io::Result<Way<'e, 'o>> {
    Ok(Patch::new(edits, Meter::new(Packer::new(compression, Meter::new(out))?)))
}

/// Counts and hashes what passes.
struct Meter<W> {
    out: W,
    hasher: Hasher,
    count: u64,
}

impl<W: Write> Meter<W> {
    fn new(out: W) -> Self {
        Self { out, hasher: Hasher::new(Algorithm::Sha256), count: 0 }
    }
}

impl<W: Write> Write for Meter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = self.out.write(bytes)?;
        self.hasher.update(bytes.get(..length).unwrap_or_default());
        self.count += length as u64;
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
