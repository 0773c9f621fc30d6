//! A project with a Dockerfile, and a shell in which the tools are that a recipe calls.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;
use tightlip_e2e::{Docker, ci_tools, clients, github_token, lend, program, registry};

/// A folder with a Dockerfile, an engine to build it, and a registry to push to.
pub(crate) struct Project {
    docker: Docker,
    crane: PathBuf,
    folder: TempDir,
    /// Where images go: `host:port/name`.
    pub(crate) repository: String,
    /// The value that must not show up in anything.
    pub(crate) secret: String,
}

/// Whether the image of a project leaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leaks {
    /// A step writes the secret down and the next deletes it.
    Yes,
    /// A step only reads it.
    No,
}

/// What a recipe did.
#[derive(Debug)]
pub(crate) struct Ran {
    /// Its exit code.
    pub(crate) code: i32,
    /// All that it printed.
    pub(crate) log: String,
}

impl Project {
    /// A project, or nothing if the test is to end without the components.
    pub(crate) fn new(name: &str, leaks: Leaks) -> Result<Option<Self>> {
        let (Some(docker), Some([crane, _]), Some(registry), Some(_)) =
            (Docker::get()?, clients()?, registry()?, ci_tools()?)
        else {
            return Ok(None);
        };
        let folder = tempfile::tempdir().context("cannot make a folder")?;
        let secret = github_token();
        let step = match leaks {
            Leaks::Yes => format!("RUN echo GITHUB_TOKEN={secret} > /.env\nRUN rm /.env\n"),
            Leaks::No => "RUN echo ready > /state\n".to_owned(),
        };
        fs::write(folder.path().join("Dockerfile"), format!("FROM bb\n{step}"))?;
        let repository = format!("{registry}/recipes/{name}-{}", std::process::id());
        Ok(Some(Self { docker, crane, folder, repository, secret }))
    }

    /// Where it lies.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A shell in the project, with Docker, crane and tightlip on its path.
    pub(crate) fn shell(&self, script: &str) -> Result<Command> {
        let mut command = Command::new("bash");
        command.args(["-euo", "pipefail", "-c", script]).current_dir(self.path());
        command.env("TIGHTLIP_NO_CONFIG", "1").env_remove("CI");
        lend(&mut command, &self.crane);
        lend(&mut command, &program()?);
        self.docker.lend(&mut command);
        Ok(command)
    }

    /// Runs a recipe to its end. Nothing that it prints may hold the secret.
    pub(crate) fn run(&self, command: &mut Command) -> Result<Ran> {
        let Output { status, stdout, stderr } = command.output().context("cannot start a shell")?;
        let log = String::from_utf8_lossy(&[stdout, stderr].concat()).into_owned();
        // What BuildKit prints of a step is not ours to mask here: `tightlip build` does.
        let ours = log.lines().filter(|line| !line.starts_with('#') && !line.contains("RUN echo"));
        ensure!(!ours.into_iter().any(|line| line.contains(&self.secret)), "the secret is in the log: {log}");
        Ok(Ran { code: status.code().context("a signal ended it")?, log })
    }

    /// Whether the registry has anything of this project.
    pub(crate) fn pushed(&self) -> Result<bool> {
        let mut command = self.shell(&format!("crane ls {}", self.repository))?;
        Ok(command.output()?.status.success())
    }

    /// What a file of the project holds, which must not be the secret.
    pub(crate) fn file(&self, name: &str) -> Result<String> {
        let text = fs::read_to_string(self.path().join(name)).with_context(|| format!("no {name}"))?;
        ensure!(!text.contains(&self.secret), "the secret is in {name}");
        Ok(text)
    }
}

/// A file of the repository.
pub(crate) fn ours(path: &str) -> Result<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("no repository")?;
    fs::read_to_string(root.join(path)).with_context(|| format!("no {path}"))
}
