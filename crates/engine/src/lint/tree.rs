//! Reads build contexts from the disk: the ignore file, and the files that a Dockerfile takes.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tightlip_dockerfile::Ignore;
use tightlip_report::Surface;

use super::context::{Take, is_git_store};
use super::disk::{Unread, is_dockerfile, shown};
use super::link;
use super::request::Held;

/// A larger file is not looked through, in bytes.
const LARGEST: u64 = 16 << 20;
/// So many files of a context are looked at, at most.
const MOST: usize = 200_000;

/// An ignore file, or the place where it would lie.
pub(crate) struct IgnoreFile {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
}

/// The ignore file of a Dockerfile: the one that has its name, else the one of the context. The builder reads no other.
/// A context that has a name of its own has only the second.
pub(crate) fn ignore_file(dockerfile: Option<&Path>, root: &Path, held: &Held) -> IgnoreFile {
    let mut places = Vec::new();
    if let Some(dockerfile) = dockerfile {
        let mut own = dockerfile.as_os_str().to_owned();
        own.push(".dockerignore");
        places.push(PathBuf::from(own));
        let name = dockerfile.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase());
        if name.is_some_and(|name| name.contains("containerfile")) {
            places.push(root.join(".containerignore"));
        }
    }
    places.push(root.join(".dockerignore"));
    let read = |path: &PathBuf| {
        let bytes = held.get(path).cloned().or_else(|| fs::read(path).ok())?;
        Some(IgnoreFile { path: path.clone(), text: String::from_utf8_lossy(&bytes).into_owned() })
    };
    let missing = || IgnoreFile { path: root.join(".dockerignore"), text: String::new() };
    places.iter().find_map(read).unwrap_or_else(missing)
}

/// Whether a directory of the context lies there; the empty path is the current one.
pub(crate) fn is_directory(path: &Path) -> bool {
    path.as_os_str().is_empty() || path.is_dir()
}

/// The directory that is sent when nobody says which: that of the Dockerfile, or the nearest above it, up to `top`, in
/// which everything lies that the Dockerfile names.
pub(crate) fn root(dockerfile: &Path, top: Option<&Path>, takes: &[Take]) -> PathBuf {
    let own = dockerfile.parent().unwrap_or(Path::new(""));
    let named = |root: &Path| {
        let mut fixed = takes.iter().filter(|take| !take.source.contains(['*', '?', '[', '\\']));
        fixed.all(|take| root.join(&take.source).exists())
    };
    let above = own.ancestors().take_while(|one| top.is_some_and(|top| one.starts_with(top)));
    above.into_iter().find(|root| named(root)).unwrap_or(own).to_owned()
}

/// What lies in directories, each read once: many Dockerfiles share a context.
#[derive(Default)]
pub(crate) struct Listings(HashMap<PathBuf, Arc<Vec<Listed>>>);

/// What lies in a directory.
struct Listed {
    /// Its name as the disk has it.
    name: OsString,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Directory,
    File,
    Link,
}

impl Listings {
    /// Names in order; what stands in a Dockerfile is said there.
    fn list(&mut self, directory: &Path) -> io::Result<Arc<Vec<Listed>>> {
        if let Some(known) = self.0.get(directory) {
            return Ok(known.clone());
        }
        let mut names = Vec::new();
        for entry in fs::read_dir(directory)? {
            let entry = entry?;
            let (kind, name) = (entry.file_type()?, entry.file_name());
            if kind.is_dir() {
                names.push(Listed { name, kind: Kind::Directory });
            } else if kind.is_file() && !is_dockerfile(&name.to_string_lossy()) {
                names.push(Listed { name, kind: Kind::File });
            } else if kind.is_symlink() {
                names.push(Listed { name, kind: Kind::Link });
            }
        }
        names.sort_by(|a, b| a.name.cmp(&b.name));
        let names = Arc::new(names);
        self.0.insert(directory.to_owned(), names.clone());
        Ok(names)
    }
}

/// A walk through a context.
pub(crate) struct Walk<'w> {
    pub(crate) root: &'w Path,
    pub(crate) rules: &'w Ignore,
    pub(crate) takes: &'w [Take],
}

/// A file that is taken.
#[derive(Clone)]
pub(crate) struct Taken {
    /// The path by which it is taken.
    pub(crate) path: String,
    /// Where it lies: elsewhere in the context when an instruction names a link.
    pub(crate) lies: PathBuf,
}

/// A directory on the way: the path by which it is taken, and where it lies, in words and on the disk.
#[derive(Clone, Copy)]
struct Way<'w> {
    path: &'w str,
    at: &'w str,
    lies: &'w Path,
}

/// What a walk came to.
#[derive(Default)]
pub(crate) struct Walked {
    /// The files that are taken.
    pub(crate) files: Vec<Taken>,
    pub(crate) unread: Vec<Unread>,
}

