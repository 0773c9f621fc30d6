//! An image that is partly new: its changed blobs lie here, all others where they always were.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;

use super::spool::Spooled;
use crate::digest::Digest;
use crate::store::{BlobId, Entrance, EntranceDocument, EntranceKind, Location, Store, StoreError};

/// What `oci-layout` says. Source: OCI image-spec `image-layout.md`.
const LAYOUT: &str = r#"{"imageLayoutVersion":"1.0.0"}"#;

/// An OCI layout over the blobs of another store.
pub struct Overlay<'b> {
    base: &'b dyn Store,
    index: Vec<u8>,
    blobs: BTreeMap<Digest, Held>,
}

/// Where a blob lies.
enum Held {
    Bytes(Vec<u8>),
    File(Spooled),
    Elsewhere { store: Arc<dyn Store>, size: u64 },
    Base { blob: BlobId, size: u64 },
}

impl<'b> Overlay<'b> {
    /// A layout with this `index.json` and no blobs yet.
    #[must_use]
    pub fn new(base: &'b dyn Store, index: Vec<u8>) -> Self {
        Self { base, index, blobs: BTreeMap::new() }
    }

    /// Adds a document.
    pub fn document(&mut self, bytes: Vec<u8>) {
        self.blobs.insert(Digest::of(&bytes), Held::Bytes(bytes));
    }

    /// Adds a blob that was written before.
    pub fn file(&mut self, digest: Digest, file: Spooled) {
        self.blobs.insert(digest, Held::File(file));
    }

    /// Adds a blob that lies in another store under its digest.
    pub fn elsewhere(&mut self, digest: Digest, store: Arc<dyn Store>, size: u64) {
        self.blobs.insert(digest, Held::Elsewhere { store, size });
    }

    /// Adds a blob of the store below, which may call it otherwise.
    pub fn below(&mut self, digest: Digest, blob: BlobId, size: u64) {
        self.blobs.entry(digest).or_insert(Held::Base { blob, size });
    }

    /// `index.json`.
    #[must_use]
    pub fn index(&self) -> &[u8] {
        &self.index
    }

    /// All blobs with their sizes.
    pub fn digests(&self) -> impl Iterator<Item = (&Digest, u64)> {
        self.blobs.iter().map(|(digest, held)| (digest, held.size()))
    }

    /// The files of the layout that are no blobs.
    pub(super) fn files(&self) -> [(&'static str, &[u8]); 2] {
        [("oci-layout", LAYOUT.as_bytes()), ("index.json", &self.index)]
    }

    fn held(&self, blob: &BlobId) -> Option<&Held> {
        match blob {
            BlobId::Digest(digest) => self.blobs.get(digest),
            BlobId::Name(_) => None,
        }
    }
}

impl Held {
    fn size(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::File(file) => file.size,
            Self::Base { size, .. } | Self::Elsewhere { size, .. } => *size,
        }
    }
}

impl Store for Overlay<'_> {
    fn entrance(&self) -> Result<Entrance, StoreError> {
        let kinds = [EntranceKind::Layout, EntranceKind::Index];
        let document = |((name, bytes), kind): ((&str, &[u8]), EntranceKind)| EntranceDocument {
            kind,
            name: name.to_owned(),
            media_type: None,
            references: Vec::new(),
            bytes: bytes.to_vec(),
        };
        Ok(Entrance { documents: self.files().into_iter().zip(kinds).map(document).collect() })
    }

    fn open(&self, blob: &BlobId) -> Result<Box<dyn Read + Send + '_>, StoreError> {
        match self.held(blob) {
            Some(Held::Bytes(bytes)) => Ok(Box::new(bytes.as_slice())),
            Some(Held::File(file)) => {
                let failed = |source: io::Error| StoreError::Read { what: blob.to_string(), source };
                Ok(Box::new(File::open(&file.path).map_err(failed)?))
            }
            Some(Held::Base { blob, .. }) => self.base.open(blob),
            Some(Held::Elsewhere { store, .. }) => store.open(blob),
            None => Err(StoreError::Missing { blob: blob.clone(), store: "the new image".to_owned() }),
        }
    }

    fn size(&self, blob: &BlobId) -> Option<u64> {
        self.held(blob).map(Held::size)
    }

    fn blobs(&self) -> Vec<BlobId> {
        self.blobs.keys().cloned().map(BlobId::Digest).collect()
    }

    fn head(&self, blob: &BlobId) -> Option<Vec<u8>> {
        match self.held(blob)? {
            // A registry gives out the first bytes alone.
            Held::Base { blob, .. } => self.base.head(blob),
            Held::Elsewhere { store, .. } => store.head(blob),
            Held::Bytes(_) | Held::File(_) => {
                let mut head = Vec::new();
                self.open(blob).ok()?.take(512).read_to_end(&mut head).ok()?;
                Some(head)
            }
        }
    }

    fn is_remote(&self, blob: &BlobId) -> bool {
        match self.held(blob) {
            Some(Held::Base { blob, .. }) => self.base.is_remote(blob),
            Some(Held::Elsewhere { store, .. }) => store.is_remote(blob),
            Some(Held::Bytes(_) | Held::File(_)) | None => false,
        }
    }

    fn locate(&self, _: &BlobId) -> Option<Location> {
        None
    }
}
