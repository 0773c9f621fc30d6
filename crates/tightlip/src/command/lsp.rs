//! `tightlip lsp`: the language server for editors.

use std::io;

use anyhow::{Context as _, Result};
use clap::Args as Arguments;

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
    let (connection, writer) = lsp::stdio();
    lsp::serve(connection, key::identity()?)?;
    let written = writer.join().unwrap_or_else(|_| Err(io::ErrorKind::Other.into()));
    written.context("the connection to the editor broke")?;
    Ok(Outcome::Clean)
}