impl Walk<'_> {
    /// Every file that is sent and taken.
    pub(crate) fn files(&self, listings: &mut Listings) -> Walked {
        let mut walked = Walked::default();
        if !self.takes.is_empty() {
            self.directory(Way { path: "", at: "", lies: Path::new("") }, listings, &mut walked);
        }
        walked
    }

    fn directory(&self, way: Way<'_>, listings: &mut Listings, walked: &mut Walked) {
        let root = if self.root.as_os_str().is_empty() { Path::new(".") } else { self.root };
        let directory = root.join(way.lies);
        let entries = match listings.list(&directory) {
            Ok(entries) => entries,
            Err(error) => {
                walked.unread.push(unread(&directory, error.to_string(), None));
                return;
            }
        };
        for Listed { name, kind } in entries.iter() {
            let shown = name.to_string_lossy();
            let (path, at, lies) = (below(way.path, &shown), below(way.at, &shown), way.lies.join(name));
            let inner = Way { path: &path, at: &at, lies: &lies };
            match kind {
                Kind::Link if self.follows(inner) => self.link(inner, listings, walked),
                Kind::Link => {}
                kind => self.entry((*kind, inner), listings, walked),
            }
        }
    }

    fn entry(&self, (kind, way): (Kind, Way<'_>), listings: &mut Listings, walked: &mut Walked) {
        if kind == Kind::Directory && self.enters(way) {
            self.directory(way, listings, walked);
        } else if kind == Kind::File && self.wants(way) {
            if walked.files.len() == MOST {
                return self.full(walked);
            }
            walked.files.push(Taken { path: way.path.to_owned(), lies: way.lies.to_owned() });
        }
    }

    /// The builder follows a link that an instruction names itself, inside of the context, if both are sent. All other
    /// links are sent as links.
    fn follows(&self, way: Way<'_>) -> bool {
        self.takes.iter().any(|take| take.names(way.path)) && !self.rules.excludes(way.at)
    }

    fn link(&self, way: Way<'_>, listings: &mut Listings, walked: &mut Walked) {
        // What points out of the context, or nowhere, makes the build fail.
        let Some(at) = link::target(self.root, way.at) else { return };
        let kind = match fs::symlink_metadata(self.root.join(&at)) {
            Ok(meta) if meta.is_dir() => Kind::Directory,
            Ok(meta) if meta.is_file() => Kind::File,
            _ => return,
        };
        self.entry((kind, Way { path: way.path, at: &at, lies: Path::new(&at) }), listings, walked);
    }

    fn enters(&self, way: Way<'_>) -> bool {
        // A directory that is left out is still entered where a rule may put something in it back.
        let back = self.rules.rules().iter().any(|rule| rule.effect == tightlip_dockerfile::Effect::Include);
        let reached = self.takes.iter().any(|take| take.reaches(way.path));
        reached && !is_git_store(&format!("{}/", way.at)) && (back || !self.rules.excludes(way.at))
    }

    fn wants(&self, way: Way<'_>) -> bool {
        self.takes.iter().any(|take| take.takes(way.path)) && !self.rules.excludes(way.at)
    }

    fn full(&self, walked: &mut Walked) {
        if walked.unread.iter().all(|unread| !unread.reason.contains("context-files")) {
            let reason =
                format!("more than {MOST} files (limit `context-files`): the rest was not looked at");
            walked.unread.push(unread(self.root, reason, None));
        }
    }
}

/// Something of a context that was not read.
pub(crate) fn unread(path: &Path, reason: String, bytes: Option<u64>) -> Unread {
    Unread { name: shown(path), surface: Surface::Context, reason, bytes }
}

fn below(directory: &str, name: &str) -> String {
    if directory.is_empty() { name.to_owned() } else { format!("{directory}/{name}") }
}

/// Reads files, as many at once as there are jobs, and gives each to `look`. What `look` made of them comes in their
/// order.
pub(crate) fn each<T: Send>(
    root: &Path,
    paths: &[PathBuf],
    jobs: usize,
    look: &(dyn Fn(&str, &[u8]) -> T + Sync),
) -> Vec<Result<T, Unread>> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    let work = || {
        while let Some((index, path)) =
            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|index| Some((index, paths.get(index)?)))
        {
            let result = bounded(&root.join(path)).map(|bytes| look(&path.to_string_lossy(), &bytes));
            done.lock().unwrap_or_else(PoisonError::into_inner).push((index, result));
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..jobs.min(paths.len()) {
            scope.spawn(work);
        }
        work();
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

fn bounded(path: &Path) -> Result<Vec<u8>, Unread> {
    let unread = |reason: String, bytes| unread(path, reason, bytes);
    let size = fs::metadata(path).map_err(|error| unread(error.to_string(), None))?.len();
    if size > LARGEST {
        return Err(unread(format!("larger than {LARGEST} bytes (limit `context-file-size`)"), Some(size)));
    }
    fs::read(path).map_err(|error| unread(error.to_string(), Some(size)))
}
