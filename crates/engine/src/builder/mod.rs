//! Starts the builders that people have: finds them, gives them work, listens to them, and ends them.
//!
//! What is secret never stands on a command line of ours: it goes through the environment, or through a file in a
//! [`Folder`] that nobody else may enter and that goes away however the run ends.
//!
//! ```no_run
//! use tightlip_engine::Quiet;
//! use tightlip_engine::builder::{Builder, Folder, Kind, Task, output};
//!
//! let builder = Builder::find(Kind::Buildx, &["/usr/bin".into()], Vec::new())?;
//! let folder = Folder::new(&std::env::temp_dir())?;
//! let task = Task::new(["build", "--progress=rawjson", "."]).option("--output", &output(&folder.path("image")));
//! let ended = builder.run(&task, &mut |bytes| drop(bytes.len()), &Quiet)?;
//! assert!(ended.succeeded());
//! # Ok::<(), tightlip_engine::builder::BuilderError>(())
//! ```

mod caretaker;
mod folder;
mod memory;
mod start;
mod status;
mod steps;
mod task;

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

pub(crate) use caretaker::{Caretaker, inherit, leave_terminal};
pub use folder::{Broom, Folder};
pub(crate) use memory::Memory;
pub use start::Ended;
pub use status::{Lines, Log, Status, Told, Transfer, Vertex, Warning};
pub use task::{Input, Task, field, output};

use serde::{Deserialize, Serialize};

use crate::watch::Quiet;

/// A family of builders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// BuildKit, through `docker buildx` or `buildx` alone.
    Buildx,
    /// `podman build`.
    Podman,
    /// `buildah build`.
    Buildah,
}

impl Kind {
    /// Every kind, the usual first.
    pub const ALL: [Self; 3] = [Self::Buildx, Self::Podman, Self::Buildah];

    /// What people call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Buildx => "docker",
            Self::Podman => "podman",
            Self::Buildah => "buildah",
        }
    }

    /// Whether it leaves the containers of its steps in a storage when it is ended, and removes them when a step fails.
    fn keeps_containers(self) -> bool {
        self != Self::Buildx
    }

    /// The programs, each with the words that come before its own options.
    fn programs(self) -> &'static [(&'static str, &'static [&'static str])] {
        match self {
            Self::Buildx => &[("docker", &["buildx"]), ("docker-buildx", &[]), ("buildx", &[])],
            Self::Podman => &[("podman", &[])],
            Self::Buildah => &[("buildah", &[])],
        }
    }
}

