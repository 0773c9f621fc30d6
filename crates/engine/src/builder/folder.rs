//! A folder for what a build leaves: nobody else may enter it, and it goes away however the run ends.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use super::BuilderError;
use crate::private;

/// How the folders are called.
const PREFIX: &str = "tightlip-build-";
/// A file that is locked for as long as its run lasts.
const LOCK: &str = "lock";

/// A folder without a lock may be in the making for so long.
const YOUNG: Duration = Duration::from_secs(60);

/// A private folder.
#[derive(Debug)]
pub struct Folder {
    // Ends before the folder goes.
    _lock: File,
    place: TempDir,
}

/// Removes a folder when its run cannot do so any more.
#[derive(Clone, Debug)]
pub struct Broom(PathBuf);

impl Folder {
    /// A new folder below this one. What runs that were killed left there is removed.
    ///
    /// # Errors
    /// When none can be made.
    pub fn new(below: &Path) -> Result<Self, BuilderError> {
        sweep(below);
        Self::make(below).map_err(|source| BuilderError::Folder { path: below.to_owned(), source })
    }

    fn make(below: &Path) -> io::Result<Self> {
        let place = folder(below)?;
        let lock = private::file().write(true).create_new(true).open(place.path().join(LOCK))?;
        lock.lock()?;
        Ok(Self { _lock: lock, place })
    }

    /// A path in it.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    /// Keeps something in a new file that nobody else may read: a secret for a builder.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep(&self, name: &str, bytes: &[u8]) -> Result<PathBuf, BuilderError> {
        let path = self.path(name);
        let wrong = |source| BuilderError::Folder { path: path.clone(), source };
        let made = private::file().write(true).create_new(true).open(&path);
        made.and_then(|mut file| file.write_all(bytes)).map_err(wrong)?;
        Ok(path)
    }

    /// Keeps a copy of a file, if there is one.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn copy(&self, name: &str, from: &Path) -> Result<(), BuilderError> {
        fs::read(from).map_or(Ok(()), |bytes| self.keep(name, &bytes).map(drop))
    }

    /// What removes it when the run has to end at once.
    #[must_use]
    pub fn broom(&self) -> Broom {
        Broom(self.place.path().to_owned())
    }
}

impl Broom {
    /// What removes this folder of somebody else.
    pub(crate) fn of(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// Removes the folder. A builder that still writes makes files anew, so it is tried for a moment.
    pub fn sweep(&self) {
        for _ in 0..20 {
            let _ = fs::remove_dir_all(&self.0);
            if !self.0.exists() {
                return;
            }
            std::thread::sleep(Duration::from_millis(25));
        }
    }
}

/// Removes the folders of runs that are over. One whose lock is held is in use; one of another user stays.
fn sweep(below: &Path) {
    for entry in fs::read_dir(below).into_iter().flatten().flatten() {
        let ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
        if !ours || !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            continue;
        }
        if is_over(&entry.path()) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// Whether nobody uses a folder. One that was removed and written to once more has no lock, but neither has one that is being made.
fn is_over(folder: &Path) -> bool {
    match File::open(folder.join(LOCK)) {
        Ok(lock) => !matches!(lock.try_lock(), Err(TryLockError::WouldBlock)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let made = fs::metadata(folder).and_then(|folder| folder.modified());
            made.is_ok_and(|made| made.elapsed().is_ok_and(|age| age > YOUNG))
        }
        Err(_) => false,
    }
}

#[cfg(unix)]
fn folder(below: &Path) -> io::Result<TempDir> {
    use std::os::unix::fs::PermissionsExt as _;
    tempfile::Builder::new().prefix(PREFIX).permissions(fs::Permissions::from_mode(0o700)).tempdir_in(below)
}

#[cfg(not(unix))]
fn folder(below: &Path) -> io::Result<TempDir> {
    tempfile::Builder::new().prefix(PREFIX).tempdir_in(below)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn nobody_else_may_look_into_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let below = tempfile::tempdir().unwrap();
        let folder = Folder::new(below.path()).unwrap();
        let file = folder.keep("secret", b"hunter22").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&folder.path("")), mode(&file)), (0o700, 0o600));
        let place = folder.path("");
        drop(folder);
        assert!(!place.exists());
    }

    #[test]
    fn what_a_killed_run_left_is_removed_and_nothing_else() {
        let below = tempfile::tempdir().unwrap();
        let killed = below.path().join(format!("{PREFIX}killed"));
        let other = below.path().join("other");
        for folder in [&killed, &other] {
            fs::create_dir(folder).unwrap();
            fs::write(folder.join(LOCK), "").unwrap();
        }
        let running = Folder::new(below.path()).unwrap();
        let second = Folder::new(below.path()).unwrap();
        assert!(!killed.exists() && other.exists());
        assert!(running.path(LOCK).exists() && second.path(LOCK).exists());
        running.broom().sweep();
        assert!(!running.path("").exists());
    }

    #[test]
    #[cfg(unix)]
    fn what_a_builder_wrote_after_its_folder_was_removed_goes_with_the_next_run() {
        let below = tempfile::tempdir().unwrap();
        let [old, new] = ["old", "new"].map(|name| below.path().join(format!("{PREFIX}{name}")));
        for folder in [&old, &new] {
            fs::create_dir(folder).unwrap();
            fs::write(folder.join("image"), "").unwrap();
        }
        let hour = std::time::SystemTime::now() - Duration::from_secs(3600);
        File::open(&old).unwrap().set_modified(hour).unwrap();
        let _folder = Folder::new(below.path()).unwrap();
        assert_eq!((old.exists(), new.exists()), (false, true));
    }
}
