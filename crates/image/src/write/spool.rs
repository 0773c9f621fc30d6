//! A folder for new blobs, until the image that they belong to is whole. It is its owner's alone, and goes with the run.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{WriteError, beside, remove};

/// A folder that is removed when this is dropped.
#[derive(Debug)]
pub struct Spool {
    folder: PathBuf,
    next: AtomicUsize,
    /// Locked for as long as this process lives: by that another one sees whether somebody is still at work.
    _alive: File,
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
        let own = beside_path(path);
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        own.parent().into_iter().for_each(|folder| clear(folder, &format!(".{name}.tightlip-")));
        Self::at(own).map_err(|error| error.about(path))
    }

    /// A folder in the system's folder for what is temporary. What is spooled there holds no secret any more.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn temporary() -> Result<Self, WriteError> {
        clear(&std::env::temp_dir(), "tightlip-");
        Self::at(temporary(MADE.fetch_add(1, Ordering::Relaxed)))
    }

    fn at(folder: PathBuf) -> Result<Self, WriteError> {
        // Another run of the same number that was killed may have left one.
        let _ = fs::remove_dir_all(&folder);
        private_folder(&folder).map_err(WriteError::at(&folder))?;
        // It gets its name once it is locked: nobody may see it free.
        let (free, lock) = (folder.join("free"), folder.join(LOCK));
        let alive = private_file(&free).map_err(WriteError::at(&free))?;
        if alive.try_lock().is_ok() {
            fs::rename(&free, &lock).map_err(WriteError::at(&lock))?;
        }
        Ok(Self { folder, next: AtomicUsize::new(0), _alive: alive })
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
        let file = private_file(&path).map_err(WriteError::at(&path))?;
        Ok((path, BufWriter::new(file)))
    }
}

/// A new folder that nobody else may enter.
fn private_folder(path: &Path) -> io::Result<()> {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "only unix has modes"))]
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// A new file that nobody else may read.
fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.write(true).create_new(true).open(path)
}

/// The file in a spool by which its owner is known to live.
const LOCK: &str = "lock";
/// How the name of a spool ends.
const ENDING: &str = ".layers";

/// Removes what runs that were killed have left behind, of those whose names begin so.
fn clear(folder: &Path, begins: &str) {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let number = name.strip_prefix(begins).and_then(|rest| rest.strip_suffix(ENDING));
        let is_ours = number.is_some_and(|number| number.bytes().all(|b| b.is_ascii_digit() || b == b'-'));
        if is_ours && is_abandoned(&entry.path()) {
            let unfinished = entry.path().with_file_name(name.strip_suffix(ENDING).unwrap_or(&name));
            // What belongs to somebody else stays, and is his to remove.
            remove(&unfinished);
            remove(&entry.path());
        }
    }
}

/// Whether nobody holds the lock of a spool any more.
fn is_abandoned(spool: &Path) -> bool {
    let lock = spool.join(LOCK);
    let plain = |path: &Path| fs::symlink_metadata(path).ok().map(|found| found.file_type());
    let whole =
        plain(spool).is_some_and(|kind| kind.is_dir()) && plain(&lock).is_some_and(|kind| kind.is_file());
    whole && File::open(&lock).is_ok_and(|lock| lock.try_lock().is_ok())
}

/// The folder beside a path.
pub(super) fn beside_path(path: &Path) -> PathBuf {
    let mut folder = beside(path).into_os_string();
    folder.push(ENDING);
    folder.into()
}

/// How many folders this process has made in the system's.
static MADE: AtomicUsize = AtomicUsize::new(0);

/// The folders where there was no path to be beside of.
pub(super) fn all_temporary() -> impl Iterator<Item = PathBuf> {
    (0..MADE.load(Ordering::Relaxed)).map(temporary)
}

fn temporary(number: usize) -> PathBuf {
    std::env::temp_dir().join(format!("tightlip-{}-{number}{ENDING}", std::process::id()))
}

impl Drop for Spool {
    fn drop(&mut self) {
        // What stays behind holds no secret; there is nobody left to tell.
        let _ = fs::remove_dir_all(&self.folder);
    }
}
