//! Takes tasks, reads blobs, and settles images, until nothing is left.

use std::collections::HashMap;
use std::io::Read as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tightlip_engine::apart::{Apart, Need, Role};
use tightlip_image::Reference;
use tightlip_image::store::{Options, RegistryError, Repository};
use tightlip_report::Level;

use crate::error::SweepError;
use crate::queue::{Lease, Outcome, Queue, Settled, Task, Which};
use crate::results::{Results, Settlement};
use crate::survey::FromResults;
use crate::sweep::now;
use crate::watch::{Event, Watch};

/// So long a task is a worker's own without a sign of life, in seconds.
const LEASE: i64 = 600;
/// How often a worker gives one.
const BEAT: Duration = Duration::from_secs(60);
/// How long whoever finds nothing to do waits for others to find more.
const IDLE: Duration = Duration::from_millis(20);
/// How often is told how much is left.
const TOLD: Duration = Duration::from_millis(500);
/// The largest configuration, in bytes.
const LARGEST: u64 = 16 << 20;

/// Work under way.
pub(crate) struct Work<'w> {
    pub(crate) apart: &'w Apart,
    pub(crate) queue: &'w dyn Queue,
    pub(crate) results: &'w dyn Results,
    pub(crate) options: &'w Options,
    pub(crate) watch: &'w dyn Watch,
    pub(crate) run: i64,
    pub(crate) jobs: usize,
    pub(crate) repositories: Mutex<HashMap<String, Arc<Repository>>>,
    pub(crate) done: Done,
}

/// How much was done.
#[derive(Debug, Default)]
pub(crate) struct Done {
    pub(crate) blobs: AtomicU64,
    pub(crate) bytes: AtomicU64,
}

/// The engine's watch, for one blob.
struct Eyes<'e>(&'e dyn Watch, &'e AtomicBool);

impl tightlip_engine::Watch for Eyes<'_> {
    fn read(&self, bytes: u64) {
        self.0.bytes(bytes);
    }

    fn stopped(&self) -> bool {
        self.0.stopped() || self.1.load(Ordering::Relaxed)
    }
}

