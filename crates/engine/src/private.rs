//! Folders and files that only their owner reads, and files that are never seen half-written.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// So long after it was last written to, a file that nobody holds is one that a killed run left. A younger one may just be made.
const YOUNG: Duration = Duration::from_secs(60);

/// Makes a folder, and those above it, for its owner alone. One that is there stays as it is.
///
/// # Errors
/// When it cannot be made.
pub fn folder(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// How a file is opened that, if it has to be made, is made for its owner alone.
#[must_use]
pub fn file() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Who may read a new file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// Its owner alone.
    Owner,
    /// Who might read the one that lay there; where none did, the user's mask decides.
    AsBefore,
}

/// Fills a file.
pub type Fill<'f> = dyn FnMut(&mut dyn Write) -> io::Result<()> + 'f;

/// A file that was written whole beside its place. Where it is not put there, it goes.
#[derive(Debug)]
pub struct Beside {
    place: PathBuf,
    path: PathBuf,
}

impl Beside {
    /// Writes it. What runs that were killed have left beside the same place is removed.
    ///
    /// # Errors
    /// When it cannot be written. Nothing is left beside the place then.
    pub fn write(place: &Path, readers: Readers, fill: &mut Fill<'_>) -> io::Result<Self> {
        // A link to a file stays a link.
        let place = fs::canonicalize(place).unwrap_or_else(|_| place.to_owned());
        sweep(&place);
        let before = fs::metadata(&place).ok().filter(|_| readers == Readers::AsBefore);
        // Nobody reads it before it has the permissions of the one before it.
        let closed = before.is_some() || readers == Readers::Owner;
        let mut options = if closed { file() } else { OpenOptions::new() };
        let (path, mut new) = free(&place, options.write(true).create_new(true))?;
        let written = Self { place, path };
        // By the lock another run sees that somebody is at work; where there are none, nothing is ever swept.
        let _ = new.try_lock();
        fill(&mut new)?;
        before.map_or(Ok(()), |before| new.set_permissions(before.permissions()))?;
        new.sync_all()?;
        Ok(written)
    }

    /// Moves it to its place.
    ///
    /// # Errors
    /// When it cannot be moved. What lay there lies there still.
    pub fn put(&self) -> io::Result<()> {
        fs::rename(&self.path, &self.place)
    }

    /// Moves it to its place if nothing lies there.
    ///
    /// # Errors
    /// When something lies there, or it cannot be moved.
    pub fn put_first(&self) -> io::Result<()> {
        fs::hard_link(&self.path, &self.place).or_else(|error| {
            // Where there are no hard links, it is moved.
            let taken = error.kind() == io::ErrorKind::AlreadyExists || self.place.exists();
            if taken { Err(error) } else { self.put() }
        })
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        // Most often it was moved and is gone; what is left of it is of no use to anybody.
        let _ = fs::remove_file(&self.path);
    }
}

/// Writes a file beside its place and moves it there. Who might read the one that lay there may read the new one; where none
/// did, the user's mask decides. A link to a file stays a link.
///
/// # Errors
/// When it cannot be written. What lay there lies there still.
pub fn replace(path: &Path, fill: &mut Fill<'_>) -> io::Result<()> {
    Beside::write(path, Readers::AsBefore, fill)?.put()
}

/// A new file beside a place, and its name. In containers most processes have the same number, so another run may have left one.
fn free(place: &Path, options: &OpenOptions) -> io::Result<(PathBuf, fs::File)> {
    let mut tries = 100;
    loop {
        let path = beside(place)?;
        match options.open(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && tries > 0 => tries -= 1,
            opened => return Ok((path, opened?)),
        }
    }
}

/// A name beside a place that no other file of this process has.
pub(crate) fn beside(place: &Path) -> io::Result<PathBuf> {
    static MADE: AtomicUsize = AtomicUsize::new(0);
    let number = MADE.fetch_add(1, Ordering::Relaxed);
    Ok(place.with_file_name(format!("{}{}-{number}", begin(place)?, std::process::id())))
}

/// How the names beside a place begin.
fn begin(place: &Path) -> io::Result<String> {
    let name = place.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy();
    Ok(format!(".{name}.tightlip-"))
}

