//! `cargo xtask accuracy`: how many secrets are found in any surroundings, and what is wrongly called one.

use anyhow::Result;

use crate::shell::{cargo, run as finish};

/// Prints recall by provider and the false findings on noise.
///
/// # Errors
/// When the test does not build or fails.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let test = ["test", "--release", "--quiet", "--locked", "-p", "tightlip-detect"];
    let which = ["--test", "accuracy", "--test", "context_accuracy", "--", "--ignored", "--nocapture"];
    finish(cargo(&test).args(which).args(arguments))
}
