//! What a build is given: a value under a name, in the way in which its Dockerfile takes it.

use std::path::PathBuf;

use tightlip_report::proof::Way;

use super::canary::Canary;
use crate::builder::{BuilderError, Folder, Kind, Task, field};

/// A value on its way into a build.
pub(crate) struct Gift {
    pub(crate) name: String,
    pub(crate) way: Way,
    pub(crate) canary: Canary,
    /// The file that holds it; none for an argument.
    file: Option<PathBuf>,
}

impl Gift {
    /// Wraps a value. `label` is the name of its file, which nothing else in the folder has.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(crate) fn new(
        (name, way): (&str, Way),
        canary: Canary,
        (folder, label): (&Folder, &str),
    ) -> Result<Self, BuilderError> {
        let file = match way {
            Way::Argument => None,
            Way::Mount | Way::Ssh => Some(folder.keep(label, &canary.content)?),
        };
        Ok(Self { name: name.to_owned(), way, canary, file })
    }

    /// Adds it to a build. The value goes through the environment or through its file, never through an argument.
    pub(crate) fn give(&self, task: Task, kind: Kind) -> Task {
        let Some(file) = &self.file else {
            let value = self.canary.content.to_vec();
            return task.option("--build-arg", &self.name).variable(&self.name, value);
        };
        let (option, mut value) = match (self.way, kind) {
            (Way::Ssh, _) => return task.option("--ssh", field(&self.name, file.as_os_str())),
            (_, Kind::Buildx) => ("--secret", field("id", self.name.as_ref())),
            // They do not read quotes.
            (_, Kind::Podman | Kind::Buildah) => ("--secret", format!("id={}", self.name).into()),
        };
        value.push(",");
        value.push(field("src", file.as_os_str()));
        task.option(option, value)
    }
}
