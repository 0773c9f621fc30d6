//! What was seen in layers, kept for the next run: a layer seen before is not read again.
//!
//! What is kept holds no secret and gives none away. A layer in which something leaks is not kept at all: its values
//! have to be known to be masked in other texts of the report, and only reading it makes them known. Each file is
//! sealed with the identity key; one that was changed, or comes from somebody else, is as good as none.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tightlip_image::Digest;

use crate::identity::{IdentityKey, hex};
use crate::private;

/// All files together, in bytes; beyond, those that were used longest ago go.
const LARGEST: u64 = 512 << 20;
/// Bytes of the seal in front of a file.
const SEAL: usize = 32;
/// Whoever writes a file takes less time; one that is older was left behind by a run that was killed.
const ABANDONED: Duration = Duration::from_secs(3600);
/// What files are called.
const ENDING: &str = "scan";

/// A folder of results. It can be shared by runs at the same time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CacheFolder(PathBuf);

/// How much a folder holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CacheSize {
    /// Layers.
    pub entries: u64,
    /// Bytes on disk.
    pub bytes: u64,
}

/// Results of earlier runs with the same key and program.
#[derive(Clone, Debug)]
pub struct Cache {
    folder: CacheFolder,
    key: IdentityKey,
    program: String,
    largest: u64,
}

impl CacheFolder {
    /// The folder at a path, which need not exist yet.
    #[must_use]
    pub fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Makes it, if it is not there yet, and sees whether it can be written to.
    ///
    /// # Errors
    /// When it cannot.
    pub fn check(&self) -> io::Result<()> {
        private::folder(&self.0)?;
        let file = self.0.join(format!("{}.{}.tmp", "0".repeat(2 * SEAL), std::process::id()));
        private::file().write(true).create_new(true).open(&file)?;
        fs::remove_file(file)
    }

    /// How much it holds.
    ///
    /// # Errors
    /// When it exists and cannot be listed.
    pub fn size(&self) -> io::Result<CacheSize> {
        let files = self.files()?;
        let bytes = files.iter().map(|file| file.bytes).sum();
        Ok(CacheSize { entries: files.len() as u64, bytes })
    }

    /// Removes every result, and nothing else.
    ///
    /// # Errors
    /// When a file cannot be removed.
    pub fn clear(&self) -> io::Result<CacheSize> {
        let size = self.size()?;
        self.files()?.iter().try_for_each(|file| fs::remove_file(&file.path))?;
        Ok(size)
    }

    /// Removes what this process began to write, when it has to end at once.
    pub fn forget_unfinished(&self) {
        let own = format!(".{}.tmp", std::process::id());
        let is_own = |path: &Path| path.to_str().is_some_and(|name| name.ends_with(&own));
        for file in self.files().unwrap_or_default().iter().filter(|file| is_own(&file.path)) {
            // It ends in any case.
            let _ = fs::remove_file(&file.path);
        }
    }

    /// The files that are ours, by their names.
    fn files(&self) -> io::Result<Vec<Kept>> {
        let listed = match fs::read_dir(&self.0) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            listed => listed?,
        };
        let mut files = Vec::new();
        for item in listed {
            let item = item?;
            if !is_ours(&item.path()) {
                continue;
            }
            // Another run may have removed it.
            let Ok(metadata) = item.metadata() else { continue };
            let used = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            files.push(Kept { path: item.path(), bytes: metadata.len(), used });
        }
        Ok(files)
    }

    /// Removes what was used longest ago until the rest is small enough.
    fn trim(&self, largest: u64) -> io::Result<()> {
        let (unfinished, mut files): (Vec<Kept>, Vec<Kept>) =
            self.files()?.into_iter().partition(|file| file.path.extension().is_some_and(|e| e == "tmp"));
        for file in unfinished.iter().filter(|file| file.used.elapsed().is_ok_and(|age| age > ABANDONED)) {
            fs::remove_file(&file.path)?;
        }
        files.sort_by_key(|file| file.used);
        let mut bytes: u64 = files.iter().map(|file| file.bytes).sum();
        for file in files.iter().take_while(|file| {
            let much = bytes > largest;
            bytes = bytes.saturating_sub(file.bytes);
            much
        }) {
            fs::remove_file(&file.path)?;
        }
        Ok(())
    }
}

