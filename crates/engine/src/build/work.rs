//! A guarded build from its first look to its verdict: lint, build, scan.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tightlip_report::{Level, Report, Verdict};

use super::before::{self, Seen, Written};
use super::listen::{self, Heard};
use super::plan::Plan;
use super::record::{self, Record, Records};
use super::{Ending, Given, Guard, GuardError, Guarded, LogLeak, Show, convert, disk};
use crate::builder::{Folder, Input, Kind, Task, field, output};
use crate::redact::Redactor;
use crate::request::Request;
use crate::scan::scan;

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
}

impl Work<'_> {
    /// What came of it; where it is clean, also the folder with the image.
    pub(super) fn run(&self) -> Result<(Guarded, Option<Folder>), GuardError> {
        let seen = before::look((self.plan, self.written), self.guard, self.scan)?;
        if let Some(report) = seen.refused {
            return Ok((ended(Ending::Refused, report), None));
        }
        let folder = Folder::new(&self.guard.temporary)?;
        self.show.private(folder.broom());
        let records = Records::before(&self.guard.builder, &self.guard.environment);
        let task = self.task(&folder)?;
        let mut heard = listen::run(&self.guard.builder, &task, (self.redactor, self.scan), self.show)?;
        let record = records.since(&self.plan.context);
        heard.name(record.as_ref());
        let mut guarded = self.judge(&folder, heard, seen)?;
        self.clean_up(record.as_ref(), &mut guarded);
        let clean = guarded.ending == Ending::Published;
        Ok((guarded, clean.then_some(folder)))
    }

    /// Has the builder's record removed when something leaks: the record holds all that the image and the log hold.
    fn clean_up(&self, record: Option<&Record>, guarded: &mut Guarded) {
        let leaks = guarded.report.findings.iter().any(|finding| finding.level >= Level::Deny);
        let has_record = self.guard.builder.kind() == Kind::Buildx;
        if leaks && has_record && guarded.ending != Ending::Published {
            guarded.notes.push(record::remove(&self.guard.builder, record));
            if matches!(guarded.ending, Ending::Kept(_)) {
                let text = "the builder's cache still holds what the steps wrote: docker builder prune, or build again with \
                    --no-cache when it is mended";
                guarded.notes.push(text.to_owned());
            }
        }
    }

    /// What the builder is asked to do.
    fn task(&self, folder: &Folder) -> Result<Task, GuardError> {
        let mut task = Task::new(["build"]);
        for argument in &self.plan.arguments {
            task = task.argument(argument);
        }
        let mut target = output(&folder.path("image"));
        self.plan.image.iter().for_each(|field| target.push(format!(",{field}")));
        // The file that describes the build is written by us: the builder's own has the arguments in it.
        task = task.argument("--progress=rawjson").option("--output", target);
        task = task.option("--iidfile", folder.path("id")).variable("DOCKER_CLI_HINTS", "false");
        for (name, value) in &self.plan.variables {
            task = task.variable(name, value.as_bytes());
        }
        for (index, cache) in self.plan.caches.iter().enumerate() {
            let mut place = OsString::from("type=local,");
            place.push(field("dest", cache_place(folder, index).as_os_str()));
            cache.fields.iter().for_each(|field| place.push(format!(",{field}")));
            task = task.option("--cache-to", place);
        }
        if let Some(file) = self.dockerfile(folder)? {
            task = task.option("--file", file);
        }
        task = task.argument("--").argument(&self.plan.context);
        Ok(match &self.guard.input {
            Given::Nothing => task,
            Given::Dockerfile(bytes) => task.stream(io::Cursor::new(bytes.clone())),
            Given::Archive(stream) => task.reading(Input::Stream(Arc::clone(stream))),
        })
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

    /// Scans the image and the caches where they lie.
    fn look(&self, folder: &Folder) -> Result<Report, GuardError> {
        let mut report = self.look_at("oci", &folder.path("image"))?;
        for index in 0..self.plan.caches.len() {
            let cache = self.look_at("cache", &cache_place(folder, index))?;
            report.findings.extend(cache.findings);
            report.gaps.extend(cache.gaps);
            report.read.layers += cache.read.layers;
            report.read.entries += cache.read.entries;
            report.read.bytes += cache.read.bytes;
        }
        let name = self.plan.tags.first().map_or("the image", String::as_str);
        report.target.given = self.redactor.text(name);
        Ok(report)
    }

    fn look_at(&self, scheme: &str, place: &Path) -> Result<Report, GuardError> {
        let mut request = self.scan.clone();
        let place = place.display().to_string();
        request.target = format!("{scheme}:{place}");
        let mut report = scan(&request, self.show)?;
        for finding in &mut report.findings {
            // The folder will be gone.
            finding.recover = finding.recover.replace(&place, "IMAGE-LAYOUT");
            // What leaks is thrown away: there is nothing to scrub.
            finding.remedy.command.take_if(|command| command.contains(&place));
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
        let mut report = self.look(folder)?;
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

/// Where a cache lies until it is known to be clean.
pub(super) fn cache_place(folder: &Folder, index: usize) -> PathBuf {
    folder.path(&format!("cache-{index}"))
}

fn ended(ending: Ending, report: Report) -> Guarded {
    Guarded { ending, report, identity: None, done: Vec::new(), notes: Vec::new() }
}
