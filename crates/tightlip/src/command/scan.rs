//! `tightlip scan TARGET`: what in this image could somebody else read that they should not?

use anyhow::Result;
use clap::Args as Arguments;
use tightlip_engine::sources;
use tightlip_report::{GapKind, Level};

use crate::config::Baselines;
use crate::outcome::Outcome;
use crate::output::Outputs;
use crate::reading::Reading;

/// The arguments of `scan`.
#[derive(Debug, Arguments)]
#[command(after_help = help())]
pub(crate) struct Args {
    /// What to scan
    target: String,
    #[command(flatten)]
    outputs: Outputs,
    /// Warnings count as leaks
    #[arg(long)]
    strict: bool,
    /// Accept that things of this kind are not read; they stay in the report
    #[arg(long, value_name = "KIND", value_delimiter = ',', value_parser = GapKind::ALL.iter().map(|k| k.name()).collect::<Vec<_>>())]
    allow_gaps: Vec<String>,
    /// Look at the image in the terminal instead of printing a report, as explore does
    #[arg(long, conflicts_with_all = ["format", "output"])]
    tui: bool,
    #[command(flatten)]
    reading: Reading,
}

/// What a target may be, and what the exit codes mean.
fn help() -> String {
    let sources = sources();
    let width = sources.iter().map(|(form, _)| form.len()).max().unwrap_or(0);
    let pipe = ("-", "an archive on standard input: docker save app | tightlip scan -");
    let lines = sources.iter().chain([&pipe]).map(|(form, what)| format!("  {form:<width$}  {what}\n"));
    format!(
        "TARGET is one of these, or a path that is sniffed:\n{}\n\
        Exit codes: 0 clean, 1 leaking, 2 could not run, 3 unproven (something was not read).",
        lines.collect::<String>()
    )
}

/// Runs the scan and prints its report.
pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let accepted = |kind: &&GapKind| args.allow_gaps.iter().any(|name| name == kind.name());
    let accepted: Vec<GapKind> = GapKind::ALL.iter().filter(accepted).copied().collect();
    let asked = if args.strict { Level::Warn } else { Level::Deny };
    if args.tui {
        return super::explore::open(&args.target, &args.reading, (asked, &accepted));
    }
    let Some((mut report, config)) = args.reading.scan(&args.target, Baselines::Read)? else {
        return Ok(Outcome::Interrupted);
    };
    report.accept_gaps(&accepted);
    let counts = config.counts(asked);
    args.outputs.write(&report, counts)?;
    Ok(report.verdict(counts).into())
}
