//! A folder for new blobs, until the image that they belong to is whole. It goes with the run.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{WriteError, beside};

/// A folder that is removed when this is dropped.
#[derive(Debug)]
pub struct Spool {
    folder: PathBuf,
    next: AtomicUsize,
}

/// A blob in a spool.
#[derive(Clone, Debug)]
pub struct Spooled {
    /// Where it lies.
    pub path: PathBuf,
    /// Its bytes.
    pub size: u64,
}

impl Spool {
    /// A folder beside what is to be written, on the same disk.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn beside(path: &Path) -> Result<Self, WriteError> {
        Self::at(beside_path(path))
    }

    /// A folder in the system's folder for what is temporary. What is spooled there holds no secret any more.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn temporary() -> Result<Self, WriteError> {
        Self::at(temporary(MADE.fetch_add(1, Ordering::Relaxed)))
    }

    fn at(folder: PathBuf) -> Result<Self, WriteError> {
        // Another run of the same number that was killed may have left one.
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).map_err(WriteError::at(&folder))?;
        Ok(Self { folder, next: AtomicUsize::new(0) })
    }

    /// Where it is.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A new file, and where it lies.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn file(&self) -> Result<(PathBuf, BufWriter<File>), WriteError> {
        let path = self.folder.join(self.next.fetch_add(1, Ordering::Relaxed).to_string());
        let file = File::create_new(&path).map_err(WriteError::at(&path))?;
        Ok((path, BufWriter::new(file)))
    }
}

/// The folder beside a path.
pub(super) fn beside_path(path: &Path) -> PathBuf {
    let mut folder = beside(path).into_os_string();
    folder.push(".layers");
    folder.into()
}

/// How many folders this process has made in the system's.
static MADE: AtomicUsize = AtomicUsize::new(0);

/// The folders where there was no path to be beside of.
pub(super) fn all_temporary() -> impl Iterator<Item = PathBuf> {
    (0..MADE.load(Ordering::Relaxed)).map(temporary)
}

fn temporary(number: usize) -> PathBuf {
    std::env::temp_dir().join(format!("tightlip-{}-{number}.layers", std::process::id()))
}

impl Drop for Spool {
    fn drop(&mut self) {
        // What stays behind holds no secret; there is nobody left to tell.
        let _ = fs::remove_dir_all(&self.folder);
    }
}
