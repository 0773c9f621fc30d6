//! Builds behind the guard, as a user would: `tightlip build …` with a real Docker.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::docker::{Build, Docker};
use crate::program::program;

/// What a guarded build said.
#[derive(Clone, Debug)]
pub struct Told {
    /// The exit code; -1 if a signal ended it.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Told {
    /// Everything it said.
    #[must_use]
    pub fn all(&self) -> String {
        format!("{}{}", self.out, self.err)
    }
}

impl Docker {
    /// Builds behind the guard, with these options besides those of the build.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn guard(&self, build: &Build, options: &[&str]) -> Result<Told> {
        told(&mut self.guard_command(build, options)?)
    }

    /// The same, ready to be started. Private folders are made below [`Docker::guard_folder`].
    ///
    /// # Errors
    /// When the context cannot be made.
    pub fn guard_command(&self, build: &Build, options: &[&str]) -> Result<Command> {
        let mut command = Command::new(program()?);
        command.arg("build").args(options).args(self.arguments(build)?);
        self.lend(&mut command)
            .env("TMPDIR", self.guard_folder()?)
            .env_remove("BUILDX_NO_DEFAULT_ATTESTATIONS");
        command.env_remove("RUST_BACKTRACE").env_remove("BUILDKIT_PROGRESS").stdin(Stdio::null());
        Ok(command)
    }

    /// A repository for images that no other test has.
    #[must_use]
    pub fn repository(&self, what: &str) -> String {
        let unique = self.path(what);
        format!("e2e-guard/{}", unique.file_name().unwrap_or_default().to_string_lossy())
    }

    /// Where the guard makes its private folders.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn guard_folder(&self) -> Result<std::path::PathBuf> {
        let folder = self.folder().join("guard");
        std::fs::create_dir_all(&folder).context("cannot make a folder")?;
        Ok(folder)
    }

    /// The logs that the engine keeps of builds of contexts in this folder, found by what buildx writes down. A record that
    /// was opened cannot be removed any more: a build is to be judged once.
    ///
    /// # Errors
    /// When Docker cannot be started.
    pub fn logs(&self) -> Result<Vec<String>> {
        let mut logs = Vec::new();
        let nodes =
            self.config().context("no folder of a configuration")?.join("buildx/refs/default/default");
        for entry in there(std::fs::read_dir(nodes))?.into_iter().flatten() {
            let path = entry?.path();
            let state = there(std::fs::read_to_string(&path))?.unwrap_or_default();
            let id = path.file_name().unwrap_or_default();
            let ours = state.contains(&*self.folder().to_string_lossy());
            let words = ["buildx", "history", "logs"].map(std::ffi::OsStr::new);
            logs.extend(ours.then(|| self.said(words.into_iter().chain([id]))).transpose()?.flatten());
        }
        Ok(logs)
    }

    /// Whether a process is at work that was started to guard a build here: they all inherit where folders are made.
    ///
    /// # Errors
    /// When it cannot be told.
    pub fn is_at_work(&self) -> Result<bool> {
        let folder = self.guard_folder()?.into_os_string().into_encoded_bytes();
        let environments =
            std::fs::read_dir("/proc")?.flatten().map(|process| process.path().join("environ"));
        let has = |bytes: Vec<u8>| bytes.windows(folder.len()).any(|window| window == folder);
        Ok(environments.filter_map(|path| std::fs::read(path).ok()).any(has))
    }

    /// What the engine knows of an image by this template; nothing if there is none.
    #[must_use]
    pub fn inspect(&self, name: &str, template: &str) -> Option<String> {
        let said = self.run(["image", "inspect", "--format", template, name]).ok()?;
        Some(String::from_utf8_lossy(&said).trim().to_owned())
    }
}

/// Runs a command and keeps what it says.
///
/// # Errors
/// When it cannot be started.
pub fn told(command: &mut Command) -> Result<Told> {
    let output = command.output().context("cannot start tightlip")?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let code = output.status.code().unwrap_or(-1);
    Ok(Told { code, out: text(&output.stdout), err: text(&output.stderr) })
}

/// Whether these bytes stand in a file below a folder. What goes while this looks holds nothing any more.
///
/// # Errors
/// When it cannot be read.
pub fn holds(folder: &Path, bytes: &[u8]) -> Result<bool> {
    for entry in there(std::fs::read_dir(folder))?.into_iter().flatten() {
        let Some(entry) = there(entry)? else { continue };
        let Some(kind) = there(entry.file_type())? else { continue };
        let path = entry.path();
        let found = if kind.is_dir() {
            holds(&path, bytes)?
        } else {
            let body = if kind.is_file() { there(std::fs::read(&path))? } else { None };
            body.is_some_and(|body| body.windows(bytes.len()).any(|window| window == bytes))
        };
        if found {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether something is so soon, which others do.
///
/// # Errors
/// When it cannot be told.
pub fn soon(is_so: impl Fn() -> Result<bool>) -> Result<bool> {
    let begin = std::time::Instant::now();
    while begin.elapsed() < std::time::Duration::from_secs(20) {
        if is_so()? {
            return Ok(true);
        }
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    is_so()
}

/// Nothing, if it is gone.
fn there<T>(read: std::io::Result<T>) -> Result<Option<T>> {
    match read {
        Ok(there) => Ok(Some(there)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}
