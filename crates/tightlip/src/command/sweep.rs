//! `tightlip sweep HOST`: which images of a registry leak, which share the leak, what is new?

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail};
use clap::Args as Arguments;
use tightlip_engine::{Request, Throttle};
use tightlip_fleet::{
    ANSWERS, Answer, Ask, FORMATS, Format, ListBy, NAMESPACE_APIS, Names, Sqlite, Sweep, SweepError, Wanted,
    Watch as _, judge, merged, sweep, verdict,
};
use tightlip_report::{Level, format};

use crate::config::{Baselines, Config, PolicyOptions};
use crate::key;
use crate::known::Known;
use crate::outcome::Outcome;
use crate::sources::Sources;
use crate::sweeping::{Events, Progress, Told};
use crate::terminal::{self, Manner, nearest};

/// The arguments of `sweep`.
#[derive(Debug, Arguments)]
#[command(after_help = help())]
pub(crate) struct Args {
    /// The registry, HOST or HOST/PREFIX, or one of the questions below
    #[arg(value_name = "HOST[/PREFIX]|QUESTION")]
    what: String,
    /// What a question is about
    subject: Option<String>,
    /// Where the state of the sweep lies [default: a file for each registry in the user's data directory]
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Of which registry the question is [default: the one that was swept last]
    #[arg(long, value_name = "HOST", conflicts_with = "state")]
    registry: Option<String>,
    /// Only repositories (or REPOSITORY:TAG) that match this pattern (repeatable)
    #[arg(long, value_name = "GLOB")]
    include: Vec<String>,
    /// No repositories (or REPOSITORY:TAG) that match this pattern (repeatable)
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,
    /// Sweep the repositories and images that this file names, one a line, instead of all
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// The interface that lists the repositories below PREFIX [default: the one that the registry is known for]
    #[arg(long, value_name = "KIND[=URL]", value_parser = list_by)]
    list_by: Option<ListBy>,
    /// How many blobs are read at once [default: the number of cores]
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// How many requests a second the registry gets at most
    #[arg(long, value_name = "N", value_parser = rate)]
    max_rate: Option<f64>,
    /// How to print the answer
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = formats())]
    format: String,
    /// What happens, as JSON Lines on standard error, instead of progress
    #[arg(long)]
    events: bool,
    /// Warnings count as leaks
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    config: PolicyOptions,
    /// A rule pack to search for besides the built-in rules; may be given more than once
    #[arg(long, value_name = "FILE")]
    rules: Vec<PathBuf>,
    /// Say nothing beside the answer
    #[arg(long, short)]
    quiet: bool,
    #[command(flatten)]
    sources: Sources,
    #[command(flatten)]
    known: Known,
}

/// An interface by its word, and where it is.
fn list_by(text: &str) -> Result<ListBy, String> {
    let known = || NAMESPACE_APIS.iter().map(|api| api.name).collect::<Vec<_>>().join(", ");
    ListBy::parse(text).ok_or_else(|| format!("there are: {}; an address follows after `=`", known()))
}

/// A number of requests a second.
fn rate(text: &str) -> Result<f64, String> {
    let rate = text.parse().ok().filter(|rate| (0.001..=1e6).contains(rate));
    rate.ok_or_else(|| "a number of requests a second, from 0.001 on".to_owned())
}

/// The formats of answers, and those of a scan.
fn formats() -> Vec<&'static str> {
    let own = FORMATS.iter().map(|format| format.name);
    let scan = format::FORMATS.iter().map(|format| format.name);
    let scan = scan.filter(|name| Format::named(name).is_none());
    own.chain(scan).collect()
}

fn help() -> String {
    let form = |answer: &Answer| match answer.subject {
        Some(subject) => format!("{} {subject}", answer.name),
        None => answer.name.to_owned(),
    };
    let width = ANSWERS.iter().map(|answer| form(answer).len()).max().unwrap_or(0);
    let lines = ANSWERS.iter().map(|answer| format!("  {:<width$}  {}\n", form(answer), answer.summary));
    format!(
        "QUESTION is one of these, about what was swept:\n{}\n\
        A registry whose name is one of these words is written with its port.\n\
        An ended sweep goes on where it was; what was read once is not read again.\n\n\
        Exit codes: 0 clean, 1 leaking, 2 could not run, 3 unproven (something was not listed or not read).",
        lines.collect::<String>()
    )
}

/// Sweeps, or answers.
pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let config = args.config.load(Baselines::Read)?;
    if let Some(answer) = Answer::named(&args.what) {
        let path = match (&args.state, &args.registry) {
            (Some(path), _) => path.clone(),
            (None, Some(host)) => place(host)?,
            (None, None) => latest()?,
        };
        let state = Sqlite::read(&path).map_err(SweepError::from)?;
        return print((args, &config), answer, &state);
    }
    if let Some(subject) = &args.subject {
        let known: Vec<&str> = ANSWERS.iter().map(|answer| answer.name).collect();
        bail!("{} is no question that {subject} could belong to; there are: {}", args.what, known.join(", "));
    }
    if let Some(question) = mistyped(&args.what) {
        bail!(
            "{} is neither a registry nor a question\nDid you mean `tightlip sweep {question}`?",
            args.what
        );
    }
    let path = match &args.state {
        Some(path) => path.clone(),
        None => place(split(&args.what).0)?,
    };
    let manner = if args.quiet || args.events { Manner::Quiet } else { Manner::Usual };
    let watch = Told { progress: Progress::listen(manner)?, events: args.events.then(Events::default) };
    let wanted = Sweep { state: path.clone(), ..sweeping(args, &config)? };
    let swept = sweep(&wanted, &watch);
    watch.progress.finish();
    if watch.stopped() {
        return Ok(Outcome::Interrupted);
    }
    swept?;
    let report = Answer::named("report").context("the overview is an answer")?;
    print((args, &config), report, &Sqlite::read(&path).map_err(SweepError::from)?)
}

