//! The guard: builds, and lets nothing out that leaks.
//!
//! What is written is linted before the build; what the builder says is masked while it builds; the result goes into a
//! folder that nobody else may enter, is scanned there, and only then goes where it was meant to go, byte for byte.

mod attest;
mod bake;
mod before;
mod call;
mod containers;
mod convert;
mod deliver;
pub(crate) mod disk;
mod driver;
mod fields;
mod files;
mod flags;
mod given;
mod known;
mod layout;
mod lent;
mod line;
mod listen;
mod plan;
mod publish;
pub(crate) mod record;
mod secret;
mod storage;
pub(crate) mod will;
mod work;

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

use tightlip_report::{GapKind, Level, Report, Verdict};

pub use bake::{BAKE, Batch, COMPOSE, Target};
pub use call::{Called, is_call};
pub use containers::{CONTAINERS, is_image_form};
pub use flags::{BUILD, Flag, Role, Takes};
pub use given::{Given, given, reads_input};
pub use known::Environment;
pub use line::{Line, LineError};
pub use plan::{Attests, Unguarded};
pub use will::tidy_up_after;

use crate::builder::{Broom, Builder, BuilderError, Kind};
use crate::lint::LintError;
use crate::redact::Redactor;
use crate::request::Request;
use crate::scan::ScanError;
use crate::watch::Watch;
use before::Written;
use deliver::Courier;
use driver::{Asking, Driver};
use known::Values;
use plan::{Plan, unguarded};
use publish::Ready;
use work::Work;

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
    /// The words that start a process which calls [`tidy_up_after`] with its standard input: it tidies up when this one is
    /// killed outright. Nobody does without.
    pub caretaker: Vec<OsString>,
    /// What stands on standard input, when the build reads its Dockerfile or context from there.
    pub input: Given,
}

/// Whether secrets that are passed as build arguments become mounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Convert {
    /// The build is refused.
    No,
    /// Where the Dockerfile allows, for this build alone.
    Yes,
}

/// What is let through.
#[derive(Clone, Debug)]
pub struct Policy {
    /// What becomes of secrets among the build arguments.
    pub convert: Convert,
    /// Whether a secret in the log stops the image.
    pub log: LogLeak,
    /// Findings from here on stop the image.
    pub counts: Level,
    /// What may go unread.
    pub gaps: Vec<GapKind>,
    /// Build arguments that look like secrets and are none.
    pub arguments: Vec<String>,
    /// What the people of the project decided: levels, allowed findings, accepted gaps.
    pub project: crate::policy::Policy,
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

    /// What was changed in the Dockerfile for this build, values masked.
    fn converted(&self, _diff: &str) {}

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
    /// It is clean, but others that were built with it are not.
    Withheld,
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
    /// The builder did not understand what the targets are, and why.
    #[error("{0}")]
    Targets(String),
    /// The result cannot be scanned.
    #[error(transparent)]
    Scan(#[from] ScanError),
    /// What the builder wrote is not what it should be.
    #[error("the builder's result cannot be used: {0}")]
    Result(String),
    /// The storage of a builder did not do what was asked.
    #[error("{0}")]
    Storage(String),
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

impl GuardError {
    /// What others said may hold a secret.
    fn masked(self, redactor: &Redactor) -> Self {
        match self {
            Self::Storage(said) => Self::Storage(redactor.text(&said)),
            other => other,
        }
    }
}

/// A build that was checked. What is clean waits to be published.
pub struct Checked {
    guarded: Guarded,
    ready: Option<Ready>,
    redactor: Redactor,
}

impl Checked {
    /// Whether it is clean, and would be published.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.ready.is_some()
    }

    /// What came of it, when it is not published.
    #[must_use]
    pub fn withhold(self) -> Guarded {
        let mut guarded = self.guarded;
        if let Some(ready) = self.ready {
            ready.made.discard();
        }
        if guarded.ending == Ending::Published {
            guarded.ending = Ending::Withheld;
        }
        guarded
    }
}

impl Guard {
    /// Builds, and publishes what is clean.
    ///
    /// # Errors
    /// When it cannot be done. That something leaks or that the builder failed is no error: the result says so.
    pub fn run(&self, show: &dyn Show) -> Result<Guarded, GuardError> {
        self.publish(self.check(show)?, show)
    }

