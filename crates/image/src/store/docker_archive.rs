//! `docker-archive:FILE[:NAME]`: what `docker save` wrote, of any age, packed or unpacked, compressed or not.

use std::path::Path;

use super::Options;
use super::open::{Found, OpenError, Scheme, Source, archive_source, directory_source};

/// An archive of `docker save`.
pub(super) static SCHEME: Scheme = Scheme {
    name: "docker-archive",
    summary: "a file that docker save wrote: docker-archive:FILE[:NAME]",
    open,
    sniff,
};

fn open(rest: &str, _: &Options) -> Result<Source, OpenError> {
    let unpacked = directory_source(rest, |dir, path| {
        if dir.has("manifest.json") || dir.has("repositories") { Ok(()) } else { Err(not_unpacked(path)) }
    });
    match unpacked {
        Err(OpenError::NotADirectory { .. }) => archive_source(rest),
        other => other,
    }
}

fn not_unpacked(path: &Path) -> OpenError {
    OpenError::NotAnImage {
        path: path.to_owned(),
        why: "it is a directory without `manifest.json`",
        help: "name the file that docker save wrote",
    }
}

fn sniff(found: &Found) -> Option<&'static str> {
    match found {
        Found::Archive(archive) if archive.has("manifest.json") => Some("an archive with `manifest.json`"),
        Found::Archive(archive) if archive.has("repositories") => Some("an archive with `repositories`"),
        // `docker save` writes its manifest last: a cut archive has layers only, and still is one.
        Found::Archive(archive) if archive.is_cut() && archive.has_layer() => {
            Some("a truncated archive with layers")
        }
        Found::Directory(dir) if dir.has("manifest.json") => Some("a directory with `manifest.json`"),
        _ => None,
    }
}
