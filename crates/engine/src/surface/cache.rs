//! Build cache manifests and their records.
//!
//! Source: BuildKit `cache/remotecache/v1`, media type `application/vnd.buildkit.cacheconfig.v0`.

use tightlip_report::Surface;

use super::{DocumentSurface, Leaf, Paper, config};

pub(super) static SURFACE: DocumentSurface =
    DocumentSurface { surface: Surface::Cache, claims, read: config::read };

fn claims(leaf: &Leaf<'_>) -> bool {
    leaf.paper == Paper::Cache
}
