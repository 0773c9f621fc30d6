//! Builds images with buildah, whose history and archives differ from BuildKit's.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use tempfile::TempDir;

use crate::component;

/// Buildah with a storage of its own that goes away with it.
#[derive(Debug)]
pub struct Buildah {
    program: PathBuf,
    busybox: PathBuf,
    folder: TempDir,
}

impl Buildah {
    /// Buildah, or nothing if the test is to end without it.
    ///
    /// # Errors
    /// With `CI=true` when it is not set up.
    pub fn get() -> Result<Option<Self>> {
        let Some(variables) = component::find("buildah")? else { return Ok(None) };
        let Some(busybox) = component::busybox()? else { return Ok(None) };
        let program = component::value(&variables, "TIGHTLIP_E2E_BUILDAH")?.into();
        let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
        Ok(Some(Self { program, busybox, folder }))
    }

    /// Builds `FROM scratch`, with a shell in `/bin/sh`, followed by `instructions`, and writes the image in
    /// each of `formats` (`oci-archive`, `docker-archive`).
    ///
    /// # Errors
    /// With the build's log when it fails.
    pub fn build(&self, instructions: &str, options: &[&str], formats: &[&str]) -> Result<Vec<PathBuf>> {
        let context = self.folder.path().join("context");
        fs::create_dir_all(&context).context("cannot make the build context")?;
        fs::copy(&self.busybox, context.join("busybox")).context("cannot copy busybox")?;
        let text = format!("FROM scratch\nCOPY busybox /bin/sh\n{instructions}");
        fs::write(context.join("Dockerfile"), text).context("cannot write the Dockerfile")?;
        let mut build = self.command(&self.program);
        build.args(["build", "--isolation=chroot", "--tag=leak"]).args(options).arg(&context);
        component::run(&mut build)?;
        formats.iter().map(|format| self.push(format)).collect()
    }

    fn push(&self, format: &str) -> Result<PathBuf> {
        let archive = self.folder.path().join(format!("{format}.tar"));
        let target = format!("{format}:{}:leak", archive.display());
        component::run(self.command(&self.program).args(["push", "leak", &target]))?;
        Ok(archive)
    }

    /// Runs `buildah` and returns what it wrote to its standard output.
    ///
    /// # Errors
    /// With everything it wrote when it fails.
    pub fn run(&self, arguments: &[&str]) -> Result<Vec<u8>> {
        component::run(self.command(&self.program).args(arguments))
    }

    /// Lets a program find buildah on the path, with the same storage.
    ///
    /// # Errors
    /// When its configuration cannot be written.
    pub fn lend<'c>(&self, command: &'c mut Command) -> Result<&'c mut Command> {
        self.lend_as(command, &self.program)
    }

    /// The same with another program of the family.
    pub(crate) fn lend_as<'c>(&self, command: &'c mut Command, program: &Path) -> Result<&'c mut Command> {
        let (root, run) = (self.path("root"), self.path("run"));
        let text = format!(
            "[storage]\ndriver = \"vfs\"\ngraphroot = \"{}\"\nrunroot = \"{}\"\n",
            root.display(),
            run.display()
        );
        let config = self.path("storage.conf");
        fs::write(&config, text).context("cannot write the configuration of a storage")?;
        component::lend(command, program).env_remove("DOCKER_CONFIG").env("BUILDAH_ISOLATION", "chroot");
        Ok(command.env("CONTAINERS_STORAGE_CONF", config))
    }

    /// A path in the folder that goes away.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A program of the family, with the same storage.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        let folder = |name: &str| self.folder.path().join(name);
        // It reads the configuration of the Docker that another test uses, and misses a file in it.
        command.env_remove("DOCKER_CONFIG").arg("--storage-driver=vfs");
        command.arg("--root").arg(folder("root")).arg("--runroot").arg(folder("run"));
        command
    }
}
