//! `oci:DIR[:TAG]`: an OCI image layout in a directory (image-spec `image-layout.md`).

use std::path::Path;

use super::Options;
use super::open::{Found, OpenError, Scheme, Source, directory_source};

/// An OCI layout in a directory.
pub(super) static SCHEME: Scheme =
    Scheme { name: "oci", summary: "an OCI image layout in a directory: oci:DIR[:TAG]", open, sniff };

fn open(rest: &str, _: &Options) -> Result<Source, OpenError> {
    directory_source(rest, |dir, path| {
        if dir.has("oci-layout") || dir.has("index.json") { Ok(()) } else { Err(not_a_layout(path)) }
    })
}

fn not_a_layout(path: &Path) -> OpenError {
    OpenError::NotAnImage {
        path: path.to_owned(),
        why: "it is a directory without `oci-layout` and `index.json`",
        help: "name the directory that holds `index.json`",
    }
}

fn sniff(found: &Found) -> Option<&'static str> {
    match found {
        Found::Directory(dir) if dir.has("oci-layout") => Some("a directory with `oci-layout`"),
        Found::Directory(dir) if dir.has("index.json") => Some("a directory with `index.json`"),
        _ => None,
    }
}
