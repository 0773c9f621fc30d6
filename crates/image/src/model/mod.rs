//! What a store holds: its images of all platforms, the documents that describe them, their layers, and what could
//! not be had.
//!
//! Documents are kept as raw JSON and looked at value by value: no typed struct in between can lose a field.
//! Media types are a hint; what the bytes are decides.

mod content;
mod describe;
mod descriptor;
mod document;
mod fetch;
mod image;
mod index;
mod legacy;
mod manifest;
mod platform;
mod role;
mod save;
mod schema1;

use std::collections::BTreeMap;

use crate::store::{BlobId, StoreError};
use crate::{Digest, Problem, ProblemKind};

pub use content::{CACHE_CONFIG, is_cache_config, is_manifest_type};
pub use describe::describe;
pub use document::{Document, DocumentKind};
pub use platform::Platform;
pub use role::{Head, role_by, role_of};
pub use schema1::digest_of;

/// What of a store is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// A tag, a name or a digest; all images if none.
    pub reference: Option<String>,
}

/// How much of a store is looked at. Where a limit stops, a problem says so.
#[derive(Clone, Debug)]
pub struct DescribeLimits {
    /// The largest document, in bytes. Parsed JSON takes many times its size in memory; registries refuse manifests
    /// of more than 4 MiB.
    pub document: u64,
    /// All documents together, in bytes.
    pub documents: u64,
    /// How many indexes may lie inside each other.
    pub nesting: usize,
    /// How many manifests and indexes are followed, however often one is named.
    pub manifests: usize,
    /// How many layers all images may have together.
    pub layers: usize,
    /// How many problems are listed.
    pub problems: usize,
}

impl Default for DescribeLimits {
    fn default() -> Self {
        Self {
            document: 16 << 20,
            documents: 128 << 20,
            nesting: 16,
            manifests: 10_000,
            layers: 100_000,
            problems: 10_000,
        }
    }
}

/// What a store holds.
#[derive(Clone, Debug, Default)]
pub struct Description {
    /// The images, attestations, artifacts and caches, each manifest once.
    pub images: Vec<Image>,
    /// The documents that were read.
    pub documents: Vec<Document>,
    /// What could not be had. Layers are not read here: what their readers find comes on top.
    pub problems: Vec<Problem>,
    /// Manifests that an index names, and of which whoever gave out the image says that it never had them.
    pub elsewhere: Vec<Problem>,
    /// Blobs that nothing reaches; somebody who has the store can read them all the same.
    pub loose: Vec<BlobId>,
    /// The name of the only image, or the one that was selected.
    pub reference: Option<String>,
    /// The digest of the top index or manifest.
    pub digest: Option<Digest>,
}

impl Description {
    /// Takes the manifests that whoever gave out the image never had from what is missing: nobody can read them there.
    pub fn set_aside(&mut self, absent: &[Digest]) {
        let absent: Vec<String> = absent.iter().map(Digest::to_string).collect();
        let never_had = |p: &mut Problem| p.kind == ProblemKind::MissingBlob && absent.contains(&p.what);
        self.elsewhere.extend(self.problems.extract_if(.., never_had));
    }
}

/// What a manifest is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImageKind {
    /// An image that runs.
    Image,
    /// Provenance, SBOM and the like about an image.
    Attestation {
        /// The image's manifest.
        subject: Option<Digest>,
    },
    /// Anything else that is stored like an image.
    Artifact {
        /// What it says that it is.
        artifact_type: Option<String>,
    },
    /// A build cache.
    Cache,
}

/// One manifest, or what stands for it in an older archive.
#[derive(Clone, Debug)]
pub struct Image {
    /// What it is for.
    pub kind: ImageKind,
    /// What it runs on.
    pub platform: Option<Platform>,
    /// The names that lead to it.
    pub references: Vec<String>,
    /// Its manifest, as an index into the description's documents.
    pub manifest: Option<usize>,
    /// Its configuration, as an index into the description's documents.
    pub config: Option<usize>,
    /// Its layers, lowest first.
    pub layers: Vec<Layer>,
    /// What its annotations say about its base image.
    pub base: Base,
}

/// A base image, by the annotations `org.opencontainers.image.base.*`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Base {
    /// `org.opencontainers.image.base.digest`.
    pub digest: Option<Digest>,
    /// `org.opencontainers.image.base.name`.
    pub name: Option<String>,
}

/// A layer, or another blob that a manifest lists as one.
#[derive(Clone, Debug)]
pub struct Layer {
    /// Its position, 0 is the lowest.
    pub index: usize,
    /// Its bytes in the store, links followed.
    pub blob: BlobId,
    /// What the manifest says that it is.
    pub media_type: Option<String>,
    /// The digest that the manifest gives it.
    pub digest: Option<Digest>,
    /// Its size in bytes, by the manifest or else by the store.
    pub size: Option<u64>,
    /// The digest of the uncompressed tar, by the configuration; none if configuration and manifest disagree on how
    /// many layers there are.
    pub diff_id: Option<Digest>,
    /// Its annotations.
    pub annotations: BTreeMap<String, String>,
    /// Where else it may be had.
    pub urls: Vec<String>,
    /// How to read it.
    pub role: LayerRole,
    /// Whether its bytes can be had. If not, a problem of the description says so already.
    pub held: Held,
}

/// How to read a layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LayerRole {
    /// A tar stream, compressed or not.
    Tar,
    /// JSON: an in-toto statement or another document.
    Statement,
    /// A stream that only a key opens; a problem of the description says so already.
    Encrypted,
    /// A layer that lies elsewhere; a problem of the description says so already.
    Foreign,
    /// Other bytes, with what the manifest says that they are.
    Opaque(String),
}

/// Where the bytes of a layer are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    /// In the store, under the layer's `blob`.
    Stored,
    /// In the manifest itself (the descriptor's `data`), decoded here.
    Embedded(Vec<u8>),
    /// Not here.
    Absent,
}

/// A store could not be described at all.
#[derive(Debug, thiserror::Error)]
pub enum DescribeError {
    /// An entrance document could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Nothing in it is an image or a part of one.
    #[error("there is no image in it: no `index.json` or `manifest.json` that names one, and no layer")]
    NoImage,
    /// No image has the name that was asked for.
    #[error("there is no image `{wanted}` in it; there is: {}", list(known))]
    UnknownReference {
        /// The name that was asked for.
        wanted: String,
        /// The names that exist.
        known: Vec<String>,
    },
}

fn list(known: &[String]) -> String {
    if known.is_empty() { "no name at all".to_owned() } else { known.join(", ") }
}

#[cfg(test)]
mod tests;
