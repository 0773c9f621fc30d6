//! Gives out the decompressed bytes of a blob, in one stream, and nothing if it is not what it should be.

use std::io::{self, Read};

use crate::compress::{Compression, Stream};
use crate::digest::Digest;
use crate::layer::Expected;
use crate::limits::Limits;
use crate::problem::{Problem, ProblemKind};
use crate::verify::Raw;

const PIECE: usize = 256 * 1024;

/// A blob could not be rewritten.
#[derive(Debug, thiserror::Error)]
pub enum RewriteError {
    /// It is not read whole, or is not what its name says.
    #[error("{0}")]
    Read(Problem),
    /// The result could not be written.
    #[error("cannot write the new layer: {0}")]
    Write(#[from] io::Error),
}

/// What a blob turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unpacked {
    /// How it is compressed.
    pub compression: Compression,
    /// Digest of the stored bytes.
    pub digest: Digest,
}

/// Decompresses a blob to its end, in pieces.
///
/// # Errors
/// When it is damaged, is not what was expected, or `take` fails. Unlike a scan, which says what it could not read,
/// whoever changes a blob must have all of it.
pub fn unpack(
    raw: &mut dyn Read,
    expected: &Expected,
    limits: &Limits,
    take: &mut dyn FnMut(&[u8], Compression) -> io::Result<()>,
) -> Result<Unpacked, RewriteError> {
    let mut stream = Stream::new(Raw::new(raw, expected.algorithms().0), expected, limits);
    let compression = stream.compression;
    let mut piece = vec![0; PIECE];
    loop {
        let length = stream.read(&mut piece);
        stream.queue();
        if let Some(problem) = stream.problems.pop().or_else(|| stream.fault.take()) {
            return Err(RewriteError::Read(problem));
        }
        if length == 0 {
            break;
        }
        take(piece.get(..length).unwrap_or_default(), compression)?;
    }
    loop {
        match stream.raw.peek(1).len() {
            0 => break,
            length => stream.raw.take(length),
        }
    }
    if let Some(failure) = stream.raw.failure() {
        let what = format!("byte {} of the blob", stream.raw.count());
        return Err(RewriteError::Read(Problem::new(ProblemKind::Unreadable, what, failure)));
    }
    let size = stream.raw.count();
    if let Some(stated) = expected.size.filter(|stated| *stated != size) {
        let detail = format!("{size} bytes, not {stated} as stated");
        return Err(RewriteError::Read(Problem::new(ProblemKind::SizeMismatch, "the blob", detail)));
    }
    let digest = stream.raw.digest();
    let diff_id = stream.digest();
    for (stated, is) in [(&expected.digest, &digest), (&expected.diff_id, &diff_id)] {
        let Some(stated) = stated.as_ref().filter(|stated| *stated != is) else { continue };
        let detail = format!("the bytes have the digest {is}, not {stated}");
        return Err(RewriteError::Read(Problem::new(ProblemKind::DigestMismatch, "the blob", detail)));
    }
    Ok(Unpacked { compression, digest })
}