/// A builder could not be used.
#[derive(Debug, thiserror::Error)]
pub enum BuilderError {
    /// It is not installed.
    #[error("there is no {} here: {}", kind.name(), missing(*kind))]
    NotFound {
        /// What was looked for.
        kind: Kind,
    },
    /// It could not be started.
    #[error("cannot start {}: {source}", program.display())]
    Start {
        /// The program.
        program: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Reading what it says failed.
    #[error("cannot read what {} says: {source}", program.display())]
    Read {
        /// The program.
        program: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// There is no place for its results.
    #[error("cannot keep results of a build in {}: {source}", path.display())]
    Folder {
        /// The place.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

fn missing(kind: Kind) -> &'static str {
    match kind {
        Kind::Buildx => {
            "neither `docker buildx` nor `buildx` can be run\nInstall Docker with its buildx plugin"
        }
        Kind::Podman => "`podman` is not on the PATH\nInstall podman",
        Kind::Buildah => "`buildah` is not on the PATH\nInstall buildah",
    }
}

/// The file of Docker's plugin.
const PLUGIN: &str = "docker-buildx";

/// A builder that is installed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Builder {
    kind: Kind,
    program: PathBuf,
    /// Options of the program itself, such as `--context`.
    global: Vec<OsString>,
    before: Vec<String>,
}

impl Builder {
    /// Finds a builder in these folders. `global` are options for the program itself (`docker --context NAME`).
    ///
    /// # Errors
    /// When there is none that works.
    pub fn find(kind: Kind, folders: &[PathBuf], global: Vec<OsString>) -> Result<Self, BuilderError> {
        let places = kind
            .programs()
            .iter()
            .flat_map(|(name, before)| folders.iter().map(move |folder| (folder.join(name), *before)));
        for (program, before) in places.filter(|(path, _)| path.is_file()) {
            // Options of `docker` are none of `buildx`.
            let global = if before.is_empty() { Vec::new() } else { global.clone() };
            let before = before.iter().map(|word| (*word).to_owned()).collect();
            let builder = Self { kind, program, global, before };
            if builder.answers() {
                return Ok(builder);
            }
        }
        Err(BuilderError::NotFound { kind })
    }

    /// As [`Builder::find`], but asks only where that is needed: starting Docker's programs takes longer than much of a
    /// small build. Nobody is asked where one program alone can be meant and, for `docker`, its plugin lies in one of the
    /// folders of `plugins`. Whether it works, its first task tells: see [`Builder::check`].
    ///
    /// # Errors
    /// When there is none.
    pub fn only(
        kind: Kind,
        (folders, plugins): (&[PathBuf], &[PathBuf]),
        global: Vec<OsString>,
    ) -> Result<Self, BuilderError> {
        // The first of a name is the one that people get when they type it.
        let first = |name: &str| folders.iter().map(|folder| folder.join(name)).find(|path| path.is_file());
        let mut programs = kind.programs().iter().map(|(name, before)| (first(name), *before));
        let whole = kind != Kind::Buildx || plugins.iter().any(|folder| folder.join(PLUGIN).is_file());
        match (programs.next(), whole && programs.all(|(other, _)| other.is_none())) {
            (Some((Some(program), before)), true) => {
                let before = before.iter().map(|word| (*word).to_owned()).collect();
                Ok(Self { kind, program, global, before })
            }
            _ => Self::find(kind, folders, global),
        }
    }

    /// Whether it works at all.
    ///
    /// # Errors
    /// When it does not.
    pub fn check(&self) -> Result<(), BuilderError> {
        if self.answers() { Ok(()) } else { Err(BuilderError::NotFound { kind: self.kind }) }
    }

    /// Whether it is `docker` without options of its own: it means the engine that everybody here means.
    pub(crate) fn is_plain(&self) -> bool {
        !self.before.is_empty() && self.global.is_empty()
    }

    /// What it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The command as a person would type it, without arguments.
    #[must_use]
    pub fn name(&self) -> String {
        let name = self.program.file_name().unwrap_or_default().to_string_lossy();
        self.before.iter().fold(name.into_owned(), |name, word| format!("{name} {word}"))
    }

    /// The engine that belongs to it (`docker load`); none beside a builder that stands alone.
    #[must_use]
    pub fn engine(&self) -> Option<Self> {
        (self.kind != Kind::Buildx || !self.before.is_empty())
            .then(|| Self { before: Vec::new(), ..self.clone() })
    }

    /// Its program.
    #[must_use]
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// Does a task to its end, and gives what is written to standard error to `hear` as it comes.
    ///
    /// # Errors
    /// When the program cannot be started or listened to. That it failed is no error: the result says so.
    pub fn run(
        &self,
        task: &Task,
        hear: &mut dyn FnMut(&[u8]),
        watch: &dyn crate::Watch,
    ) -> Result<Ended, BuilderError> {
        start::run(self, task, hear, watch)
    }

    /// Does a small task that says little, and gives what came of it.
    ///
    /// # Errors
    /// As [`Builder::run`].
    pub fn ask(&self, task: &Task) -> Result<Answer, BuilderError> {
        let mut said = Vec::new();
        let ended = self.run(task, &mut |bytes| said.extend_from_slice(bytes), &Quiet)?;
        Ok(Answer { ended, said })
    }

    fn answers(&self) -> bool {
        self.ask(&Task::new(["version"])).is_ok_and(|answer| answer.ended.succeeded())
    }
}

/// How a small task ended, and what was said. It may hold secrets: mask it before it is shown.
pub struct Answer {
    /// How it ended, with its standard output.
    pub ended: Ended,
    /// What came on standard error.
    pub said: Vec<u8>,
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn nobody_is_asked_where_one_program_alone_can_be_meant() {
        let place = tempfile::tempdir().unwrap();
        let (folder, plugins) = (place.path().join("bin"), place.path().join("plugins"));
        [&folder, &plugins].iter().for_each(|folder| fs::create_dir(folder).unwrap());
        let asked = place.path().join("asked");
        let script = format!("#!/bin/sh\necho \"$0 $1\" >> {}\n", asked.display());
        let add = |path: PathBuf| {
            fs::write(&path, &script).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        };
        let found = || {
            Builder::only(
                Kind::Buildx,
                (std::slice::from_ref(&folder), std::slice::from_ref(&plugins)),
                Vec::new(),
            )
        };
        assert!(found().is_err());
        add(folder.join("docker"));
        assert!(found().is_ok_and(|builder| builder.name() == "docker buildx") && asked.exists());
        fs::remove_file(&asked).unwrap();
        add(plugins.join(PLUGIN));
        assert!(found().is_ok_and(|builder| builder.name() == "docker buildx") && !asked.exists());
        add(folder.join("buildx"));
        assert!(found().is_ok() && asked.exists());
    }
}
