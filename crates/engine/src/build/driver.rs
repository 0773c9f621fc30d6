//! Who builds behind `docker buildx`, and where results go there.

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

impl Driver {
    /// Asks the builder that counts when this name is given.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub(crate) fn of(builder: &Builder, name: Option<&str>) -> Result<Self, BuilderError> {
        if builder.kind() != Kind::Buildx {
            return Ok(Self::Containers);
        }
        let task = Task::new(["inspect"]);
        let task = name.map_or(task.clone(), |name| task.argument(name));
        Ok(Self::told(&builder.ask(&task)?.ended.text()))
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
}
