//! Documents attached to an image: signatures, scan reports (which may quote what they found), anything.
//!
//! Source: OCI image-spec `manifest.md`, `artifactType` and `subject`.

use tightlip_report::Surface;

use super::{DocumentSurface, Leaf, Paper, config};

pub(super) static SURFACE: DocumentSurface =
    DocumentSurface { surface: Surface::Referrer, claims, read: config::read };

fn claims(leaf: &Leaf<'_>) -> bool {
    leaf.paper == Paper::Artifact
}
