//! `prove`: does a Dockerfile keep its secrets, whatever their values?
//!
//! A `Plan` says what a Dockerfile takes and which stages have to be built. Each secret gets a
//! `Canary`, a value made up for this run; a `Hunt` looks for it in everything that
//! comes out of the builds, as it is, encoded, hashed and in parts. A control that leaks on purpose shows that
//! the search can see. Where a step fails on such a value, the stage is built once more with its steps `Altered` so that
//! they may fail; `Coverage` says what ran as it would for anybody. What came of it is a [`Proof`].

mod altered;
mod asked;
mod attempt;
mod building;
mod canary;
mod control;
mod coverage;
mod form;
mod gift;
mod given;
mod hunt;
mod plan;
mod random;
mod request;
mod run;
mod settle;
mod step;

use tightlip_detect::NeedlesError;

use crate::builder::BuilderError;
use crate::scan::ScanError;

pub use random::NoRandomness;
pub use request::{GivenSecret, ProveRequest};
pub use run::prove;
pub use tightlip_report::proof::Proof;

/// A proof could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ProveError {
    /// There is no such stage.
    #[error("{dockerfile} has no stage {target}")]
    NoSuchStage {
        /// The Dockerfile.
        dockerfile: String,
        /// What was asked for.
        target: String,
    },
    /// A stub is for a step, and there is none.
    #[error("{dockerfile}:{line} is no RUN that a stub could stand for")]
    NoSuchStep {
        /// The Dockerfile.
        dockerfile: String,
        /// The line that was named.
        line: u64,
    },
    /// A secret was given that no step takes, and one is called nearly the same.
    #[error("no step of {dockerfile} takes a secret {name}")]
    NoSuchSecret {
        /// The Dockerfile.
        dockerfile: String,
        /// The id that was given.
        name: String,
        /// What may be meant.
        alike: String,
    },
    /// A build argument is said to be secret, and there is none of that name.
    #[error("{dockerfile} has no build argument {name}")]
    NoSuchArgument {
        /// The Dockerfile.
        dockerfile: String,
        /// The name.
        name: String,
        /// What may be meant.
        alike: Option<String>,
    },
    /// It holds no stage at all.
    #[error("{0} builds nothing: it has no FROM")]
    Empty(String),
    /// The builder does not build.
    #[error("{builder} cannot build what this run needs to check itself: {error}{}", shown(tail))]
    Control {
        /// The builder.
        builder: String,
        /// What it said.
        error: String,
        /// The last lines.
        tail: Vec<String>,
    },
    /// The build fails before any step gets a secret.
    #[error("{target} cannot be built: {error}{}", shown(tail))]
    Build {
        /// The stage.
        target: String,
        /// What the builder said, values masked.
        error: String,
        /// The last lines, values masked.
        tail: Vec<String>,
    },
    /// The user ended it.
    #[error("it was ended early")]
    Stopped,
    /// The builder could not be used.
    #[error(transparent)]
    Builder(#[from] BuilderError),
    /// What came out could not be read.
    #[error(transparent)]
    Scan(#[from] ScanError),
    /// The search could not be prepared.
    #[error(transparent)]
    Search(#[from] NeedlesError),
    /// There are no random bytes.
    #[error(transparent)]
    Random(#[from] NoRandomness),
}

impl ProveError {
    /// What to do about it, starting with a verb, where there is something.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Control { .. } => Some(
                "start the builder; with Docker, turn on the containerd image store or use --builder with one that \
                 docker buildx create made: others give out neither layers nor caches"
                    .to_owned(),
            ),
            Self::Build { .. } => {
                Some("build it by hand first: no step was reached that could do with a value of its own".to_owned())
            }
            Self::NoSuchStep { .. } => Some("name a line of the step: --stub LINE=COMMAND".to_owned()),
            Self::NoSuchSecret { alike, .. } => Some(format!("did you mean `{alike}`?")),
            Self::NoSuchArgument { alike: Some(alike), .. } => Some(format!("did you mean `{alike}`?")),
            Self::NoSuchArgument { .. } => Some("name an ARG of the Dockerfile, or leave it out".to_owned()),
            Self::Scan(error) => error.help(),
            _ => None,
        }
    }
}

fn shown(tail: &[String]) -> String {
    tail.iter().map(|line| format!("\n  {line}")).collect()
}
