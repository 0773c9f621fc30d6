//! Builds something and keeps everything that comes out of it, for as long as the run lasts.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::altered::MARK;
use super::gift::Gift;
use super::request::ProveRequest;
use crate::build::record::{self, Record, Records};
use crate::build::will::{self, Will};
use crate::builder::{
    Answer, Builder, BuilderError, Caretaker, Folder, Kind, Lines, Task, Told, field, output,
};
use crate::watch::Watch;

/// A builder at work for one proof.
pub(crate) struct Site<'s> {
    pub(crate) builder: &'s Builder,
    pub(crate) folder: &'s Folder,
    pub(crate) request: &'s ProveRequest,
    /// Build arguments that are no secrets.
    pub(crate) arguments: BTreeMap<String, String>,
    pub(crate) watch: &'s dyn Watch,
    /// What a person has to remove.
    pub(crate) left: Mutex<Vec<String>>,
}

/// What to build.
pub(crate) struct Order<'o> {
    /// What its files are called in the folder.
    pub(crate) label: &'o str,
    pub(crate) dockerfile: &'o Path,
    pub(crate) context: &'o Path,
    pub(crate) target: Option<&'o str>,
    pub(crate) gifts: &'o [Gift],
    pub(crate) reuse: Reuse,
}

/// Whether steps of earlier builds may be taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reuse {
    /// Every step runs: the value of a secret is no part of what a step is known by, so an earlier result would have
    /// been made with another value.
    Nothing,
    /// Those of the build just before.
    Everything,
}

/// What came out of a build.
pub(crate) struct Outcome {
    /// The log, as a file.
    pub(crate) log: PathBuf,
    pub(crate) end: End,
    /// Steps that failed without ending it.
    pub(crate) forgiven: Vec<Failure>,
    /// Whether the builder left out something that steps wrote.
    pub(crate) clipped: bool,
}

/// How it ended.
pub(crate) enum End {
    /// With images as OCI layouts, and every layer of every stage where the builder gives them out.
    Built { layouts: Vec<PathBuf>, cache: Option<PathBuf> },
    /// In a step, or before any.
    Failed(Failure),
}

/// Why a build failed. Its texts may hold values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Failure {
    /// The step that failed, as the builder calls it.
    pub(crate) step: Option<String>,
    pub(crate) error: String,
    /// The last lines.
    pub(crate) tail: Vec<String>,
}

/// So many of the last lines of a step that failed are shown.
const TAIL: usize = 8;

