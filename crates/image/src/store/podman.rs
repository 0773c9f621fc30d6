//! `podman:NAME`: an image in Podman, as `podman save --format oci-archive` writes it.
//!
//! Source: Podman's API, "libpod: export an image".

use super::Options;
use super::daemon::{self, Outflow, PODMAN};
use super::open::{Found, OpenError, Scheme, Source, Stream};

/// An image in Podman.
pub(super) static SCHEME: Scheme =
    Scheme { name: "podman", summary: "an image in Podman: podman:NAME", open, sniff: |_: &Found| None };

fn open(rest: &str, options: &Options) -> Result<Source, OpenError> {
    let Outflow { pipe, bytes, absent } = daemon::image(&PODMAN, rest, options)?;
    Ok(Source::Stream(Stream { pipe, bytes, absent, container: None }))
}