/// The question that is meant by what can be no registry.
fn mistyped(what: &str) -> Option<&'static str> {
    let host = what.contains(['.', ':', '/']) || what == "localhost";
    (!host).then(|| nearest(what, ANSWERS.iter().map(|answer| answer.name))).flatten()
}

fn split(what: &str) -> (&str, Option<&str>) {
    // As it stands in a browser. Whether the registry speaks TLS is not decided by that.
    let what = ["https://", "http://"].iter().find_map(|scheme| what.strip_prefix(scheme)).unwrap_or(what);
    match what.split_once('/') {
        Some((host, prefix)) => (host, Some(prefix.trim_matches('/')).filter(|prefix| !prefix.is_empty())),
        None => (what, None),
    }
}

fn sweeping(args: &Args, config: &Config) -> Result<Sweep> {
    let (host, prefix) = split(&args.what);
    let (registry, folder) = config.registry();
    let mut options = args.sources.options(registry, folder);
    options.registry.throttle = args.max_rate.map_or_else(Throttle::default, Throttle::per_second);
    // A sweep has time: a registry that wants to be left alone is.
    options.registry.patience.longest_pause = std::time::Duration::from_secs(900);
    let mut request = Request::new(host, key::identity()?);
    request.rules = config.packs(&args.rules)?;
    let (known, refused) = args.known.read()?;
    let (of_policy, missing) = config.known();
    request.known = known.into_iter().chain(of_policy).collect();
    for line in refused.iter().chain(&missing) {
        // Who asked for quiet did not ask for less.
        terminal::note(line);
    }
    let jobs =
        args.jobs.map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from);
    let read = |path: &PathBuf| {
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
    };
    let wanted = Wanted {
        host: host.to_owned(),
        prefix: prefix.map(str::to_owned),
        names: Names::new(&args.include, &args.exclude)?,
        listed: args.file.as_ref().map(read).transpose()?,
        list_by: args.list_by.clone(),
        options,
        jobs,
    };
    Ok(Sweep { wanted, request, policy: config.policy().clone(), state: PathBuf::new() })
}

fn print((args, config): (&Args, &Config), answer: &Answer, state: &Sqlite) -> Result<Outcome> {
    let counts = config.counts(if args.strict { Level::Warn } else { Level::Deny });
    let subject = match (answer.subject, &args.subject) {
        (Some(what), None) => bail!("name what it is about: tightlip sweep {} {what}", answer.name),
        (None, Some(given)) => bail!("{} is about everything, not about {given}", answer.name),
        (_, given) => given.clone().unwrap_or_default(),
    };
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let now = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
    let policy = config.policy().clone();
    judge(state, &policy).map_err(SweepError::from)?;
    let mut out = io::BufWriter::new(crate::out::stdout());
    match Format::named(&args.format) {
        Some(format) => {
            let sheet = answer.of(state, &Ask { subject, counts, now, policy })?;
            (format.write)(&sheet, &mut out)?;
        }
        None => {
            if !matches!(answer.name, "report" | "images") {
                bail!("--format {} is for `report` and `images`; use text, json or html", args.format);
            }
            let format = format::named(&args.format).context("no such format")?;
            let report = merged(state, &policy).map_err(SweepError::from)?;
            (format.write)(&report, &terminal::style(counts), &mut out)?;
        }
    }
    out.flush()?;
    Ok(verdict(state, counts).map_err(SweepError::from)?.into())
}

/// The folder of all states.
fn folder() -> Result<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let user = set("XDG_DATA_HOME").or_else(|| Some(set("HOME")?.join(".local").join("share")));
    let user = user.context("neither XDG_DATA_HOME nor HOME is set: name a file with --state")?;
    Ok(user.join("tightlip").join("sweep"))
}

/// Where the state of a registry lies.
fn place(host: &str) -> Result<PathBuf> {
    Ok(folder()?.join(format!("{}.db", host.replace([':', '/', '\\'], "_"))))
}

/// The state that was written last.
fn latest() -> Result<PathBuf> {
    let folder = folder()?;
    let files = std::fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let states = files.filter(|path| path.extension().is_some_and(|ending| ending == "db"));
    let written = |path: &PathBuf| path.metadata().and_then(|metadata| metadata.modified()).ok();
    let latest = states.max_by_key(written);
    latest.with_context(|| {
        format!("there is no sweep in {}; start with: tightlip sweep HOST", folder.display())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_may_be_mistyped() {
        assert_eq!([mistyped("leks"), mistyped("images")], [Some("leaks"), Some("images")]);
        assert_eq!([mistyped("leks.example"), mistyped("localhost"), mistyped("acme")], [None; 3]);
    }

    #[test]
    fn a_host_may_have_a_prefix() {
        assert_eq!(split("r.example:5000"), ("r.example:5000", None));
        assert_eq!(split("r.example/team/web/"), ("r.example", Some("team/web")));
        assert_eq!(split("r.example/"), ("r.example", None));
        assert_eq!(split("https://r.example/team"), ("r.example", Some("team")));
    }
}
