//! `config.Env`: every container and everybody who can pull the image sees it.
//!
//! Source: OCI image-spec `config.md`, `Env`.

use tightlip_report::Surface;

use super::{DocumentSurface, Leaf, Paper, as_variable};

pub(super) static SURFACE: DocumentSurface =
    DocumentSurface { surface: Surface::Env, claims, read: as_variable };

fn claims(leaf: &Leaf<'_>) -> bool {
    leaf.paper == Paper::Config && leaf.below_config("Env")
}