struct Kept {
    path: PathBuf,
    bytes: u64,
    used: SystemTime,
}

fn is_ours(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let (stem, ending) = name.split_once('.').unwrap_or_default();
    let hexadecimal = stem.len() == 64 && stem.bytes().all(|b| b.is_ascii_hexdigit());
    hexadecimal && (ending == ENDING || ending.ends_with(".tmp"))
}

impl Cache {
    /// The results in a folder. `program` tells one build of the program from another: they may see different things
    /// in the same bytes.
    #[must_use]
    pub fn new(folder: CacheFolder, key: &IdentityKey, program: &str) -> Self {
        let key = IdentityKey::new(key.seal(b"tightlip results of layers, 1"));
        Self { folder, key, program: program.to_owned(), largest: LARGEST }
    }

    /// The same with another limit, in bytes.
    #[must_use]
    pub fn limited(mut self, largest: u64) -> Self {
        self.largest = largest;
        self
    }

    /// What names the result for a layer read in a certain way. Without the key it tells nothing.
    pub(crate) fn name(&self, layer: &Digest, way: &str) -> String {
        let subject = format!("{}\0{}\0{layer}\0{way}", env!("CARGO_PKG_VERSION"), self.program);
        hex(&self.key.seal(subject.as_bytes()))
    }

    /// What was kept under a name, if it is whole and ours.
    pub(crate) fn get(&self, name: &str) -> Option<Vec<u8>> {
        let path = self.path(name);
        // What is no file is none of ours, and may never end.
        let mut bytes = path.is_file().then(|| fs::read(&path).ok())??;
        if bytes.len() < SEAL {
            return None;
        }
        let body = bytes.split_off(SEAL);
        if bytes != self.seal(name, &body) {
            return None;
        }
        // Tells when it was used last. If that fails, it goes earlier than it might.
        let _ =
            fs::File::options().append(true).open(path).and_then(|file| file.set_modified(SystemTime::now()));
        Some(body)
    }

    /// Keeps something under a name. What cannot be kept is read again next time.
    pub(crate) fn put(&self, name: &str, body: &[u8]) -> io::Result<()> {
        private::folder(&self.folder.0)?;
        let path = self.path(name);
        // Under a name by which what a killed run leaves is known.
        let beside = path.with_extension(format!("{}.tmp", std::process::id()));
        let mut file = fs::File::create(&beside)?;
        let written = file.write_all(&self.seal(name, body)).and_then(|()| file.write_all(body));
        written.and_then(|()| fs::rename(&beside, &path)).inspect_err(|_| {
            let _ = fs::remove_file(&beside);
        })
    }

    /// Makes room again.
    pub(crate) fn trim(&self) -> io::Result<()> {
        self.folder.trim(self.largest)
    }

    /// The key that a text is keyed with before it becomes part of a name.
    pub(crate) fn keyed(&self, bytes: &[u8]) -> String {
        hex(&self.key.seal(bytes))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.0.join(format!("{name}.{ENDING}"))
    }

