//! What is written is whole or absent.

use super::*;
use crate::store::{Archive, BlobId, Directory, Memory};

fn go_on() -> bool {
    false
}

fn image(base: &Memory) -> Overlay<'_> {
    let mut image = Overlay::new(base, br#"{"manifests":[]}"#.to_vec());
    image.document(b"{\"a\":1}".to_vec());
    image.below(Digest::of(b"layer"), BlobId::Name("x/layer.tar".to_owned()), 5);
    image
}

fn base(bytes: &[u8]) -> Memory {
    let mut memory = Memory::new();
    memory.put(BlobId::Name("x/layer.tar".to_owned()), bytes);
    memory
}

#[test]
fn layouts_and_archives_hold_every_blob() {
    let folder = tempfile::tempdir().unwrap();
    let base = base(b"layer");
    let image = image(&base);
    let (dir, file) = (folder.path().join("dir"), folder.path().join("file.tar"));
    layout(&image, Place { path: &dir, stop: &go_on }).unwrap();
    archive(&image, &[("manifest.json", b"[]".to_vec())], Place { path: &file, stop: &go_on }).unwrap();
    let dir = Directory::open(&dir).unwrap();
    let file = Archive::open(&file).unwrap();
    for digest in [Digest::of(b"layer"), Digest::of(b"{\"a\":1}")] {
        assert!(dir.holds(&BlobId::Digest(digest.clone())) && file.holds(&BlobId::Digest(digest)));
    }
    assert!(dir.has("oci-layout") && file.has("index.json") && file.has("manifest.json"));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn what_cannot_be_written_whole_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out");
    let wrong = base(b"other");
    let stopped = || true;
    let good = base(b"layer");
    for (image, stop) in [(image(&wrong), &go_on as &Stop<'_>), (image(&good), &stopped)] {
        let place = Place { path: &path, stop };
        assert!(layout(&image, place).is_err() && archive(&image, &[], place).is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
    std::fs::write(&path, "mine").unwrap();
    let place = Place { path: &path, stop: &go_on };
    assert!(matches!(layout(&image(&good), place), Err(WriteError::Exists { .. })));
    assert!(matches!(archive(&image(&good), &[], place), Err(WriteError::Exists { .. })));
    assert_eq!(std::fs::read(&path).unwrap(), b"mine");
}

#[test]
fn what_a_killed_run_left_behind_goes_with_the_next_one() {
    let folder = tempfile::tempdir().unwrap();
    let left = |name: &str| {
        let spool = folder.path().join(format!("{name}.layers"));
        std::fs::create_dir(&spool).unwrap();
        std::fs::write(spool.join("0"), "layer").unwrap();
        std::fs::write(folder.path().join(name), "half").unwrap();
        std::fs::File::create(spool.join("lock")).unwrap()
    };
    drop(left(".out.tightlip-1"));
    let alive = left(".out.tightlip-2");
    alive.try_lock().unwrap();
    drop(left(".other.tightlip-3"));
    drop(left(".out.tightlip-mine"));
    drop(Spool::beside(&folder.path().join("out")).unwrap());
    let mut names: Vec<String> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let stays = [".other.tightlip-3", ".out.tightlip-2", ".out.tightlip-mine"];
    assert_eq!(names, stays.map(|name| [name.to_owned(), format!("{name}.layers")]).concat());
}

#[test]
fn a_spool_goes_with_its_run() {
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::beside(&folder.path().join("out")).unwrap();
    let (path, _) = spool.file().unwrap();
    assert!(path.exists());
    drop(spool);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[cfg(unix)]
#[test]
fn nobody_else_looks_into_a_spool() {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let folder = tempfile::tempdir().unwrap();
    for spool in [Spool::temporary().unwrap(), Spool::beside(&folder.path().join("out")).unwrap()] {
        let (path, _) = spool.file().unwrap();
        let modes = [spool.folder(), &path, &spool.folder().join("lock")].map(mode);
        assert_eq!(modes, [0o700, 0o600, 0o600]);
    }
}
