//! Who builds behind `docker buildx`, and where results go there.

use std::path::Path;

use serde_json::Value;
use tightlip_image::store::{Options, health};

use super::disk;
use super::known::Environment;
use super::record;
use crate::builder::{Builder, BuilderError, Kind, Task};

/// Where a builder puts an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Driver {
    /// Docker's own, with the containerd image store: it gives out layouts.
    Docker,
    /// Docker's own, with the store from before: it has nothing but that.
    Classic,
    /// A builder beside the engine (`docker-container`, `kubernetes`, `remote`).
    Apart,
    /// buildah or Podman, with a storage.
    Containers,
}

/// Whom to ask.
pub(crate) struct Asking<'a> {
    pub(crate) builder: &'a Builder,
    /// The name of the builder, if one is given.
    pub(crate) name: Option<&'a str>,
    pub(crate) environment: &'a Environment,
    /// How the engine is found.
    pub(crate) sources: &'a Options,
}

impl Driver {
    /// Asks the builder that counts.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub(crate) fn of(asking: &Asking<'_>) -> Result<Self, BuilderError> {
        if asking.builder.kind() != Kind::Buildx {
            return Ok(Self::Containers);
        }
        // The engine itself answers at once; buildx takes three starts of its programs for it.
        if let Some(driver) = asking.engine() {
            return Ok(driver);
        }
        let task = Task::new(["inspect"]);
        let task = asking.name.map_or(task.clone(), |name| task.argument(name));
        Ok(Self::told(&asking.builder.ask(&task)?.ended.text()))
    }

    /// Source: buildx `commands/inspect.go`; moby `builder/builder-next`, which labels its containerd worker alone.
    fn told(text: &str) -> Self {
        let value = |name: &str| text.lines().find_map(|line| line.trim().strip_prefix(name)).map(str::trim);
        match value("Driver:") {
            None | Some("docker") => {}
            Some(_) => return Self::Apart,
        }
        let labelled = value("org.mobyproject.buildkit.worker.snapshotter:").is_some();
        // One that does not answer says itself what is wrong when it is to build.
        let answers = value("Status:") == Some("running");
        if answers && !labelled { Self::Classic } else { Self::Docker }
    }
}

impl Asking<'_> {
    /// What the engine says that both of us find in the same way, where it is the builder too.
    fn engine(&self) -> Option<Driver> {
        let host = self.sources.daemons.docker.host.as_deref();
        let same = self.builder.is_plain() && host == self.environment.text("DOCKER_HOST");
        let named = self.name.or_else(|| self.environment.text("BUILDX_BUILDER")).is_some();
        if !same || named || is_another_chosen(&record::buildx_folder(self.environment)?) {
            return None;
        }
        let facts = health::docker(self.sources).answer.ok()?;
        Some(if facts.containerd { Driver::Docker } else { Driver::Classic })
    }
}

/// Whether `docker buildx use` chose a builder beside the engine. Source: buildx `store/store.go`, `GetCurrent`.
fn is_another_chosen(folder: &Path) -> bool {
    let Ok(text) = disk::text(&folder.join("current")) else { return false };
    let chosen: Option<Value> = serde_json::from_str(&text).ok();
    let name = chosen.as_ref().and_then(|chosen| chosen.get("Name")).and_then(Value::as_str);
    // What cannot be read is for buildx to say.
    name.is_none_or(|name| !matches!(name, "" | "default"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_is_told_by_the_labels_of_its_worker() {
        let told = |driver: &str, status: &str, label: &str| {
            Driver::told(&format!(
                "Name: x\nDriver:        {driver}\n\nNodes:\nStatus:   {status}\nLabels:\n {label}\n"
            ))
        };
        let label = "org.mobyproject.buildkit.worker.snapshotter:          overlayfs";
        assert_eq!(told("docker", "running", label), Driver::Docker);
        assert_eq!(told("docker", "running", ""), Driver::Classic);
        assert_eq!(told("docker", "error", ""), Driver::Docker);
        assert_eq!(told("docker-container", "inactive", ""), Driver::Apart);
        assert_eq!(Driver::told(""), Driver::Docker);
    }

    #[test]
    fn a_builder_that_was_chosen_is_asked_itself() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!is_another_chosen(folder.path()));
        for (text, other) in [
            (r#"{"Key":"unix:///x","Name":"","Global":false}"#, false),
            (r#"{"Key":"unix:///x","Name":"far","Global":false}"#, true),
            ("nonsense", true),
        ] {
            std::fs::write(folder.path().join("current"), text).unwrap();
            assert_eq!(is_another_chosen(folder.path()), other, "{text}");
        }
    }
}
