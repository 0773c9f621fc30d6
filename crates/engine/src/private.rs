//! Folders and files that only their owner reads, and files that are never seen half-written.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

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

/// Writes a file beside its place and moves it there. Who might read the one that lay there may read the new one; where none
/// did, the user's mask decides. A link to a file stays a link.
///
/// # Errors
/// When it cannot be written. What lay there lies there still.
pub fn replace(path: &Path, fill: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    static MADE: AtomicUsize = AtomicUsize::new(0);
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy().into_owned();
    let number = MADE.fetch_add(1, Ordering::Relaxed);
    let beside = path.with_file_name(format!(".{name}.{}-{number}", std::process::id()));
    let before = fs::metadata(&path).ok();
    // Nobody reads it before it has the permissions of the one before it.
    let mut options = if before.is_some() { file() } else { OpenOptions::new() };
    let mut new = options.write(true).create_new(true).open(&beside)?;
    let written = fill(&mut new)
        .and_then(|()| before.map_or(Ok(()), |before| new.set_permissions(before.permissions())))
        .and_then(|()| new.sync_all());
    // What is left of it is of no use to anybody.
    written.and_then(|()| fs::rename(&beside, &path)).inspect_err(|_| drop(fs::remove_file(&beside)))
}

#[cfg(all(test, unix))]
mod tests {
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
