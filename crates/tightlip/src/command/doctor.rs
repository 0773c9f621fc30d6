//! `tightlip doctor`: is everything in order that tightlip works with?

use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use clap::Args as Arguments;
use serde_json::json;
use tightlip_report::plain;

use crate::config::{Baselines, PolicyOptions};
use crate::doctor::{Line, Machine, State, examine};
use crate::outcome::Outcome;
use crate::{cache, sources};

/// How long a daemon may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// The arguments of `doctor`.
#[derive(Debug, Arguments)]
#[command(
    after_help = "Nothing is changed and no value is shown. Exit codes: 0 in order, 2 something is broken."
)]
pub(crate) struct Args {
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = ["text", "json"])]
    format: String,
    #[command(flatten)]
    config: PolicyOptions,
    #[command(flatten)]
    sources: sources::Sources,
}

/// Checks, and says what to do.
pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let config = args.config.load(Baselines::Ignored)?;
    let (registry, folder) = config.registry();
    let mut options = args.sources.options(registry, folder);
    options.daemons.patience.answer = PATIENCE;
    let cache = cache::folder(None).map(|folder| folder.path().to_owned());
    let plugins: Vec<PathBuf> = sources::plugins();
    let lines = examine(&Machine { options, plugins, cache });
    let text = if args.format == "json" { as_json(&lines)? } else { as_text(&lines) };
    crate::out::stdout().write_all(text.as_bytes())?;
    let broken = lines.iter().any(|line| line.state == State::Broken);
    Ok(if broken { Outcome::Failed } else { Outcome::Clean })
}

fn as_json(lines: &[Line]) -> Result<String> {
    let report =
        json!({ "schema": "tightlip.doctor/1", "version": env!("CARGO_PKG_VERSION"), "checks": lines });
    Ok(serde_json::to_string_pretty(&report)? + "\n")
}

fn as_text(lines: &[Line]) -> String {
    let mut text = String::new();
    for line in lines {
        text.push_str(&format!("{:<13} {:<10} {}\n", line.check, line.state.word(), plain(&line.says)));
        if let Some(next) = &line.next {
            text.push_str(&format!("{:<24} → {}\n", "", plain(next)));
        }
    }
    let count = |state: State| lines.iter().filter(|line| line.state == state).count();
    let (good, missing, broken) = (count(State::Good), count(State::Missing), count(State::Broken));
    text.push_str(&format!("\n{good} good, {missing} not there, {broken} broken\n"));
    text
}
