//! A directory that holds an image: an OCI layout, a build cache export, or an unpacked `docker save`.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use super::{BlobId, Entrance, Location, Store, StoreError, entrance_of};
use crate::{Problem, ProblemKind};

/// The most files of a directory that are listed.
const MAX_FILES: usize = 1_000_000;

/// How deep an unpacked archive is walked.
const MAX_DEPTH: usize = 16;

/// How much of a directory belongs to the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Breadth {
    /// A layout: the files at the root, `blobs/`, and `ingest/`, where interrupted exports leave their pieces.
    Layout,
    /// An unpacked archive: all of it.
    Everything,
}

/// Blobs in a directory.
#[derive(Clone, Debug)]
pub struct Directory {
    root: PathBuf,
    blobs: Vec<BlobId>,
    problems: Vec<Problem>,
}

impl Directory {
    /// Lists the directory. A directory with `index.json` or `blobs` is a layout, any other is read as the
    /// unpacked archive of `docker save`.
    ///
    /// # Errors
    /// When the directory cannot be listed.
    pub fn open(root: &Path) -> Result<Self, StoreError> {
        let layout = root.join("index.json").is_file() || root.join("blobs").is_dir();
        let breadth = if layout { Breadth::Layout } else { Breadth::Everything };
        let mut this = Self { root: root.to_owned(), blobs: Vec::new(), problems: Vec::new() };
        let entries = fs::read_dir(root).map_err(|e| this.failed("", e))?;
        this.list(entries, "", breadth);
        this.blobs.sort();
        Ok(this)
    }

    /// Whether a file of this name lies at the root.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.root.join(name).is_file()
    }

    fn list(&mut self, entries: fs::ReadDir, under: &str, breadth: Breadth) {
        for entry in entries {
            if self.blobs.len() >= MAX_FILES {
                return self.limit(under, "files");
            }
            match entry.and_then(|e| Ok((e.file_type()?, e.file_name()))) {
                Ok((kind, name)) => match name.to_str() {
                    Some(name) => self.list_one(&join(under, name), kind, breadth),
                    None => self.unreadable(under, "a file has a name that is not UTF-8"),
                },
                Err(e) => self.unreadable(under, &e.to_string()),
            }
        }
    }

    fn list_one(&mut self, name: &str, kind: fs::FileType, breadth: Breadth) {
        if kind.is_dir() {
            return self.descend(name, breadth);
        }
        let blob = BlobId::at(name);
        // Builders link blobs to a store elsewhere. The digest proves such a blob; a name proves nothing.
        let linked_blob = kind.is_symlink() && matches!(blob, BlobId::Digest(_));
        if kind.is_file() || (linked_blob && self.root.join(name).is_file()) {
            self.blobs.push(blob);
        }
    }

    fn descend(&mut self, name: &str, breadth: Breadth) {
        let ours = matches!(name.split('/').next(), Some("blobs" | "ingest"));
        if breadth == Breadth::Layout && !ours {
            return;
        }
        if name.split('/').count() > MAX_DEPTH {
            return self.limit(name, "directories inside each other");
        }
        match fs::read_dir(self.root.join(name)) {
            Ok(entries) => self.list(entries, name, breadth),
            Err(e) => self.unreadable(name, &e.to_string()),
        }
    }

    fn limit(&mut self, name: &str, of: &str) {
        let detail = format!("more {of} than are listed");
        self.problem(ProblemKind::Limit, name, detail);
    }

    fn unreadable(&mut self, name: &str, why: &str) {
        self.problem(ProblemKind::Unreadable, name, format!("cannot list it: {why}"));
    }

    fn problem(&mut self, kind: ProblemKind, name: &str, detail: String) {
        let what = self.root.join(name).display().to_string();
        self.problems.push(Problem { kind, what, detail, bytes: None });
    }

    fn failed(&self, name: &str, source: io::Error) -> StoreError {
        StoreError::Read { what: self.root.join(name).display().to_string(), source }
    }

    /// The regular file that a blob is, links followed: a digest anywhere, a name inside the directory only.
    fn file(&self, blob: &BlobId) -> Option<PathBuf> {
        let name = blob.path();
        let plain = Path::new(&name).components().all(|part| matches!(part, Component::Normal(_)));
        let path = self.root.join(&name);
        // A pipe or a device would block: only a regular file is a blob.
        if !plain || !path.is_file() {
            return None;
        }
        if matches!(blob, BlobId::Digest(_)) {
            return Some(path);
        }
        let inside = path.canonicalize().ok()?.starts_with(self.root.canonicalize().ok()?);
        inside.then_some(path)
    }
}

fn join(under: &str, name: &str) -> String {
    if under.is_empty() { name.to_owned() } else { format!("{under}/{name}") }
}

impl Store for Directory {
    fn entrance(&self) -> Result<Entrance, StoreError> {
        entrance_of(self)
    }

    fn open(&self, blob: &BlobId) -> Result<Box<dyn Read + Send + '_>, StoreError> {
        let store = self.root.display().to_string();
        let path = self.file(blob).ok_or_else(|| StoreError::Missing { blob: blob.clone(), store })?;
        match File::open(&path) {
            Ok(file) => Ok(Box::new(file)),
            Err(e) => Err(self.failed(&blob.path(), e)),
        }
    }

    fn size(&self, blob: &BlobId) -> Option<u64> {
        Some(self.file(blob)?.metadata().ok()?.len())
    }

    fn blobs(&self) -> Vec<BlobId> {
        self.blobs.clone()
    }

    fn resolve(&self, blob: &BlobId) -> Option<BlobId> {
        let path = self.file(blob)?;
        if let BlobId::Digest(_) = blob {
            return Some(blob.clone());
        }
        let (file, root) = (path.canonicalize().ok()?, self.root.canonicalize().ok()?);
        Some(BlobId::at(file.strip_prefix(root).ok()?.to_str()?))
    }

    fn locate(&self, blob: &BlobId) -> Option<Location> {
        self.file(blob).map(Location::File)
    }

    fn problems(&self) -> Vec<Problem> {
        self.problems.clone()
    }
}
