//! `oci-archive:FILE[:TAG]`: an OCI image layout in a tar archive, compressed or not.

use super::Options;
use super::open::{Found, OpenError, Scheme, Source, archive_source};

/// An OCI layout in an archive.
pub(super) static SCHEME: Scheme = Scheme {
    name: "oci-archive",
    summary: "an OCI image layout in a tar archive: oci-archive:FILE[:TAG]",
    open,
    sniff,
};

fn open(rest: &str, _: &Options) -> Result<Source, OpenError> {
    archive_source(rest)
}

fn sniff(found: &Found) -> Option<&'static str> {
    match found {
        Found::Archive(archive) if archive.has("oci-layout") => Some("an archive with `oci-layout`"),
        Found::Archive(archive) if archive.has("index.json") => Some("an archive with `index.json`"),
        Found::Archive(archive) if archive.is_cut() && archive.has_blob() => {
            Some("a truncated archive with blobs")
        }
        _ => None,
    }
}
