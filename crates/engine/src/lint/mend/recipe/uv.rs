//! uv: credentials of an index come from variables.
//!
//! Source: docs.astral.sh/uv, "Package indexes".

use super::{Recipe, as_it_is};

pub(super) static RECIPE: Recipe =
    Recipe { id: "uv", programs: &["uv", "uvx"], reads: |name| name.starts_with("UV_"), mend: as_it_is };
