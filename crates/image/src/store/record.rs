//! `record:FILE`: a `.dockerbuild` bundle, which `docker buildx history export` writes as an OCI archive.

use super::Options;
use super::open::{Found, OpenError, Scheme, Source, archive_source};

/// A build record.
pub(super) static SCHEME: Scheme = Scheme {
    name: "record",
    summary: "a build record as docker buildx history export writes it: record:FILE",
    open,
    // It looks like any OCI archive, and is opened like one; its manifests say that it is a record.
    sniff: |_: &Found| None,
};

fn open(rest: &str, _: &Options) -> Result<Source, OpenError> {
    archive_source(rest)
}
