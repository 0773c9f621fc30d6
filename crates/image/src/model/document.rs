//! A JSON document of an image, as stored.

use serde_json::Value;

use crate::Digest;
use crate::store::BlobId;

/// What a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DocumentKind {
    /// `oci-layout`.
    Layout,
    /// An index or manifest list.
    Index,
    /// A manifest of an image or artifact.
    Manifest,
    /// The configuration of an image or artifact.
    Config,
    /// `manifest.json` of `docker save`.
    SaveManifest,
    /// `repositories` of `docker save`.
    Repositories,
    /// `<id>/json` of `docker save`, or a `v1Compatibility` string of an old manifest.
    LegacyImageJson,
    /// Anything else.
    Other,
}

/// A document, never sent through a typed struct.
#[derive(Clone, Debug)]
pub struct Document {
    /// What it is.
    pub kind: DocumentKind,
    /// Its blob, if it is one.
    pub blob: Option<BlobId>,
    /// Its digest or its name in the store.
    pub name: String,
    /// The digest of the bytes; where another one was stated, a problem says so.
    pub digest: Option<Digest>,
    /// What it is said to be.
    pub media_type: Option<String>,
    /// How many bytes it has as stored.
    pub size: u64,
    /// Its bytes as the store gives them out.
    pub bytes: Vec<u8>,
}

impl Document {
    /// The document as JSON, with every field it has.
    ///
    /// # Errors
    /// When it is not JSON.
    pub fn json(&self) -> Result<Value, serde_json::Error> {
        serde_json::from_slice(&self.bytes)
    }
}
