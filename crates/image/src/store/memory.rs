//! Blobs in memory: for tests and for embedding.

use std::collections::BTreeMap;
use std::io::Read;

use super::{BlobId, Entrance, EntranceDocument, EntranceKind, Location, Store, StoreError, entrance_of};
use crate::Digest;

/// A store that holds its bytes itself.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    blobs: BTreeMap<BlobId, Vec<u8>>,
    served: Vec<EntranceDocument>,
}

impl Memory {
    /// A store without a blob.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a blob under its SHA-256 digest.
    pub fn add(&mut self, bytes: impl Into<Vec<u8>>) -> Digest {
        let bytes = bytes.into();
        let digest = Digest::of(&bytes);
        self.blobs.insert(BlobId::Digest(digest.clone()), bytes);
        digest
    }

    /// Adds a blob under any name or digest, true or not. `index.json`, `manifest.json`, `oci-layout` and
    /// `repositories` are entrance documents.
    pub fn put(&mut self, blob: BlobId, bytes: impl Into<Vec<u8>>) {
        self.blobs.insert(blob, bytes.into());
    }

    /// Adds a manifest or index that the store gives out under a name, as a registry does.
    pub fn serve(&mut self, reference: &str, bytes: impl Into<Vec<u8>>) -> Digest {
        self.serve_as(EntranceKind::Manifest, reference, bytes.into())
    }

    /// Adds a manifest that the store says is attached to another one.
    pub fn attach(&mut self, reference: &str, bytes: impl Into<Vec<u8>>) -> Digest {
        self.serve_as(EntranceKind::Attached, reference, bytes.into())
    }

    fn serve_as(&mut self, kind: EntranceKind, reference: &str, bytes: Vec<u8>) -> Digest {
        let digest = self.add(bytes.clone());
        self.served.push(EntranceDocument {
            kind,
            name: digest.to_string(),
            media_type: None,
            references: vec![reference.to_owned()],
            bytes,
        });
        digest
    }

    /// Takes a blob out.
    pub fn remove(&mut self, blob: &BlobId) -> Option<Vec<u8>> {
        self.blobs.remove(blob)
    }
}

impl Store for Memory {
    fn entrance(&self) -> Result<Entrance, StoreError> {
        let mut entrance = entrance_of(self)?;
        entrance.documents.extend(self.served.iter().cloned());
        Ok(entrance)
    }

    fn open(&self, blob: &BlobId) -> Result<Box<dyn Read + Send + '_>, StoreError> {
        match self.blobs.get(blob) {
            Some(bytes) => Ok(Box::new(bytes.as_slice())),
            None => Err(StoreError::Missing { blob: blob.clone(), store: "memory".to_owned() }),
        }
    }

    fn size(&self, blob: &BlobId) -> Option<u64> {
        self.blobs.get(blob).map(|bytes| bytes.len() as u64)
    }

    fn blobs(&self) -> Vec<BlobId> {
        self.blobs.keys().cloned().collect()
    }

    fn locate(&self, _: &BlobId) -> Option<Location> {
        None
    }
}
