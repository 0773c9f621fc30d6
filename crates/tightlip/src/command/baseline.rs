//! `tightlip baseline [TARGET]`: writes down what is known, so that only what is new counts.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Args as Arguments;
use tightlip_engine::policy::{PolicyErrors, PolicyFile, baseline};
use tightlip_report::{Level, Report};

use crate::config::{self, Baselines};
use crate::outcome::Outcome;
use crate::output::place;
use crate::reading::Reading;
use crate::terminal;

/// The arguments of `baseline`.
#[derive(Debug, Arguments)]
#[command(after_help = "\
Use it with: tightlip scan TARGET --baseline FILE, or baseline = [\"FILE\"] in tightlip.toml.

A baseline names places, not values: another secret at the same place is allowed too. Written anew, it keeps the reasons
and days that were added. Exit codes: 0 written, 2 could not run, 3 written, but something was not read.")]
pub(crate) struct Args {
    /// What to scan [default: lint what lies below the working directory]
    target: Option<String>,
    /// Where to write it [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    reading: Reading,
}

/// Scans or lints, and writes the findings down.
pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let report = match &args.target {
        None => super::lint::report(&args.reading.config, &args.reading.rules)?,
        Some(target) => match args.reading.scan(target, Baselines::Ignored)? {
            Some((report, _)) => report,
            None => return Ok(Outcome::Interrupted),
        },
    };
    let earlier = args.output.as_ref().filter(|path| path.is_file());
    let earlier = earlier.map(|path| read(path.as_path())).transpose()?;
    let text = baseline(&report, earlier.as_ref());
    match &args.output {
        Some(path) => {
            place(path, text.as_bytes()).with_context(|| format!("cannot write {}", path.display()))?;
            tell(&report, path);
        }
        None => crate::out::stdout().write_all(text.as_bytes())?,
    }
    // What was not read may leak too, and is in no baseline.
    Ok(if report.gaps.is_empty() { Outcome::Clean } else { Outcome::Unproven })
}

/// The baseline that is replaced. One with mistakes is not: reasons would be lost.
fn read(path: &Path) -> Result<PolicyFile> {
    let (file, mistakes) = PolicyFile::parse_baseline(&path.display().to_string(), &config::read(path)?);
    if mistakes.is_empty() { Ok(file) } else { Err(PolicyErrors(mistakes).into()) }
}

fn tell(report: &Report, path: &Path) {
    let count = report.findings.iter().filter(|finding| finding.level > Level::Note).count();
    let findings = if count == 1 { "finding is" } else { "findings are" };
    terminal::note(&format!("{count} {findings} allowed by {}", path.display()));
    if !report.gaps.is_empty() {
        terminal::note(&format!("{} things were not read, and are not in it", report.gaps.len()));
    }
}
