//! `cargo xtask components`: sets up the real builders, engines and registries of the end-to-end tests.

use anyhow::Result;

use crate::shell::{program, run as finish};

/// Sets up all components, or those that are named; prints the variables that lead to them. `stop` ends them.
///
/// # Errors
/// When one cannot be set up.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    finish(program("bash").arg("e2e/components.sh").args(arguments))
}
