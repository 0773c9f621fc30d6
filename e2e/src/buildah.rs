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

    /// `tightlip build buildah …` or `tightlip build podman …`, ready to be started with its private folders below
    /// [`Buildah::guard_folder`]. The image is `FROM scratch` with a shell in `/bin/sh`, then these instructions.
    ///
    /// # Errors
    /// When the context cannot be made.
    pub fn guard_command(&self, program: &str, instructions: &str, options: &[&str]) -> Result<Command> {
        let context = self.path(&crate::docker::unique("context"));
        fs::create_dir_all(&context).context("cannot make the build context")?;
        fs::copy(&self.busybox, context.join("busybox")).context("cannot copy busybox")?;
        let shell = "COPY busybox /bin/busybox\nRUN [\"/bin/busybox\", \"--install\", \"-s\", \"/bin\"]\n";
        let text = format!("FROM scratch\n{shell}{instructions}");
        fs::write(context.join("Dockerfile"), text).context("cannot write the Dockerfile")?;
        // What a script does that a step calls is known to no lint.
        fs::write(context.join("step.sh"), "head -c 100 /run/secrets/api_key > /state\n")?;
        let mut command = Command::new(crate::program()?);
        command.args(["build", program]).args(options).arg(&context).stdin(std::process::Stdio::null());
        self.lend(&mut command)?.env("TMPDIR", self.guard_folder()?).env_remove("RUST_BACKTRACE");
        Ok(command)
    }

    /// Where the guard makes its private folders.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn guard_folder(&self) -> Result<PathBuf> {
        let folder = self.path("guard");
        fs::create_dir_all(&folder).context("cannot make a folder")?;
        Ok(folder)
    }

    /// Everything in the storage: the identities of the images, those of steps too, with their names.
    ///
    /// # Errors
    /// When buildah does not say.
    pub fn images(&self) -> Result<Vec<(String, String)>> {
        let said = self.run(&["images", "--all", "--no-trunc", "--format", "{{.ID}} {{.Name}}:{{.Tag}}"])?;
        let text = String::from_utf8_lossy(&said).into_owned();
        let pair =
            |line: &str| line.split_once(' ').map(|(id, name)| (id.to_owned(), name.trim().to_owned()));
        Ok(text.lines().filter_map(pair).collect())
    }

    /// A path in the folder that goes away.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
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
