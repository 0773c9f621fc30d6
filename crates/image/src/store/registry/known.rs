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
    /// What the registry says that its digest is (`Docker-Content-Digest`).
    pub(super) stated: Option<Digest>,
}

impl Served {
    pub(super) fn new(bytes: Vec<u8>, media_type: Option<String>) -> Self {
        Self { digest: Digest::of(&bytes), media_type, bytes: bytes.into(), stated: None }
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
    looks: HashMap<Digest, Look>,
    small: HashMap<Digest, Arc<[u8]>>,
    kept: u64,
    pub(super) problems: Vec<Problem>,
}

/// What a look at a blob gave.
#[derive(Clone)]
pub(super) enum Look {
    /// Its first bytes.
    Head(Arc<[u8]>),
    /// The registry does not have it.
    Absent,
    /// The registry does not say. Opening the blob tells why.
    Failed,
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

    /// What was seen of a blob that was looked at.
    pub(super) fn look(&self, digest: &Digest) -> Option<Look> {
        self.looks.get(digest).cloned()
    }

    pub(super) fn keep_look(&mut self, digest: &Digest, look: Look) {
        self.looks.insert(digest.clone(), look);
    }

    /// Blobs that documents name and that were not looked at, at most `most`.
    pub(super) fn unseen(&self, most: usize) -> Vec<Digest> {
        let of_shelf = self.stated.iter().filter(|(_, stated)| stated.shelf == Some(Shelf::Blobs));
        of_shelf
            .map(|(digest, _)| digest)
            .filter(|d| !self.looks.contains_key(*d))
            .take(most)
            .cloned()
            .collect()
    }

    /// Manifests that indexes name and that were not fetched, at most `most`.
    pub(super) fn unfetched(&self, most: usize) -> Vec<Digest> {
        let of_shelf = self.stated.iter().filter(|(_, stated)| stated.shelf == Some(Shelf::Manifests));
        of_shelf
            .map(|(digest, _)| digest)
            .filter(|d| !self.served.contains_key(*d))
            .take(most)
            .cloned()
            .collect()
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

    /// Tells if a document does not have the digest that it should have.
    pub(super) fn check(&mut self, served: &Served) {
        // The digest of a signed manifest of the first schema leaves the signatures out.
        let signed = served.media_type.as_deref().is_some_and(|text| text.contains("prettyjws"));
        let stated = [Some(&served.digest), served.stated.as_ref()];
        let wrong = stated.into_iter().flatten().find(|digest| !digest.matches(&served.bytes));
        if let Some(digest) = wrong.filter(|_| !signed) {
            let detail = "the registry gave a document that does not have this digest".to_owned();
            self.problem(ProblemKind::DigestMismatch, digest.to_string(), detail);
        }
    }

    pub(super) fn problem(&mut self, kind: ProblemKind, what: String, detail: String) {
        self.problems.push(Problem::new(kind, what, detail));
    }
}
