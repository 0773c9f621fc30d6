//! `config.Env`: every container and everybody who can pull the image sees it.
//!
//! Source: OCI image-spec `config.md`, `Env`.

use tightlip_report::Surface;

use super::{DocumentSurface, Give, Leaf, Paper, as_variable};
use crate::json::Scalar;

pub(super) static SURFACE: DocumentSurface = DocumentSurface { surface: Surface::Env, claims, read };

fn claims(leaf: &Leaf<'_>) -> bool {
    leaf.paper == Paper::Config && leaf.below_config("Env")
}

/// Variables are no command line: joined, one would be taken for the rest of the one before it.
fn read(leaf: &Leaf<'_>, give: &mut Give<'_>) {
    if leaf.scalar != Scalar::Joined {
        as_variable(leaf, give);
    }
}
