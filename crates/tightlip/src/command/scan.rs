//! `tightlip scan TARGET`: what in this image could somebody else read that they should not?

use std::io;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Args as Arguments;
use tightlip_engine::{DockerfileText, Pipe, Request, Watch as _, scan, scan_stream, sources};
use tightlip_report::{GapKind, Level};

use crate::known::Known;
use crate::outcome::Outcome;
use crate::output::Outputs;
use crate::sources::Sources;
use crate::terminal::{Manner, Progress};
use crate::{cache, key};

/// The arguments of `scan`.
#[derive(Debug, Arguments)]
#[command(after_help = help())]
pub(crate) struct Args {
    /// What to scan
    target: String,
    #[command(flatten)]
    outputs: Outputs,
    /// The Dockerfile that the image was built from: findings then name its lines
    #[arg(long, value_name = "FILE")]
    dockerfile: Option<PathBuf>,
    /// The base image: its layers are labelled, and read all the same
    #[arg(long, value_name = "TARGET")]
    base: Option<String>,
    /// A rule pack to search for besides the built-in rules; may be given more than once
    #[arg(long, value_name = "FILE")]
    rules: Vec<PathBuf>,
    /// Warnings count as leaks
    #[arg(long)]
    strict: bool,
    /// Accept that things of this kind are not read; they stay in the report
    #[arg(long, value_name = "KIND", value_delimiter = ',', value_parser = GapKind::ALL.iter().map(|k| k.name()).collect::<Vec<_>>())]
    allow_gaps: Vec<String>,
    /// How many layers are read at once [default: the number of cores]
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// Look at the image in the terminal instead of printing a report, as explore does
    #[arg(long, conflicts_with_all = ["format", "output"])]
    tui: bool,
    /// Say nothing beside the report
    #[arg(long, short)]
    quiet: bool,
    #[command(flatten)]
    sources: Sources,
    #[command(flatten)]
    known: Known,
    #[command(flatten)]
    cache: cache::Options,
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
    if args.tui {
        crate::explore::check(&args.target)?;
    }
    let manner = if args.quiet { Manner::Quiet } else { Manner::Usual };
    let progress = Progress::new(manner).interruptible(args.cache.folder())?;
    let request = request(args, &progress)?;
    let counts = if args.strict { Level::Warn } else { Level::Deny };
    let accepted = |kind: &&GapKind| args.allow_gaps.iter().any(|name| name == kind.name());
    let accepted: Vec<GapKind> = GapKind::ALL.iter().filter(accepted).copied().collect();
    if args.tui {
        return super::explore::open(&request, &progress, (counts, &accepted));
    }
    let report = match args.target.as_str() {
        "-" => scan_stream(&standard_input(), io::stdin(), &request, &progress),
        _ => scan(&request, &progress),
    };
    progress.finish();
    if progress.stopped() {
        return Ok(Outcome::Interrupted);
    }
    let mut report = report?;
    report.accept_gaps(&accepted);
    args.outputs.write(&report, counts)?;
    Ok(report.verdict(counts).into())
}

/// Where the archive came from is not known; whoever wrote it there can write it again.
fn standard_input() -> Pipe {
    Pipe { name: "standard input".to_owned(), command: "cat ARCHIVE.tar".to_owned() }
}

fn request(args: &Args, progress: &Progress) -> Result<Request> {
    let mut request = Request::new(&args.target, key::identity()?);
    request.base.clone_from(&args.base);
    request.rules = super::rules::packs(&args.rules)?;
    request.sources = args.sources.options();
    request.cache = args.cache.open(&request.key);
    let (known, refused) = args.known.read()?;
    request.known = known;
    for line in refused {
        progress.note(&line);
    }
    if let Some(jobs) = args.jobs {
        request.jobs = usize::from(jobs);
    }
    if let Some(path) = &args.dockerfile {
        let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        request.dockerfile = Some(DockerfileText { name: path.display().to_string(), text });
    }
    Ok(request)
}
