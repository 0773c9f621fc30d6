//! `tightlip scrub TARGET -o OUT`: take the leaks out of an image, and prove that they are gone.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::{Args as Arguments, ValueEnum};
use tightlip_engine::Watch as _;
use tightlip_engine::private::replace;
use tightlip_engine::scrub::{
    Advice as _, Map, Nested, Output, Receipt, Scrub, ScrubError, ScrubRequest, Select,
};
use tightlip_engine::{CacheFolder, Request};
use tightlip_report::{GapKind, Level};

use crate::config::{Baselines, PolicyOptions};
use crate::known::Known;
use crate::outcome::Outcome;
use crate::reading::standard_input;
use crate::scrubbed;
use crate::sources::Sources;
use crate::terminal::{self, Manner, Progress};
use crate::{cache, key};

/// The arguments of `scrub`.
#[derive(Debug, Arguments)]
#[command(after_help = HELP)]
pub(crate) struct Args {
    /// The image to scrub; `-` reads an archive from standard input
    target: String,
    /// Where the scrubbed image goes: oci:DIR, oci-archive:FILE, docker-archive:FILE, docker:NAME, registry:REFERENCE, or FILE.tar
    #[arg(long, short, value_name = "OUT")]
    output: Option<String>,
    /// Write it; without this, only what would change is printed
    #[arg(long, requires = "output")]
    write: bool,
    /// The secrets are rotated: what was pulled before is worth nothing any more
    #[arg(long)]
    rotated: bool,
    /// The secrets are not rotated, and whoever has the old image keeps them
    #[arg(long, conflicts_with = "rotated")]
    accept_exposed: bool,
    /// Take out this finding, and every other place of the same value (repeatable)
    #[arg(long, value_name = "FINGERPRINT")]
    finding: Vec<String>,
    /// Take out this file or directory, whatever is in it (repeatable)
    #[arg(long, value_name = "PATH")]
    path: Vec<String>,
    /// Take out warnings too
    #[arg(long)]
    strict: bool,
    /// What to do with a file that holds a value in a compressed member
    #[arg(long, value_name = "WHAT", default_value = "refuse")]
    nested: Inside,
    /// Old and new digests of many scrubs, read if it exists and written with what was done: a layer that an earlier one made is taken from there
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// How to print the plan and the receipt
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Form,
    /// The base image: what comes from it is named
    #[arg(long, value_name = "TARGET")]
    base: Option<String>,
    #[command(flatten)]
    config: PolicyOptions,
    /// A rule pack to search for besides the built-in rules (repeatable)
    #[arg(long, value_name = "FILE")]
    rules: Vec<PathBuf>,
    /// Accept that things of this kind are not read, and so are not proven clean
    #[arg(long, value_name = "KIND", value_delimiter = ',', value_parser = GapKind::ALL.iter().map(|k| k.name()).collect::<Vec<_>>())]
    allow_gaps: Vec<String>,
    /// How many layers are read at once [default: the number of cores]
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// Say nothing beside the plan and the receipt
    #[arg(long, short)]
    quiet: bool,
    #[command(flatten)]
    cache: cache::Options,
    #[command(flatten)]
    sources: Sources,
    #[command(flatten)]
    known: Known,
}

/// What becomes of a file with a value in a compressed member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Inside {
    /// Nothing is written
    Refuse,
    /// The whole file goes
    Drop,
}

/// How something is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// For people
    Text,
    /// For programs
    Json,
}

const HELP: &str = "\
Examples:
  tightlip scrub app.tar                                   what would change
  tightlip scrub app.tar -o oci:clean --write --rotated    write it, and prove it
  tightlip scrub docker:app -o docker:app:clean --write --rotated
  docker save app | tightlip scrub - -o clean.tar --write --rotated

A scrub does not take back what was pulled: rotate first.

Exit codes: 0 nothing leaks, or it was written and is proven clean; 1 something leaks, or would go on leaking;
2 could not run; 3 unproven (something was not read).";

/// Plans a scrub, and carries it out if that is asked for.
pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let decided = args.rotated || args.accept_exposed;
    if args.write && !decided {
        bail!(
            "a scrubbed image does not take back what was pulled\nhelp: rotate the secrets, then say --rotated; \
             or --accept-exposed, if you know that nobody has the image"
        );
    }
    let output = args.output.as_deref().map(Output::parse).transpose().map_err(|e| advised(&e))?;
    let manner = if args.quiet { Manner::Quiet } else { Manner::Usual };
    let (unfinished, folder) = (output.clone(), args.cache.folder());
    let tidy = move || {
        unfinished.iter().for_each(Output::forget_unfinished);
        folder.iter().for_each(CacheFolder::forget_unfinished);
    };
    let progress = Progress::new(manner).interruptible(tidy)?;
    let outcome = scrub(args, output.as_ref(), &progress);
    progress.finish();
    match outcome {
        // What broke off says nothing of its own. What was written before is told: it is whole, and it is there.
        Err(_) if progress.stopped() => Ok(Outcome::Interrupted),
        outcome => outcome,
    }
}

