//! `cargo xtask package`: packs every public crate as `cargo publish` would. Nothing is sent.

use std::process::Command;

use anyhow::{Result, bail};

use crate::shell::{cargo, run as finish};

/// What is for this repository only.
const PRIVATE: &[&str] = &["tightlip-testkit", "tightlip-e2e", "xtask"];

/// Packs, and with `--verify` builds what was packed.
///
/// # Errors
/// When a crate cannot be packed.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let mut command = match arguments {
        [] => packing(),
        [flag] if flag == "--verify" => public("publish", &["--dry-run"]),
        _ => bail!("usage: cargo xtask package [--verify]"),
    };
    finish(&mut command)
}

/// Packs and builds nothing: quick enough for every run of the tests.
pub(crate) fn packing() -> Command {
    public("package", &["--no-verify", "--offline", "--quiet"])
}

fn public(what: &str, how: &[&str]) -> Command {
    // A file that is not committed yet is packed as it is.
    let mut command = cargo(&[what, "--workspace", "--locked", "--allow-dirty"]);
    command.args(PRIVATE.iter().flat_map(|name| ["--exclude", name])).args(how);
    command
}
