//! From what a person typed to a store: `scheme:rest`, or a path that is recognised by what lies there.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::{
    Archive, Container, DaemonError, Directory, Options, Pipe, RegistryError, Store, StoreError, cache,
    container, docker, docker_archive, oci_archive, oci_dir, podman, record, registry,
};
use crate::model::Selection;
use crate::{Digest, ParseReferenceError, Reference};

/// A kind of source: how to open it and how to recognise it.
pub struct Scheme {
    /// The word before the colon.
    pub name: &'static str,
    /// What it is, for the help.
    pub summary: &'static str,
    /// Opens what follows the colon.
    pub open: fn(&str, &Options) -> Result<Source, OpenError>,
    /// Says by what it recognises what lies at a path, if it does.
    pub sniff: fn(&Found) -> Option<&'static str>,
}

/// Every scheme, in the order in which they are asked whether they recognise a path.
pub static SCHEMES: &[&Scheme] = &[
    &oci_dir::SCHEME,
    &docker_archive::SCHEME,
    &oci_archive::SCHEME,
    &cache::SCHEME,
    &record::SCHEME,
    &docker::SCHEME,
    &podman::SCHEME,
    &container::SCHEME,
    &registry::SCHEME,
];

/// What lies at a path, listed once for all schemes that look at it.
pub enum Found {
    /// A directory.
    Directory(Directory),
    /// A file that is a tar archive, compressed or not.
    Archive(Archive),
}

/// How a source gives out what it holds.
pub enum Source {
    /// Blob by blob, in any order.
    Store {
        /// The store.
        store: Box<dyn Store>,
        /// What the target selects in it.
        selection: Selection,
    },
    /// As an archive that comes only once.
    Stream(Stream),
}

/// An archive that comes only once, with nothing in it but what was asked for.
pub struct Stream {
    /// What it is called, and how a person gets it again.
    pub pipe: Pipe,
    /// Its bytes.
    pub bytes: Box<dyn Read + Send>,
    /// Manifests that an index in it names and that its engine says it never had.
    pub absent: Vec<Digest>,
    /// The container whose image it is.
    pub container: Option<Box<Container>>,
}

impl Source {
    /// What a target selects in a store.
    pub(super) fn of(store: impl Store + 'static, selection: Selection) -> Self {
        Self::Store { store: Box::new(store), selection }
    }

    /// The store and what is selected in it; none if it is a stream.
    #[must_use]
    pub fn stored(self) -> Option<(Box<dyn Store>, Selection)> {
        match self {
            Self::Store { store, selection } => Some((store, selection)),
            Self::Stream(_) => None,
        }
    }
}

/// What [`open`] opened.
pub struct Opened {
    /// What it gives out.
    pub source: Source,
    /// The scheme that reads it.
    pub scheme: &'static Scheme,
    /// By what the scheme was guessed, if it was not named.
    pub guessed: Option<&'static str>,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened")
            .field("scheme", &self.scheme.name)
            .field("guessed", &self.guessed)
            .finish_non_exhaustive()
    }
}

