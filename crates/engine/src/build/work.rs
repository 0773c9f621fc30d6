//! A guarded build from its first look to its verdict: lint, build, scan.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tightlip_report::{Level, Report, Verdict};

use super::before::{Seen, Written};
use super::containers::{self, Form};
use super::driver::Driver;
use super::files::Files;
use super::lent::Lent;
use super::listen::{self, Heard};
use super::plan::Plan;
use super::record::{self, Record, Records};
use super::storage::{self, Storage, Stored};
use super::will::{self, Will};
use super::{Ending, Given, Guard, GuardError, Guarded, LogLeak, Show, convert, disk};
use crate::builder::{Caretaker, Folder, Input, Kind, Task, field, output};
use crate::redact::Redactor;
use crate::request::Request;
use crate::scan::scan;

/// What is left of a builder that did not end when it was asked to.
const CUT_OFF: &str = "the builder did not end by itself, and may leave containers of its steps with their secrets\n\
    Look, and remove them: podman ps --all --external, then podman rm ID; or buildah containers, then buildah rm ID";

/// A guarded build under way.
pub(super) struct Work<'w> {
    pub(super) guard: &'w Guard,
    pub(super) plan: &'w Plan,
    pub(super) written: &'w Written,
    /// A Dockerfile that is built in the place of the user's.
    pub(super) converted: Option<String>,
    pub(super) scan: &'w Request,
    pub(super) redactor: &'w Redactor,
    pub(super) show: &'w dyn Show,
    pub(super) driver: Driver,
}

/// What a build left where only we see it.
pub(super) struct Made {
    pub(super) output: Output,
    pub(super) folder: Folder,
    // Ends last: it has nothing to do when the others are gone.
    pub(super) caretaker: Option<Arc<Caretaker>>,
}

impl Made {
    /// Everything goes away.
    pub(super) fn discard(self) {
        let Self { output, folder, caretaker } = self;
        drop((output, folder));
        dismiss(caretaker);
    }
}

/// Nothing is left that a caretaker would have to do.
pub(super) fn dismiss(caretaker: Option<Arc<Caretaker>>) {
    caretaker.iter().for_each(|caretaker| caretaker.dismiss());
}

/// What it is.
pub(super) enum Output {
    /// An OCI layout.
    Layout,
    /// Files.
    Files(Files),
    /// An image in the storage of the builder.
    Stored(Stored),
}

