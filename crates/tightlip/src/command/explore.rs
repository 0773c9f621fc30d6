//! `tightlip explore TARGET`: look into the layers of an image, and at what leaks from them.

use std::io;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Args as Arguments;
use tightlip_engine::{DockerfileText, Pipe, Request, Watch as _, explore, explore_stream};
use tightlip_report::{GapKind, Level};

use crate::explore::{check, show};
use crate::key;
use crate::known::Known;
use crate::outcome::Outcome;
use crate::sources::Sources;
use crate::terminal::{Manner, Progress, style};

/// The arguments of `explore`.
#[derive(Debug, Arguments)]
#[command(after_help = "TARGET is an image as scan takes it. ? lists the keys. Values are never shown.\n\
    The exit code is that of scan: 0 clean, 1 leaking, 2 could not run, 3 unproven.")]
pub(crate) struct Args {
    /// What to look into
    target: String,
    /// The Dockerfile that the image was built from: findings then name its lines
    #[arg(long, value_name = "FILE")]
    dockerfile: Option<PathBuf>,
    /// The base image: its layers are labelled, and read all the same
    #[arg(long, value_name = "TARGET")]
    base: Option<String>,
    /// A rule pack to search for besides the built-in rules; may be given more than once
    #[arg(long, value_name = "FILE")]
    rules: Vec<PathBuf>,
    #[command(flatten)]
    sources: Sources,
    #[command(flatten)]
    known: Known,
}

/// Reads the image and shows it.
pub(crate) fn run(args: &Args) -> Result<Outcome> {
    check(&args.target)?;
    let progress = Progress::new(Manner::Usual).interruptible(None)?;
    let mut request = Request::new(&args.target, key::identity()?);
    request.base.clone_from(&args.base);
    request.rules = super::rules::packs(&args.rules)?;
    request.sources = args.sources.options();
    let (known, refused) = args.known.read()?;
    request.known = known;
    refused.iter().for_each(|line| progress.note(line));
    if let Some(path) = &args.dockerfile {
        let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        request.dockerfile = Some(DockerfileText { name: path.display().to_string(), text });
    }
    open(&request, &progress, (Level::Deny, &[]))
}

/// Reads what the request names and shows it; findings from `counts` upwards decide the verdict, and gaps that are not
/// accepted.
pub(crate) fn open(
    request: &Request,
    progress: &Progress,
    (counts, accepted): (Level, &[GapKind]),
) -> Result<Outcome> {
    let pipe = Pipe { name: "standard input".to_owned(), command: "cat ARCHIVE.tar".to_owned() };
    let explored = match request.target.as_str() {
        "-" => explore_stream(&pipe, io::stdin(), request, progress),
        _ => explore(request, progress),
    };
    progress.finish();
    if progress.stopped() {
        return Ok(Outcome::Interrupted);
    }
    let mut explored = explored?;
    explored.report.accept_gaps(accepted);
    let verdict = explored.report.verdict(counts);
    show(explored, &style(counts), &|| progress.stopped())?;
    Ok(if progress.stopped() { Outcome::Interrupted } else { verdict.into() })
}
