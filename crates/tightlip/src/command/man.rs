//! `tightlip man`: the manual page, to standard output.

use anyhow::Result;
use clap::{Args as Arguments, CommandFactory as _};

use crate::outcome::Outcome;

/// The arguments of `man`.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// The page of one subcommand
    subcommand: Option<String>,
}

/// Prints the page in roff.
pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let mut command = crate::arguments::Arguments::command();
    // Gives subcommands their whole names, as the page is called by.
    command.build();
    if let Some(name) = &args.subcommand {
        let found = command.find_subcommand(name).cloned();
        command = found.ok_or_else(|| anyhow::anyhow!("there is no subcommand `{name}`"))?;
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    std::io::Write::write_all(&mut crate::out::stdout(), &page)?;
    Ok(Outcome::Clean)
}
