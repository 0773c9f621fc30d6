//! `cargo xtask bench`: runs the benchmarks by hand.

use anyhow::Result;

use crate::shell::{cargo, run as finish};

/// Runs the benchmarks whose name contains the given text, or all of them.
///
/// # Errors
/// When they do not build or one fails.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    finish(cargo(&["bench", "--workspace", "--exclude", "xtask", "--benches", "--locked"]).args(arguments))
}
