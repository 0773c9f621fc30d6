//! Reads build contexts from the disk: the ignore file, and the files that a Dockerfile takes.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tightlip_dockerfile::Ignore;

use super::context::{Take, is_git_store};
use super::disk::{Unread, is_dockerfile, shown};

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
pub(crate) fn ignore_file(dockerfile: &Path, root: &Path) -> IgnoreFile {
    let mut own = dockerfile.as_os_str().to_owned();
    own.push(".dockerignore");
    let name = dockerfile.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase());
    let podman = name.is_some_and(|name| name.contains("containerfile"));
    let mut places = vec![PathBuf::from(own)];
    if podman {
        places.push(root.join(".containerignore"));
    }
    places.push(root.join(".dockerignore"));
    let read = |path: &PathBuf| {
        let text = String::from_utf8_lossy(&fs::read(path).ok()?).into_owned();
        Some(IgnoreFile { path: path.clone(), text })
    };
    let missing = || IgnoreFile { path: root.join(".dockerignore"), text: String::new() };
    places.iter().find_map(read).unwrap_or_else(missing)
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
pub(crate) struct Listings(HashMap<PathBuf, Arc<Vec<(String, Kind)>>>);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Directory,
    File,
}

impl Listings {
    /// Names in order. Links are sent as links, what they point at is not; what stands in a Dockerfile is said there.
    fn list(&mut self, directory: &Path) -> io::Result<Arc<Vec<(String, Kind)>>> {
        if let Some(known) = self.0.get(directory) {
            return Ok(known.clone());
        }
        let mut names = Vec::new();
        for entry in fs::read_dir(directory)? {
            let entry = entry?;
            let (kind, name) = (entry.file_type()?, entry.file_name().to_string_lossy().into_owned());
            if kind.is_dir() {
                names.push((name, Kind::Directory));
            } else if kind.is_file() && !is_dockerfile(&name) {
                names.push((name, Kind::File));
            }
        }
        names.sort_by(|a, b| a.0.cmp(&b.0));
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

/// What a walk came to.
#[derive(Default)]
pub(crate) struct Walked {
    /// The files that are taken, by their paths in the context.
    pub(crate) paths: Vec<String>,
    pub(crate) unread: Vec<Unread>,
}

impl Walk<'_> {
    /// Every file that is sent and taken.
    pub(crate) fn files(&self, listings: &mut Listings) -> Walked {
        let mut walked = Walked::default();
        if !self.takes.is_empty() {
            self.directory("", listings, &mut walked);
        }
        walked
    }

    fn directory(&self, directory: &str, listings: &mut Listings, walked: &mut Walked) {
        let root = if self.root.as_os_str().is_empty() { Path::new(".") } else { self.root };
        let path = root.join(directory);
        let entries = match listings.list(&path) {
            Ok(entries) => entries,
            Err(error) => {
                walked.unread.push(Unread { name: shown(&path), reason: error.to_string(), bytes: None });
                return;
            }
        };
        for (name, kind) in entries.iter() {
            let inner = if directory.is_empty() { name.clone() } else { format!("{directory}/{name}") };
            match kind {
                Kind::Directory if self.enters(&inner) => self.directory(&inner, listings, walked),
                Kind::File if self.wants(&inner) => {
                    if walked.paths.len() == MOST {
                        return self.full(walked);
                    }
                    walked.paths.push(inner);
                }
                _ => {}
            }
        }
    }

    fn enters(&self, directory: &str) -> bool {
        // A directory that is left out is still entered where a rule may put something in it back.
        let back = self.rules.rules().iter().any(|rule| rule.effect == tightlip_dockerfile::Effect::Include);
        let reached = self.takes.iter().any(|take| take.reaches(directory));
        reached && !is_git_store(&format!("{directory}/")) && (back || !self.rules.excludes(directory))
    }

    fn wants(&self, path: &str) -> bool {
        self.takes.iter().any(|take| take.takes(path)) && !self.rules.excludes(path)
    }

    fn full(&self, walked: &mut Walked) {
        if walked.unread.iter().all(|unread| !unread.reason.contains("context-files")) {
            let reason =
                format!("more than {MOST} files (limit `context-files`): the rest was not looked at");
            walked.unread.push(Unread { name: shown(self.root), reason, bytes: None });
        }
    }
}

/// Reads files, as many at once as there are jobs, and gives each to `look`. What `look` made of them comes in their
/// order.
pub(crate) fn each<T: Send>(
    root: &Path,
    paths: &[String],
    jobs: usize,
    look: &(dyn Fn(&str, &[u8]) -> T + Sync),
) -> Vec<Result<T, Unread>> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    let work = || {
        while let Some((index, path)) =
            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|index| Some((index, paths.get(index)?)))
        {
            let result = bounded(&root.join(path)).map(|bytes| look(path, &bytes));
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
    let unread = |reason: String, bytes| Unread { name: shown(path), reason, bytes };
    let size = fs::metadata(path).map_err(|error| unread(error.to_string(), None))?.len();
    if size > LARGEST {
        return Err(unread(format!("larger than {LARGEST} bytes (limit `context-file-size`)"), Some(size)));
    }
    fs::read(path).map_err(|error| unread(error.to_string(), Some(size)))
}