    /// Builds and scans. What is clean is not published yet: there may be others that have to be clean too.
    ///
    /// # Errors
    /// As [`Guard::run`].
    pub fn check(&self, show: &dyn Show) -> Result<Checked, GuardError> {
        let mut plan = self.plan()?;
        let mut written = Written::of(&plan, &self.input, self.builder.kind());
        let converted = self.convert(&mut plan, &mut written, show)?;
        let mut values = Values::of(&plan, &self.environment, &self.scan.rules)?;
        values.known.extend(self.scan.known.iter().cloned());
        let mut scan = self.scan.clone();
        scan.known = std::mem::take(&mut values.known);
        scan.dockerfile = written.text();
        let redactor = Redactor::new(&scan.known, &scan.rules)?;
        // Asking the builder takes as long as looking at what is written.
        let (seen, driver) = std::thread::scope(|scope| {
            let asking = Asking {
                builder: &self.builder,
                name: self.line.value(Role::Builder),
                environment: &self.environment,
                sources: &self.scan.sources,
            };
            let driver = scope.spawn(move || Driver::of(&asking));
            (before::look((&plan, &written), self, &scan), driver.join())
        });
        let driver = driver.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        let work = Work {
            guard: self,
            plan: &plan,
            written: &written,
            converted,
            scan: &scan,
            redactor: &redactor,
            show,
            driver,
        };
        let (mut guarded, made) = work.run(seen?).map_err(|error| error.masked(&redactor))?;
        guarded.notes.splice(0..0, plan.notes.iter().cloned().chain(values.notes));
        guarded.notes.iter_mut().for_each(|note| *note = redactor.text(note));
        let ready = made.map(|made| Ready { made, plan, scan, driver });
        Ok(Checked { guarded, ready, redactor })
    }

    fn plan(&self) -> Result<Plan, Unguarded> {
        if self.builder.kind() != Kind::Buildx {
            containers::check(&self.line, &self.environment)?;
            let mut plan = Plan::of(&self.line, Attests::WhenAsked)?;
            containers::push_to_registries(&mut plan)?;
            return Ok(plan);
        }
        let attests = match self.environment.text("BUILDX_NO_DEFAULT_ATTESTATIONS") {
            Some("1" | "true") => Attests::WhenAsked,
            _ => Attests::ByDefault,
        };
        Plan::of(&self.line, attests)
    }

    /// Publishes what was found clean: exactly the bytes that were scanned.
    ///
    /// # Errors
    /// When it does not arrive where it is to go.
    pub fn publish(&self, checked: Checked, show: &dyn Show) -> Result<Guarded, GuardError> {
        let Checked { mut guarded, ready, redactor } = checked;
        if let Some(ready) = ready {
            let scan = ready.scan.clone();
            let courier = Courier { builder: &self.builder, scan: &scan, redactor: &redactor, show };
            self.deliver(ready, &courier, &mut guarded)?;
        }
        Ok(guarded)
    }

    /// The Dockerfile to build in the place of the user's, if one is asked for.
    fn convert(
        &self,
        plan: &mut Plan,
        written: &mut Written,
        show: &dyn Show,
    ) -> Result<Option<String>, GuardError> {
        if self.policy.convert == Convert::No {
            return Ok(None);
        }
        if self.builder.kind() != Kind::Buildx {
            return Err(unguarded(
                "--convert writes mounts that set a variable, which not every buildah and Podman knows",
                "Mount the secret as a file in your Dockerfile: RUN --mount=type=secret,id=ID",
            )
            .into());
        }
        let Some(converted) = convert::convert(plan, written, self)? else { return Ok(None) };
        converted.refused.iter().for_each(|why| show.note(&format!("not converted: {why}")));
        if converted.text.is_empty() {
            return Ok(None);
        }
        show.note(
            "built from a copy of the Dockerfile that mounts its secrets; tightlip lint --fix changes yours",
        );
        show.converted(&converted.diff);
        Ok(Some(converted.text))
    }
}
