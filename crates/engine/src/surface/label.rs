//! `config.Labels`: metadata for everybody.
//!
//! Source: OCI image-spec `config.md`, `Labels`.

use tightlip_report::Surface;

use super::{DocumentSurface, Give, Leaf, Paper, as_named};

pub(super) static SURFACE: DocumentSurface = DocumentSurface { surface: Surface::Label, claims, read };

fn claims(leaf: &Leaf<'_>) -> bool {
    leaf.paper == Paper::Config && leaf.below_config("Labels")
}

fn read(leaf: &Leaf<'_>, give: &mut Give<'_>) {
    as_named(leaf.step(2), leaf, give);
}
