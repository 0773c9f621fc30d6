//! What `docker buildx build --metadata-file` wrote: provenance with every build argument, digests, references.
//!
//! Source: buildx `commands/build.go`, `writeMetadataFile`.

use tightlip_report::Surface;

use super::{DocumentSurface, Leaf, Paper, attestation};

pub(super) static SURFACE: DocumentSurface =
    DocumentSurface { surface: Surface::MetadataFile, claims, read: attestation::read };

fn claims(leaf: &Leaf<'_>) -> bool {
    leaf.paper == Paper::Metadata
}
