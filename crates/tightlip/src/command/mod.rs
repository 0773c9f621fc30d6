//! The subcommands, one file each.

use anyhow::Result;
use clap::Subcommand;

use crate::arguments::{Arguments, greet};
use crate::outcome::Outcome;

mod baseline;
mod build;
mod cache;
mod caretaker;
mod completions;
mod demo;
mod doctor;
mod explain;
mod explore;
mod install_plugin;
mod lint;
mod lsp;
mod man;
mod prove;
mod redact;
mod rules;
mod scan;
mod scrub;
mod show;
mod sweep;

pub(crate) use rules::packs;
pub(crate) use scrub::Form;

/// A subcommand with its arguments.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// What in this image could somebody else read that they should not?
    Scan(Box<scan::Args>),
    /// Where exactly a finding is, and what is around it
    Show(Box<show::Args>),
    /// Writes down what is known, so that only what is new counts
    Baseline(Box<baseline::Args>),
    /// Take the leaks out of an image, and prove that they are gone
    Scrub(Box<scrub::Args>),
    /// Which images of a registry leak, which share the leak, what is new?
    Sweep(Box<sweep::Args>),
    /// Look into the layers of an image, in the terminal
    Explore(Box<explore::Args>),
    /// Will building this leak?
    Lint(lint::Args),
    /// Build without leaking: checks first, masks the log, scans the result before it goes anywhere
    Build(build::Args),
    /// The language server: lint in an editor
    Lsp(lsp::Args),
    /// A filter: a log in, the same log with its secrets masked out
    Redact(redact::Args),
    /// Does a Dockerfile keep its secrets, whatever their values?
    Prove(Box<prove::Args>),
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
    /// Make `docker tightlip …` work
    InstallPlugin(install_plugin::Args),
    /// Completions for a shell, to standard output
    Completions(completions::Args),
    /// The manual page, to standard output
    Man(man::Args),
    /// Tidies up after a build that was killed. It is started by one
    #[command(hide = true)]
    Caretaker(caretaker::Args),
}

/// Runs what the arguments say.
pub(crate) fn run(arguments: Arguments) -> Result<Outcome> {
    match arguments.command {
        None => greet(),
        Some(Command::Scan(args)) => scan::run(&args),
        Some(Command::Show(args)) => show::run(&args),
        Some(Command::Baseline(args)) => baseline::run(&args),
        Some(Command::Scrub(args)) => scrub::run(&args),
        Some(Command::Sweep(args)) => sweep::run(&args),
        Some(Command::Explore(args)) => explore::run(&args),
        Some(Command::Lint(args)) => lint::run(&args),
        Some(Command::Build(args)) => build::run(&args, &arguments.docker),
        Some(Command::Lsp(args)) => lsp::run(&args),
        Some(Command::Redact(args)) => redact::run(&args),
        Some(Command::Prove(args)) => prove::run(&args),
        Some(Command::Explain(args)) => explain::run(&args),
        Some(Command::Rules(args)) => rules::run(&args),
        Some(Command::Demo(args)) => demo::run(&args),
        Some(Command::Doctor(args)) => doctor::run(&args),
        Some(Command::Cache(args)) => cache::run(&args),
        Some(Command::InstallPlugin(args)) => install_plugin::run(&args),
        Some(Command::Completions(args)) => completions::run(&args),
        Some(Command::Man(args)) => man::run(&args),
        Some(Command::Caretaker(args)) => caretaker::run(&args),
    }
}
