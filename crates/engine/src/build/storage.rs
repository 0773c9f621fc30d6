//! Builders that keep results in a storage of the user: buildah, Podman, and Docker without the containerd image store.
//! There an image gets no name until it was taken out, scanned and found clean. What is not clean goes away again.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::GuardError;
use super::containers::Form;
use super::disk;
use super::layout::Layout;
use crate::builder::{Builder, Folder, Kind, Task};
use crate::redact::Redactor;

/// A storage as it was before the build.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Storage {
    engine: Builder,
    before: BTreeSet<String>,
}

impl Storage {
    /// The storage behind a builder, if this is where it puts results.
    ///
    /// # Errors
    /// When it does not say what it has: then nobody could tell what is new.
    pub(crate) fn before(builder: &Builder) -> Result<Self, GuardError> {
        let engine = builder.engine().ok_or(GuardError::NoEngine)?;
        if engine.kind() == Kind::Podman {
            refuse_remote(&engine)?;
        }
        let before = images(&engine)?;
        Ok(Self { engine, before })
    }

    /// The image that a build left there. It is taken out of it, into the folder.
    ///
    /// # Errors
    /// When there is none, or it cannot be taken out.
    pub(crate) fn since(self, folder: &Folder, form: Form) -> Result<Stored, GuardError> {
        let none = |_| GuardError::Result("the builder does not say what it built".to_owned());
        let stored = self.stored(&folder.path("id")).map_err(none)?;
        stored.take_out(folder, form)?;
        Ok(stored)
    }

    fn stored(self, id_file: &Path) -> io::Result<Stored> {
        let id = disk::text(id_file)?.trim().to_owned();
        let origin = if self.before.contains(&id) { Origin::Older } else { Origin::Ours };
        Ok(Stored { engine: self.engine, id, origin })
    }

    /// Removes the image that a build left there, whose identity stands in this file, if it was not there before.
    pub(crate) fn forget(self, id_file: &Path) {
        // It goes away with this.
        drop(self.stored(id_file));
    }
}

/// An image in a storage that this build has not named. It goes away with this, unless it is named.
pub(crate) struct Stored {
    engine: Builder,
    /// The digest of its configuration, which names the digests of its layers as they were scanned.
    pub(crate) id: String,
    origin: Origin,
}

/// Whose an image is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// This build made it, and nobody has it but us.
    Ours,
    /// It was there before, from the same steps: it may have names.
    Older,
    /// It was published.
    Named,
}

impl Stored {
    fn take_out(&self, folder: &Folder, form: Form) -> Result<(), GuardError> {
        let layout = folder.path("image");
        let place = match form {
            Form::Oci => format!("oci:{}:tightlip", layout.display()),
            Form::Docker => format!("docker-archive:{}", archive(folder).display()),
        };
        let task = match self.engine.kind() {
            Kind::Buildx => Task::new(["save", "--output"]).argument(archive(folder)).argument(&self.id),
            Kind::Podman | Kind::Buildah => Task::new(["push", "--quiet", &self.id, &place]),
        };
        self.ask(&task, "cannot take the image out of the storage")?;
        if form == Form::Oci {
            self.compare(&Layout::open(&layout)?)?;
        }
        Ok(())
    }

    /// What was taken out is what has this name, or a conversion came between.
    fn compare(&self, layout: &Layout) -> Result<(), GuardError> {
        let configs = layout.configs()?;
        match configs.as_slice() {
            [config] if *config == self.id => Ok(()),
            _ => Err(GuardError::Result(format!(
                "the storage gave out {}, not {}",
                configs.join(", "),
                self.id
            ))),
        }
    }

    /// Gives it its names.
    ///
    /// # Errors
    /// When the engine does not want to; then it goes away.
    pub(crate) fn name(&mut self, names: &[String], redactor: &Redactor) -> Result<String, GuardError> {
        for name in names {
            let task = Task::new(["tag", &self.id, name]);
            let answer = self.engine.ask(&task)?;
            if !answer.ended.succeeded() {
                let said = redactor.text(&String::from_utf8_lossy(&answer.said));
                return Err(GuardError::Load(said.trim().to_owned()));
            }
            // From here on it is somebody's.
            self.keep();
        }
        self.keep();
        Ok(if names.is_empty() {
            format!("kept {}", self.id)
        } else {
            format!("tagged {}", names.join(", "))
        })
    }

    /// It stays, with or without a name.
    pub(crate) fn keep(&mut self) {
        if self.origin == Origin::Ours {
            self.origin = Origin::Named;
        }
    }

    /// Removes it, looks whether it is gone, and says what came of it.
    pub(crate) fn forget(mut self) -> String {
        let program = self.engine.name();
        let left = |id: &str| format!("Remove it: {program} rmi {id}");
        if self.origin == Origin::Older {
            return format!(
                "the image was in the storage before this build: {}\n{}",
                self.id,
                left(&self.id)
            );
        }
        let (id, gone) = (self.id.clone(), self.remove());
        self.origin = Origin::Named;
        match gone {
            true => format!("the image was removed from the storage of {program}"),
            false => format!("the image is still in the storage of {program}\n{}", left(&id)),
        }
    }

    /// Whether it is gone.
    fn remove(&self) -> bool {
        // Without force: a name that somebody gave it meanwhile is not ours to take away.
        let _ = self.engine.ask(&Task::new(["rmi", &self.id]));
        images(&self.engine).is_ok_and(|left| !left.contains(&self.id))
    }

    fn ask(&self, task: &Task, what: &str) -> Result<(), GuardError> {
        let answer = self.engine.ask(task)?;
        match answer.ended.succeeded() {
            true => Ok(()),
            false => {
                Err(GuardError::Storage(format!("{what}: {}", String::from_utf8_lossy(&answer.said).trim())))
            }
        }
    }
}

impl Drop for Stored {
    fn drop(&mut self) {
        if self.origin == Origin::Ours {
            self.remove();
        }
    }
}

/// Where an image lies that is no OCI layout.
pub(crate) fn archive(folder: &Folder) -> PathBuf {
    folder.path("image.tar")
}

/// Every image of a storage, those of steps too.
fn images(engine: &Builder) -> Result<BTreeSet<String>, GuardError> {
    let answer = engine.ask(&Task::new(["images", "--all", "--quiet", "--no-trunc"]))?;
    if !answer.ended.succeeded() {
        let said = String::from_utf8_lossy(&answer.said).trim().to_owned();
        return Err(GuardError::Storage(format!("{} does not say what it has: {said}", engine.name())));
    }
    Ok(answer.ended.text().lines().map(|line| line.trim().to_owned()).collect())
}

/// A Podman that works for another machine sends secrets along in the build context.
/// Source: podman `pkg/bindings/images/build.go`.
fn refuse_remote(engine: &Builder) -> Result<(), GuardError> {
    let answer = engine.ask(&Task::new(["info", "--format", "{{.Host.ServiceIsRemote}}"]))?;
    if !answer.ended.succeeded() {
        return Err(GuardError::Storage(String::from_utf8_lossy(&answer.said).trim().to_owned()));
    }
    match answer.ended.text().trim() {
        "true" => Err(super::plan::unguarded(
            "this podman works for another machine: it puts secrets into the build context on their way",
            "Build there, or with buildah",
        )
        .into()),
        _ => Ok(()),
    }
}
