//! `tightlip completions SHELL`: completions for a shell, to standard output.

use anyhow::Result;
use clap::{Args as Arguments, CommandFactory as _};
use clap_complete::Shell;

use crate::outcome::Outcome;

/// The arguments of `completions`.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// The shell
    shell: Shell,
}

/// Prints the script.
pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut crate::arguments::Arguments::command(), "tightlip", &mut script);
    std::io::Write::write_all(&mut crate::out::stdout(), &script)?;
    Ok(Outcome::Clean)
}