/// A target could not be opened. [`OpenError::help`] says what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Nothing lies there.
    #[error("there is no file or directory {}", path.display())]
    NoSuchFile {
        /// The path.
        path: PathBuf,
    },
    /// A directory was asked for, and it is a file.
    #[error("{} is not a directory", path.display())]
    NotADirectory {
        /// The path.
        path: PathBuf,
    },
    /// An archive was asked for, and it is a directory or another thing that is no file.
    #[error("{} is not a file", path.display())]
    NotAFile {
        /// The path.
        path: PathBuf,
    },
    /// No scheme has this name.
    #[error("`{name}:` is no kind of source")]
    UnknownScheme {
        /// The word before the colon.
        name: String,
    },
    /// Something lies there, and it is no image.
    #[error("{} is not an image: {why}", path.display())]
    NotAnImage {
        /// The path.
        path: PathBuf,
        /// What it is instead.
        why: &'static str,
        /// What to do.
        help: &'static str,
    },
    /// It names no image in a registry.
    #[error("`{text}` names no image: {error}")]
    NotAReference {
        /// What was typed.
        text: String,
        /// What is wrong with it.
        error: ParseReferenceError,
    },
    /// The registry does not give it out.
    #[error(transparent)]
    Registry(Box<RegistryError>),
    /// The daemon does not give it out.
    #[error(transparent)]
    Daemon(Box<DaemonError>),
    /// There is no room to keep what a daemon gives out.
    #[error("cannot keep the image in {}: {source}", folder.display())]
    NoRoom {
        /// Where temporary files lie.
        folder: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<DaemonError> for OpenError {
    fn from(error: DaemonError) -> Self {
        Self::Daemon(Box::new(error))
    }
}

impl From<RegistryError> for OpenError {
    fn from(error: RegistryError) -> Self {
        Self::Registry(Box::new(error))
    }
}

impl OpenError {
    /// What to do about it, starting with a verb.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::NoSuchFile { path } => match beside(path) {
                Some(other) => format!("name {}, if you meant that", other.display()),
                None => format!("check the path, or name a kind of source: {}", known_schemes()),
            },
            Self::NotADirectory { .. } => {
                "use docker-archive:FILE or oci-archive:FILE for an archive".to_owned()
            }
            Self::NotAFile { .. } => "use oci:DIR for a directory".to_owned(),
            Self::UnknownScheme { name } => match nearest(name) {
                Some(scheme) => format!("use `{scheme}:`, if you meant that, or one of: {}", known_schemes()),
                None => format!("use one of: {}", known_schemes()),
            },
            Self::NotAnImage { help, .. } => (*help).to_owned(),
            Self::NotAReference { .. } => {
                "name it as registry:HOST/NAME[:TAG] or registry:HOST/NAME@DIGEST".to_owned()
            }
            Self::Registry(error) => error.help(),
            Self::Daemon(error) => error.help(),
            Self::NoRoom { .. } => {
                "set TMPDIR to a folder with room for the whole image, or save the image as an archive first"
                    .to_owned()
            }
            Self::Store(_) => "check that the file is whole and that you may read it".to_owned(),
        }
    }
}

/// Opens `scheme:rest`, a path by what lies there, or else an image in a registry by its name.
///
/// # Errors
/// When nothing lies there, it is no image, no scheme has the name, or it cannot be read.
pub fn open(target: &str, options: &Options) -> Result<Opened, OpenError> {
    if let Some((name, rest)) = target.split_once(':')
        && let Some(scheme) = SCHEMES.iter().find(|s| s.name == name)
    {
        return Ok(Opened { source: (scheme.open)(rest, options)?, scheme, guessed: None });
    }
    if locate(target).0.exists() { guess_path(target) } else { guess_name(target, options) }
}

/// An image in a registry, if the target can be meant so.
fn guess_name(target: &str, options: &Options) -> Result<Opened, OpenError> {
    if let Some((name, rest)) = target.split_once(':')
        && is_scheme_word(name)
        && (is_misspelt(name) || Path::new(rest).exists() || Reference::parse(target).is_err())
    {
        return Err(OpenError::UnknownScheme { name: name.to_owned() });
    }
    let reference = Reference::parse(target).ok().filter(|_| !is_file_name(target));
    let Some(reference) = reference else { return Err(OpenError::NoSuchFile { path: target.into() }) };
    let source = registry::source(reference, options)?;
    let guessed = Some("no file has this name, so it is one of an image in a registry");
    let scheme = &registry::SCHEME;
    Ok(Opened { source, scheme, guessed })
}