/// Removes what runs that were killed have left beside a place.
fn sweep(place: &Path) {
    let Ok(begin) = begin(place) else { return };
    let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let numbers = name.to_str().and_then(|name| name.strip_prefix(&begin)?.split_once('-'));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let ours = numbers.is_some_and(|(process, number)| digits(process) && digits(number));
        if ours && is_over(&entry.path()) {
            // What belongs to somebody else stays, and is his to remove.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Whether nobody writes to a file any more.
fn is_over(path: &Path) -> bool {
    let old = fs::symlink_metadata(path).is_ok_and(|found| {
        let age = found.modified().ok().and_then(|modified| modified.elapsed().ok());
        found.is_file() && age.is_some_and(|age| age > YOUNG)
    });
    old && fs::File::open(path).is_ok_and(|file| file.try_lock().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> = entries.map(|name| name.into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn what_a_killed_run_left_goes_with_the_next_one() {
        let below = tempfile::tempdir().unwrap();
        let left = |name: &str, age: u64| {
            let file = fs::File::create_new(below.path().join(name)).unwrap();
            let time = std::time::SystemTime::now() - Duration::from_secs(age);
            file.set_modified(time).unwrap();
            file
        };
        let alive = left(".a.tightlip-1-1", 600);
        alive.try_lock().unwrap();
        drop(left(".a.tightlip-1-0", 600));
        let stays =
            [".a.tightlip-2-0", ".a.tightlip-mine", ".a.tightlip-1-", ".a.2026-11", ".b.tightlip-1-0"];
        let ages = [0, 600, 600, 600, 600];
        stays.iter().zip(ages).for_each(|(name, age)| drop(left(name, age)));
        replace(&below.path().join("a"), &mut |out| out.write_all(b"new")).unwrap();
        let mut expected: Vec<&str> = stays.into_iter().chain([".a.tightlip-1-1", "a"]).collect();
        expected.sort_unstable();
        assert_eq!(names(below.path()), expected);
    }

    #[test]
    fn what_another_run_of_the_same_number_writes_is_not_touched() {
        let below = tempfile::tempdir().unwrap();
        let place = below.path().join("a");
        // Tests that run beside this one in the same process take numbers, too.
        let next = beside(&place).unwrap();
        let number: usize = next.to_str().unwrap().rsplit_once('-').unwrap().1.parse().unwrap();
        let others: Vec<PathBuf> = (number + 1..number + 20)
            .map(|number| below.path().join(format!(".a.tightlip-{}-{number}", std::process::id())))
            .collect();
        others.iter().for_each(|other| fs::write(other, "other").unwrap());
        replace(&place, &mut |out| out.write_all(b"new")).unwrap();
        assert_eq!(fs::read(&place).unwrap(), b"new");
        assert!(others.iter().all(|other| fs::read(other).unwrap() == b"other"));
    }

    #[test]
    fn who_comes_second_is_not_first() {
        let below = tempfile::tempdir().unwrap();
        let place = below.path().join("a");
        let write = |text: &str| {
            Beside::write(&place, Readers::Owner, &mut |out| out.write_all(text.as_bytes())).unwrap()
        };
        let (one, other) = (write("one"), write("other"));
        one.put_first().unwrap();
        assert_eq!(other.put_first().unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        drop((one, other));
        assert_eq!((fs::read(&place).unwrap(), names(below.path())), (b"one".to_vec(), vec!["a".to_owned()]));
    }
}

#[cfg(all(test, unix))]
mod unix_tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_file_is_written_whole_or_not_at_all() {
        let below = tempfile::tempdir().unwrap();
        let (path, link) = (below.path().join("config.json"), below.path().join("link.json"));
        file().write(true).create_new(true).open(&path).unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        replace(&link, &mut |out| out.write_all(b"new")).unwrap();
        let failed = replace(&path, &mut |out| {
            out.write_all(b"half").and_then(|()| Err(io::ErrorKind::StorageFull.into()))
        });
        assert!(failed.is_err());
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert!(link.is_symlink());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        drop(Beside::write(&path, Readers::AsBefore, &mut |out| out.write_all(b"unwanted")).unwrap());
        let owned = below.path().join("owned");
        Beside::write(&owned, Readers::Owner, &mut |_| Ok(())).unwrap().put().unwrap();
        assert_eq!(fs::metadata(&owned).unwrap().permissions().mode() & 0o777, 0o600);
        fs::remove_file(&owned).unwrap();
        assert_eq!(fs::read_dir(below.path()).unwrap().count(), 2, "nothing is left beside");
    }

    #[test]
    fn nobody_else_may_read_them() {
        let below = tempfile::tempdir().unwrap();
        let place = below.path().join("a/b");
        folder(&place).unwrap();
        folder(&place).unwrap();
        let named = place.join("c");
        file().write(true).create_new(true).open(&named).unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!([&below.path().join("a"), &place, &named].map(|path| mode(path)), [0o700, 0o700, 0o600]);
    }
}
