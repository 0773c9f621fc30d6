//! Builds something and keeps everything that comes out of it, for as long as the run lasts.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::gift::Gift;
use super::request::ProveRequest;
use crate::build::record::{self, Record, Records};
use crate::builder::{Answer, Builder, BuilderError, Folder, Kind, Lines, Task, Told, field, output};
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
    /// Whether the builder left out something that steps wrote.
    pub(crate) clipped: bool,
}

/// How it ended.
pub(crate) enum End {
    /// With an image as an OCI layout, and every layer of every stage where the builder gives them out.
    Built { layout: PathBuf, cache: Option<PathBuf> },
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
        match self.builder.kind() {
            Kind::Buildx => {
                let records = Records::before(self.builder, &self.request.environment);
                let outcome = self.buildkit(order);
                self.forget(records.since(&order.context.display().to_string()).as_ref());
                outcome
            }
            Kind::Podman | Kind::Buildah => self.buildah(order),
        }
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

    fn buildkit(&self, order: &Order<'_>) -> Result<Outcome, BuilderError> {
        let layout = self.folder.path(&format!("{}-image", order.label));
        let cache = self.folder.path(&format!("{}-cache", order.label));
        let task = Task::new(["build", "--progress=rawjson", "--provenance=mode=max"]);
        let mut task = self.common(task, order).option("--output", output(&layout));
        if order.reuse == Reuse::Nothing {
            let mut value = field("dest", cache.as_os_str());
            value.push(",type=local,mode=max");
            task = task.option("--cache-to", value);
        }
        let heard = self.hear(task.argument(order.context))?;
        let cache = (order.reuse == Reuse::Nothing).then_some(cache);
        self.outcome(order, heard, |_| Ok(End::Built { layout, cache }))
    }

    /// Builds into the storage of the user, where the base images are, and takes the image out of it again.
    fn buildah(&self, order: &Order<'_>) -> Result<Outcome, BuilderError> {
        let layout = self.folder.path(&format!("{}-image", order.label));
        // One layer for the steps of a stage: the others would stay behind as images without a name.
        let task = self.common(Task::new(["build", "--layers=false"]), order);
        let heard = self.hear(task.argument(order.context))?;
        self.outcome(order, heard, |heard| {
            let id = heard.output.lines().last().unwrap_or_default().trim().to_owned();
            let push = Task::new(["push".to_owned(), id.clone(), format!("oci:{}:proof", layout.display())]);
            let pushed = self.builder.ask(&push)?;
            self.builder.ask(&Task::new(["rmi".to_owned(), id]))?;
            match pushed.ended.succeeded() {
                true => Ok(End::Built { layout, cache: None }),
                false => Ok(End::Failed(Failure { error: said(&pushed), ..Failure::default() })),
            }
        })
    }

    /// Options that all builders have.
    fn common(&self, mut task: Task, order: &Order<'_>) -> Task {
        if order.reuse == Reuse::Nothing {
            task = task.argument("--no-cache");
        }
        task = task.option("--file", order.dockerfile);
        if let Some(target) = order.target {
            task = task.option("--target", target);
        }
        if !self.request.platforms.is_empty() {
            task = task.option("--platform", self.request.platforms.join(","));
        }
        for (name, value) in &self.arguments {
            task = task.option("--build-arg", format!("{name}={value}"));
        }
        task = self.request.options.iter().fold(task, Task::argument);
        order.gifts.iter().fold(task, |task, gift| gift.give(task, self.builder.kind()))
    }

    fn hear(&self, task: Task) -> Result<Heard, BuilderError> {
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

    fn outcome(
        &self,
        order: &Order<'_>,
        heard: Heard,
        built: impl FnOnce(&Heard) -> Result<End, BuilderError>,
    ) -> Result<Outcome, BuilderError> {
        let log = self.folder.keep(&format!("{}-log", order.label), &heard.log)?;
        let end = if heard.succeeded { built(&heard)? } else { End::Failed(heard.failure()) };
        Ok(Outcome { log, end, clipped: heard.clipped })
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
        if let End::Built { layout, cache } = &self.end {
            results.push(("oci", layout));
            results.extend(cache.as_deref().map(|cache| ("cache", cache)));
        }
        results
    }
}
