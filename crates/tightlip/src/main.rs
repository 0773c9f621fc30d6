//! The command line of tightlip: arguments in, exit code out.

use std::process::ExitCode;

mod arguments;
mod cache;
mod command;
mod key;
mod known;
mod outcome;
mod terminal;

fn main() -> ExitCode {
    terminal::keep_panics_quiet();
    let arguments = match arguments::parse() {
        Ok(arguments) => arguments,
        Err(outcome) => return outcome.into(),
    };
    match command::run(arguments) {
        Ok(outcome) => outcome.into(),
        Err(error) => outcome::failed(&error).into(),
    }
}
