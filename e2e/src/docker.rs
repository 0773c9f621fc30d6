//! Builds images with a real Docker Engine and takes them out of it in the forms that users do.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result};
use tempfile::TempDir;

use crate::classic::Classic;
use crate::component::{self, Variables};

/// A Docker Engine with BuildKit and the containerd image store, which has the base image `bb`.
#[derive(Debug)]
pub struct Docker {
    variables: Variables,
    program: PathBuf,
    /// Ends before the folder goes in which it works.
    engine: Option<Classic>,
    folder: TempDir,
}

/// One `docker build`: a Dockerfile, its context and its options.
#[derive(Clone, Debug, Default)]
pub struct Build {
    dockerfile: String,
    options: Vec<String>,
    files: Vec<(String, Vec<u8>)>,
    secrets: Vec<(String, String)>,
    legacy: bool,
}

/// An image in the engine. It is removed when this is dropped.
#[derive(Debug)]
pub struct Image<'d> {
    docker: &'d Docker,
    tag: String,
}

impl Build {
    /// A build of this Dockerfile with an empty context.
    #[must_use]
    pub fn new(dockerfile: impl Into<String>) -> Self {
        Self { dockerfile: dockerfile.into(), ..Self::default() }
    }

    /// Adds `--build-arg name=value`.
    #[must_use]
    pub fn arg(self, name: &str, value: &str) -> Self {
        self.option(format!("--build-arg={name}={value}"))
    }

    /// Adds an option as it is.
    #[must_use]
    pub fn option(mut self, option: impl Into<String>) -> Self {
        self.options.push(option.into());
        self
    }

    /// Adds a file to the context.
    #[must_use]
    pub fn file(mut self, name: &str, content: impl Into<Vec<u8>>) -> Self {
        self.files.push((name.to_owned(), content.into()));
        self
    }

    /// Adds `--secret id=…` with this value.
    #[must_use]
    pub fn secret(mut self, id: &str, value: &str) -> Self {
        self.secrets.push((id.to_owned(), value.to_owned()));
        self
    }

    /// Uses the builder from before BuildKit.
    #[must_use]
    pub fn legacy(mut self) -> Self {
        self.legacy = true;
        self
    }
}

impl Docker {
    /// The engine, or nothing if the test is to end without it.
    ///
    /// # Errors
    /// With `CI=true` when it is not set up or does not answer.
    pub fn get() -> Result<Option<Self>> {
        let Some(variables) = component::find("docker")? else { return Ok(None) };
        let program = component::value(&variables, "TIGHTLIP_E2E_DOCKER")?.into();
        let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
        let docker = Self { variables, program, engine: None, folder };
        match docker.run(["image", "inspect", "bb"]) {
            Ok(_) => Ok(Some(docker)),
            Err(_) => component::miss("docker", "does not answer: run `cargo xtask components`"),
        }
    }

    /// Another engine, whose images lie in the store from before containerd's; it has `bb` too, and no network.
    ///
    /// # Errors
    /// With `CI=true` when it is not set up, and when it does not start.
    pub fn classic() -> Result<Option<Self>> {
        let Some(Self { mut variables, program, folder, .. }) = Self::get()? else { return Ok(None) };
        let archive = folder.path().join("bb.tar");
        let save = ["save".as_ref(), "--output".as_ref(), archive.as_os_str(), "bb".as_ref()];
        component::run(Command::new(&program).envs(&variables).args(save))?;
        let engine = Classic::start(&program, folder.path())?;
        variables.insert("DOCKER_HOST".to_owned(), engine.host());
        let docker = Self { variables, program, engine: Some(engine), folder };
        docker.run(["load".as_ref(), "--input".as_ref(), archive.as_os_str()])?;
        Ok(Some(docker))
    }

    /// Runs `docker` and returns what it wrote to its standard output.
    ///
    /// # Errors
    /// With everything it wrote when it fails.
    pub fn run(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Result<Vec<u8>> {
        component::run(self.command().args(arguments))
    }

    /// Runs a shell script that calls `docker`, in a folder, with a variable more in its environment.
    ///
    /// # Errors
    /// With everything it wrote when it fails.
    pub fn script(&self, folder: &Path, script: &str, (name, value): (&str, &str)) -> Result<Vec<u8>> {
        let programs = self.program.parent().unwrap_or(Path::new("/"));
        let path = std::env::var("PATH").unwrap_or_default();
        let mut command = Command::new("sh");
        command.args(["-ec", script]).current_dir(folder).envs(&self.variables);
        command.env(name, value).env("PATH", format!("{}:{path}", programs.display()));
        component::run(&mut command)
    }

    /// Builds an image in the engine.
    ///
    /// # Errors
    /// With the build's log when it fails.
    pub fn build(&self, build: &Build) -> Result<Image<'_>> {
        let image = Image { docker: self, tag: unique("e2e-build") };
        self.run_build(build, &[format!("--tag={}", image.tag)])?;
        Ok(image)
    }

    /// Builds straight into an OCI archive; `attributes` go after `type=oci,dest=…`, as in `compression=zstd`.
    ///
    /// # Errors
    /// With the build's log when it fails.
    pub fn build_oci(&self, build: &Build, attributes: &str) -> Result<PathBuf> {
        let archive = self.path("oci.tar");
        self.run_build(build, &[format!("--output=type=oci,dest={},{attributes}", archive.display())])?;
        Ok(archive)
    }