fn is_scheme_word(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// Whether a word is almost a scheme. An image may have almost any name, so almost is not much.
fn is_misspelt(word: &str) -> bool {
    SCHEMES.iter().any(|scheme| distance(word, scheme.name) <= scheme.name.len() / 3)
}

/// Whether a name that could be an image's is more likely that of a file that is not there.
fn is_file_name(target: &str) -> bool {
    let endings = [".tar", ".tgz", ".gz", ".zst", ".xz", ".bz2", ".oci", ".json"];
    let name = target.to_ascii_lowercase();
    endings.iter().any(|ending| name.ends_with(ending))
}

fn guess_path(target: &str) -> Result<Opened, OpenError> {
    let (path, selection) = locate(target);
    let found = find(&path)?;
    for scheme in SCHEMES {
        if let Some(why) = (scheme.sniff)(&found) {
            let store: Box<dyn Store> = match found {
                Found::Directory(dir) => Box::new(dir),
                Found::Archive(archive) => Box::new(archive),
            };
            return Ok(Opened { source: Source::Store { store, selection }, scheme, guessed: Some(why) });
        }
    }
    let why = match found {
        Found::Directory(_) => "it is a directory without `oci-layout`, `index.json` and `manifest.json`",
        Found::Archive(_) => "it is a tar archive without `manifest.json` and `oci-layout`",
    };
    Err(OpenError::NotAnImage { help: no_image_help(&path), path, why })
}

const NO_IMAGE_HELP: &str = "name what docker save wrote, an OCI image layout, or registry:NAME; a build log is read as log:FILE, \
     the unpacked file system of a container as rootfs:DIR";
const TO_BUILD_HELP: &str =
    "look at what builds an image with: tightlip lint, and scan the image that it makes";

/// What to do about a file or directory that is no image: what builds one is another command's.
fn no_image_help(path: &Path) -> &'static str {
    let builds = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        let words = ["dockerfile", "containerfile", "docker-compose.", "compose.y", "docker-bake."];
        words.iter().any(|word| name.contains(word))
    };
    let within = std::fs::read_dir(path).into_iter().flatten().flatten();
    if builds(path) || within.take(MOST_NAMES).any(|entry| builds(&entry.path())) {
        return TO_BUILD_HELP;
    }
    NO_IMAGE_HELP
}

/// The file beside the one that is not there whose name is most like it.
fn beside(path: &Path) -> Option<PathBuf> {
    let wanted = path.file_name()?.to_str()?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let names = std::fs::read_dir(folder).ok()?.flatten().take(MOST_NAMES);
    let names = names.filter_map(|entry| entry.file_name().into_string().ok());
    let (distance, name) = names.map(|name| (distance(wanted, &name), name)).min()?;
    (distance > 0 && distance <= wanted.len() / 4).then(|| path.with_file_name(name))
}

/// As many names of a folder are looked at.
const MOST_NAMES: usize = 1000;

fn find(path: &Path) -> Result<Found, OpenError> {
    if path.is_dir() { Ok(Found::Directory(Directory::open(path)?)) } else { find_archive(path) }
}

fn find_archive(path: &Path) -> Result<Found, OpenError> {
    if !path.exists() {
        return Err(OpenError::NoSuchFile { path: path.to_owned() });
    }
    // A pipe or a device would block or never end.
    if !path.is_file() {
        return Err(OpenError::NotAFile { path: path.to_owned() });
    }
    let archive = Archive::open(path)?;
    if archive.is_no_archive() {
        let why = "it is no tar archive, compressed or not";
        return Err(OpenError::NotAnImage { path: path.to_owned(), why, help: no_image_help(path) });
    }
    Ok(Found::Archive(archive))
}

/// The archive that `FILE[:NAME]` means.
pub(super) fn archive_source(rest: &str) -> Result<Source, OpenError> {
    let (path, selection) = locate(rest);
    match find_archive(&path)? {
        Found::Archive(archive) => Ok(Source::of(archive, selection)),
        Found::Directory(_) => Err(OpenError::NotAFile { path }),
    }
}

/// The directory that `DIR[:NAME]` means, if it is of the wanted kind.
pub(super) fn directory_source(
    rest: &str,
    wanted: impl FnOnce(&Directory, &Path) -> Result<(), OpenError>,
) -> Result<Source, OpenError> {
    let (path, selection) = locate(rest);
    if !path.exists() {
        return Err(OpenError::NoSuchFile { path });
    }
    if !path.is_dir() {
        return Err(OpenError::NotADirectory { path });
    }
    let dir = Directory::open(&path)?;
    wanted(&dir, &path)?;
    Ok(Source::of(dir, selection))
}

/// Splits `PATH[:NAME]` or `PATH[@DIGEST]` where the longest path that exists ends: a path may hold colons, and a
/// name too.
fn locate(text: &str) -> (PathBuf, Selection) {
    let whole = PathBuf::from(text);
    if whole.exists() {
        return (whole, Selection::default());
    }
    for (at, _) in text.rmatch_indices([':', '@']) {
        let (Some(path), Some(name)) = (text.get(..at), text.get(at + 1..)) else { continue };
        if !path.is_empty() && !name.is_empty() && Path::new(path).exists() {
            return (path.into(), Selection { reference: Some(name.to_owned()) });
        }
    }
    (whole, Selection::default())
}