impl Work<'_> {
    /// What came of it; where it is clean, also what was made.
    pub(super) fn run(&self, seen: Seen) -> Result<(Guarded, Option<Made>), GuardError> {
        if let Some(report) = seen.refused {
            return Ok((ended(Ending::Refused, report), None));
        }
        let storage = self.storage()?;
        // Buildx may know thousands of builds: until they are read, nothing is there that somebody would have to remove.
        let records = Records::before(&self.guard.builder, &self.guard.environment);
        let folder = Folder::new(&self.guard.temporary)?;
        self.show.private(folder.broom());
        let will = Will::new(&self.guard.builder, &folder.path(""), &self.plan.context);
        let will = will.without_image(storage.as_ref());
        let caretaker = self.caretaker(&will, &records);
        let lent = self.lend()?;
        let task = self.task(&folder, &lent)?;
        let task = caretaker.iter().fold(task, Task::left_to);
        let mut heard = listen::run(&self.guard.builder, &task, (self.redactor, self.scan), self.show)?;
        drop((task, lent));
        let record = records.since(&self.plan.context);
        heard.name(self.guard.builder.kind(), record.as_ref());
        let cut_off = self.driver == Driver::Containers && heard.ended.code().is_none();
        let made = match heard.ended.succeeded() && !self.show.stopped() {
            true => {
                Some(Made { output: self.output(storage, &folder)?, folder, caretaker: caretaker.clone() })
            }
            false => None,
        };
        let mut guarded = self.judge(made.as_ref(), heard, seen)?;
        let made = self.clean_up(record.as_ref(), made, &mut guarded);
        guarded.notes.extend(cut_off.then(|| CUT_OFF.to_owned()));
        match (&caretaker, &made) {
            // The record of a clean build stays. Who cannot be told does more than is needed.
            (Some(caretaker), Some(_)) => drop(caretaker.leave(&will)),
            _ => dismiss(caretaker),
        }
        Ok((guarded, made))
    }

    /// Somebody who tidies up when this process is killed outright. The folder is left to it first, which takes no time.
    fn caretaker(&self, will: &Will, records: &Records) -> Option<Arc<Caretaker>> {
        let started = will::caretaker(&self.guard.caretaker, will).and_then(|caretaker| {
            let whole = will.clone().without_records(records);
            caretaker.iter().try_for_each(|caretaker| caretaker.leave(&whole)).map(|()| caretaker)
        });
        let note = |error: &io::Error| {
            self.show.note(&format!("nobody will tidy up if tightlip is killed outright: {error}"));
        };
        started.inspect_err(note).ok().flatten()
    }

    /// The storage into which the image is built, where the builder gives out no layouts.
    fn storage(&self) -> Result<Option<Storage>, GuardError> {
        match self.driver {
            Driver::Docker | Driver::Apart => Ok(None),
            Driver::Classic if self.plan.files.is_some() => Ok(None),
            Driver::Classic => {
                self.plan.check_classic()?;
                Storage::before(&self.guard.builder).map(Some)
            }
            Driver::Containers => Storage::before(&self.guard.builder).map(Some),
        }
    }

    fn output(&self, storage: Option<Storage>, folder: &Folder) -> Result<Output, GuardError> {
        match (storage, &self.plan.files) {
            (Some(storage), _) => Ok(Output::Stored(storage.since(folder, self.form())?)),
            (None, Some(files)) => Ok(Output::Files(files.clone())),
            (None, None) => Ok(Output::Layout),
        }
    }

    /// The form in which a storage gives out its image.
    fn form(&self) -> Form {
        match self.driver {
            Driver::Containers => containers::form(&self.guard.line, &self.guard.environment),
            Driver::Docker | Driver::Classic | Driver::Apart => Form::Docker,
        }
    }

    /// What is not published goes away, and so does the builder's record when something leaks: it holds all that the
    /// image and the log hold.
    fn clean_up(&self, record: Option<&Record>, made: Option<Made>, guarded: &mut Guarded) -> Option<Made> {
        if guarded.ending == Ending::Published {
            return made;
        }
        let leaks = guarded.report.findings.iter().any(|finding| finding.level >= Level::Deny);
        if self.guard.builder.kind() == Kind::Buildx {
            let stopped = record.filter(|_| guarded.ending == Ending::Stopped);
            let note = match (leaks, stopped) {
                (true, _) => Some(record::remove(&self.guard.builder, record)),
                // What its last step printed, nobody may have heard.
                (false, Some(record)) if !record::is_removed(&self.guard.builder, record) => {
                    Some(record::kept(record))
                }
                _ => None,
            };
            guarded.notes.extend(note);
        }
        if let Some(Made { output: Output::Stored(stored), .. }) = made {
            guarded.notes.push(stored.forget());
        }
        if matches!(guarded.ending, Ending::Kept(_)) && leaks {
            guarded.notes.push(self.left().to_owned());
        }
        None
    }

    /// What stays with the builder.
    fn left(&self) -> &'static str {
        match self.driver {
            Driver::Containers => {
                "images of single steps may still hold what the steps wrote: podman image prune, or buildah rmi --prune"
            }
            Driver::Docker | Driver::Classic | Driver::Apart => {
                "the builder's cache still holds what the steps wrote: docker builder prune, or build again with \
                --no-cache when it is mended"
            }
        }
    }

    /// Secrets as files that only this run has, for builders that would keep them on a disk or in the environment.
    fn lend(&self) -> Result<Lent, GuardError> {
        match self.driver {
            Driver::Containers => Lent::new(self.plan, &self.guard.environment),
            Driver::Docker | Driver::Classic | Driver::Apart => Ok(Lent::default()),
        }
    }

    /// What the builder is asked to do.
    fn task(&self, folder: &Folder, lent: &Lent) -> Result<Task, GuardError> {
        let mut task = Task::new(["build"]);
        let in_storage = matches!(self.driver, Driver::Classic | Driver::Containers);
        // In a storage it gets its names when it is clean.
        let named = |one: &&String| in_storage && one.starts_with("--tag=");
        let arguments = self.plan.arguments.iter().filter(|one| !named(one) && !lent.replaces(one));
        task = arguments.fold(task, Task::argument);
        for (name, value) in &self.plan.variables {
            task = task.variable(name, value.as_bytes());
        }
        task = match self.driver {
            // It copies secrets to its temporary folder, and does not remove all of them.
            Driver::Containers => {
                let temporary = folder.path("").into_os_string().into_encoded_bytes();
                lent.give(task).heard_on_both().variable("TMPDIR", temporary)
            }
            Driver::Docker | Driver::Classic | Driver::Apart => self.buildx(task, folder),
        };
        if self.plan.files.is_none() {
            task = task.option("--iidfile", folder.path("id"));
        }
        if let Some(file) = self.dockerfile(folder)? {
            task = task.option("--file", file);
        }
        Ok(given_to(task.argument("--").argument(&self.plan.context), &self.guard.input))
    }

    /// Options of buildx alone. The file that describes the build is written by us: the builder's own has the arguments
    /// in it.
    fn buildx(&self, task: Task, folder: &Folder) -> Task {
        let mut target = match (&self.plan.files, self.driver) {
            (Some(files), _) => files.output(folder),
            (None, Driver::Classic) => OsString::from("type=image"),
            (None, _) => output(&folder.path("image")),
        };
        self.plan.image.iter().for_each(|field| target.push(format!(",{field}")));
        let mut task = task.argument("--progress=rawjson").option("--output", target);
        task = task.variable("DOCKER_CLI_HINTS", "false");
        if let Some(attestation) = self.plan.attestation.filter(|_| self.driver != Driver::Classic) {
            task = task.argument(attestation);
        }
        for (index, cache) in self.plan.caches.iter().enumerate() {
            let mut place = OsString::from("type=local,");
            place.push(field("dest", cache_place(folder, index).as_os_str()));
            cache.fields.iter().for_each(|field| place.push(format!(",{field}")));
            task = task.option("--cache-to", place);
        }
        task
    }

    /// The Dockerfile that is built: the user's, or a copy that was converted, with the ignore file that is its own.
    fn dockerfile(&self, folder: &Folder) -> Result<Option<PathBuf>, GuardError> {
        let Some(text) = &self.converted else { return Ok(self.plan.dockerfile.as_ref().map(PathBuf::from)) };
        let ignore = convert::own_ignore(self.written).and_then(|path| disk::bytes(&path).ok());
        if let Some(ignore) = ignore {
            folder.keep("Dockerfile.dockerignore", &ignore)?;
        }
        Ok(Some(folder.keep("Dockerfile", text.as_bytes())?))
    }

    /// Scans the result and the caches where they lie.
    fn look(&self, made: &Made) -> Result<Report, GuardError> {
        let Made { folder, output, .. } = made;
        let (scheme, place) = match output {
            Output::Files(files) => files.to_scan(folder)?,
            Output::Stored(_) if self.form() == Form::Docker => ("docker-archive", storage::archive(folder)),
            Output::Stored(_) | Output::Layout => ("oci", folder.path("image")),
        };
        let mut report = look_at((self.scan, self.show), (scheme, &place))?;
        for index in 0..self.plan.caches.len() {
            let cache = look_at((self.scan, self.show), ("cache", &cache_place(folder, index)))?;
            report.findings.extend(cache.findings);
            report.gaps.extend(cache.gaps);
            report.read.layers += cache.read.layers;
            report.read.entries += cache.read.entries;
            report.read.bytes += cache.read.bytes;
        }
        let name = match output {
            Output::Files(_) => "the files",
            Output::Layout | Output::Stored(_) => self.plan.tags.first().map_or("the image", String::as_str),
        };
        report.target.given = self.redactor.text(name);
        Ok(report)
    }

    /// Publishes the image, or throws it away.
    fn judge(&self, made: Option<&Made>, heard: Heard, seen: Seen) -> Result<Guarded, GuardError> {
        if self.show.stopped() {
            return Ok(ended(Ending::Stopped, heard.log));
        }
        let Some(made) = made else {
            // One that knows nothing of builds fails as well.
            self.guard.builder.check()?;
            return Ok(ended(Ending::Failed, heard.log));
        };
        self.show.built();
        let policy = &self.guard.policy;
        let mut report = self.look(made)?;
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
        let mut report = policy.project.apply(report);
        report.findings.sort_by_key(|finding| std::cmp::Reverse(finding.level));
        let verdict = report.verdict(policy.counts);
        if self.show.stopped() {
            return Ok(ended(Ending::Stopped, report));
        }
        if verdict != Verdict::Clean {
            return Ok(ended(Ending::Kept(verdict), report));
        }
        Ok(ended(Ending::Published, report))
    }
}

