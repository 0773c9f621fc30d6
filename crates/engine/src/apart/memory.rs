//! An image as far as it was read: a store that gives out outlines, and remembers what it was asked for and lacks.

use std::collections::HashMap;
use std::io::{self, Cursor, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use tightlip_image::model::is_manifest_type;
use tightlip_image::store::{
    BlobId, Entrance, EntranceDocument, EntranceKind, Location, Shelf, Store, StoreError, Whole,
};
use tightlip_image::{Digest, Problem};

use super::outline::Outline;
use super::read::sealed;
use super::{Apart, Known, Need, Parts, Rank, Role, Root};

/// What is kept takes about so many times as much memory when it is opened.
pub(crate) const UNPACKED: usize = 4;

/// What is known of an image.
pub(crate) struct Memory<'m> {
    apart: &'m Apart,
    root: &'m Root,
    parts: &'m dyn Parts,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    found: HashMap<(Digest, Role), Found>,
    /// What documents say about others: as what they are read, and what they are said to be.
    said: HashMap<Digest, Said>,
    lacking: Vec<Need>,
}

#[derive(Clone)]
struct Said {
    role: Role,
    media_type: String,
    size: u64,
}

/// What of a blob is known.
#[derive(Clone)]
pub(crate) enum Found {
    Read(Arc<Outline>),
    Absent,
    Failed(String),
    Unknown,
}

impl<'m> Memory<'m> {
    pub(crate) fn new(apart: &'m Apart, root: &'m Root, parts: &'m dyn Parts) -> Self {
        Self { apart, root, parts, state: Mutex::default() }
    }

    /// The documents that were asked for and are not known.
    pub(crate) fn lacking(&self) -> Vec<Need> {
        std::mem::take(&mut self.state().lacking)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known of a blob that is read as this.
    pub(crate) fn find(&self, digest: &Digest, role: Role) -> Found {
        let key = (digest.clone(), role);
        if let Some(found) = self.state().found.get(&key) {
            return found.clone();
        }
        let found = match self.apart.outlines.get(digest, role) {
            Some(outline) => Found::Read(outline),
            None => self.opened(digest, role),
        };
        self.state().found.insert(key, found.clone());
        found
    }

    fn opened(&self, digest: &Digest, role: Role) -> Found {
        match self.parts.part(digest, role) {
            None => Found::Unknown,
            Some(Known::Absent) => Found::Absent,
            Some(Known::Failed(why)) => Found::Failed(why),
            Some(Known::Part(part)) => {
                let outline = self.apart.seal.open(&sealed("outline", digest, role), &part.outline);
                let Some(outline) = outline.map(Arc::<Outline>::new) else {
                    return Found::Failed("what was kept of it cannot be opened".to_owned());
                };
                self.apart.outlines.keep(digest, role, (&outline, part.outline.len() * UNPACKED));
                Found::Read(outline)
            }
        }
    }

    fn said(&self, digest: &Digest) -> Option<Said> {
        let entrance = *digest == self.root.digest || self.root.attached.iter().any(|(d, _)| d == digest);
        let manifest = Said { role: Role::Manifest, media_type: String::new(), size: 0 };
        self.state().said.get(digest).cloned().or_else(|| entrance.then_some(manifest))
    }

    /// What is known of a blob, as whatever it was read.
    fn any(&self, digest: &Digest) -> Found {
        let said = self.said(digest).map(|said| said.role);
        let roles = said.into_iter().chain([Role::Piece, Role::Statement, Role::Record]);
        let mut last = Found::Unknown;
        for role in roles {
            match self.find(digest, role) {
                Found::Read(outline) => return Found::Read(outline),
                Found::Unknown => {}
                found => last = found,
            }
        }
        last
    }

    /// A document: what it says about others is learned on the way.
    fn document(&self, digest: &Digest) -> Result<Arc<Outline>, StoreError> {
        let failed =
            |why: String| StoreError::Read { what: digest.to_string(), source: io::Error::other(why) };
        match self.any(digest) {
            Found::Read(outline) => {
                if outline.is_document() {
                    self.learn(&outline);
                }
                Ok(outline)
            }
            Found::Absent => Err(self.missing(digest)),
            Found::Failed(why) => Err(failed(why)),
            Found::Unknown => {
                let said = self.said(digest);
                if let Some(Said { role: role @ (Role::Manifest | Role::Config), media_type, size }) = said {
                    let need = Need { digest: digest.clone(), role, media_type, size, rank: Rank::Paper };
                    self.state().lacking.push(need);
                }
                Err(failed("it was not read yet".to_owned()))
            }
        }
    }

    fn missing(&self, digest: &Digest) -> StoreError {
        StoreError::Missing { blob: digest.clone().into(), store: self.root.name.clone() }
    }

    fn learn(&self, outline: &Outline) {
        let value: Value = serde_json::from_slice(&outline.bytes()).unwrap_or_default();
        let list = |key: &str| value.get(key).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let mut state = self.state();
        for descriptor in list("manifests") {
            let media_type = descriptor.get("mediaType").and_then(Value::as_str).unwrap_or_default();
            let manifest = media_type.is_empty() || is_manifest_type(media_type);
            state.learn(descriptor, if manifest { Role::Manifest } else { Role::Piece });
        }
        if let Some(descriptor) = value.get("config") {
            state.learn(descriptor, Role::Config);
        }
        // The configuration of a cache of the older form stands among its layers.
        for descriptor in list("manifests") {
            if descriptor.get("mediaType").and_then(Value::as_str)
                == Some(tightlip_image::model::CACHE_CONFIG)
            {
                state.relearn(descriptor, Role::Config);
            }
        }
        for descriptor in list("layers").iter().chain(list("blobs")) {
            state.learn(descriptor, Role::Piece);
        }
    }

    fn entrance_document(&self, kind: EntranceKind, digest: &Digest, name: String) -> EntranceDocument {
        let outline = self.document(digest).ok();
        EntranceDocument {
            kind,
            name: digest.to_string(),
            media_type: outline.as_ref().and_then(|outline| outline.media_type()),
            references: vec![name],
            bytes: outline.map(|outline| outline.bytes()).unwrap_or_default(),
        }
    }
}

impl State {
    fn learn(&mut self, descriptor: &Value, role: Role) {
        let Some((digest, said)) = read(descriptor, role) else { return };
        self.said.entry(digest).or_insert(said);
    }

