//! `tightlip build`: builds, and lets nothing out that leaks.

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, Result, anyhow, bail};
use clap::{Args as Arguments, CommandFactory as _, Parser};
use tightlip_engine::build::{
    self, BAKE, BUILD, COMPOSE, CONTAINERS, Checked, Convert, Ending, Environment, Flag, Given, Guard,
    GuardError, Guarded, Line, LogLeak, Policy, Role, Show, Takes, given, is_call, is_image_form,
    reads_input,
};
use tightlip_engine::builder::{Broom, Builder, BuilderError, Kind};
use tightlip_engine::{CacheFolder, Request, Watch};
use tightlip_report::format::{FORMATS, named};
use tightlip_report::{GapKind, Level, Verdict};

use super::caretaker;
use crate::build_log::{BuildLog, Form};
use crate::config::{Baselines, PolicyOptions};
use crate::known::{self, Known};
use crate::outcome::Outcome;
use crate::sources::{self, Sources};
use crate::terminal::{Manner, Progress};
use crate::{cache, key, terminal};

/// The arguments of `build`.
#[derive(Debug, Arguments)]
#[command(
    override_usage = "tightlip build [OPTIONS] PATH | URL | -",
    after_help = help()
)]
pub(crate) struct Args {
    /// What `docker buildx build` takes, and the options below, in any order
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGUMENT")]
    words: Vec<String>,
}

/// What is ours among the arguments.
#[derive(Debug, Parser)]
#[command(no_binary_name = true, disable_help_flag = true)]
struct Own {
    /// Publish the image although a step printed a secret; the builder keeps that log unmasked
    #[arg(long)]
    accept_log_leak: bool,
    /// Turn build arguments that are secrets into secret mounts, for this build; no file of yours changes
    #[arg(long)]
    convert: bool,
    /// This build argument is no secret, whatever it looks like (repeatable)
    #[arg(long, value_name = "NAME")]
    allow_arg: Vec<String>,
    /// Accept that things of this kind are not read; they stay in the report
    #[arg(long, value_name = "KIND", value_delimiter = ',', value_parser = GapKind::ALL.iter().map(|k| k.name()).collect::<Vec<_>>())]
    allow_gaps: Vec<String>,
    /// Print the report to standard output in this form, clean or not
    #[arg(long, value_name = "FORMAT", value_parser = FORMATS.iter().map(|f| f.name).collect::<Vec<_>>())]
    format: Option<String>,
    /// A rule pack to search for besides the built-in rules; may be given more than once
    #[arg(long, value_name = "FILE")]
    rules: Vec<PathBuf>,
    /// Warnings count as leaks
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    config: PolicyOptions,
    #[command(flatten)]
    known: Known,
    #[command(flatten)]
    sources: Sources,
}

const fn own(long: &'static str, takes: Takes) -> Flag {
    Flag { long, short: None, takes, role: Role::Own }
}

/// The options of [`Own`], to tell them from those of the builder.
static OWN: &[Flag] = &[
    own("--accept-log-leak", Takes::Nothing),
    own("--convert", Takes::Nothing),
    own("--allow-arg", Takes::Value),
    own("--allow-gaps", Takes::Value),
    own("--format", Takes::Value),
    own("--rules", Takes::Value),
    own("--strict", Takes::Nothing),
    own("--config", Takes::Value),
    own("--no-config", Takes::Nothing),
    own("--baseline", Takes::Value),
    own("--known-env", Takes::Value),
    own("--known-file", Takes::Value),
    own("--known-docker-config", Takes::Nothing),
    own("--plain-http", Takes::Nothing),
    own("--registry-ca", Takes::Value),
    own("--offline", Takes::Nothing),
];

fn help() -> String {
    let mut command = Own::command().help_template("{options}");
    format!(
        "tightlip build bake [OPTIONS] [TARGET…] and tightlip build compose [OPTIONS] [SERVICE…] take what docker buildx\n\
        bake and docker compose build take; tightlip build podman and tightlip build buildah [OPTIONS] PATH what podman\n\
        build and buildah build take. A directory that is called so is ./bake.\n\n\
        Options of tightlip:\n{}\n\n\
        All options of docker buildx build are passed on; what says where the result goes (--load, --push, --output,\n\
        --tag) happens after the scan, with exactly the bytes that were scanned.\n\n\
        Exit codes: 0 built, clean and published; 1 leaking, nothing was published; 2 could not run, or the builder\n\
        failed; 3 unproven (something was not read), nothing was published.",
        command.render_help()
    )
}