/// Scans something in the private folder. Reports do not name the folder: it will be gone.
pub(super) fn look_at(
    (scan_as, show): (&Request, &dyn Show),
    (scheme, place): (&str, &Path),
) -> Result<Report, GuardError> {
    let mut request = scan_as.clone();
    let place = place.display().to_string();
    request.target = format!("{scheme}:{place}");
    let mut report = scan(&request, show)?;
    let name = if scheme == "rootfs" { "OUTPUT" } else { "IMAGE-LAYOUT" };
    for finding in &mut report.findings {
        finding.recover = finding.recover.replace(&place, name);
        finding.place.path = finding.place.path.take().map(|path| path.replace(&format!("{place}/"), ""));
        // What leaks is thrown away: there is nothing to scrub.
        finding.remedy.command.take_if(|command| command.contains(&place));
    }
    Ok(report)
}

/// Gives a task what the build reads from standard input.
pub(super) fn given_to(task: Task, input: &Given) -> Task {
    match input {
        Given::Nothing => task,
        Given::Dockerfile(bytes) => task.stream(io::Cursor::new(bytes.clone())),
        Given::Archive(stream) => task.reading(Input::Stream(Arc::clone(stream))),
    }
}

/// Where a cache lies until it is known to be clean.
pub(super) fn cache_place(folder: &Folder, index: usize) -> PathBuf {
    folder.path(&format!("cache-{index}"))
}

fn ended(ending: Ending, report: Report) -> Guarded {
    Guarded { ending, report, identity: None, done: Vec::new(), notes: Vec::new() }
}
