//! Puts an image somewhere: as a layout, as an archive, into a daemon. Whole, or not at all.
//!
//! Everything is written beside its place and then renamed. Every blob is checked against its digest while it passes.

mod archive;
mod layout;
mod overlay;
mod spool;
#[cfg(test)]
mod tests;

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::digest::Digest;
use crate::store::{Store as _, StoreError};
use crate::verify::Hasher;

pub use archive::{archive, stream_archive};
pub use layout::layout;
pub use overlay::Overlay;
pub use spool::{Spool, Spooled};

const PIECE: usize = 256 * 1024;

/// An image could not be written. Nothing of it is there.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// Something is there already.
    #[error("{} exists already", path.display())]
    Exists {
        /// The path.
        path: PathBuf,
    },
    /// A file could not be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The path.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// What is to be written could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The bytes of a blob are not those that its name says.
    #[error("{digest} is not what it should be: its bytes have the digest {is}")]
    Mismatch {
        /// What was to be written.
        digest: Digest,
        /// What came.
        is: Digest,
    },
    /// The run was ended early.
    #[error("the run was ended early")]
    Stopped,
}

impl WriteError {
    fn at(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| Self::Write { path: path.to_owned(), source }
    }

    /// The same about the path that a person named: what is not whole yet has a name of its own.
    fn about(self, path: &Path) -> Self {
        match self {
            Self::Write { source, .. } => Self::at(path)(source),
            other => other,
        }
    }
}

/// Asked now and then whether the run shall end early.
pub type Stop<'s> = dyn Fn() -> bool + Sync + 's;

/// A place to write to, and when to give up.
#[derive(Clone, Copy)]
pub struct Place<'p> {
    /// Where.
    pub path: &'p Path,
    /// Whether to give up.
    pub stop: &'p Stop<'p>,
}

/// Copies a blob and checks it.
fn copy(
    image: &Overlay<'_>,
    digest: &Digest,
    out: &mut dyn Write,
    place: Place<'_>,
) -> Result<(), WriteError> {
    let blob = digest.clone().into();
    let mut body = image.open(&blob)?;
    let mut hasher = Hasher::new(digest.algorithm());
    let mut piece = vec![0; PIECE];
    loop {
        if (place.stop)() {
            return Err(WriteError::Stopped);
        }
        let length = match body.read(&mut piece) {
            Ok(0) => break,
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(source) => return Err(StoreError::Read { what: blob.to_string(), source }.into()),
        };
        let bytes = piece.get(..length).unwrap_or_default();
        hasher.update(bytes);
        out.write_all(bytes).map_err(WriteError::at(place.path))?;
    }
    match hasher.finish() {
        is if is == *digest => Ok(()),
        is => Err(WriteError::Mismatch { digest: digest.clone(), is }),
    }
}

/// Removes what this process has begun to write for a path, or in the system's folder, and not finished.
pub fn unfinished(path: Option<&Path>) {
    let begun = path.map(|path| [beside(path), spool::beside_path(path)]);
    begun.into_iter().flatten().chain(spool::all_temporary()).for_each(|path| remove(&path));
}

/// Writes something beside its place, a file or a folder, and moves it there when it is whole. What exists is not touched.
fn whole(
    place: Place<'_>,
    write: impl FnOnce(Place<'_>) -> Result<(), WriteError>,
) -> Result<(), WriteError> {
    if place.path.exists() {
        return Err(WriteError::Exists { path: place.path.to_owned() });
    }
    let unfinished = beside(place.path);
    // Another run of the same number that was killed may have left one.
    remove(&unfinished);
    write(Place { path: &unfinished, ..place })
        .and_then(|()| fs::rename(&unfinished, place.path).map_err(WriteError::at(place.path)))
        .inspect_err(|_| remove(&unfinished))
        .map_err(|error| error.about(place.path))
}

/// Removes a file or a folder. Often there is none; what cannot be removed holds no secret.
fn remove(path: &Path) {
    let _ = fs::remove_file(path);
    let _ = fs::remove_dir_all(path);
}

/// A name beside a path, for what is not whole yet.
fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    path.with_file_name(format!(".{name}.tightlip-{}", std::process::id()))
}