/// Builds behind a guard.
pub(crate) fn run(args: &Args, docker: &[OsString]) -> Result<Outcome> {
    guarded(args, docker).map_err(advised)
}

fn guarded(args: &Args, docker: &[OsString]) -> Result<Outcome> {
    let word = args.words.first().map_or("", String::as_str);
    let (table, kind) = match word {
        "bake" => (BAKE, Kind::Buildx),
        "compose" => (COMPOSE, Kind::Buildx),
        "podman" => (CONTAINERS, Kind::Podman),
        "buildah" => (CONTAINERS, Kind::Buildah),
        _ => (BUILD, Kind::Buildx),
    };
    let named = usize::from(!std::ptr::eq(table, BUILD));
    // What is both ours and the builder's is told apart by its value.
    let tables = if kind == Kind::Buildx { [OWN, table] } else { [table, OWN] };
    let line = Line::parse(args.words.get(named..).unwrap_or_default(), &tables)?;
    let ours = |flag: &Flag, value: Option<&str>| match flag.role {
        Role::Format => value.is_some_and(|value| !is_image_form(value)),
        role => role == Role::Own,
    };
    let own = match Own::try_parse_from(line.arguments(ours)) {
        Ok(own) => own,
        Err(error) => {
            let _ = error.print();
            return Ok(Outcome::Failed);
        }
    };
    let batch =
        Batch { line: &line, own: &own, screen: Screen::new(&line, kind)?, builder: builder(kind, docker)? };
    let guards = batch.guards(word)?;
    if is_call(&line) {
        return batch.call(&guards);
    }
    let ended = batch.run(&guards);
    batch.screen.end();
    if batch.screen.stopped() {
        // What became of the builder's record is to be known also now.
        ended.iter().flatten().flat_map(|guarded| &guarded.notes).for_each(|note| terminal::note(note));
        return Ok(Outcome::Interrupted);
    }
    let outcomes: Result<Vec<Outcome>> = ended?.iter().map(|guarded| tell(guarded, &line, &own)).collect();
    Ok(worst(&outcomes?))
}

fn builder(kind: Kind, docker: &[OsString]) -> Result<Builder> {
    let global = if kind == Kind::Buildx { docker.to_vec() } else { Vec::new() };
    Ok(Builder::only(kind, (&sources::programs(), &sources::plugins()), global)?)
}

/// An error, with what else there is to build with where a builder is missing.
fn advised(error: anyhow::Error) -> anyhow::Error {
    let of_guard = error.downcast_ref().and_then(|error| match error {
        GuardError::Builder(error) => Some(error),
        _ => None,
    });
    let Some(BuilderError::NotFound { kind: missing }) = of_guard.or_else(|| error.downcast_ref()) else {
        return error;
    };
    let folders = sources::programs();
    let others = Kind::ALL.into_iter().filter(|other| other != missing && *other != Kind::Buildx);
    match others.into_iter().find(|other| Builder::find(*other, &folders, Vec::new()).is_ok()) {
        Some(other) => anyhow!("{error}, or build with what is here: tightlip build {} …", other.name()),
        None => error,
    }
}

/// One build or several, which are published together or not at all.
struct Batch<'b> {
    line: &'b Line,
    own: &'b Own,
    screen: Screen,
    builder: Builder,
}

