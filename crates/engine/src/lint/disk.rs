//! Finds and reads files.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ignore::{DirEntry, WalkBuilder};
use tightlip_report::Surface;

use super::caller;
use super::request::Held;

/// A Dockerfile longer than this is none.
const LONGEST: u64 = 4 << 20;

/// A file as it was read.
pub(crate) struct Raw {
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    pub(crate) bytes: Vec<u8>,
}

/// Something that could not be read.
pub(crate) struct Unread {
    pub(crate) name: String,
    /// What it would be.
    pub(crate) surface: Surface,
    pub(crate) reason: String,
    pub(crate) bytes: Option<u64>,
}

/// What was found and read.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) files: Vec<Raw>,
    pub(crate) unread: Vec<Unread>,
}

/// The files that a path names: itself, or the Dockerfiles below it that Git does not ignore.
///
/// # Errors
/// When a file that was named cannot be read.
pub(crate) fn read(path: &Path, held: &Held) -> io::Result<Found> {
    let mut found = Found::default();
    if !fs::metadata(path)?.is_dir() {
        found.files.push(raw(path, held)?);
        return Ok(found);
    }
    for entry in walk(path) {
        match entry {
            Ok(entry) if is_file(&entry) => match bounded(entry.path(), held) {
                Ok(raw) => found.files.push(raw),
                // No file that starts builds is this long: it is something else.
                Err(unread) if is_long(&unread) && !is_dockerfile(&entry.file_name().to_string_lossy()) => {}
                Err(unread) => found.unread.push(unread),
            },
            Ok(_) => {}
            Err(error) => {
                let (name, surface) = (shown(path), Surface::Dockerfile);
                found.unread.push(Unread { name, surface, reason: error.to_string(), bytes: None });
            }
        }
    }
    Ok(found)
}

/// A file beside it, or in it, that somebody may have meant who named this: a Dockerfile, or a name that is nearly the same.
pub(crate) fn meant(path: &Path) -> Option<PathBuf> {
    let (folder, wanted) = match path.is_dir() {
        true => (path, "Dockerfile".to_owned()),
        false => (path.parent()?, path.file_name()?.to_string_lossy().into_owned()),
    };
    let listed = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let entries = fs::read_dir(listed).ok()?.flatten();
    let names = entries.filter(|entry| entry.path().is_file()).map(|entry| entry.file_name());
    let slips =
        |name: &str| strsim::damerau_levenshtein(&name.to_ascii_lowercase(), &wanted.to_ascii_lowercase());
    let near = names.filter_map(|name| Some((slips(name.to_str()?), name)));
    let (_, name) = near.filter(|(slips, _)| *slips <= wanted.len() / 4).min()?;
    Some(folder.join(name))
}

fn is_long(unread: &Unread) -> bool {
    unread.bytes.is_some_and(|bytes| bytes > LONGEST)
}

fn walk(path: &Path) -> ignore::Walk {
    let mut builder = WalkBuilder::new(path);
    builder.hidden(false).require_git(false).sort_by_file_path(Path::cmp);
    builder.filter_entry(|entry| entry.file_name() != ".git");
    builder.build()
}

fn is_file(entry: &DirEntry) -> bool {
    // A link to a file is read as the file; what is no file at all would block.
    let name = entry.file_name().to_string_lossy();
    (is_dockerfile(&name) || caller::may_be(&name)) && entry.path().is_file()
}

/// Whether a file of that name is a Dockerfile.
pub(crate) fn is_dockerfile(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let other = [
        ".dockerignore",
        ".containerignore",
        ".md",
        ".txt",
        ".orig",
        ".rej",
        ".py",
        ".js",
        ".ts",
        ".go",
        ".sh",
    ];
    if other.iter().any(|end| name.ends_with(end)) {
        return false;
    }
    let named = |word: &str| {
        name == word || name.strip_prefix(word).is_some_and(|rest| rest.starts_with(['.', '-', '_']))
    };
    named("dockerfile")
        || named("containerfile")
        || name.ends_with(".dockerfile")
        || name.ends_with(".containerfile")
}

fn bounded(path: &Path, held: &Held) -> Result<Raw, Unread> {
    let name = shown(path);
    let surface = match is_dockerfile(name.rsplit('/').next().unwrap_or(&name)) {
        true => Surface::Dockerfile,
        false => caller::surface(&name, "").unwrap_or(Surface::Script),
    };
    let unread = |reason: String, bytes| Unread { name: name.clone(), surface, reason, bytes };
    let size = fs::metadata(path).map_err(|error| unread(error.to_string(), None))?.len();
    if size > LONGEST {
        return Err(unread(format!("larger than {LONGEST} bytes (limit `dockerfile-size`)"), Some(size)));
    }
    raw(path, held).map_err(|error| unread(error.to_string(), Some(size)))
}

fn raw(path: &Path, held: &Held) -> io::Result<Raw> {
    let bytes = match held.get(path) {
        Some(bytes) => bytes.clone(),
        None => fs::read(path)?,
    };
    Ok(Raw { name: shown(path), path: path.to_owned(), bytes })
}

/// The path as the report names it, the same wherever the tool runs: with `/`, without `./`.
pub(crate) fn shown(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    text.strip_prefix("./").unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dockerfiles_are_known_by_their_names() {
        for name in [
            "Dockerfile",
            "dockerfile",
            "Dockerfile.dev",
            "app.Dockerfile",
            "Containerfile",
            "Containerfile.in",
            "api.dockerfile",
            "Dockerfile-alpine",
        ] {
            assert!(is_dockerfile(name), "{name}");
        }
        for name in [
            "Dockerfile.dockerignore",
            ".dockerignore",
            "Dockerfile.md",
            "mydockerfile",
            "dockerfiles",
            "Dockerfile_test.go",
        ] {
            assert!(!is_dockerfile(name), "{name}");
        }
    }

    #[test]
    fn a_name_that_is_nearly_right_leads_to_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("Dockerfil");
        fs::write(&path, "").unwrap();
        assert_eq!(meant(&folder.path().join("Dokerfile")), Some(path.clone()));
        assert_eq!(meant(folder.path()), Some(path));
        assert_eq!(meant(&folder.path().join("Makefile")), None);
    }
}
