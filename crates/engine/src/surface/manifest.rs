//! Every other string of manifests and indexes: `urls` that may carry a signature, media types, keys nobody knows.
//!
//! Source: OCI image-spec `manifest.md`, `image-index.md`, `descriptor.md`.

use tightlip_report::Surface;

use super::{DocumentSurface, Leaf, Paper, config};

pub(super) static SURFACE: DocumentSurface =
    DocumentSurface { surface: Surface::Manifest, claims, read: config::read };

fn claims(leaf: &Leaf<'_>) -> bool {
    leaf.paper == Paper::Manifest
}