    /// Binds a body to its name: a file that was renamed is not ours either.
    fn seal(&self, name: &str, body: &[u8]) -> [u8; SEAL] {
        let whole = [b"body\0", name.as_bytes(), b"\0", body].concat();
        self.key.seal(&whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache(folder: &Path, key: u8) -> Cache {
        Cache::new(CacheFolder::new(folder.to_owned()), &IdentityKey::new([key; 32]), "test")
    }

    #[test]
    fn what_was_changed_or_comes_from_others_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let own = cache(folder.path(), 1);
        let name = own.name(&Digest::of(b"x"), "way");
        own.put(&name, b"body").unwrap();
        assert_eq!(own.get(&name).as_deref(), Some(&b"body"[..]));
        assert_eq!(cache(folder.path(), 2).get(&name), None);
        let path = own.path(&name);
        let bytes = fs::read(&path).unwrap();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            fs::write(&path, &changed).unwrap();
            assert_eq!(own.get(&name), None, "{at}");
        }
        fs::write(&path, &bytes[..10]).unwrap();
        assert_eq!(own.get(&name), None);
        let other = own.name(&Digest::of(b"y"), "way");
        fs::write(own.path(&other), &bytes).unwrap();
        assert_eq!(own.get(&other), None, "a file under another name");
    }

    #[test]
    fn what_was_used_longest_ago_goes_first() {
        let folder = tempfile::tempdir().unwrap();
        let own = cache(folder.path(), 1).limited(250);
        let names: Vec<String> = (0..4_u8).map(|n| own.name(&Digest::of(&[n]), "way")).collect();
        for (age, name) in names.iter().enumerate() {
            own.put(name, &[0; 68]).unwrap();
            let then = SystemTime::now() - std::time::Duration::from_secs(1000 - age as u64 * 100);
            fs::File::options().append(true).open(own.path(name)).unwrap().set_modified(then).unwrap();
        }
        assert!(own.get(&names[0]).is_some(), "it is used now");
        own.trim().unwrap();
        let left: Vec<bool> = names.iter().map(|name| own.get(name).is_some()).collect();
        assert_eq!(left, [true, false, false, true]);
    }

    #[test]
    fn what_a_killed_run_left_behind_goes() {
        let folder = tempfile::tempdir().unwrap();
        let own = cache(folder.path(), 1);
        let name = own.name(&Digest::of(b"x"), "way");
        let left = |process: u32| own.path(&name).with_extension(format!("{process}.tmp"));
        let (old, new, now) = (left(1), left(2), left(std::process::id()));
        for path in [&old, &new, &now] {
            fs::write(path, "half").unwrap();
        }
        let then = SystemTime::now() - 2 * ABANDONED;
        fs::File::options().append(true).open(&old).unwrap().set_modified(then).unwrap();
        own.trim().unwrap();
        assert!(!old.exists() && new.exists() && now.exists());
        own.folder.forget_unfinished();
        assert!(new.exists() && !now.exists());
    }

    #[test]
    fn a_folder_that_cannot_be_used_is_told() {
        let below = tempfile::tempdir().unwrap();
        let new = CacheFolder::new(below.path().join("a/b"));
        new.check().unwrap();
        new.check().unwrap();
        assert_eq!(new.size().unwrap(), CacheSize::default());
        fs::write(below.path().join("file"), "").unwrap();
        for nowhere in ["file", "file/below"] {
            assert!(CacheFolder::new(below.path().join(nowhere)).check().is_err(), "{nowhere}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_in_the_place_of_a_result_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let own = cache(folder.path(), 1);
        let name = own.name(&Digest::of(b"x"), "way");
        let made = std::process::Command::new("mkfifo").arg(own.path(&name)).status().unwrap();
        assert!(made.success());
        assert_eq!(own.get(&name), None);
        own.put(&name, b"body").unwrap();
        assert_eq!(own.get(&name).as_deref(), Some(&b"body"[..]));
    }

    #[test]
    fn only_our_files_are_cleared() {
        let folder = tempfile::tempdir().unwrap();
        let own = cache(folder.path(), 1);
        own.put(&own.name(&Digest::of(b"x"), ""), b"body").unwrap();
        fs::write(folder.path().join("notes.txt"), "mine").unwrap();
        assert_eq!(own.folder.clear().unwrap(), CacheSize { entries: 1, bytes: 36 });
        assert_eq!(own.folder.size().unwrap(), CacheSize::default());
        assert!(folder.path().join("notes.txt").exists());
        assert_eq!(CacheFolder::new("/none".into()).size().unwrap(), CacheSize::default());
    }
}
