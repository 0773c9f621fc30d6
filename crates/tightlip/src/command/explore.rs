//! `tightlip explore TARGET`: look into the layers of an image, and at what leaks from them.

use anyhow::Result;
use clap::Args as Arguments;
use tightlip_report::{GapKind, Level};

use crate::explore::{check, show};
use crate::outcome::Outcome;
use crate::reading::Reading;
use crate::terminal::style;

/// The arguments of `explore`.
#[derive(Debug, Arguments)]
#[command(after_help = "TARGET is an image as scan takes it. ? lists the keys. Values are never shown.\n\
    The exit code is that of scan: 0 clean, 1 leaking, 2 could not run, 3 unproven.")]
pub(crate) struct Args {
    /// What to look into
    target: String,
    #[command(flatten)]
    reading: Reading,
}

/// Reads the image and shows it.
pub(crate) fn run(args: &Args) -> Result<Outcome> {
    open(&args.target, &args.reading, (Level::Deny, &[]))
}

/// Reads a target and shows it; findings from `asked` upwards decide the verdict, and gaps that are not accepted.
pub(crate) fn open(
    target: &str,
    reading: &Reading,
    (asked, accepted): (Level, &[GapKind]),
) -> Result<Outcome> {
    check(target)?;
    let Some((mut explored, config)) = reading.explore(target)? else { return Ok(Outcome::Interrupted) };
    explored.report.accept_gaps(accepted);
    let counts = config.counts(asked);
    let verdict = explored.report.verdict(counts);
    show(explored, &style(counts))?;
    Ok(verdict.into())
}
