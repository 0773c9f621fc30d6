//! In-toto statements: provenance with build arguments, the Dockerfile, the environment of every stage; SBOMs.
//!
//! Sources: in-toto attestation framework, SLSA provenance v0.2 and v1, BuildKit `docs/attestations`.

use tightlip_report::Surface;

use super::{DocumentSurface, Give, Leaf, Paper, as_named, as_text, as_variable};

pub(super) static SURFACE: DocumentSurface = DocumentSurface { surface: Surface::Attestation, claims, read };

fn claims(leaf: &Leaf<'_>) -> bool {
    leaf.paper == Paper::Statement
}

pub(super) fn read(leaf: &Leaf<'_>, give: &mut Give<'_>) {
    let key = leaf.key();
    let argument = ["build-arg:", "label:"].iter().find_map(|prefix| key.strip_prefix(prefix));
    match argument {
        Some(name) if !leaf.is_item() => as_named(name, leaf, give),
        _ if leaf.is_item() => as_variable(leaf, give),
        // A statement names the secrets of a build (`id`, `name`); those are names, not values.
        _ if matches!(key, "id" | "ID" | "name" | "uri" | "digest") => as_text(leaf, give),
        _ => as_named(key, leaf, give),
    }
}