fn scrub(args: &Args, output: Option<&Output>, progress: &Progress) -> Result<Outcome> {
    let request = request(args, progress)?;
    if let Some(output) = output.filter(|_| args.write) {
        Scrub::check(&request, output).map_err(|error| advised(&error))?;
    }
    let planned = match &*args.target {
        "-" => Scrub::plan_stream((standard_input(), io::stdin()), request, progress),
        _ => Scrub::plan(request, progress),
    };
    let scrub = planned.map_err(|error| advised(&error))?;
    progress.finish();
    if progress.stopped() {
        return Ok(Outcome::Interrupted);
    }
    let plan = scrub.planned();
    let clean = scrub.is_clean();
    let Some(output) = output.filter(|_| args.write && !clean) else {
        print(|out| scrubbed::plan((plan, args.output.as_deref()), args.format, out))?;
        return Ok(match (clean && plan.left.is_empty(), plan.gaps.is_empty()) {
            (false, _) => Outcome::Leaking,
            (true, true) => Outcome::Clean,
            (true, false) => Outcome::Unproven,
        });
    };
    match scrub.write(output, progress) {
        Ok(receipt) => {
            progress.finish();
            print(|out| scrubbed::receipt(&receipt, args.format, out))?;
            if let Some(path) = &args.map {
                remember(path, &receipt, output).context("the image is written, and the map is not")?;
            }
            Ok(if receipt.plan.left.is_empty() { Outcome::Clean } else { Outcome::Leaking })
        }
        Err(error @ (ScrubError::Refused(_) | ScrubError::Unproven(_))) => {
            progress.finish();
            print(|out| scrubbed::plan((plan, args.output.as_deref()), args.format, out))?;
            if plan.refusals.is_empty() && !plan.gaps.is_empty() {
                terminal::note("nothing was written: what was not read stands in the way");
                return Ok(Outcome::Unproven);
            }
            advised(&error).to_string().lines().for_each(terminal::note);
            Ok(Outcome::Leaking)
        }
        Err(error) => Err(advised(&error)),
    }
}

fn print(write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>) -> Result<()> {
    let mut out = io::BufWriter::new(crate::out::stdout());
    write(&mut out)?;
    out.flush()?;
    Ok(())
}

fn advised(error: &ScrubError) -> anyhow::Error {
    match error.help() {
        Some(help) => anyhow::anyhow!("{error}\nhelp: {help}"),
        None => anyhow::anyhow!("{error}"),
    }
}

/// What earlier scrubs made; nothing if there was none.
fn made(path: &Path) -> Result<Map> {
    match std::fs::read(path) {
        Ok(bytes) if bytes.is_empty() => Ok(Map::default()),
        Ok(bytes) => match serde_json::from_slice(&bytes) {
            Ok(map @ Map { .. }) if map.schema == Map::SCHEMA => Ok(map),
            Ok(map) => Err(no_map(path, &format!("its schema is `{}`, not `{}`", map.schema, Map::SCHEMA))),
            Err(error) => Err(no_map(path, &error.to_string())),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.is_dir());
            match folder {
                Some(folder) => {
                    bail!("there is no folder {} for the map\nhelp: make it first", folder.display())
                }
                None => Ok(Map::default()),
            }
        }
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

fn no_map(path: &Path, why: &str) -> anyhow::Error {
    anyhow::anyhow!(
        "{} is no map of digests: {why}\nhelp: restore it, or name another file: a map that is not there is begun",
        path.display()
    )
}

/// Adds what was done to the map. It is written beside and renamed, so that it is never half a map.
fn remember(path: &Path, receipt: &Receipt, output: &Output) -> Result<()> {
    let mut map = made(path)?;
    for layer in map.take(receipt, output.target()?.as_deref()) {
        terminal::note(&format!(
            "layer {layer} became another one than in an earlier scrub: it is not shared"
        ));
    }
    let map = serde_json::to_vec_pretty(&map)?;
    replace(path, &mut |out| out.write_all(&map)).with_context(|| format!("cannot write {}", path.display()))
}

fn request(args: &Args, progress: &Progress) -> Result<ScrubRequest> {
    let mut scan = Request::new(&args.target, key::identity()?);
    scan.base.clone_from(&args.base);
    // What a policy allows is no leak for a report, and goes all the same when it is named here.
    let config = args.config.load(Baselines::Ignored)?;
    scan.rules = config.packs(&args.rules)?;
    let (registry, folder) = config.registry();
    scan.sources = args.sources.options(registry, folder);
    let (known, refused) = args.known.read()?;
    let (of_policy, missing) = config.known();
    scan.known = known.into_iter().chain(of_policy).collect();
    // Who asked for quiet did not ask for less.
    refused.iter().chain(&missing).for_each(|line| terminal::note(line));
    args.cache.trouble().iter().for_each(|line| progress.note(line));
    scan.cache = args.cache.open(&scan.key);
    if let Some(jobs) = args.jobs {
        scan.jobs = usize::from(jobs);
    }
    let accepted = |kind: &&GapKind| args.allow_gaps.iter().any(|name| name == kind.name());
    Ok(ScrubRequest {
        scan,
        select: Select {
            counts: if args.strict { Level::Warn } else { Level::Deny },
            findings: args.finding.clone(),
            paths: args.path.iter().map(|path| path.trim_matches('/').to_owned()).collect(),
        },
        nested: if args.nested == Inside::Drop { Nested::Drop } else { Nested::Refuse },
        made: args.map.as_deref().map_or_else(|| Ok(Map::default()), made)?,
        accept_gaps: GapKind::ALL.iter().filter(accepted).copied().collect(),
    })
}
