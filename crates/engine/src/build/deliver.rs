//! After a clean scan: the image goes where the user wanted it, exactly as it was scanned.

use std::io;
use std::path::Path;

use tightlip_image::Reference;
use tightlip_image::store::Push;

use super::layout::Layout;
use super::plan::{CacheTo, Delivery};
use super::{GuardError, Show, disk};
use crate::builder::{Answer, Builder, Task};
use crate::redact::Redactor;
use crate::request::Request;

/// Who delivers.
pub(crate) struct Courier<'c> {
    pub(crate) builder: &'c Builder,
    pub(crate) scan: &'c Request,
    pub(crate) redactor: &'c Redactor,
    pub(crate) show: &'c dyn Show,
}

impl Courier<'_> {
    /// Delivers, and says what it did.
    pub(crate) fn deliver(&self, layout: &Layout, to: &Delivery) -> Result<Vec<String>, GuardError> {
        match to {
            Delivery::Load(names) => self.load(layout, names).map(|said| vec![said]),
            Delivery::Push(names) => names.iter().map(|name| self.push(layout, name)).collect(),
            Delivery::PushByDigest(names) => {
                names.iter().map(|name| self.push(layout, &by_digest(name, layout))).collect()
            }
            Delivery::Archive(path) => {
                let mut fill = |out: &mut dyn io::Write| layout.archive(&[], out);
                disk::write(path, &mut fill).map_err(|source| unwritten(path, source))?;
                Ok(vec![format!("wrote {}", path.display())])
            }
            Delivery::Layout(path) => {
                disk::move_layout(&layout.folder, path).map_err(|source| unwritten(path, source))?;
                Ok(vec![format!("wrote {}", path.display())])
            }
        }
    }

    /// Delivers a cache, and says what it did.
    pub(crate) fn cache(&self, place: &Path, to: &CacheTo) -> Result<String, GuardError> {
        match to {
            CacheTo::Folder(path) => {
                disk::move_layout(place, path).map_err(|source| unwritten(path, source))?;
                Ok(format!("wrote the cache {}", path.display()))
            }
            CacheTo::Registry(name) => self.push(&Layout::open(place)?, name),
        }
    }

    /// Loads the image into the engine, and asks the engine what it has.
    fn load(&self, layout: &Layout, names: &[String]) -> Result<String, GuardError> {
        let engine = self.builder.engine().ok_or(GuardError::NoEngine)?;
        let (reader, mut writer) = io::pipe().map_err(|error| GuardError::Load(error.to_string()))?;
        let answer = std::thread::scope(|scope| {
            scope.spawn(move || {
                // An engine that does not take it closes its end and says why.
                let _ = layout.archive(names, &mut writer);
            });
            engine.ask(&Task::new(["load"]).stream(reader))
        })?;
        if let Some(wrong) = refusal(&answer) {
            return Err(GuardError::Load(self.redactor.text(wrong.trim())));
        }
        let name = names.first().cloned().unwrap_or_else(|| layout.digest.to_string());
        let asked = engine.ask(&Task::new(["image", "inspect", "--format", "{{.Id}}", &name]))?;
        let id = asked.ended.text().trim().to_owned();
        // An engine without the containerd store knows images by their configuration.
        if id != layout.digest.to_string() && !layout.configs()?.contains(&id) {
            return Err(GuardError::Load(format!("the engine has {id}, not {}", layout.digest)));
        }
        Ok(match names {
            [] => format!("loaded {}", layout.digest),
            names => format!("loaded {}", names.join(", ")),
        })
    }

    fn push(&self, layout: &Layout, name: &str) -> Result<String, GuardError> {
        let wrong = |why: String| GuardError::Push { name: name.to_owned(), why };
        let reference = Reference::parse(name).map_err(|error| wrong(error.to_string()))?;
        let push = Push::new(reference, &self.scan.sources).map_err(|error| wrong(error.to_string()))?;
        self.show.note(&format!("pushing {name}"));
        let pushed = push.image(&layout.store, &layout.digest).map_err(|error| wrong(error.to_string()))?;
        Ok(format!("pushed {name} ({} sent, {} there already)", pushed.sent, pushed.had))
    }
}

/// Why an engine did not take an image, if it did not. Engine 28.5 ends well, with the image under its name, when it has no
/// room for the layers or misses one, and says so among what it did.
fn refusal(answer: &Answer) -> Option<String> {
    if !answer.ended.succeeded() {
        return Some(String::from_utf8_lossy(&answer.said).into_owned());
    }
    answer.ended.text().lines().find(|line| line.starts_with("Error ")).map(str::to_owned)
}

/// The name of a repository with the digest of the image, whatever tag stood there.
fn by_digest(name: &str, layout: &Layout) -> String {
    let bare = name.split('@').next().unwrap_or(name);
    let repository = match bare.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => repository,
        _ => bare,
    };
    format!("{repository}@{}", layout.digest)
}

fn unwritten(path: &Path, source: io::Error) -> GuardError {
    GuardError::Write { path: path.to_owned(), source }
}