impl Work<'_> {
    /// Works with as many threads as there are jobs.
    pub(crate) fn run(&self) -> Result<(), SweepError> {
        let broken: Mutex<Option<SweepError>> = Mutex::new(None);
        let over = AtomicBool::new(false);
        let worker = |name: String| {
            if let Err(error) = self.worker(&name, &over) {
                broken.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                over.store(true, Ordering::Relaxed);
            }
        };
        std::thread::scope(|scope| {
            let workers: Vec<_> = self.workers().map(|name| scope.spawn(move || worker(name))).collect();
            self.attend(|| workers.iter().all(std::thread::ScopedJoinHandle::is_finished));
        });
        broken.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
    }

    /// The names of all workers.
    fn workers(&self) -> impl Iterator<Item = String> {
        (0..self.jobs.max(1)).map(|number| format!("{} {number}", std::process::id()))
    }

    /// Gives signs of life, and tells how far the work is.
    fn attend(&self, over: impl Fn() -> bool) {
        let (mut told, mut beaten) = (Instant::now(), Instant::now());
        while !over() {
            std::thread::sleep(IDLE);
            if self.watch.stopped() {
                // Before the program is ended around workers that wait for the registry: it is not the blob's fault.
                self.workers().for_each(|name| drop(self.queue.give_back(&name)));
                return;
            }
            if told.elapsed() >= TOLD {
                told = Instant::now();
                if let Ok(left) = self.queue.left() {
                    self.watch.left(left);
                }
            }
            if beaten.elapsed() >= BEAT {
                beaten = Instant::now();
                // If it cannot be written, the worker itself will say so.
                self.workers().for_each(|name| drop(self.queue.beat(&lease(&name))));
            }
        }
    }

    fn worker(&self, name: &str, over: &AtomicBool) -> Result<(), SweepError> {
        while !self.watch.stopped() && !over.load(Ordering::Relaxed) {
            if !self.step(name, over)? {
                if self.queue.left()?.is_nothing() {
                    return Ok(());
                }
                std::thread::sleep(IDLE);
            }
        }
        Ok(self.queue.give_back(name)?)
    }

    /// Does the next thing; false if there is none now.
    fn step(&self, name: &str, over: &AtomicBool) -> Result<bool, SweepError> {
        if let Some(task) = self.queue.claim(&lease(name), Which::Papers, 1)?.pop() {
            self.task(&task, over)?;
        } else if let Some(image) = self.queue.claim_image(&lease(name))? {
            self.image(image)?;
        } else if let Some(task) = self.queue.claim(&lease(name), Which::Any, 1)?.pop() {
            self.task(&task, over)?;
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    /// Finds out what an image still lacks, or what it comes to.
    fn image(&self, id: i64) -> Result<(), SweepError> {
        let image = self.results.image_numbered(id)?;
        let (root, parts) = (&image.seen.root, FromResults(self.results));
        let settled = self.apart.needs(root, &parts).and_then(|mut needs| {
            if needs.is_empty() {
                let report = self.apart.report(root, &parts)?;
                return Ok(Ok((report, self.apart.holds(root, &parts)?)));
            }
            // What a configuration says decides in which order the layers are read.
            let papers = |need: &Need| matches!(need.role, Role::Manifest | Role::Config);
            if needs.iter().any(papers) {
                needs.retain(papers);
            }
            Ok(Err(needs))
        });
        match settled {
            Ok(Err(needs)) => {
                let repository = &root.name;
                let task = |need| Task { need, repository: repository.clone() };
                Ok(self.queue.add(id, &needs.into_iter().map(task).collect::<Vec<_>>())?)
            }
            Ok(Ok((report, holds))) => {
                let verdict = report.verdict(Level::Deny);
                let settlement = Settlement { report, verdict, holds };
                self.results.settle(id, &settlement, (self.run, now()))?;
                let (image, verdict) = (root.reference.clone(), verdict.name().to_owned());
                self.watch.tell(&Event::Settled { image, verdict });
                Ok(())
            }
            Err(error) => {
                let reason = self.apart.name(&error.to_string())?;
                self.watch.tell(&Event::Trouble { place: root.reference.clone(), reason: reason.clone() });
                Ok(self.results.fail(id, &reason)?)
            }
        }
    }

    fn task(&self, task: &Task, over: &AtomicBool) -> Result<(), SweepError> {
        // What a hostile blob does to the program must not end the sweep.
        let read = catch_unwind(AssertUnwindSafe(|| self.read(task, over)));
        let failed = |why: String| Some(Outcome::Failed(why, None));
        let outcome = match read {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(SweepError::Registry(error))) if error.is_missing() => Some(Outcome::Absent),
            Ok(Err(error @ SweepError::State(_))) => return Err(error),
            Ok(Err(error)) => failed(self.apart.name(&error.to_string())?),
            Err(_) => failed("internal error: this is a bug, please report it".to_owned()),
        };
        // Nothing: the run is to end.
        let Some(outcome) = outcome else { return Ok(()) };
        let settled = self.queue.finish(task, &outcome)?;
        let digest = task.need.digest.to_string();
        if let Outcome::Failed(reason, _) = outcome {
            let again = settled == Settled::Again;
            self.watch.tell(&Event::Failed { digest, reason, again });
        }
        Ok(())
    }

    fn read(&self, task: &Task, over: &AtomicBool) -> Result<Option<Outcome>, SweepError> {
        let repository = self.repository(&task.repository)?;
        let need = &task.need;
        let (part, bytes, again) = match need.role {
            Role::Manifest => {
                let listed = repository.manifest(&need.digest.to_string())?;
                let media_type = listed.media_type.unwrap_or_default();
                let need = Need { media_type, ..need.clone() };
                (self.apart.document(&need, &listed.bytes)?, listed.bytes.len() as u64, None)
            }
            Role::Config => {
                let bytes = whole(&repository, need)?;
                self.watch.bytes(bytes.len() as u64);
                (self.apart.document(need, &bytes)?, bytes.len() as u64, None)
            }
            _ => {
                let mut raw = repository.blob(&need.digest)?;
                let eyes = Eyes(self.watch, over);
                let Some(taken) = self.apart.blob(need, raw.as_mut(), &eyes)? else { return Ok(None) };
                (taken.part, taken.bytes, taken.again)
            }
        };
        if let Some(why) = again {
            return Ok(Some(Outcome::Failed(why, Some(part))));
        }
        self.done.blobs.fetch_add(1, Ordering::Relaxed);
        self.done.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.watch.tell(&Event::Read { digest: need.digest.to_string(), bytes });
        Ok(Some(Outcome::Read(part)))
    }

    fn repository(&self, name: &str) -> Result<Arc<Repository>, SweepError> {
        let mut known = self.repositories.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(repository) = known.get(name) {
            return Ok(Arc::clone(repository));
        }
        let reference = Reference::parse(name).map_err(|error| SweepError::Named(error.to_string()))?;
        let repository = Arc::new(Repository::open(reference, self.options)?);
        known.insert(name.to_owned(), Arc::clone(&repository));
        Ok(repository)
    }
}

/// A configuration, read to its end.
fn whole(repository: &Repository, need: &Need) -> Result<Vec<u8>, SweepError> {
    let mut bytes = Vec::new();
    let read = repository.blob(&need.digest)?.take(LARGEST + 1).read_to_end(&mut bytes);
    let nonsense = |what: String| RegistryError::Nonsense { url: need.digest.to_string(), what };
    read.map_err(|error| nonsense(format!("could not be read to its end: {error}")))?;
    if bytes.len() as u64 > LARGEST {
        return Err(
            nonsense(format!("is a configuration of more than {LARGEST} bytes (limit `document`)")).into()
        );
    }
    Ok(bytes)
}

fn lease(worker: &str) -> Lease {
    let now = now();
    Lease { worker: worker.to_owned(), now, until: now + LEASE }
}
