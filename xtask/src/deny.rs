//! `cargo xtask deny`: checks the dependencies against `deny.toml`.

use anyhow::{Result, ensure};

use crate::shell::{cargo, has_cargo, run as finish};

/// Checks licences, banned crates and sources.
///
/// # Errors
/// When cargo-deny is not installed, or something does not conform.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    ensure!(has_cargo("deny"), "cargo-deny is not installed: run `cargo install --locked cargo-deny`");
    // Advisories come from a repository that not every machine reaches.
    finish(cargo(&["deny", "--locked", "check", "licenses", "bans", "sources"]).args(arguments))
}
