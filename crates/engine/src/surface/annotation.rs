//! Annotations at all four levels: manifest, manifest descriptor, index, index descriptor; those of layers too.
//!
//! `docker inspect` does not show them. Source: OCI image-spec `annotations.md`.

use tightlip_report::Surface;

use super::{DocumentSurface, Give, Leaf, Paper, as_named};

pub(super) static SURFACE: DocumentSurface = DocumentSurface { surface: Surface::Annotation, claims, read };

fn claims(leaf: &Leaf<'_>) -> bool {
    leaf.paper == Paper::Manifest && leaf.path.iter().any(|step| step == "annotations")
}

fn read(leaf: &Leaf<'_>, give: &mut Give<'_>) {
    as_named(leaf.key(), leaf, give);
}
