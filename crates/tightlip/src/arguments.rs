//! Reads the command line.

use std::ffi::OsString;
use std::io::Write as _;

use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser};

use crate::command::Command;
use crate::outcome::Outcome;
use crate::plugin;

/// Finds, prevents and removes secrets in container images.
#[derive(Debug, Parser)]
#[command(name = "tightlip", version, about, max_term_width = 100, disable_help_subcommand = true)]
#[command(
    after_help = "Exit codes: 0 clean, 1 leaking, 2 could not run, 3 unproven (something was not read)."
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// What `docker` itself was given, when it called.
    #[arg(skip)]
    pub(crate) docker: Vec<OsString>,
}

/// The arguments, or how the run ends without any work.
pub(crate) fn parse() -> Result<Arguments, Outcome> {
    let (arguments, docker) = match plugin::call(std::env::args_os().collect()) {
        plugin::Call::Command { arguments, docker } => (arguments, docker),
        plugin::Call::Metadata => return Err(plugin::metadata()),
        plugin::Call::Hook(data) => return Err(plugin::hook(&data)),
    };
    let parsed = Arguments::try_parse_from(arguments).map(|parsed| Arguments { docker, ..parsed });
    parsed.map_err(|error| {
        let shown = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
        // A help text that nobody reads on is no failure.
        let _ = error.print();
        if shown { Outcome::Clean } else { Outcome::Failed }
    })
}

/// What tightlip says when it is called without a command.
pub(crate) fn greet() -> anyhow::Result<Outcome> {
    let mut out = std::io::stdout();
    write!(out, "{}", Arguments::command().render_help())?;
    writeln!(out, "\nStart with: tightlip scan IMAGE.tar   (made by docker save -o IMAGE.tar NAME)")?;
    Ok(Outcome::Clean)
}