    /// Builds into an OCI archive, and the files of its last stage into a folder, in one go.
    ///
    /// # Errors
    /// With the build's log when it fails.
    pub fn build_files(&self, build: &Build) -> Result<(PathBuf, PathBuf)> {
        let (archive, files) = (self.path("oci.tar"), self.path("files"));
        let outputs = [("oci", &archive), ("local", &files)];
        self.run_build(
            build,
            &outputs.map(|(kind, to)| format!("--output=type={kind},dest={}", to.display())),
        )?;
        Ok((archive, files))
    }

    /// Makes an image of a root file system with `docker import`, which keeps the archive as it is.
    ///
    /// # Errors
    /// With what Docker wrote when it fails.
    pub fn import(&self, archive: &Path) -> Result<Image<'_>> {
        let image = Image { docker: self, tag: unique("e2e-import") };
        self.run([OsStr::new("import"), archive.as_os_str(), OsStr::new(&image.tag)])?;
        Ok(image)
    }

    /// A name for an image that something else makes.
    #[must_use]
    pub fn owned(&self, name: &str) -> Image<'_> {
        Image { docker: self, tag: format!("e2e-{}", unique(name)) }
    }

    /// The same with a name that is given.
    #[must_use]
    pub fn owned_as(&self, name: &str) -> Image<'_> {
        Image { docker: self, tag: name.to_owned() }
    }

    /// A path in this engine's temporary folder that nothing else uses.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(unique(name))
    }

    /// Where the engine listens, if that is a socket of this machine.
    #[must_use]
    pub fn socket(&self) -> Option<&str> {
        self.variables.get("DOCKER_HOST")?.strip_prefix("unix://")
    }

    /// The folder of its client's configuration.
    pub(crate) fn config(&self) -> Option<&Path> {
        self.variables.get("DOCKER_CONFIG").map(Path::new)
    }

    /// Lets a program find this engine, and `docker` itself on the path.
    pub fn lend<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        component::lend(command, &self.program).envs(&self.variables)
    }

    /// Removes a container when it is dropped.
    #[must_use]
    pub fn container(&self, name: &str) -> Container<'_> {
        Container { docker: self, name: unique(name) }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        // Builds are to be what a user gets, whatever this machine is set to.
        command
            .envs(&self.variables)
            .env_remove("DOCKER_BUILDKIT")
            .env_remove("BUILDX_NO_DEFAULT_ATTESTATIONS");
        command
    }

    /// Builds and returns what `docker build` printed, whether the build succeeds or not.
    ///
    /// # Errors
    /// When Docker cannot be started.
    pub fn log(&self, build: &Build) -> Result<String> {
        let output = self.build_command(build, &[])?.output().context("cannot start docker")?;
        Ok(String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    }

    fn run_build(&self, build: &Build, options: &[String]) -> Result<()> {
        component::run(&mut self.build_command(build, options)?).map(drop)
    }

    fn build_command(&self, build: &Build, options: &[String]) -> Result<Command> {
        let mut command = self.command();
        command.arg("build").args(options);
        if self.engine.is_some() {
            command.arg("--network=none");
        }
        if build.legacy {
            command.env("DOCKER_BUILDKIT", "0");
        }
        command.args(self.arguments(build)?);
        Ok(command)
    }

    /// The options of a build and its context, which is made.
    pub(crate) fn arguments(&self, build: &Build) -> Result<Vec<OsString>> {
        let context = self.path("context");
        fs::create_dir(&context).context("cannot make the build context")?;
        fs::write(context.join("Dockerfile"), &build.dockerfile).context("cannot write the Dockerfile")?;
        for (name, content) in &build.files {
            let path = context.join(name);
            fs::create_dir_all(path.parent().unwrap_or(&context))?;
            fs::write(path, content).with_context(|| format!("cannot write {name}"))?;
        }
        let mut arguments: Vec<OsString> = build.options.iter().map(OsString::from).collect();
        for (id, value) in &build.secrets {
            let file = self.path("secret");
            fs::write(&file, value).context("cannot write the secret's file")?;
            arguments.push(format!("--secret=id={id},src={}", file.display()).into());
        }
        arguments.push(context.into_os_string());
        Ok(arguments)
    }

    /// The folder that goes away with this.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }
}

/// A container in the engine, once it is made. It is removed when this is dropped.
#[derive(Debug)]
pub struct Container<'d> {
    docker: &'d Docker,
    name: String,
}

impl Container<'_> {
    /// Its name, which nothing else has.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Container<'_> {
    fn drop(&mut self) {
        // What stays behind is only disk space in an engine of our own.
        let _ = self.docker.run(["rm", "--force", &self.name]);
    }
}

impl Image<'_> {
    /// The name of the image in the engine.
    #[must_use]
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// Writes the image with `docker save`.
    ///
    /// # Errors
    /// With what Docker wrote when it fails.
    pub fn save(&self) -> Result<PathBuf> {
        let archive = self.docker.path("save.tar");
        self.docker.run([OsStr::new("save"), OsStr::new("--output"), archive.as_ref(), self.tag.as_ref()])?;
        Ok(archive)
    }
}

/// A name that no other test of any process uses.
pub(crate) fn unique(name: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("{}-{}-{name}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}
