//! `config.Healthcheck`: the command that checks the container's health, word by word and as one line.
//!
//! The builder does not expand it: a literal secret is stored as it was written.

use tightlip_report::Surface;

use super::{DocumentSurface, Leaf, Paper, as_text};

pub(super) static SURFACE: DocumentSurface =
    DocumentSurface { surface: Surface::Healthcheck, claims, read: as_text };

fn claims(leaf: &Leaf<'_>) -> bool {
    leaf.paper == Paper::Config && leaf.below_config("Healthcheck")
}
