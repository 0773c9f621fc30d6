//! `config.OnBuild`: instructions that run in every image built from this one.
//!
//! BuildKit writes no history entry for them, so nothing else shows them.

use tightlip_report::Surface;

use super::{DocumentSurface, Leaf, Paper, history};

pub(super) static SURFACE: DocumentSurface =
    DocumentSurface { surface: Surface::Onbuild, claims, read: history::instruction };

fn claims(leaf: &Leaf<'_>) -> bool {
    leaf.paper == Paper::Config && leaf.below_config("OnBuild")
}
