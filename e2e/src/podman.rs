//! A real Podman that answers on a socket, with the images that buildah builds for it.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::{Buildah, component};

/// So long it may take to listen.
const PATIENCE: Duration = Duration::from_secs(30);

/// A service of its own, which ends with this.
#[derive(Debug)]
pub struct Podman {
    buildah: Buildah,
    program: PathBuf,
    service: Child,
}

impl Podman {
    /// Podman, or nothing if the test is to end without it.
    ///
    /// # Errors
    /// With `CI=true` when it is not set up, and when its service does not start.
    pub fn get() -> Result<Option<Self>> {
        let Some(variables) = component::find("buildah")? else { return Ok(None) };
        let program = PathBuf::from(component::value(&variables, "TIGHTLIP_E2E_PODMAN")?);
        let Some(buildah) = Buildah::get()? else { return Ok(None) };
        let socket = buildah.path("podman.sock");
        let mut service = buildah.command(&program);
        service.args(["system", "service", "--time=0"]).arg(format!("unix://{}", socket.display()));
        let service = service.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let podman = Self { buildah, program, service: service.context("cannot start podman")? };
        let start = Instant::now();
        while !socket.exists() {
            ensure!(start.elapsed() < PATIENCE, "podman does not listen");
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(Some(podman))
    }

    /// Builds the image `leak`: `FROM scratch`, with a shell in `/bin/sh`, followed by `instructions`.
    ///
    /// # Errors
    /// With the build's log when it fails.
    pub fn build(&self, instructions: &str, options: &[&str]) -> Result<PathBuf> {
        let archives = self.buildah.build(instructions, options, &["oci-archive"])?;
        archives.into_iter().next().context("one format gives one archive")
    }

    /// Runs `podman` and returns what it wrote to its standard output.
    ///
    /// # Errors
    /// With everything it wrote when it fails.
    pub fn run(&self, arguments: &[&str]) -> Result<Vec<u8>> {
        component::run(self.buildah.command(&self.program).args(arguments))
    }

    /// Lets a program find this service, and `podman` itself on the path, as a remote of it.
    pub fn lend<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        let socket = format!("unix://{}", self.buildah.path("podman.sock").display());
        component::lend(command, &self.program).env_remove("DOCKER_CONFIG").env("CONTAINER_HOST", socket)
    }

    /// Lets a program find `podman` on the path, as one that works in this storage itself.
    ///
    /// # Errors
    /// When its configuration cannot be written.
    pub fn lend_local<'c>(&self, command: &'c mut Command) -> Result<&'c mut Command> {
        self.buildah.lend_as(command, &self.program)
    }

    /// A path in a folder that goes away with this.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.buildah.path(name)
    }
}

impl Drop for Podman {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.service.kill();
        let _ = self.service.wait();
    }
}
