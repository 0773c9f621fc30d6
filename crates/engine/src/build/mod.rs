//! The guard: builds, and lets nothing out that leaks.
//!
//! What is written is linted before the build; what the builder says is masked while it builds; the result goes into a
//! folder that nobody else may enter, is scanned there, and only then goes where it was meant to go, byte for byte.

mod before;
mod deliver;
mod disk;
mod fields;
mod flags;
mod known;
mod layout;
mod line;
mod listen;
mod plan;
pub(crate) mod record;
mod secret;

use std::io;
use std::path::PathBuf;

use tightlip_report::{GapKind, Level, Report, Verdict};

pub use flags::{BUILD, Flag, Role, Takes};
pub use known::Environment;
pub use line::{Line, LineError};
pub use plan::{Attests, Unguarded};

use crate::builder::{Broom, Builder, BuilderError, Folder, Input, Kind, Task, output};
use crate::lint::LintError;
use crate::redact::Redactor;
use crate::request::Request;
use crate::scan::{ScanError, scan};
use crate::watch::Watch;
use before::{Seen, Written};
use deliver::Courier;
use known::Values;
use layout::Layout;
use listen::Heard;
use plan::{Delivery, Plan};
use record::{Record, Records};

/// The most that is read of a Dockerfile from standard input, in bytes.
const LONGEST_INPUT: usize = 4 << 20;

/// A build that is to be guarded.
#[derive(Clone)]
pub struct Guard {
    /// The command line, which may hold our own options too.
    pub line: Line,
    /// Who builds.
    pub builder: Builder,
    /// The environment of the build.
    pub environment: Environment,
    /// Where private folders may be made.
    pub temporary: PathBuf,
    /// How results are scanned: everything but the target counts.
    pub scan: Request,
    /// What is let through.
    pub policy: Policy,
    /// What stands on standard input, when the build reads its Dockerfile or context from there.
    pub input: Option<Vec<u8>>,
}

/// What is let through.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Whether a secret in the log stops the image.
    pub log: LogLeak,
    /// Findings from here on stop the image.
    pub counts: Level,
    /// What may go unread.
    pub gaps: Vec<GapKind>,
    /// Build arguments that look like secrets and are none.
    pub arguments: Vec<String>,
}

/// What a secret in the log means, which is masked where the user reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogLeak {
    /// The image is not published: the builder keeps the log unmasked, for everybody who may ask it.
    Stops,
    /// It is told, and that is all.
    Passes,
}

/// Somebody who watches a guarded build.
pub trait Show: Watch {
    /// What the builder says, masked: lines of rawjson, and plain lines between them.
    fn progress(&self, _masked: &[u8]) {}

    /// Something to know that stops nothing.
    fn note(&self, _line: &str) {}

    /// What has to go if the run ends at once.
    fn private(&self, _broom: Broom) {}

    /// The build is over, the scan begins.
    fn built(&self) {}
}

/// How a guarded build ended.
#[derive(Debug)]
pub struct Guarded {
    /// How.
    pub ending: Ending,
    /// What was found and read.
    pub report: Report,
    /// The identity of the image as the builder tells it, where it was published.
    pub identity: Option<String>,
    /// What was done with it.
    pub done: Vec<String>,
    /// What the user should know.
    pub notes: Vec<String>,
}

/// How a guarded build ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It was not started: it would leak by what is written.
    Refused,
    /// The builder failed, and said why.
    Failed,
    /// The result leaks, or something of it was not read: it was thrown away.
    Kept(Verdict),
    /// The result went where it was meant to go.
    Published,
    /// The user ended it.
    Stopped,
}

