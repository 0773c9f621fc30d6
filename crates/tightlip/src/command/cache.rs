//! `tightlip cache`: how much is kept of earlier scans, and where.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Args as Arguments;

use crate::cache::folder;
use crate::outcome::Outcome;

/// The arguments of `cache`.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// Remove what is kept
    #[arg(long)]
    clear: bool,
    /// Look here [default: tightlip in the user's cache directory]
    #[arg(long, value_name = "DIR")]
    cache_dir: Option<PathBuf>,
}

/// Prints or clears.
pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let folder = folder(args.cache_dir.clone()).context("neither XDG_CACHE_HOME nor HOME is set")?;
    let size = if args.clear { folder.clear() } else { folder.size() };
    let size = size.with_context(|| format!("cannot read {}", folder.path().display()))?;
    let removed = if args.clear { "removed from" } else { "in" };
    let mut out = crate::out::stdout();
    writeln!(out, "{} layers, {} bytes {removed} {}", size.entries, size.bytes, folder.path().display())?;
    Ok(Outcome::Clean)
}
