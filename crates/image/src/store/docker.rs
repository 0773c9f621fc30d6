//! `docker:NAME`: an image in Docker, of either of its stores, as `docker save` writes it.
//!
//! Source: Docker Engine API, "Export an image".

use std::io::Read;

use super::Options;
use super::daemon::{self, DOCKER, Daemon, DaemonError, Outflow};
use super::open::{Found, OpenError, Scheme, Source, Stream};

/// An image in Docker.
pub(super) static SCHEME: Scheme =
    Scheme { name: "docker", summary: "an image in Docker: docker:NAME", open, sniff: |_: &Found| None };

fn open(rest: &str, options: &Options) -> Result<Source, OpenError> {
    let Outflow { pipe, bytes, absent } = daemon::image(&DOCKER, rest, options)?;
    Ok(Source::Stream(Stream { pipe, bytes, absent, container: None }))
}

/// Hands an archive over to Docker, as `docker load` does.
///
/// # Errors
/// When Docker cannot be reached, or does not take it.
pub fn load(archive: &mut dyn Read, options: &Options) -> Result<(), DaemonError> {
    Daemon::reach(&DOCKER, options)?.load(archive)
}
