//! What the documents of a registry say about its blobs, and what of them was fetched already.

use std::collections::HashMap;
use std::io::{Cursor, Read};
use std::sync::Arc;

use serde_json::Value;

use super::{MAX_KEPT, Shelf};
use crate::model::is_manifest_type;
use crate::store::BlobId;
use crate::{Digest, Problem, ProblemKind};

/// A manifest or index as the registry gave it out.
pub(super) struct Served {
    /// The name it has, by its bytes or by what was asked for.
    pub(super) digest: Digest,
    pub(super) media_type: Option<String>,
    pub(super) bytes: Arc<[u8]>,
}

impl Served {
    pub(super) fn new(bytes: Vec<u8>, media_type: Option<String>) -> Self {
        Self { digest: Digest::of(&bytes), media_type, bytes: bytes.into() }
    }

    /// The same under the digest that was asked for: whether it is true is seen by whoever reads it.
    pub(super) fn named(self, digest: Digest) -> Self {
        Self { digest, ..self }
    }

    pub(super) fn reader<'r>(&self) -> Box<dyn Read + Send + 'r> {
        reader(Arc::clone(&self.bytes))
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_default()
    }
}

/// Reads bytes that are shared.
pub(super) fn reader<'r>(bytes: Arc<[u8]>) -> Box<dyn Read + Send + 'r> {
    Box::new(Cursor::new(bytes))
}

/// Everything that is known so far.
#[derive(Default)]
pub(super) struct Known {
    stated: HashMap<Digest, Stated>,
    served: HashMap<Digest, Arc<Served>>,
    heads: HashMap<Digest, Option<Arc<[u8]>>>,
    small: HashMap<Digest, Arc<[u8]>>,
    kept: u64,
    pub(super) problems: Vec<Problem>,
}

/// What a descriptor says.
#[derive(Clone, Copy, Default)]
struct Stated {
    size: Option<u64>,
    shelf: Option<Shelf>,
}

impl Known {
    /// Keeps a document and learns what it says about others.
    pub(super) fn serve(&mut self, served: Arc<Served>) {
        let value = served.json();
        let list = |key: &str| value.get(key).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        for descriptor in list("layers").iter().chain(list("blobs")).chain(value.get("config")) {
            self.learn(descriptor, Some(Shelf::Blobs));
        }
        for descriptor in list("manifests") {
            let media_type = descriptor.get("mediaType").and_then(Value::as_str).unwrap_or_default();
            // Indexes list layers too: those of a build cache do.
            let manifest = media_type.is_empty() || is_manifest_type(media_type);
            self.learn(descriptor, manifest.then_some(Shelf::Manifests));
        }
        self.served.insert(served.digest.clone(), served);
    }

    fn learn(&mut self, descriptor: &Value, shelf: Option<Shelf>) {
        let digest = descriptor.get("digest").and_then(Value::as_str);
        let Some(digest) = digest.and_then(|text| Digest::parse(text).ok()) else { return };
        let size = descriptor.get("size").and_then(Value::as_u64);
        let stated = self.stated.entry(digest).or_default();
        stated.size = stated.size.or(size);
        stated.shelf = match stated.shelf {
            Some(other) if shelf.is_some_and(|shelf| shelf != other) => None,
            other => other.or(shelf),
        };
    }

    pub(super) fn learn_size(&mut self, digest: &Digest, size: Option<u64>) {
        let stated = self.stated.entry(digest.clone()).or_default();
        stated.size = stated.size.or(size);
    }

    /// Where a digest is asked for, if something says so.
    pub(super) fn shelf(&self, digest: &Digest) -> Option<Shelf> {
        if self.served.contains_key(digest) {
            return Some(Shelf::Manifests);
        }
        self.stated.get(digest).and_then(|stated| stated.shelf)
    }

    pub(super) fn size(&self, digest: &Digest) -> Option<u64> {
        let served = self.served.get(digest).map(|served| served.bytes.len() as u64);
        served.or_else(|| self.stated.get(digest)?.size)
    }

    pub(super) fn served(&self, digest: &Digest) -> Option<Arc<Served>> {
        self.served.get(digest).cloned()
    }

    /// The documents that were fetched: a registry does not list its blobs.
    pub(super) fn documents(&self) -> Vec<BlobId> {
        let mut all: Vec<BlobId> = self.served.keys().cloned().map(BlobId::Digest).collect();
        all.sort();
        all
    }

    /// The head of a blob that was looked at: none inside if the registry does not have it.
    pub(super) fn head(&self, digest: &Digest) -> Option<Option<Arc<[u8]>>> {
        self.heads.get(digest).cloned()
    }

    pub(super) fn keep_head(&mut self, digest: &Digest, head: Option<Arc<[u8]>>) {
        self.heads.insert(digest.clone(), head);
    }

    pub(super) fn small(&self, digest: &Digest) -> Option<Arc<[u8]>> {
        self.small.get(digest).cloned()
    }

    pub(super) fn keep_small(&mut self, digest: &Digest, bytes: Arc<[u8]>) {
        self.kept += bytes.len() as u64;
        if self.kept <= MAX_KEPT {
            self.small.insert(digest.clone(), bytes);
        }
    }

    pub(super) fn problem(&mut self, kind: ProblemKind, what: String, detail: String) {
        self.problems.push(Problem::new(kind, what, detail));
    }
}
