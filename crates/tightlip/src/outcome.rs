//! How a run ends, as an exit code. The codes are a contract.

use std::io::{self, Write as _};
use std::process::ExitCode;

use tightlip_engine::prove::ProveError;
use tightlip_engine::{ScanError, ShowError};
use tightlip_fleet::SweepError;
use tightlip_report::Verdict;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Nothing leaks, or the command did what it was asked to.
    Clean,
    /// Something leaks.
    Leaking,
    /// The command could not run.
    Failed,
    /// Nothing was found, but something was not read.
    Unproven,
    /// The user ended it. There is no report: what it had found by then would look like a result.
    Interrupted,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(match outcome {
            Outcome::Clean => 0,
            Outcome::Leaking => 1,
            Outcome::Failed => 2,
            Outcome::Unproven => 3,
            Outcome::Interrupted => 130,
        })
    }
}

impl From<Verdict> for Outcome {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Clean => Self::Clean,
            Verdict::Leaking => Self::Leaking,
            Verdict::Unproven => Self::Unproven,
        }
    }
}

/// Says why a command could not run.
pub(crate) fn failed(error: &anyhow::Error) -> Outcome {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        // Libraries differ in whether an error repeats its source.
        if !text.contains(&cause) {
            text.push_str(if text.is_empty() { "" } else { ": " });
            text.push_str(&cause);
        }
    }
    let lines: Vec<String> = text.lines().map(tightlip_report::plain).collect();
    let _ = writeln!(io::stderr(), "tightlip: {}", lines.join("\n"));
    let shown = error.downcast_ref::<ShowError>().and_then(|error| match error {
        ShowError::Scan(error) => error.help(),
        _ => None,
    });
    let scan = error.downcast_ref::<ScanError>().and_then(ScanError::help).or(shown);
    let swept = || error.downcast_ref::<SweepError>().and_then(SweepError::help);
    let proved = || error.downcast_ref::<ProveError>().and_then(ProveError::help);
    if let Some(help) = scan.or_else(swept).or_else(proved) {
        let _ = writeln!(io::stderr(), "help: {}", tightlip_report::plain(&help));
    }
    Outcome::Failed
}
