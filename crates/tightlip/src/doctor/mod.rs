//! The check-up: what tightlip works with on this machine, one file for each thing. Nothing is changed, and no value
//! is shown.

mod buildx;
mod cache;
mod certificates;
mod daemon;
mod key;
mod login;
mod plugin;
mod terminal;

use std::path::PathBuf;

use serde::Serialize;
use tightlip_engine::Options;

/// Something to check.
pub(crate) struct Check {
    /// The word for it.
    name: &'static str,
    run: fn(&Machine) -> Vec<Line>,
}

/// Every check, in the order of the output.
static CHECKS: &[&Check] = &[
    &daemon::CHECK,
    &buildx::CHECK,
    &login::CHECK,
    &plugin::CHECK,
    &certificates::CHECK,
    &key::CHECK,
    &cache::CHECK,
    &terminal::CHECK,
];

/// What is checked.
pub(crate) struct Machine {
    pub(crate) options: Options,
    /// The folders with plugins of Docker's command line.
    pub(crate) plugins: Vec<PathBuf>,
    /// The folder of results of earlier scans.
    pub(crate) cache: Option<PathBuf>,
}

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum State {
    /// In order.
    Good,
    /// Not there. Much works without.
    Missing,
    /// There, and it does not work.
    Broken,
}

/// One line of the check-up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Line {
    /// The word for what was checked.
    pub(crate) check: &'static str,
    pub(crate) state: State,
    pub(crate) says: String,
    /// What to do, starting with a verb.
    pub(crate) next: Option<String>,
}

impl State {
    /// The word for people.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Missing => "not there",
            Self::Broken => "broken",
        }
    }
}

impl Line {
    fn good(says: impl Into<String>) -> Self {
        Self { check: "", state: State::Good, says: says.into(), next: None }
    }

    fn missing(says: impl Into<String>, next: impl Into<String>) -> Self {
        Self { check: "", state: State::Missing, says: says.into(), next: Some(next.into()) }
    }

    fn broken(says: impl Into<String>, next: impl Into<String>) -> Self {
        Self { check: "", state: State::Broken, says: says.into(), next: Some(next.into()) }
    }

    /// Something to know or to do about what is good.
    fn then(self, next: impl Into<String>) -> Self {
        Self { next: Some(next.into()), ..self }
    }
}

/// Runs every check.
pub(crate) fn examine(machine: &Machine) -> Vec<Line> {
    let named = |check: &&Check| {
        let name = check.name;
        (check.run)(machine).into_iter().map(move |line| Line { check: name, ..line }).collect::<Vec<_>>()
    };
    CHECKS.iter().flat_map(named).collect()
}

/// The permission bits of a file; none where there are no such bits.
fn mode(metadata: &std::fs::Metadata) -> Option<u32> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        Some(metadata.mode() & 0o777)
    }
    #[cfg(not(unix))]
    {
        let _ = metadata;
        None
    }
}
