//! The only place of the guard that touches the disk.

use std::fs::{self, File};
use std::io::{self, Read as _, Write};
use std::path::{Path, PathBuf};

/// A text that somebody wrote is not longer, in bytes.
const LONGEST: u64 = 4 << 20;

/// A file that is not larger than what somebody writes by hand.
pub(crate) fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = File::open(path)?;
    if !file.metadata()?.is_file() && file.metadata()?.is_dir() {
        return Err(io::Error::other("it is a directory"));
    }
    file.take(LONGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LONGEST { Err(io::Error::other("it is too large")) } else { Ok(bytes) }
}

/// The same as text; bytes that are none are replaced.
pub(crate) fn text(path: &Path) -> io::Result<String> {
    bytes(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

pub(crate) fn is_folder(path: &Path) -> bool {
    path.is_dir()
}

/// The names in a folder; none if it cannot be listed.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().into_string().ok()).collect()
}

/// Writes a file beside its place and moves it there, so that nothing is ever half-written.
pub(crate) fn write(path: &Path, fill: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".tightlip-new");
    let beside = PathBuf::from(beside);
    let written = File::create(&beside).and_then(|mut file| {
        fill(&mut file)?;
        file.sync_all()
    });
    let moved = written.and_then(|()| fs::rename(&beside, path));
    if moved.is_err() {
        // What is left of it is of no use to anybody.
        let _ = fs::remove_file(&beside);
    }
    moved
}

/// Moves a folder to a place where nothing is; copies it where it cannot be moved.
pub(crate) fn move_folder(from: &Path, to: &Path) -> io::Result<()> {
    if to.exists() && fs::read_dir(to)?.next().is_some() {
        return Err(io::Error::other("something lies there already: remove it first"));
    }
    match fs::rename(from, to) {
        Ok(()) => Ok(()),
        Err(_) => copy_folder(from, to),
    }
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let place = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &place)?;
        } else {
            fs::copy(entry.path(), place)?;
        }
    }
    Ok(())
}
