//! `tightlip caretaker`: what a build starts beside itself, to tidy up when it is killed outright. Nobody types it.

use std::ffi::OsString;
use std::io;

use anyhow::Result;
use clap::Args as Arguments;

use crate::outcome::Outcome;

/// The arguments of `caretaker`: there are none. Its orders come on standard input.
#[derive(Debug, Arguments)]
pub(crate) struct Args {}

/// The words that start it.
#[cfg(target_os = "linux")]
pub(crate) fn words() -> Vec<OsString> {
    // This very program, also when it was replaced meanwhile.
    let own = std::env::current_exe().ok().filter(|own| own.is_file());
    vec![own.unwrap_or_else(|| "/proc/self/exe".into()).into(), "caretaker".into()]
}

/// As above; elsewhere a process cannot be told from what gets its number later.
#[cfg(not(target_os = "linux"))]
pub(crate) fn words() -> Vec<OsString> {
    Vec::new()
}

/// Waits for the build to end, in one way or the other.
#[cfg(unix)]
pub(crate) fn run(_: &Args) -> Result<Outcome> {
    use std::os::fd::AsFd as _;
    // What stands in the place of standard output is the end of a pipe that can be read.
    let log = std::fs::File::from(io::stdout().as_fd().try_clone_to_owned()?);
    tightlip_engine::build::tidy_up_after(io::stdin().lock(), log);
    Ok(Outcome::Clean)
}

/// As above.
#[cfg(not(unix))]
pub(crate) fn run(_: &Args) -> Result<Outcome> {
    tightlip_engine::build::tidy_up_after(io::stdin().lock(), io::empty());
    Ok(Outcome::Clean)
}
