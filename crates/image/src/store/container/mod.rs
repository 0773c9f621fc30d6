//! `container:[podman:]NAME`: a container, running or not: what it changed in its file system as a layer of its own,
//! its settings, and its image below.
//!
//! The daemon gives out the whole file system as one archive and the list of what changed; the changed entries of the
//! archive are the layer. Mounts are other file systems: they are named, and not read.
//! Source: Docker Engine API, "Inspect a container", "Get changes", "Export a container".

mod changes;
mod select;

use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use self::changes::Changes;
use self::select::Select;
use super::daemon::{DOCKER, Daemon, DaemonError, Engine, Outflow, PODMAN};
use super::open::{Found, OpenError, Scheme, Source, Stream};
use super::{Archive, BlobId, Entrance, Location, Options, Pipe, Store, StoreError};
use crate::model::{Base, Description, Document, DocumentKind, Held, Image, ImageKind, Layer, LayerRole};
use crate::{Digest, Problem, ProblemKind};

/// A container.
pub(super) static SCHEME: Scheme = Scheme {
    name: "container",
    summary: "a container, running or not, with its image: container:[podman:]NAME",
    open,
    sniff: |_: &Found| None,
};

/// What the layer of a container's own changes is called.
pub const OWN_LAYER: &str = "(what the container changed)";
/// What the container's settings are called.
const SETTINGS: &str = "(the container's settings)";
/// An archive without a member.
const EMPTY: [u8; 1024] = [0; 1024];

/// A container: its settings, and what it changed.
pub struct Container {
    daemon: Daemon,
    name: String,
    settings: Vec<u8>,
    changes: Arc<Changes>,
    problems: Vec<Problem>,
}

/// A container together with its image, which passed by.
pub struct Inhabited {
    archive: Archive,
    container: Container,
    /// Changes that the layer did not hold.
    missed: Mutex<Vec<String>>,
}

fn open(rest: &str, options: &Options) -> Result<Source, OpenError> {
    let (engine, name) = match rest.split_once(':') {
        Some(("podman", name)) => (&PODMAN, name),
        Some(("docker", name)) => (&DOCKER, name),
        _ => (&DOCKER, rest),
    };
    let name = container_name(engine, name)?.to_owned();
    let daemon = Daemon::reach(engine, options)?;
    let missing = |error| match error {
        DaemonError::Answer { status: 404, .. } => daemon.no_container(&name),
        other => other,
    };
    let settings = daemon.json(&format!("/containers/{name}/json")).map_err(missing)?;
    let value: Value = serde_json::from_slice(&settings).unwrap_or_default();
    let changes = daemon.json(&format!("/containers/{name}/changes")).map_err(missing)?;
    let mut problems = mounts(&value);
    let Outflow { pipe, bytes, absent } = image(&daemon, &value, &mut problems)?;
    let changes = Arc::new(Changes::read(&changes, &mut problems));
    let container = Container { daemon, name, settings, changes, problems };
    Ok(Source::Stream(Stream { pipe, bytes, absent, container: Some(Box::new(container)) }))
}

/// Source: moby `daemon/names/names.go`.
fn container_name<'n>(engine: &Engine, name: &'n str) -> Result<&'n str, DaemonError> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
    let starts = name.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric());
    if starts && name.bytes().all(plain) {
        return Ok(name);
    }
    Err(DaemonError::NoName { text: name.to_owned(), program: engine.program, what: "a container" })
}

/// The image below. One that was removed while its container stayed is no reason not to read the container.
fn image(daemon: &Daemon, settings: &Value, problems: &mut Vec<Problem>) -> Result<Outflow, DaemonError> {
    let id = settings.get("Image").and_then(Value::as_str).unwrap_or_default();
    let opened = if id.is_empty() { None } else { Some(daemon.image(id)) };
    match opened {
        Some(Ok(outflow)) => Ok(outflow),
        Some(Err(DaemonError::NoImage { .. })) | None => {
            let detail = "the image of the container is gone: only what the container changed was read";
            problems.push(Problem::new(ProblemKind::MissingBlob, id, detail.to_owned()));
            let pipe = Pipe { name: "no image".to_owned(), command: "true".to_owned() };
            Ok(Outflow { pipe, bytes: Box::new(EMPTY.as_slice()), absent: Vec::new() })
        }
        Some(Err(error)) => Err(error),
    }
}

/// Other file systems in the container, each as something that is not read.
fn mounts(settings: &Value) -> Vec<Problem> {
    let text =
        |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let listed = settings.get("Mounts").and_then(Value::as_array).into_iter().flatten();
    let mut all: Vec<(String, String)> =
        listed.map(|mount| (text(mount, "Destination"), text(mount, "Type"))).collect();
    let memory = settings.pointer("/HostConfig/Tmpfs").and_then(Value::as_object).into_iter().flatten();
    all.extend(memory.map(|(path, _)| (path.clone(), "tmpfs".to_owned())));
    all.sort();
    all.dedup();
    let problem = |(path, kind): (String, String)| {
        let detail = format!(
            "another file system ({kind}) is mounted here (limit `one-file-system`): it was not read"
        );
        Problem::new(ProblemKind::Limit, path, detail)
    };
    all.into_iter().map(problem).collect()
}

impl Container {
    /// Its name for people.
    #[must_use]
    pub fn name(&self) -> String {
        format!("container {}", self.name)
    }