fn known_schemes() -> String {
    SCHEMES.iter().map(|s| format!("{}:", s.name)).collect::<Vec<_>>().join(", ")
}

fn nearest(name: &str) -> Option<&'static str> {
    let known = SCHEMES.iter().map(|s| (distance(name, s.name), s.name));
    known.min().filter(|(distance, _)| *distance <= 3).map(|(_, name)| name)
}

/// Levenshtein's distance: how many characters to insert, delete or replace.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (cell, y) in row.iter_mut().skip(1).zip(b.bytes()) {
            let best = (diagonal + usize::from(x != y)).min(left + 1).min(*cell + 1);
            diagonal = std::mem::replace(cell, best);
            left = best;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;
    use crate::store::Network;

    static OFFLINE: LazyLock<Options> =
        LazyLock::new(|| Options { network: Network::Refused, ..Options::default() });

    #[test]
    fn distance_counts_edits() {
        assert_eq!(distance("oci", "oci"), 0);
        assert_eq!(distance("docker-archiv", "docker-archive"), 1);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
    }

    #[test]
    fn schemes_have_different_names() {
        let mut names: Vec<_> = SCHEMES.iter().map(|s| s.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), SCHEMES.len());
    }

    #[test]
    fn an_unknown_scheme_is_answered_with_the_known_ones() {
        let error = open("oci-archiv:x.tar", &OFFLINE).unwrap_err();
        assert!(matches!(error, OpenError::UnknownScheme { .. }));
        assert!(error.help().contains("use `oci-archive:`"), "{}", error.help());
    }

    #[test]
    fn what_is_not_there_or_no_image_is_said_so() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name).display().to_string();
        let open = |target: &str| super::open(target, &OFFLINE);
        assert!(matches!(open(&at("none")), Err(OpenError::NoSuchFile { .. })));
        assert!(matches!(open(&format!("oci:{}", at("none"))), Err(OpenError::NoSuchFile { .. })));
        assert!(matches!(open(&at("")), Err(OpenError::NotAnImage { .. })));
        assert!(matches!(open(&format!("oci:{}", at(""))), Err(OpenError::NotAnImage { .. })));
        std::fs::write(at("text"), "no image at all").unwrap();
        assert!(matches!(open(&at("text")), Err(OpenError::NotAnImage { .. })));
        assert!(matches!(open(&format!("oci:{}", at("text"))), Err(OpenError::NotADirectory { .. })));
    }

    #[test]
    fn a_misspelt_file_is_answered_with_the_one_beside_it() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("image.tar"), "").unwrap();
        let help =
            |name: &str| open(&dir.path().join(name).display().to_string(), &OFFLINE).unwrap_err().help();
        assert!(help("imgae.tar").ends_with("image.tar, if you meant that"), "{}", help("imgae.tar"));
        assert!(help("other.tar").starts_with("check the path"));
    }

    #[test]
    fn what_builds_an_image_is_another_commands() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("Dockerfile"), "FROM scratch\n").unwrap();
        for path in [dir.path().to_owned(), dir.path().join("Dockerfile")] {
            let error = open(&path.display().to_string(), &OFFLINE).unwrap_err();
            assert!(error.help().contains("tightlip lint"), "{}", error.help());
        }
    }

    #[test]
    fn a_name_of_no_file_is_that_of_an_image_in_a_registry() {
        for name in
            ["no-such-file-here", "no-such-file-here:3.20", "ghcr.io/x/y", "gcc:12", "registry:ghcr.io/x/y@"]
        {
            let error = open(name.trim_end_matches('@'), &OFFLINE).unwrap_err();
            assert!(
                matches!(&error, OpenError::Registry(e) if matches!(**e, RegistryError::Offline { .. })),
                "{name}"
            );
            assert!(error.help().contains("--offline"));
        }
        for name in ["app.tar", "./app", "../x/y", "/app", "My App", "some/layout.tar.gz"] {
            assert!(matches!(open(name, &OFFLINE), Err(OpenError::NoSuchFile { .. })), "{name}");
        }
        for name in ["registri:alpine", "docker-archve:x", "cahe:x", "nothing:/x"] {
            assert!(matches!(open(name, &OFFLINE), Err(OpenError::UnknownScheme { .. })), "{name}");
        }
        assert!(matches!(open("registry:Al pine", &OFFLINE), Err(OpenError::NotAReference { .. })));
    }
}
