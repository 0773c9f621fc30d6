//! `tightlip rules`: the kinds of secrets that are recognised.

use std::io::Write as _;

use anyhow::Result;
use clap::Args as Arguments;
use tightlip_engine::rules;

use crate::outcome::Outcome;

/// The arguments of `rules`.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// Only rules whose identifier, title or provider contains this
    filter: Option<String>,
}

/// Prints one line per rule.
pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let wanted = args.filter.as_deref().unwrap_or_default().to_lowercase();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for rule in rules()? {
        let words = format!("{} {} {}", rule.id, rule.title, rule.provider).to_lowercase();
        if words.contains(&wanted) {
            writeln!(out, "{:<44} {:<5} {}", rule.id, rule.level.name(), rule.title)?;
        }
    }
    out.flush()?;
    Ok(Outcome::Clean)
}