/// A guarded build could not run.
#[derive(Debug, thiserror::Error)]
pub enum GuardError {
    /// There is no way to do it safely.
    #[error(transparent)]
    Unguarded(#[from] Unguarded),
    /// The builder cannot be used.
    #[error(transparent)]
    Builder(#[from] BuilderError),
    /// What is written cannot be read.
    #[error(transparent)]
    Lint(LintError),
    /// The result cannot be scanned.
    #[error(transparent)]
    Scan(#[from] ScanError),
    /// What the builder wrote is not what it should be.
    #[error("the builder's result cannot be used: {0}")]
    Result(String),
    /// The engine did not take the image.
    #[error("cannot load the image: {0}")]
    Load(String),
    /// There is no engine to load into.
    #[error(
        "there is no engine to load the image into\nName another place: --push, or --output type=oci,dest=FILE"
    )]
    NoEngine,
    /// The registry did not take the image.
    #[error("cannot push {name}: {why}")]
    Push {
        /// The name.
        name: String,
        /// Why.
        why: String,
    },
    /// The result could not be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// Where to.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Guard {
    /// Builds, and publishes what is clean.
    ///
    /// # Errors
    /// When it cannot be done. That something leaks or that the builder failed is no error: the result says so.
    pub fn run(&self, show: &dyn Show) -> Result<Guarded, GuardError> {
        let attests = match self.environment.text("BUILDX_NO_DEFAULT_ATTESTATIONS") {
            Some("1" | "true") => Attests::WhenAsked,
            _ => Attests::ByDefault,
        };
        let plan = Plan::of(&self.line, attests)?;
        let mut values = Values::of(&plan, &self.environment)?;
        values.known.extend(self.scan.known.iter().cloned());
        let mut scan = self.scan.clone();
        scan.known = std::mem::take(&mut values.known);
        let written = Written::of(&plan, self.input.as_deref());
        scan.dockerfile = written.text();
        let redactor = Redactor::new(&scan.known, &scan.rules)?;
        let work =
            Work { guard: self, plan: &plan, written: &written, scan: &scan, redactor: &redactor, show };
        let mut guarded = work.run()?;
        guarded.notes.splice(0..0, plan.notes.iter().cloned().chain(values.notes));
        guarded.notes.iter_mut().for_each(|note| *note = redactor.text(note));
        Ok(guarded)
    }
}

/// A guarded build under way.
struct Work<'w> {
    guard: &'w Guard,
    plan: &'w Plan,
    written: &'w Written,
    scan: &'w Request,
    redactor: &'w Redactor,
    show: &'w dyn Show,
}