impl Site<'_> {
    /// Builds.
    ///
    /// # Errors
    /// When the builder cannot be started. That the build failed is an outcome.
    pub(crate) fn build(&self, order: &Order<'_>) -> Result<Outcome, BuilderError> {
        let records = Records::before(self.builder, &self.request.environment);
        let context = order.context.display().to_string();
        let will = Will::new(self.builder, &self.folder.path(""), &context).without_records(&records);
        // Whoever has none loses nothing while it lives.
        let caretaker = will::caretaker(&self.request.caretaker, &will).ok().flatten();
        let outcome = match self.builder.kind() {
            Kind::Buildx => {
                let outcome = self.buildkit(order, caretaker.as_ref());
                self.forget(records.since(&context).as_ref());
                outcome
            }
            Kind::Podman | Kind::Buildah => self.buildah(order, caretaker.as_ref()),
        };
        caretaker.iter().for_each(|caretaker| caretaker.dismiss());
        outcome
    }

    /// Writes a Dockerfile that is not the user's own. What the user's own leaves out of the context, it leaves out too.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn dockerfile(&self, label: &str, text: &str) -> Result<PathBuf, BuilderError> {
        let name = format!("{label}-Dockerfile");
        for ending in [".dockerignore", ".containerignore"] {
            let mut own = self.request.dockerfile_path.clone().into_os_string();
            own.push(ending);
            self.folder.copy(&format!("{name}{ending}"), Path::new(&own))?;
        }
        self.folder.keep(&name, text.as_bytes())
    }

    /// The builder's record of a build holds its log and its arguments.
    fn forget(&self, record: Option<&Record>) {
        let left = match record {
            None => {
                "the builder's record of a build: docker buildx history ls, then docker buildx history rm ID"
                    .to_owned()
            }
            Some(record) if record::is_removed(self.builder, record) => return,
            Some(record) => format!("the builder's record of a build: {}", record.removal()),
        };
        self.left.lock().unwrap_or_else(PoisonError::into_inner).push(left);
    }

    fn buildkit(
        &self,
        order: &Order<'_>,
        caretaker: Option<&Arc<Caretaker>>,
    ) -> Result<Outcome, BuilderError> {
        let layout = self.folder.path(&format!("{}-image", order.label));
        let cache = self.folder.path(&format!("{}-cache", order.label));
        let task = Task::new(["build", "--progress=rawjson", "--provenance=mode=max"]);
        let platforms = Some(self.request.platforms.join(",")).filter(|all| !all.is_empty());
        let mut task = self.common((task, platforms), order).option("--output", output(&layout));
        if order.reuse == Reuse::Nothing {
            let mut value = field("dest", cache.as_os_str());
            value.push(",type=local,mode=max");
            task = task.option("--cache-to", value);
        }
        let heard = self.hear(task.argument(order.context), caretaker)?;
        let cache = (order.reuse == Reuse::Nothing).then_some(cache);
        let layouts = vec![layout];
        self.outcome(order, &heard, End::Built { layouts, cache })
    }

    /// Builds each platform by itself: several in one go make a list under a name, which the storage keeps.
    fn buildah(
        &self,
        order: &Order<'_>,
        caretaker: Option<&Arc<Caretaker>>,
    ) -> Result<Outcome, BuilderError> {
        let platforms: Vec<Option<String>> = match self.request.platforms.as_slice() {
            [] => vec![None],
            several => several.iter().cloned().map(Some).collect(),
        };
        let (mut all, mut layouts) = (Heard::default(), Vec::new());
        let mut failed = None;
        for (number, platform) in platforms.into_iter().enumerate() {
            let layout = self.folder.path(&format!("{}-image-{number}", order.label));
            // One layer for the steps of a stage: the others would stay behind as images without a name.
            let task = self.common((Task::new(["build", "--layers=false"]), platform), order);
            let heard = self.hear(task.argument(order.context), caretaker)?;
            failed = if heard.succeeded { self.take_out(&heard, &layout)? } else { Some(heard.failure()) };
            all.add(heard);
            layouts.push(layout);
            if failed.is_some() {
                break;
            }
        }
        self.outcome(order, &all, failed.map_or(End::Built { layouts, cache: None }, End::Failed))
    }

    /// Takes an image out of the storage of the user, where the base images are too.
    fn take_out(&self, heard: &Heard, layout: &Path) -> Result<Option<Failure>, BuilderError> {
        let id = heard.output.lines().last().unwrap_or_default().trim().to_owned();
        let push = Task::new(["push".to_owned(), id.clone(), format!("oci:{}:proof", layout.display())]);
        let pushed = self.builder.ask(&push)?;
        self.builder.ask(&Task::new(["rmi".to_owned(), id]))?;
        let failure = || Failure { error: said(&pushed), ..Failure::default() };
        Ok((!pushed.ended.succeeded()).then(failure))
    }

    /// Options that all builders have.
    fn common(&self, (mut task, platform): (Task, Option<String>), order: &Order<'_>) -> Task {
        if order.reuse == Reuse::Nothing {
            task = task.argument("--no-cache");
        }
        task = task.option("--file", order.dockerfile);
        if let Some(target) = order.target {
            task = task.option("--target", target);
        }
        if let Some(platform) = platform {
            task = task.option("--platform", platform);
        }
        for (name, value) in &self.arguments {
            task = task.option("--build-arg", format!("{name}={value}"));
        }
        task = self.request.options.iter().fold(task, Task::argument);
        order.gifts.iter().fold(task, |task, gift| gift.give(task, self.builder.kind()))
    }

    fn hear(&self, task: Task, caretaker: Option<&Arc<Caretaker>>) -> Result<Heard, BuilderError> {
        let task = caretaker.into_iter().fold(task, Task::left_to);
        let mut heard = Heard::default();
        let mut lines = Lines::default();
        let ended = self.builder.run(
            &task,
            &mut |bytes| {
                heard.log.extend_from_slice(bytes);
                lines.push(bytes).iter().for_each(|told| heard.told(told));
            },
            self.watch,
        )?;
        lines.end().iter().for_each(|told| heard.told(told));
        // Steps of buildah write to standard output.
        heard.log.extend_from_slice(&ended.output);
        heard.output = ended.text();
        heard.succeeded = ended.succeeded();
        Ok(heard)
    }

    fn outcome(&self, order: &Order<'_>, heard: &Heard, built: End) -> Result<Outcome, BuilderError> {
        let log = self.folder.keep(&format!("{}-log", order.label), &heard.log)?;
        let end = if heard.succeeded { built } else { End::Failed(heard.failure()) };
        Ok(Outcome { log, end, forgiven: heard.forgiven(), clipped: heard.clipped })
    }
}

fn said(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.said).trim().to_owned()
}

/// What a builder said.
#[derive(Default)]
struct Heard {
    log: Vec<u8>,
    output: String,
    succeeded: bool,
    clipped: bool,
    names: HashMap<String, String>,
    /// The step that failed first, and why.
    failed: Option<(String, String)>,
    written: HashMap<String, Vec<u8>>,
    /// The last step that a builder without statuses named.
    step: Option<String>,
    texts: Vec<String>,
}

