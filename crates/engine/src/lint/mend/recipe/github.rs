//! The GitHub command line reads its token from a variable.
//!
//! Source: cli.github.com/manual, "gh help environment".

use super::{Recipe, as_it_is};

pub(super) static RECIPE: Recipe = Recipe {
    id: "github",
    programs: &["gh"],
    reads: |name| {
        matches!(name, "GH_TOKEN" | "GITHUB_TOKEN" | "GH_ENTERPRISE_TOKEN" | "GITHUB_ENTERPRISE_TOKEN")
    },
    mend: as_it_is,
};
