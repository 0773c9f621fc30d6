//! The only place of the guard that touches the disk.

use std::fs::{self, File};
use std::io::{self, Read as _, Write};
use std::path::{Path, PathBuf};

use serde_json::Value;

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

/// Moves a layout to its place. One that lies there already gets what is new, and keeps what has other names.
pub(crate) fn move_layout(from: &Path, to: &Path) -> io::Result<()> {
    let index = to.join("index.json");
    if index.is_file() {
        let merged = merged(&bytes(&index)?, &bytes(&from.join("index.json"))?)?;
        copy_folder(&from.join("blobs"), &to.join("blobs"))?;
        return write(&index, &mut |out| out.write_all(merged.as_bytes()));
    }
    if to.exists() && fs::read_dir(to)?.next().is_some() {
        return Err(io::Error::other("something else lies there: remove it first"));
    }
    fs::rename(from, to).or_else(|_| copy_folder(from, to))?;
    open_up(to)
}

/// Two indexes as one: what the new one names replaces what the old one names.
fn merged(old: &[u8], new: &[u8]) -> io::Result<String> {
    let parse = |bytes| serde_json::from_slice::<Value>(bytes).map_err(io::Error::other);
    let (old, mut new) = (parse(old)?, parse(new)?);
    let names = ["org.opencontainers.image.ref.name", "io.containerd.image.name"];
    let name = |one: &Value| {
        let annotations = one.get("annotations").cloned().unwrap_or_default();
        names.map(|name| annotations.get(name).cloned())
    };
    let list = |index: &Value| index.get("manifests").and_then(Value::as_array).cloned().unwrap_or_default();
    let fresh = list(&new);
    let kept = list(&old).into_iter().filter(|one| fresh.iter().all(|other| name(other) != name(one)));
    let all: Vec<Value> = kept.chain(fresh.iter().cloned()).collect();
    if let Some(members) = new.as_object_mut() {
        members.insert("manifests".to_owned(), all.into());
    }
    Ok(new.to_string())
}

/// Whoever may read the place it came to may read it: it is private no longer.
#[cfg(unix)]
fn open_up(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn open_up(_: &Path) -> io::Result<()> {
    Ok(())
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let place = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &place)?;
        } else if !place.exists() {
            fs::copy(entry.path(), place)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layout_that_lies_there_keeps_what_has_other_names() {
        let place = tempfile::tempdir().unwrap();
        let (old, new) = (place.path().join("old"), place.path().join("new"));
        let make = |folder: &Path, name: &str, blob: &str| {
            fs::create_dir_all(folder.join("blobs/sha256")).unwrap();
            fs::write(folder.join("blobs/sha256").join(blob), blob).unwrap();
            let index = format!(
                r#"{{"manifests":[{{"digest":"{blob}","annotations":{{"org.opencontainers.image.ref.name":"{name}"}}}}]}}"#
            );
            fs::write(folder.join("index.json"), index).unwrap();
        };
        make(&old, "1", "a");
        make(&new, "2", "b");
        move_layout(&new, &old).unwrap();
        make(&new, "1", "c");
        move_layout(&new, &old).unwrap();
        let index = fs::read_to_string(old.join("index.json")).unwrap();
        assert!(index.contains("\"b\"") && index.contains("\"c\"") && !index.contains("\"a\""), "{index}");
        assert_eq!(names(&old.join("blobs/sha256")).len(), 3);
    }
}
