//! Go fetches modules with Git: what Git is given, Go has.
//!
//! Source: go.dev/ref/mod, "Private modules".

use super::{Recipe, as_it_is, nothing};

pub(super) static RECIPE: Recipe = Recipe { id: "go", programs: &["go"], reads: nothing, mend: as_it_is };
