//! The only place of the guard that touches the disk.

use std::fs::{self, File};
use std::io::{self, Read as _, Write};
use std::path::Path;

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tightlip_image::Digest;

use crate::identity::hex;
use crate::private;

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
    private::replace(path, fill)
}

/// Copies what a file holds.
pub(crate) fn copy_into(from: &Path, out: &mut dyn Write) -> io::Result<()> {
    io::copy(&mut File::open(from)?, out).map(drop)
}

/// Puts a document into a layout; its digest.
pub(crate) fn write_blob(layout: &Path, bytes: &[u8]) -> io::Result<String> {
    let digest = Digest::of(bytes);
    fs::create_dir_all(layout.join("blobs/sha256"))?;
    write(&layout.join("blobs/sha256").join(digest.hex()), &mut |out| out.write_all(bytes))?;
    Ok(digest.to_string())
}

/// Makes a file a blob of a layout without copying it; its digest and its size.
pub(crate) fn link_blob(file: &Path, layout: &Path) -> io::Result<(String, u64)> {
    let mut hash = Sha256::new();
    let size = io::copy(&mut File::open(file)?, &mut hash)?;
    let name = hex(&hash.finalize());
    let blobs = layout.join("blobs/sha256");
    fs::create_dir_all(&blobs)?;
    fs::hard_link(file, blobs.join(&name))?;
    Ok((format!("sha256:{name}"), size))
}

/// Moves files to where they belong. What lies there already stays, unless it has the name of a new one.
pub(crate) fn merge_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let place = to.join(entry.file_name());
        let lies = fs::symlink_metadata(&place).ok();
        match entry.file_type()?.is_dir() {
            true if lies.is_none() && fs::rename(entry.path(), &place).is_ok() => {}
            true => {
                merge_folder(&entry.path(), &place)?;
                fs::set_permissions(&place, entry.metadata()?.permissions())?;
            }
            false => merge_file(&entry.path(), &place)?,
        }
    }
    Ok(())
}

/// Moves a file or a link, over file systems too.
fn merge_file(from: &Path, to: &Path) -> io::Result<()> {
    if fs::rename(from, to).is_ok() {
        return Ok(());
    }
    let beside = private::beside(to)?;
    let moved = copy_file(from, &beside).and_then(|()| fs::rename(&beside, to));
    if moved.is_err() {
        let _ = fs::remove_file(&beside);
    }
    moved
}

fn copy_file(from: &Path, to: &Path) -> io::Result<()> {
    let facts = fs::symlink_metadata(from)?;
    if facts.is_symlink() {
        return link(&fs::read_link(from)?, to);
    }
    if !facts.is_file() {
        return Err(io::Error::other(format!("{} is no file: write an archive (type=tar)", from.display())));
    }
    fs::copy(from, to)?;
    // One that its owner may not write keeps the time at which it came.
    let file = File::options().write(true).open(to);
    file.map_or(Ok(()), |file| file.set_modified(facts.modified()?))
}

#[cfg(unix)]
fn link(target: &Path, place: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, place)
}

#[cfg(not(unix))]
fn link(target: &Path, _: &Path) -> io::Result<()> {
    Err(io::Error::other(format!("the link to {} cannot be made here", target.display())))
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
    // The folder that it comes from is private, and the one that is made for it is not.
    merge_folder(from, to)
}

/// Two indexes as one: what the new one names replaces what the old one names so. Images without a name stay beside each other.
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
    let same = |one: &Value, other: &Value| {
        let named = name(one).iter().any(Option::is_some);
        name(one) == name(other) && (named || one.get("digest") == other.get("digest"))
    };
    let kept = list(&old).into_iter().filter(|one| !fresh.iter().any(|other| same(one, other)));
    let all: Vec<Value> = kept.chain(fresh.iter().cloned()).collect();
    if let Some(members) = new.as_object_mut() {
        members.insert("manifests".to_owned(), all.into());
    }
    Ok(new.to_string())
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
    fn files_come_beside_what_lies_there() {
        let place = tempfile::tempdir().unwrap();
        let (new, old) = (place.path().join("new"), place.path().join("old"));
        for (folder, name, text) in
            [(&new, "a/x", "new"), (&new, "b/y", "new"), (&old, "a/x", "old"), (&old, "a/z", "old")]
        {
            fs::create_dir_all(folder.join(name).parent().unwrap()).unwrap();
            fs::write(folder.join(name), text).unwrap();
        }
        merge_folder(&new, &old).unwrap();
        let read = |name: &str| fs::read_to_string(old.join(name)).unwrap();
        assert_eq!(["a/x", "a/z", "b/y"].map(read), ["new", "old", "new"]);
    }

    #[test]
    #[cfg(unix)]
    fn a_file_is_copied_with_its_time_and_a_link_as_it_is() {
        let place = tempfile::tempdir().unwrap();
        let at = |name: &str| place.path().join(name);
        fs::write(at("a"), "x").unwrap();
        let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1);
        File::options().write(true).open(at("a")).unwrap().set_modified(time).unwrap();
        link(Path::new("nowhere"), &at("l")).unwrap();
        copy_file(&at("a"), &at("b")).unwrap();
        copy_file(&at("l"), &at("m")).unwrap();
        assert_eq!(fs::metadata(at("b")).unwrap().modified().unwrap(), time);
        assert_eq!(fs::read_link(at("m")).unwrap(), Path::new("nowhere"));
    }

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

    #[test]
    fn images_without_a_name_do_not_replace_each_other() {
        let index = |digests: &[&str]| {
            let images: Vec<_> =
                digests.iter().map(|digest| serde_json::json!({ "digest": digest })).collect();
            serde_json::json!({ "manifests": images }).to_string().into_bytes()
        };
        let all = |old: &[&str], new: &[&str]| {
            let merged: Value = serde_json::from_str(&merged(&index(old), &index(new)).unwrap()).unwrap();
            merged["manifests"].as_array().unwrap().len()
        };
        assert_eq!((all(&["a"], &["b"]), all(&["a", "b"], &["b"])), (2, 2));
    }

    #[test]
    #[cfg(unix)]
    fn a_layout_comes_out_of_a_private_folder() {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
        let place = tempfile::tempdir().unwrap();
        let (private, new) = (tempfile::tempdir_in(place.path()).unwrap(), place.path().join("new"));
        fs::write(private.path().join("index.json"), "{}").unwrap();
        move_layout(private.path(), &new).unwrap();
        fs::create_dir(place.path().join("usual")).unwrap();
        assert_eq!(mode(&new), mode(&place.path().join("usual")));
        assert!(new.join("index.json").is_file());
    }
}