    fn relearn(&mut self, descriptor: &Value, role: Role) {
        self.said.extend(read(descriptor, role));
    }
}

fn read(descriptor: &Value, role: Role) -> Option<(Digest, Said)> {
    let digest = Digest::parse(descriptor.get("digest")?.as_str()?).ok()?;
    let media_type = descriptor.get("mediaType").and_then(Value::as_str).unwrap_or_default().to_owned();
    let size = descriptor.get("size").and_then(Value::as_u64).unwrap_or_default();
    Some((digest, Said { role, media_type, size }))
}

impl Store for Memory<'_> {
    fn entrance(&self) -> Result<Entrance, StoreError> {
        let root = self.root;
        let own = self.entrance_document(EntranceKind::Manifest, &root.digest, root.reference.clone());
        let attached = root.attached.iter();
        let attached =
            attached.map(|(d, name)| self.entrance_document(EntranceKind::Attached, d, name.clone()));
        Ok(Entrance { documents: [own].into_iter().chain(attached).collect() })
    }

    fn open(&self, blob: &BlobId) -> Result<Box<dyn Read + Send + '_>, StoreError> {
        let BlobId::Digest(digest) = blob else {
            return Err(StoreError::Missing { blob: blob.clone(), store: self.root.name.clone() });
        };
        let outline = self.document(digest)?;
        Ok(Box::new(Cursor::new(outline.bytes())))
    }

    fn size(&self, blob: &BlobId) -> Option<u64> {
        let BlobId::Digest(digest) = blob else { return None };
        match self.any(digest) {
            Found::Read(outline) => Some(outline.whole().size),
            _ => self.said(digest).map(|said| said.size),
        }
    }

    fn holds(&self, blob: &BlobId) -> bool {
        let BlobId::Digest(digest) = blob else { return false };
        !matches!(self.any(digest), Found::Absent)
    }

    fn blobs(&self) -> Vec<BlobId> {
        let attached = self.root.attached.iter().map(|(digest, _)| digest);
        [&self.root.digest].into_iter().chain(attached).cloned().map(BlobId::Digest).collect()
    }

    fn head(&self, blob: &BlobId) -> Option<Vec<u8>> {
        let BlobId::Digest(digest) = blob else { return None };
        match self.any(digest) {
            Found::Read(outline) => Some(outline.head()),
            _ => None,
        }
    }

    fn locate(&self, blob: &BlobId) -> Option<Location> {
        let BlobId::Digest(digest) = blob else { return None };
        let manifest = match self.find(digest, Role::Manifest) {
            Found::Read(outline) => Some(outline),
            _ => None,
        };
        let folder = if manifest.is_some() { "manifests" } else { "blobs" };
        Some(Location::Registry {
            reference: format!("{}@{digest}", self.root.name),
            shelf: if manifest.is_some() { Shelf::Manifests } else { Shelf::Blobs },
            media_type: manifest.and_then(|outline| outline.media_type()),
            url: self.root.address.as_ref().map(|address| format!("{address}{folder}/{digest}")),
        })
    }

    fn whole(&self, blob: &BlobId) -> Option<Whole> {
        let BlobId::Digest(digest) = blob else { return None };
        match self.any(digest) {
            Found::Read(outline) => Some(outline.whole()),
            _ => None,
        }
    }

    fn problems(&self) -> Vec<Problem> {
        self.root.problems.clone()
    }
}
