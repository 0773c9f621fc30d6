//! The subcommands, one file each.

use anyhow::Result;
use clap::Subcommand;

use crate::arguments::{Arguments, greet};
use crate::outcome::Outcome;

mod baseline;
mod cache;
mod completions;
mod demo;
mod doctor;
mod explain;
mod explore;
mod lint;
mod lsp;
mod man;
mod redact;
mod rules;
mod scan;
mod show;

pub(crate) use rules::packs;

/// A subcommand with its arguments.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// What in this image could somebody else read that they should not?
    Scan(Box<scan::Args>),
    /// Where exactly a finding is, and what is around it
    Show(Box<show::Args>),
    /// Writes down what is known, so that only what is new counts
    Baseline(Box<baseline::Args>),
    /// Look into the layers of an image, in the terminal
    Explore(Box<explore::Args>),
    /// Will building this leak?
    Lint(lint::Args),
    /// The language server: lint in an editor
    Lsp(lsp::Args),
    /// A filter: a log in, the same log with its secrets masked out
    Redact(redact::Args),
    /// The manual of a rule, a lint or a leak mechanism
    Explain(explain::Args),
    /// The kinds of secrets that are recognised
    Rules(rules::Args),
    /// Three builds with a secret, live: two leak, one does not
    Demo(demo::Args),
    /// Is everything in order that tightlip works with?
    Doctor(doctor::Args),
    /// What is kept of earlier scans, so that a layer is not read twice
    Cache(cache::Args),
    /// Completions for a shell, to standard output
    Completions(completions::Args),
    /// The manual page, to standard output
    Man(man::Args),
}

/// Runs what the arguments say.
pub(crate) fn run(arguments: Arguments) -> Result<Outcome> {
    match arguments.command {
        None => greet(),
        Some(Command::Scan(args)) => scan::run(&args),
        Some(Command::Show(args)) => show::run(&args),
        Some(Command::Baseline(args)) => baseline::run(&args),
        Some(Command::Explore(args)) => explore::run(&args),
        Some(Command::Lint(args)) => lint::run(&args),
        Some(Command::Lsp(args)) => lsp::run(&args),
        Some(Command::Redact(args)) => redact::run(&args),
        Some(Command::Explain(args)) => explain::run(&args),
        Some(Command::Rules(args)) => rules::run(&args),
        Some(Command::Demo(args)) => demo::run(&args),
        Some(Command::Doctor(args)) => doctor::run(&args),
        Some(Command::Cache(args)) => cache::run(&args),
        Some(Command::Completions(args)) => completions::run(&args),
        Some(Command::Man(args)) => man::run(&args),
    }
}