impl Heard {
    /// What was said in another build of the same order, after this one.
    fn add(&mut self, other: Self) {
        self.log.extend(other.log);
        self.output.push_str(&other.output);
        self.texts.extend(other.texts);
        self.succeeded = other.succeeded;
        self.step = other.step;
    }

    fn told(&mut self, told: &Told) {
        match told {
            Told::Status(status) => {
                for vertex in &status.vertexes {
                    self.names.insert(vertex.digest.clone(), vertex.name.clone());
                    // Steps beside the one that failed are told to be cancelled.
                    let own = !vertex.error.is_empty() && !vertex.error.ends_with("context canceled");
                    if own && self.failed.is_none() {
                        self.failed = Some((vertex.digest.clone(), vertex.error.clone()));
                    }
                }
                for log in &status.logs {
                    // Source: BuildKit `util/progress/logs/logs.go`.
                    self.clipped |=
                        log.data.starts_with(b"[output clipped, ") || find(&log.data, b"\n[output clipped, ");
                    self.written.entry(log.vertex.clone()).or_default().extend_from_slice(&log.data);
                }
            }
            Told::Text(text) => {
                let text = String::from_utf8_lossy(text).into_owned();
                if text.starts_with("STEP ") || text.starts_with('[') && text.contains("] STEP ") {
                    self.step = Some(text.clone());
                    self.texts.clear();
                }
                self.texts.push(text);
            }
        }
    }

    fn failure(&self) -> Failure {
        let Some((vertex, error)) = &self.failed else {
            let written = self.output.lines().rfind(|line| line.contains("STEP "));
            let step = self.step.clone().or_else(|| written.map(str::to_owned));
            return Failure {
                step,
                error: self.texts.last().cloned().unwrap_or_default(),
                tail: last(&self.texts),
            };
        };
        let written = self.written.get(vertex).map(|bytes| lines(bytes)).unwrap_or_default();
        Failure { step: self.names.get(vertex).cloned(), error: error.clone(), tail: last(&written) }
    }

    /// The steps that say that they failed, and that the build goes on.
    fn forgiven(&self) -> Vec<Failure> {
        let mut all: Vec<Failure> = Vec::new();
        for (vertex, bytes) in &self.written {
            all.extend(forgiven(&lines(bytes), self.names.get(vertex).cloned()));
        }
        let mut step = None;
        let mut own: Vec<String> = Vec::new();
        for line in self.output.lines() {
            if line.contains("STEP ") {
                (step, own) = (Some(line.to_owned()), Vec::new());
            }
            own.push(line.to_owned());
            all.extend(forgiven(&own, step.clone()));
        }
        all.sort_by(|one, other| one.step.cmp(&other.step));
        all.dedup_by(|one, other| one.step == other.step);
        all
    }
}

/// What a step said before it failed, if it did.
fn forgiven(lines: &[String], step: Option<String>) -> Option<Failure> {
    // buildah prints the whole command in the name of the step.
    let said: Vec<String> = lines.iter().filter(|line| !line.contains("STEP ")).cloned().collect();
    let code = said.iter().find_map(|line| Some(line.split_once(MARK)?.1.trim().to_owned()))?;
    // What it wrote to the other stream may come later.
    let own: Vec<String> = said.into_iter().filter(|line| !line.contains(MARK)).collect();
    Some(Failure { step, error: format!("exit code {code}"), tail: last(&own) })
}

fn find(bytes: &[u8], what: &[u8]) -> bool {
    memchr::memmem::find(bytes, what).is_some()
}

fn lines(bytes: &[u8]) -> Vec<String> {
    let mut clean = Vec::new();
    crate::ansi::plain(bytes, &mut |_, text| clean.extend_from_slice(text));
    String::from_utf8_lossy(&clean).lines().map(str::to_owned).collect()
}

fn last(lines: &[String]) -> Vec<String> {
    let lines: Vec<String> = lines.iter().filter(|line| !line.trim().is_empty()).cloned().collect();
    lines.get(lines.len().saturating_sub(TAIL)..).unwrap_or_default().to_vec()
}

impl Outcome {
    /// Everything that came out, as the kind of source and where it lies.
    pub(crate) fn results(&self) -> Vec<(&'static str, &Path)> {
        let mut results = vec![("log", self.log.as_path())];
        if let End::Built { layouts, cache } = &self.end {
            results.extend(layouts.iter().map(|layout| ("oci", layout.as_path())));
            results.extend(cache.as_deref().map(|cache| ("cache", cache)));
        }
        results
    }
}
