//! Why a sweep could not go on.

use std::path::PathBuf;

use tightlip_engine::ScanError;
use tightlip_image::store::RegistryError;

/// A sweep could not run, or not go on.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// The registry could not be asked.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The registry keeps the list of its repositories to itself.
    #[error("{host} does not list its repositories: {why}")]
    Closed {
        /// The registry.
        host: String,
        /// What it said.
        why: RegistryError,
    },
    /// The registry has too many repositories for one list.
    #[error("{host} cannot be listed as a whole")]
    Endless {
        /// The registry.
        host: String,
    },
    /// The state is that of another registry.
    #[error("this is the state of a sweep of {found}, not of {wanted}")]
    Other {
        /// The registry that is to be swept.
        wanted: String,
        /// The one whose state it is.
        found: String,
    },
    /// The program went wrong.
    #[error("internal error: this is a bug, please report it")]
    Bug,
    /// The search could not be prepared, or an image not be described.
    #[error(transparent)]
    Scan(#[from] ScanError),
    /// The state could not be read or written.
    #[error(transparent)]
    State(#[from] StateError),
    /// What was named cannot be swept.
    #[error("{0}")]
    Named(String),
}

/// The state of a sweep could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The database said no.
    #[error("the state of the sweep: {0}")]
    Database(#[from] rusqlite::Error),
    /// The file cannot be used.
    #[error("cannot use {path} for the state of the sweep: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// There is no such file.
    #[error("there is no sweep in {0}")]
    None(PathBuf),
    /// Another sweep works with it.
    #[error("another sweep is at work with {0}")]
    Busy(PathBuf),
    /// A newer program wrote it.
    #[error("{path} is of form {found}, and this program knows none after {known}")]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its form.
        found: i64,
        /// The newest form that is known.
        known: i64,
    },
    /// What stands in it makes no sense.
    #[error("the state of the sweep is damaged: {0}")]
    Damaged(String),
}

impl SweepError {
    /// What to do about it, starting with a verb, where there is something.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Registry(error) => Some(error.help()),
            Self::Closed { why, .. } => Some(format!(
                "{}; or name the repositories in a file, one a line: tightlip sweep HOST --file NAMES",
                why.help()
            )),
            Self::Endless { host } => Some(format!(
                "name a user or an organisation of it: tightlip sweep {host}/NAME; or repositories in a file: --file NAMES"
            )),
            Self::Other { .. } => Some("give each registry a file of its own with --state FILE".to_owned()),
            Self::Scan(error) => error.help(),
            Self::State(StateError::Busy(_)) => {
                Some("wait until it is done, or name another file with --state".to_owned())
            }
            Self::State(StateError::None(_)) => {
                Some("start with: tightlip sweep HOST, or name the file with --state".to_owned())
            }
            Self::State(StateError::Newer { .. }) => {
                Some("use the newer program, or another file".to_owned())
            }
            Self::State(_) | Self::Named(_) | Self::Bug => None,
        }
    }
}