impl Work<'_> {
    fn run(&self) -> Result<Guarded, GuardError> {
        let seen = before::look((self.plan, self.written), self.guard, self.scan)?;
        if let Some(report) = seen.refused {
            return Ok(ended(Ending::Refused, report));
        }
        let folder = Folder::new(&self.guard.temporary)?;
        self.show.private(folder.broom());
        let records = Records::before(&self.guard.builder, &self.guard.environment);
        let task = self.task(&folder);
        let mut heard = listen::run(&self.guard.builder, &task, (self.redactor, self.scan), self.show)?;
        let record = records.since(&self.plan.context);
        heard.name(record.as_ref());
        let mut guarded = self.judge(&folder, heard, seen)?;
        self.clean_up(record.as_ref(), &mut guarded);
        Ok(guarded)
    }

    /// Has the builder's record removed when something leaks: the record holds all that the image and the log hold.
    fn clean_up(&self, record: Option<&Record>, guarded: &mut Guarded) {
        let leaks = guarded.report.findings.iter().any(|finding| finding.level >= Level::Deny);
        let has_record = self.guard.builder.kind() == Kind::Buildx;
        if leaks && has_record && guarded.ending != Ending::Published {
            guarded.notes.push(record::remove(&self.guard.builder, record));
        }
    }

    /// What the builder is asked to do.
    fn task(&self, folder: &Folder) -> Task {
        let mut task = Task::new(["build"]);
        for argument in &self.plan.arguments {
            task = task.argument(argument);
        }
        let mut target = output(&folder.path("image"));
        self.plan.image.iter().for_each(|field| target.push(format!(",{field}")));
        task = task.argument("--progress=rawjson").option("--output", target);
        task = task.option("--iidfile", folder.path("id"));
        if let Some(file) = &self.plan.dockerfile {
            task = task.option("--file", file);
        }
        // The record of a build is kept in any case; the file that describes it is written by us.
        task = task.argument("--").argument(&self.plan.context).variable("DOCKER_CLI_HINTS", "false");
        match &self.guard.input {
            Some(bytes) => task.stream(io::Cursor::new(bytes.clone())),
            None => task.reading(Input::Nothing),
        }
    }

    /// Scans the result where it lies.
    fn look(&self, image: &std::path::Path) -> Result<Report, GuardError> {
        let place = image.display().to_string();
        let mut request = self.scan.clone();
        request.target = format!("oci:{place}");
        let mut report = scan(&request, self.show)?;
        let name = self.plan.tags.first().map_or("the image", String::as_str);
        report.target.given = self.redactor.text(name);
        for finding in &mut report.findings {
            // The folder will be gone.
            finding.recover = finding.recover.replace(&place, "IMAGE-LAYOUT");
        }
        Ok(report)
    }

    /// Publishes the image, or throws it away.
    fn judge(&self, folder: &Folder, heard: Heard, seen: Seen) -> Result<Guarded, GuardError> {
        if self.show.stopped() {
            return Ok(ended(Ending::Stopped, heard.log));
        }
        if !heard.ended.succeeded() {
            return Ok(ended(Ending::Failed, heard.log));
        }
        self.show.built();
        let policy = &self.guard.policy;
        let mut report = self.look(&folder.path("image"))?;
        report.accept_gaps(&policy.gaps);
        report.findings.extend(seen.said);
        let mut log = heard.log;
        if log.findings.is_empty() && heard.skipped {
            // The step ran in an earlier build, and printed it then.
            log.findings = seen.printed;
        }
        if policy.log == LogLeak::Passes {
            log.findings.iter_mut().for_each(|finding| finding.level = finding.level.min(Level::Note));
        }
        report.findings.extend(log.findings);
        report.gaps.extend(log.gaps);
        report.findings.sort_by_key(|finding| std::cmp::Reverse(finding.level));
        let verdict = report.verdict(policy.counts);
        if self.show.stopped() {
            return Ok(ended(Ending::Stopped, report));
        }
        if verdict != Verdict::Clean {
            return Ok(ended(Ending::Kept(verdict), report));
        }
        let mut guarded = ended(Ending::Published, report);
        self.publish(folder, &mut guarded)?;
        Ok(guarded)
    }

    fn publish(&self, folder: &Folder, guarded: &mut Guarded) -> Result<(), GuardError> {
        let layout = Layout::open(&folder.path("image"))?;
        let identity = disk::text(&folder.path("id")).unwrap_or_else(|_| layout.digest.to_string());
        let deliveries = match &self.plan.deliveries {
            Some(deliveries) => deliveries.clone(),
            None => self.usual()?,
        };
        if deliveries.is_empty() {
            guarded
                .notes
                .push("the result is in the build cache only: add --load, --push or --output".to_owned());
        }
        let Self { scan, redactor, show, .. } = *self;
        let courier = Courier { builder: &self.guard.builder, scan, redactor, show };
        // A layout is moved away: it goes last.
        let (layouts, others): (Vec<_>, Vec<_>) =
            deliveries.iter().partition(|one| matches!(one, Delivery::Layout(_)));
        for delivery in others.into_iter().chain(layouts) {
            guarded.done.extend(courier.deliver(&layout, delivery)?);
        }
        if let Some(path) = &self.plan.id_file {
            let mut fill = |out: &mut dyn io::Write| out.write_all(identity.as_bytes());
            disk::write(path, &mut fill)
                .map_err(|source| GuardError::Write { path: path.clone(), source })?;
        }
        self.describe(&layout)?;
        guarded.identity = Some(identity);
        Ok(())
    }

    /// What the builder does with a result when nothing is said: Docker's own keeps it, all others drop it.
    fn usual(&self) -> Result<Vec<Delivery>, GuardError> {
        let mut task = Task::new(["inspect"]);
        if let Some(name) = self.guard.line.value(Role::Builder) {
            task = task.argument(name);
        }
        let answer = self.guard.builder.ask(&task)?;
        let text = answer.ended.text();
        let driver = text.lines().find_map(|line| line.strip_prefix("Driver:")).map(str::trim);
        let own = driver.is_none_or(|driver| driver == "docker");
        Ok(if own { vec![Delivery::Load(self.plan.tags.clone())] } else { Vec::new() })
    }

    /// Writes what `--metadata-file` is to hold: what the builder writes, without provenance, which has the arguments.
    fn describe(&self, layout: &Layout) -> Result<(), GuardError> {
        let Some(path) = &self.plan.metadata_file else { return Ok(()) };
        let names: Vec<String> = self.plan.tags.iter().map(|name| layout::full_name(name)).collect();
        let mut text = serde_json::json!({
            "containerimage.descriptor": layout.descriptor,
            "containerimage.digest": layout.digest.to_string(),
        });
        if let ([(_, manifest)], Some(members)) = (layout.images()?.as_slice(), text.as_object_mut()) {
            members.extend(
                manifest
                    .pointer("/config/digest")
                    .map(|digest| ("containerimage.config.digest".to_owned(), digest.clone())),
            );
        }
        if !names.is_empty() {
            text["image.name"] = names.join(",").into();
        }
        let mut fill = |out: &mut dyn io::Write| writeln!(out, "{text:#}");
        disk::write(path, &mut fill).map_err(|source| GuardError::Write { path: path.clone(), source })
    }
}

fn ended(ending: Ending, report: Report) -> Guarded {
    Guarded { ending, report, identity: None, done: Vec::new(), notes: Vec::new() }
}

/// Whether the build reads standard input, and how much of it may be a Dockerfile.
#[must_use]
pub fn reads_input(line: &Line) -> Option<usize> {
    let reads = line.value(Role::Dockerfile) == Some("-") || line.words().any(|word| word == "-");
    reads.then_some(LONGEST_INPUT)
}
