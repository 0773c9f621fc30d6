//! Docker and Podman as servers: where they listen, what they are asked, what they answer.
//!
//! Both speak HTTP over a socket. Images come as one archive that passes only once; nothing of it is kept.

mod client;
mod context;
mod endpoint;
mod error;
#[cfg(unix)]
mod socket;

use super::{DaemonOptions, OpenError, Options, Pipe};
use crate::Digest;

use self::endpoint::Endpoint;

pub(super) use self::client::Daemon;
pub use self::error::{DaemonError, Silence};

/// What is different between the two.
pub(super) struct Engine {
    /// Its name for people.
    pub(super) name: &'static str,
    /// Its command line.
    pub(super) program: &'static str,
    /// How it is started.
    pub(super) start: &'static str,
    /// How another one is chosen.
    pub(super) choose: &'static str,
    /// Where it listens.
    find: fn(&DaemonOptions) -> Result<Endpoint, DaemonError>,
    /// What says so.
    by: fn(&DaemonOptions) -> String,
    /// How its own interface is called, where it has one beside Docker's.
    own: Option<&'static str>,
    /// How an image is asked for, after its name.
    image: &'static str,
    /// How a person asks for the same, before the image's name.
    save: &'static str,
}

pub(super) static DOCKER: Engine = Engine {
    name: "Docker",
    program: "docker",
    start: "systemctl start docker",
    choose: "DOCKER_HOST or docker context use",
    find: context::docker,
    by: context::docker_by,
    own: None,
    image: "get",
    save: "docker save",
};

// Its own interface, because Docker's gives out archives of Docker's old form: without annotations.
pub(super) static PODMAN: Engine = Engine {
    name: "Podman",
    program: "podman",
    start: "systemctl start podman.socket (without root: systemctl --user start podman.socket)",
    choose: "CONTAINER_HOST",
    find: endpoint::podman,
    by: endpoint::podman_by,
    own: Some("libpod"),
    image: "get?format=oci-archive",
    save: "podman save --quiet --format oci-archive",
};

impl Engine {
    /// What leads to the daemon, and where it listens, if that can be told.
    pub(super) fn whereabouts(&self, options: &DaemonOptions) -> (String, Option<String>) {
        ((self.by)(options), (self.find)(options).ok().map(|endpoint| endpoint.name()))
    }
}

/// An image as the daemon writes it out.
pub(super) fn image(engine: &'static Engine, name: &str, options: &Options) -> Result<Outflow, OpenError> {
    let name = image_name(engine, name)?;
    Ok(Daemon::reach(engine, options)?.image(name)?)
}

/// An archive that begins to come.
pub(super) struct Outflow {
    pub(super) pipe: Pipe,
    pub(super) bytes: Box<dyn std::io::Read + Send>,
    /// Manifests that the engine says it has not.
    pub(super) absent: Vec<Digest>,
}

/// A name as it may stand in an address and in a command. The daemon knows whether it is one.
fn image_name<'n>(engine: &Engine, name: &'n str) -> Result<&'n str, DaemonError> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"._-/:@+".contains(&b);
    let starts = name.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric());
    if starts && name.bytes().all(plain) && name.split('/').all(|part| part != "..") {
        return Ok(name);
    }
    Err(DaemonError::NoName { text: name.to_owned(), program: engine.program, what: "an image" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_break_out_of_addresses_and_commands() {
        for name in ["app", "app:1", "r.example:5000/a/b@sha256:ab", "sha256:ab", "4ccd0a876d3f"] {
            assert!(image_name(&DOCKER, name).is_ok(), "{name}");
        }
        for name in ["", "-x", "a b", "a;b", "../containers/x", "a/../b", "a?b", "a%2fb", "a#b", "a'b"] {
            assert!(image_name(&DOCKER, name).is_err(), "{name}");
        }
    }
}
