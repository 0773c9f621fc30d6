//! `tightlip lsp`: the language server for editors.

use anyhow::{Context as _, Result};
use clap::Args as Arguments;
use lsp_server::Connection;

use crate::outcome::Outcome;
use crate::{key, lsp};

/// The arguments of `lsp`: there are none, but editors give some.
#[derive(Debug, Arguments)]
#[command(
    after_help = "Editors start it for Dockerfiles: it tells what `tightlip lint` tells, explains it, and offers fixes."
)]
pub(crate) struct Args {
    /// Speak over standard input and output (as it always does; editors say it all the same)
    #[arg(long)]
    stdio: bool,
}

/// Serves until the editor says that it is done.
pub(crate) fn run(_: &Args) -> Result<Outcome> {
    let (connection, threads) = Connection::stdio();
    lsp::serve(connection, key::identity()?)?;
    threads.join().context("the connection to the editor broke")?;
    Ok(Outcome::Clean)
}