impl Batch<'_> {
    /// Everything that is to be built.
    fn guards(&self, word: &str) -> Result<Vec<Guard>> {
        let environment = Environment::new(std::env::vars_os());
        let batch = build::Batch { builder: &self.builder, line: self.line, environment: &environment };
        let targets = match word {
            "bake" => batch.bake()?,
            "compose" => batch.compose()?,
            _ => vec![(String::new(), self.line.clone())],
        };
        if targets.is_empty() {
            bail!("there is nothing to build\nName a target, or a file with targets: -f FILE");
        }
        targets.iter().map(|(_, line)| guard(line, self.own, &self.builder)).collect()
    }

    /// Asks the builder what it is asked, and prints what it answers.
    fn call(&self, guards: &[Guard]) -> Result<Outcome> {
        let mut outcome = Outcome::Clean;
        for guard in guards {
            let called = guard.call(&self.screen)?;
            crate::out::stdout().write_all(&called.output)?;
            if !called.succeeded {
                outcome = Outcome::Failed;
            }
        }
        self.screen.end();
        Ok(outcome)
    }

    /// Checks all, and publishes all if all are clean.
    fn run(&self, guards: &[Guard]) -> Result<Vec<Guarded>> {
        let mut checked = Vec::new();
        for guard in guards {
            checked.push(guard.check(&self.screen)?);
            if self.screen.stopped() {
                break;
            }
        }
        if !checked.iter().all(Checked::is_ready) || self.screen.stopped() {
            return Ok(checked.into_iter().map(Checked::withhold).collect());
        }
        let publish = |(guard, one): (&Guard, Checked)| Ok(guard.publish(one, &self.screen)?);
        guards.iter().zip(checked).map(publish).collect()
    }
}

/// The outcome of several: a leak counts most, what is unproven least.
fn worst(outcomes: &[Outcome]) -> Outcome {
    let order = [Outcome::Interrupted, Outcome::Leaking, Outcome::Failed, Outcome::Unproven];
    order.into_iter().find(|one| outcomes.contains(one)).unwrap_or(Outcome::Clean)
}

fn guard(line: &Line, own: &Own, builder: &Builder) -> Result<Guard> {
    let config = own.config.load(Baselines::Read)?;
    let (mut values, notes) = own.known.read()?;
    let (of_policy, missing) = config.known();
    notes.iter().chain(&missing).for_each(|note| terminal::note(note));
    values.extend(of_policy);
    values.extend(known::written_logins());
    let mut scan = Request::new("", key::identity()?);
    scan.known = values;
    scan.rules = config.packs(&own.rules)?;
    let (registry, folder) = config.registry();
    scan.sources = own.sources.options(registry, folder);
    scan.cache = cache::Options::default().open(&scan.key);
    let gaps = GapKind::ALL.iter().filter(|kind| own.allow_gaps.iter().any(|name| name == kind.name()));
    let policy = Policy {
        convert: if own.convert { Convert::Yes } else { Convert::No },
        log: if own.accept_log_leak { LogLeak::Passes } else { LogLeak::Stops },
        counts: config.counts(counts(own)),
        gaps: gaps.copied().collect(),
        arguments: own.allow_arg.clone(),
        project: config.policy().clone(),
    };
    let environment = Environment::new(std::env::vars_os());
    let input = match reads_input(line) {
        true => given(io::stdin()).context("cannot read standard input")?,
        false => Given::Nothing,
    };
    Ok(Guard {
        line: line.clone(),
        builder: builder.clone(),
        environment,
        temporary: std::env::temp_dir(),
        scan,
        policy,
        caretaker: caretaker::words(),
        input,
    })
}

fn counts(own: &Own) -> Level {
    if own.strict { Level::Warn } else { Level::Deny }
}

/// The screen of a guarded build.
struct Screen {
    progress: Progress,
    log: Mutex<BuildLog>,
    /// What a builder says that cannot be told from errors, where nothing but errors is to be shown.
    held: Option<Mutex<Vec<u8>>>,
}

/// The most that is held back of a log, in bytes.
const HELD: usize = 1 << 20;

impl Screen {
    fn new(line: &Line, kind: Kind) -> Result<Self> {
        let quiet = line.is_on(Role::Quiet);
        let variable = std::env::var("BUILDKIT_PROGRESS").unwrap_or_default();
        let form = match line.value(Role::Progress) {
            _ if quiet => Form::Quiet,
            // They say it in lines that are made to be read.
            _ if kind != Kind::Buildx => Form::Plain,
            Some(name) => Form::named(name)?,
            None => Form::named(&variable)?,
        };
        let manner = if quiet { Manner::Quiet } else { Manner::Usual };
        let folder = cache::Options::default().folder();
        let tidy = move || folder.iter().for_each(CacheFolder::forget_unfinished);
        let progress = Progress::new(manner).interruptible(tidy)?;
        let held = (quiet && kind != Kind::Buildx).then(Mutex::default);
        Ok(Self { progress, log: Mutex::new(BuildLog::new(form)), held })
    }

