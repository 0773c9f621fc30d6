//! `cargo xtask demo`: writes the images that the README scans, without Docker.

use anyhow::Result;

use crate::shell::{cargo, run as finish};

/// Where they are written.
const DIRECTORY: &str = "target/demo";

/// Writes them.
///
/// # Errors
/// When they cannot be built or written.
pub(crate) fn run(_: &[String]) -> Result<()> {
    let build =
        ["run", "--quiet", "--locked", "--package", "tightlip-testkit", "--example", "demo", "--", DIRECTORY];
    finish(&mut cargo(&build))?;
    println!("wrote {DIRECTORY}/deleted.tar, argument.tar, mounted.tar and Dockerfile");
    Ok(())
}
