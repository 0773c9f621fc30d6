//! `tightlip lint [PATH…]`: will building this leak?

use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Args as Arguments;
use tightlip_engine::lint::{Apply, Contexts, Input, LintRequest, Mended, lint, mend};
use tightlip_report::{Level, Report};

use crate::config::{Baselines, Config, PolicyOptions};
use crate::outcome::Outcome;
use crate::output::Outputs;
use crate::{key, terminal};

/// The arguments of `lint`.
#[derive(Debug, Arguments)]
#[command(
    after_help = "Exit codes: 0 clean, 1 leaking, 2 could not run, 3 unproven (something was not read).\n\
    Allow a finding with a comment above the instruction: # tightlip: allow LINT -- why"
)]
pub(crate) struct Args {
    /// Files, or directories with Dockerfiles below them; - is standard input [default: .]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    outputs: Outputs,
    /// The name of the file that standard input is
    #[arg(long, value_name = "NAME", default_value = "Dockerfile")]
    stdin_filename: String,
    #[command(flatten)]
    config: PolicyOptions,
    /// A rule pack to search for besides the built-in rules; may be given more than once
    #[arg(long, value_name = "FILE")]
    rules: Vec<PathBuf>,
    /// The build context, where neither the place of the Dockerfile nor what starts its build tells it
    #[arg(long, value_name = "DIR", conflicts_with = "no_context")]
    context: Option<PathBuf>,
    /// Do not look at the files of build contexts
    #[arg(long)]
    no_context: bool,
    /// Warnings count as leaks
    #[arg(long)]
    strict: bool,
    /// Mend what can be mended: `safe` edits only, or those that somebody has to look at too
    #[arg(long, value_name = "WHICH", num_args = 0..=1, require_equals = true, default_missing_value = "safe", value_parser = ["safe", "unsafe"])]
    fix: Option<String>,
    /// Show what --fix would change, and change nothing: the exit code is that of the files as they are
    #[arg(long)]
    diff: bool,
    /// Say nothing beside the report
    #[arg(long, short)]
    quiet: bool,
}

/// Lints, prints the report, and mends if asked to.
pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let config = args.config.load(Baselines::Read)?;
    let request = request(args, &config)?;
    if !args.diff && args.fix.is_none() {
        return print(lint(&request)?.report, args, &config);
    }
    let which = if args.fix.as_deref() == Some("unsafe") { Apply::Unsafe } else { Apply::Safe };
    let mended = mend(&request, which)?;
    if args.diff {
        show(&mended, args)?;
        let (counts, report) = policed(mended.before.report.clone(), args, &config)?;
        return Ok(report.verdict(counts).into());
    }
    write_all(&mended, args)?;
    print(mended.after().report.clone(), args, &config)
}

/// What counts as a leak, and the report as the policy sees it.
fn policed(report: Report, args: &Args, config: &Config) -> Result<(Level, Report)> {
    let asked = if args.strict { Level::Warn } else { Level::Deny };
    Ok((config.counts(asked), config.apply(report, Vec::new())?))
}

fn print(report: Report, args: &Args, config: &Config) -> Result<Outcome> {
    let (counts, report) = policed(report, args, config)?;
    args.outputs.write(&report, counts)?;
    Ok(report.verdict(counts).into())
}

/// The report on what lies below the working directory, before any baseline.
pub(crate) fn report(config: &PolicyOptions, rules: &[PathBuf]) -> Result<Report> {
    of_path(".", (config, rules))
}

/// The report on a path, before any baseline.
pub(crate) fn of_path(path: &str, (config, rules): (&PolicyOptions, &[PathBuf])) -> Result<Report> {
    let config = config.load(Baselines::Ignored)?;
    let mut request = LintRequest::new(vec![Input::Path(PathBuf::from(path))], key::identity()?);
    request.rules = config.packs(rules)?;
    config.apply(lint(&request)?.report, Vec::new())
}

fn request(args: &Args, config: &Config) -> Result<LintRequest> {
    let here = [PathBuf::from(".")];
    let paths = if args.paths.is_empty() { &here[..] } else { &args.paths };
    let inputs: Result<Vec<Input>> = paths.iter().map(|path| input(path, args)).collect();
    let mut request = LintRequest::new(inputs?, key::identity()?);
    request.rules = config.packs(&args.rules)?;
    request.contexts = contexts(args)?;
    Ok(request)
}

fn contexts(args: &Args) -> Result<Contexts> {
    match &args.context {
        _ if args.no_context => Ok(Contexts::Unread),
        Some(context) if context.is_dir() => Ok(Contexts::In(context.clone())),
        Some(context) => bail!("the build context {} is no directory", context.display()),
        None => Ok(Contexts::Found),
    }
}

fn input(path: &Path, args: &Args) -> Result<Input> {
    let is_archive = path.extension().is_some_and(|end| end == "tar" || end == "tgz") && path.is_file();
    if is_archive {
        bail!("{0} is an archive, and builds nothing\nLook into it with: tightlip scan {0}", path.display());
    }
    if path != Path::new("-") {
        return Ok(Input::Path(path.to_owned()));
    }
    if args.fix.is_some() {
        bail!("standard input cannot be mended\nName the file, or look at --diff");
    }
    let mut bytes = Vec::new();
    io::stdin().read_to_end(&mut bytes).context("cannot read standard input")?;
    // Where the file lies already, what lies around it counts too.
    let path = Some(PathBuf::from(&args.stdin_filename)).filter(|path| path.is_file());
    Ok(Input::Text { name: args.stdin_filename.clone(), path, bytes })
}

/// Prints what would change. Values that were found are masked, so this is no patch to apply.
fn show(mended: &Mended, args: &Args) -> Result<()> {
    let mut out = crate::out::stdout();
    for file in &mended.files {
        write!(out, "{}", mended.diff(file))?;
    }
    tell(mended, args);
    Ok(())
}

fn write_all(mended: &Mended, args: &Args) -> Result<()> {
    mended.write()?;
    if !args.quiet {
        mended.files.iter().for_each(|file| terminal::note(&format!("mended {}", file.name)));
    }
    tell(mended, args);
    Ok(())
}

/// Says what became of the fixes.
fn tell(mended: &Mended, args: &Args) {
    if args.quiet {
        return;
    }
    for title in &mended.applied {
        terminal::note(&format!("fix: {title}"));
    }
    for title in &mended.postponed {
        terminal::note(&format!("run again for: {title}"));
    }
    for (title, why) in &mended.refused {
        terminal::note(&format!("not fixed: {title}: {why}"));
    }
}