    fn log(&self) -> std::sync::MutexGuard<'_, BuildLog> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn held(&self) -> Option<std::sync::MutexGuard<'_, Vec<u8>>> {
        self.held.as_ref().map(|held| held.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn end(&self) {
        if let Some(held) = self.held() {
            self.log().push(&held);
        }
        self.log().end();
        self.progress.finish();
    }
}

impl Watch for Screen {
    fn begin(&self, layers: usize, bytes: u64) {
        self.progress.begin(layers, bytes);
    }

    fn read(&self, bytes: u64) {
        self.progress.read(bytes);
    }

    fn layer_done(&self) {
        self.progress.layer_done();
    }

    fn stopped(&self) -> bool {
        self.progress.stopped()
    }
}

impl Show for Screen {
    fn progress(&self, masked: &[u8]) {
        let Some(mut held) = self.held() else { return self.log().push(masked) };
        held.extend_from_slice(masked);
        let old = held.len().saturating_sub(HELD);
        held.drain(..old);
    }

    fn note(&self, line: &str) {
        self.progress.note(line);
    }

    fn private(&self, broom: Broom) {
        self.progress.sweep_at_the_end(broom);
    }

    fn converted(&self, diff: &str) {
        let _ = io::stderr().lock().write_all(diff.as_bytes());
    }

    fn built(&self) {
        // It did not fail.
        if let Some(mut held) = self.held() {
            held.clear();
        }
        self.log().end();
    }
}

/// Says how it ended.
fn tell(guarded: &Guarded, line: &Line, own: &Own) -> Result<Outcome> {
    let quiet = line.is_on(Role::Quiet);
    let say = |text: &str| {
        if !quiet {
            terminal::note(text)
        }
    };
    guarded.notes.iter().for_each(|note| say(note));
    let report = &guarded.report;
    let leaks = report.findings.iter().any(|finding| finding.level >= Level::Warn);
    let style = terminal::style(counts(own));
    match &own.format {
        Some(name) => {
            let format = named(name).context("no such format")?;
            (format.write)(report, &style, &mut crate::out::stdout())?;
        }
        None if leaks || guarded.ending == Ending::Kept(Verdict::Unproven) => {
            let format = named("text").context("no such format")?;
            (format.write)(report, &style, &mut anstream::stderr().lock())?;
        }
        None => {}
    }
    match guarded.ending {
        Ending::Published => {
            guarded.done.iter().for_each(|done| say(done));
            if let Some(identity) = guarded.identity.as_ref().filter(|_| quiet && own.format.is_none()) {
                writeln!(crate::out::stdout(), "{identity}")?;
            }
            Ok(Outcome::Clean)
        }
        Ending::Refused => {
            terminal::note("the build was not started: it would leak");
            Ok(Outcome::Leaking)
        }
        Ending::Kept(verdict) => {
            terminal::note("nothing was loaded, tagged or pushed");
            Ok(verdict.into())
        }
        Ending::Withheld => {
            say("clean, but not published: another target leaks or failed");
            Ok(Outcome::Clean)
        }
        Ending::Failed => Ok(Outcome::Failed),
        Ending::Stopped => Ok(Outcome::Interrupted),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_own_options_is_that_of_the_parser() {
        let command = Own::command();
        let mut parsed: Vec<(String, bool)> = command
            .get_arguments()
            .filter_map(|one| Some((format!("--{}", one.get_long()?), one.get_action().takes_values())))
            .collect();
        let mut table: Vec<(String, bool)> =
            OWN.iter().map(|flag| (flag.long.to_owned(), flag.takes == Takes::Value)).collect();
        parsed.sort();
        table.sort();
        assert_eq!(parsed, table);
        for flag in OWN {
            assert!(BUILD.iter().all(|other| other.long != flag.long), "{} is docker's", flag.long);
        }
    }
}
