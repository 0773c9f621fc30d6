//! What the builder keeps about a build, as `docker buildx history export` writes it: the request with all its
//! options, the log, full provenance, traces.
//!
//! Source: BuildKit `api/services/control/control.proto`, `BuildHistoryRecord`; buildx `util/desktop/bundle`.

use tightlip_report::Surface;

use super::{DocumentSurface, Leaf, Paper, attestation};

pub(super) static SURFACE: DocumentSurface =
    DocumentSurface { surface: Surface::BuildRecord, claims, read: attestation::read };

fn claims(leaf: &Leaf<'_>) -> bool {
    leaf.paper == Paper::Record
}
