//! Secrets for buildah and Podman, as files that lie in memory and end with this run.
//!
//! What comes from a variable those two write to `/dev/shm` or a temporary folder, and leave there when they are ended, or
//! always (buildah since 1.41). What comes from a file they keep with the container of the step, and remove with it.

use super::GuardError;
use super::known::{self, Environment};
use super::plan::Plan;
use crate::builder::{Memory, Task};

/// Secrets that are lent for as long as the build runs.
#[derive(Default)]
pub(crate) struct Lent {
    secrets: Vec<(String, Memory)>,
}

impl Lent {
    /// Puts the secrets of a plan into memory, where the system can do that; else the builder gets them as the user said.
    pub(crate) fn new(plan: &Plan, environment: &Environment) -> Result<Self, GuardError> {
        let mut lent = Self::default();
        for secret in &plan.secrets {
            let value = known::value(secret, plan, environment)?;
            match Memory::holding(&value) {
                Ok(memory) => lent.secrets.push((secret.id.clone(), memory)),
                Err(_) => return Ok(Self::default()),
            }
        }
        Ok(lent)
    }

    /// Whether this argument of the user is not needed any more.
    pub(crate) fn replaces(&self, argument: &str) -> bool {
        !self.secrets.is_empty() && argument.starts_with("--secret=")
    }

    /// Adds the secrets to a build.
    pub(crate) fn give(&self, task: Task) -> Task {
        self.secrets.iter().fold(task, |task, (id, memory)| {
            // Those builders do not read quotes in such lists; a path of ours has none.
            task.argument(format!("--secret=id={id},src={}", memory.path().display()))
        })
    }
}