    /// The container with its image, once that has passed.
    #[must_use]
    pub fn over(self, archive: Archive) -> Inhabited {
        Inhabited { archive, container: self, missed: Mutex::default() }
    }

    fn path(&self, rest: &str) -> String {
        format!("/containers/{}/{rest}", self.name)
    }

    fn program(&self) -> &'static str {
        self.daemon.engine.program
    }

    /// The digest of the manifest that it runs, where the daemon knows one.
    fn manifest(&self) -> Option<Digest> {
        let settings: Value = serde_json::from_slice(&self.settings).ok()?;
        Digest::parse(settings.pointer("/ImageManifestDescriptor/digest")?.as_str()?).ok()
    }
}

impl Inhabited {
    /// Puts the container on top of its image in the description of what passed.
    pub fn top(&self, description: &mut Description) {
        let runs = self.container.manifest();
        let digest = |image: &Image| description.documents.get(image.manifest?)?.digest.clone();
        let images = || description.images.iter().enumerate().filter(|(_, i)| i.kind == ImageKind::Image);
        let exact = images().find(|(_, image)| runs.is_some() && digest(image) == runs);
        let index = exact.or_else(|| images().next()).map(|(index, _)| index);
        let index = index.unwrap_or_else(|| {
            description.images.push(nothing());
            description.images.len() - 1
        });
        if let Some(image) = description.images.get_mut(index) {
            image.layers.push(own_layer(image.layers.len()));
        }
        description.documents.push(Document {
            kind: DocumentKind::Config,
            blob: Some(BlobId::Name(SETTINGS.to_owned())),
            name: self.container.name(),
            digest: None,
            media_type: None,
            size: self.container.settings.len() as u64,
            bytes: self.container.settings.clone(),
        });
        description.reference = Some(self.container.name());
    }

    /// The changed entries of the container's file system.
    fn changed(&self) -> Result<Box<dyn Read + Send + '_>, StoreError> {
        let failed = |error: DaemonError| StoreError::Read {
            what: OWN_LAYER.to_owned(),
            source: io::Error::other(error.to_string()),
        };
        let export: Box<dyn Read + Send> = match self.container.changes.is_empty() {
            true => Box::new(EMPTY.as_slice()),
            false => self.container.daemon.stream(&self.container.path("export")).map_err(failed)?,
        };
        let done = |missed| *self.missed.lock().unwrap_or_else(PoisonError::into_inner) = missed;
        Ok(Box::new(Select::new(export, &self.container.changes, done)))
    }

    /// What changed and was not in the export, unless it has no content or is gone since.
    fn unseen(&self) -> Vec<Problem> {
        let missed = self.missed.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let there = |path: &String| {
            changes::has_content(&self.container.daemon, &self.container.path("archive"), path)
        };
        let detail = "it changed, and it was not in what the daemon gave out";
        let problem = |path: String| Problem::new(ProblemKind::Unreadable, path, detail.to_owned());
        missed.into_iter().filter(there).map(problem).collect()
    }
}

/// An image of which nothing is known.
fn nothing() -> Image {
    Image {
        kind: ImageKind::Image,
        platform: None,
        references: Vec::new(),
        manifest: None,
        config: None,
        layers: Vec::new(),
        base: Base::default(),
    }
}

fn own_layer(index: usize) -> Layer {
    Layer {
        index,
        blob: BlobId::Name(OWN_LAYER.to_owned()),
        media_type: None,
        digest: None,
        size: None,
        diff_id: None,
        annotations: std::collections::BTreeMap::new(),
        urls: Vec::new(),
        role: LayerRole::Tar,
        held: Held::Stored,
    }
}

impl Store for Inhabited {
    fn entrance(&self) -> Result<Entrance, StoreError> {
        self.archive.entrance()
    }

    fn open(&self, blob: &BlobId) -> Result<Box<dyn Read + Send + '_>, StoreError> {
        match blob {
            BlobId::Name(name) if name == OWN_LAYER => self.changed(),
            BlobId::Name(name) if name == SETTINGS => Ok(Box::new(self.container.settings.as_slice())),
            other => self.archive.open(other),
        }
    }

    fn size(&self, blob: &BlobId) -> Option<u64> {
        match blob {
            BlobId::Name(name) if name == OWN_LAYER => None,
            BlobId::Name(name) if name == SETTINGS => Some(self.container.settings.len() as u64),
            other => self.archive.size(other),
        }
    }

    fn blobs(&self) -> Vec<BlobId> {
        self.archive.blobs()
    }

    fn resolve(&self, blob: &BlobId) -> Option<BlobId> {
        self.archive.resolve(blob)
    }

    fn head(&self, blob: &BlobId) -> Option<Vec<u8>> {
        self.archive.head(blob)
    }

    fn locate(&self, blob: &BlobId) -> Option<Location> {
        let (program, name) = (self.container.program(), &self.container.name);
        match blob {
            BlobId::Name(blob) if blob == OWN_LAYER => {
                Some(Location::Export { command: format!("{program} export {name}") })
            }
            BlobId::Name(blob) if blob == SETTINGS => {
                let command = format!("{program} container inspect {name} | jq '.[0]'");
                Some(Location::Output { command })
            }
            other => self.archive.locate(other),
        }
    }

    fn problems(&self) -> Vec<Problem> {
        let mut problems = self.archive.problems();
        problems.extend(self.container.problems.iter().cloned());
        problems.extend(self.unseen());
        problems
    }
}
