//! The command line of tightlip: arguments in, exit code out.

use std::panic::catch_unwind;
use std::process::ExitCode;

use crate::outcome::Outcome;

mod arguments;
mod build_log;
mod cache;
mod command;
mod config;
mod demo;
mod doctor;
mod explore;
mod interrupt;
mod key;
mod known;
mod lsp;
mod out;
mod outcome;
mod output;
mod plugin;
mod program;
mod reading;
mod scrubbed;
mod sources;
mod sweeping;
mod terminal;

fn main() -> ExitCode {
    terminal::keep_panics_quiet();
    let arguments = match arguments::parse() {
        Ok(arguments) => arguments,
        Err(outcome) => return outcome.into(),
    };
    // A panic is a run that could not be done. The hook has said where.
    match catch_unwind(|| command::run(arguments)) {
        Ok(Ok(outcome)) => outcome.into(),
        Ok(Err(error)) => outcome::failed(&error).into(),
        Err(_) => Outcome::Failed.into(),
    }
}
