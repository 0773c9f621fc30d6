//! Takes tasks, reads blobs, and settles images, until nothing is left.

use std::collections::HashMap;
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tightlip_engine::apart::{Apart, Look, Need, Role};
use tightlip_engine::policy::Policy;
use tightlip_image::Reference;
use tightlip_image::store::{Options, RegistryError, Repository};

use crate::error::SweepError;
use crate::judge::Judgement;
use crate::progress::Progress;
use crate::queue::{Lease, Left, Outcome, Queue, Settled, Task, Which};
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
/// The largest configuration, and the largest blob that is kept to be read as two things, in bytes.
const LARGEST: u64 = 16 << 20;

/// Work under way.
pub(crate) struct Work<'w> {
    pub(crate) apart: &'w Apart,
    pub(crate) queue: &'w dyn Queue,
    pub(crate) results: &'w dyn Results,
    pub(crate) policy: &'w Policy,
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
    /// All bytes that came, those of blobs that failed too.
    came: AtomicU64,
    /// Those of blobs that are not done.
    under_way: AtomicU64,
}

/// The engine's watch, for one blob.
struct Eyes<'e> {
    watch: &'e dyn Watch,
    done: &'e Done,
    over: &'e AtomicBool,
    /// Bytes of this blob.
    came: AtomicU64,
}

impl tightlip_engine::Watch for Eyes<'_> {
    fn read(&self, bytes: u64) {
        self.watch.bytes(bytes);
        for counter in [&self.came, &self.done.came, &self.done.under_way] {
            counter.fetch_add(bytes, Ordering::Relaxed);
        }
    }

    fn stopped(&self) -> bool {
        self.watch.stopped() || self.over.load(Ordering::Relaxed)
    }
}

impl Drop for Eyes<'_> {
    fn drop(&mut self) {
        self.done.under_way.fetch_sub(self.came.load(Ordering::Relaxed), Ordering::Relaxed);
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
        let (mut beaten, mut progress) = (Instant::now(), Progress::new());
        while !over() {
            std::thread::sleep(IDLE);
            if self.watch.stopped() {
                // Before the program is ended around workers that wait for the registry: it is not the blob's fault.
                self.workers().for_each(|name| drop(self.queue.give_back(&name)));
                return;
            }
            if let Some(took) = progress.is_due() {
                self.stand(&mut progress, took);
            }
            if beaten.elapsed() >= BEAT {
                beaten = Instant::now();
                // If it cannot be written, the worker itself will say so.
                self.workers().for_each(|name| drop(self.queue.beat(&lease(&name))));
            }
        }
    }

    /// Tells how far the work is.
    fn stand(&self, progress: &mut Progress, took: Duration) {
        let Ok(left) = self.queue.left() else { return };
        let now = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        progress.learn(took, (now(&self.done.blobs), now(&self.done.came)));
        let bytes = left.bytes.saturating_sub(now(&self.done.under_way));
        let standing = progress.standing(Left { bytes, ..left });
        self.watch.stands(&standing);
        if progress.is_worth_an_event() {
            self.watch.tell(&Event::Left {
                blobs: left.blobs,
                bytes,
                images: left.images,
                bytes_per_second: standing.bytes_per_second,
                seconds: standing.rest.map(|rest| rest.as_secs()),
            });
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
        let papers = self.queue.claim(&lease(name), Which::Papers, 1)?;
        if !papers.is_empty() {
            self.blob(&papers, over)?;
        } else if let Some(image) = self.queue.claim_image(&lease(name))? {
            self.image(image)?;
        } else {
            let any = self.queue.claim(&lease(name), Which::Any, 1)?;
            if any.is_empty() {
                return Ok(false);
            }
            self.blob(&any, over)?;
        }
        Ok(true)
    }

    /// Finds out what an image still lacks, or what it comes to.
    fn image(&self, id: i64) -> Result<(), SweepError> {
        let image = self.results.image_numbered(id)?;
        let (root, parts) = (&image.seen.root, FromResults(self.results));
        let looked =
            catch_unwind(AssertUnwindSafe(|| self.apart.look(root, &parts).map_err(SweepError::from)));
        match looked.unwrap_or(Err(SweepError::Bug)) {
            Ok(Look::Lacks(mut needs)) => {
                // What a configuration says decides in which order the layers are read.
                let papers = |need: &Need| matches!(need.role, Role::Manifest | Role::Config);
                if needs.iter().any(papers) {
                    needs.retain(papers);
                }
                let task = |need| Task { need, repository: root.name.clone() };
                Ok(self.queue.add(id, &needs.into_iter().map(task).collect::<Vec<_>>())?)
            }
            Ok(Look::Whole { report, holds }) => {
                let judgement = Judgement::of(&report, self.policy);
                let verdict = judgement.verdict.name().to_owned();
                let settlement = Settlement { report: *report, judgement, holds };
                self.results.settle(id, &settlement, (self.run, now()))?;
                self.watch.tell(&Event::Settled { image: root.reference.clone(), verdict });
                Ok(())
            }
            Err(error) => {
                let reason = self.apart.name(&error.to_string())?;
                self.watch.tell(&Event::Trouble { place: root.reference.clone(), reason: reason.clone() });
                Ok(self.results.fail(id, &reason)?)
            }
        }
    }

    /// Reads a blob once, as everything that it is wanted for.
    fn blob(&self, tasks: &[Task], over: &AtomicBool) -> Result<(), SweepError> {
        // Where it cannot be had at once, it is read for each task, and each tells why.
        let small = tasks.iter().all(|task| task.need.size <= LARGEST);
        let first = tasks.first().filter(|_| tasks.len() > 1 && small);
        let kept = first.and_then(|task| self.kept(task).ok());
        let mut read = None;
        for task in tasks {
            read = self.task(task, kept.as_deref(), over)?.or(read);
        }
        if let (Some(bytes), Some(task)) = (read, tasks.first()) {
            self.done.blobs.fetch_add(1, Ordering::Relaxed);
            self.done.bytes.fetch_add(bytes, Ordering::Relaxed);
            self.watch.tell(&Event::Read { digest: task.need.digest.to_string(), bytes });
        }
        Ok(())
    }

    /// A blob for several tasks.
    fn kept(&self, task: &Task) -> Result<Vec<u8>, SweepError> {
        whole(&*self.repository(&task.repository)?, &task.need)
    }

    /// Reads a blob for one task. Gives how many bytes it has, if it was read.
    fn task(&self, task: &Task, kept: Option<&[u8]>, over: &AtomicBool) -> Result<Option<u64>, SweepError> {
        // What a hostile blob does to the program must not end the sweep.
        let read = catch_unwind(AssertUnwindSafe(|| self.read(task, kept, over)));
        let (outcome, bytes) = match read.unwrap_or(Err(SweepError::Bug)) {
            Ok(Some((outcome, bytes))) => (outcome, Some(bytes)),
            // The run is to end.
            Ok(None) => return Ok(None),
            Err(SweepError::Registry(error)) if error.is_missing() => (Outcome::Absent, None),
            Err(error @ SweepError::State(_)) => return Err(error),
            Err(error) => (Outcome::Failed(self.apart.name(&error.to_string())?, None), None),
        };
        let settled = self.queue.finish(task, &outcome)?;
        if let Outcome::Failed(reason, _) = outcome {
            let digest = task.need.digest.to_string();
            self.watch.tell(&Event::Failed { digest, reason, again: settled == Settled::Again });
            return Ok(None);
        }
        Ok(bytes)
    }

    fn read(
        &self,
        task: &Task,
        kept: Option<&[u8]>,
        over: &AtomicBool,
    ) -> Result<Option<(Outcome, u64)>, SweepError> {
        let repository = self.repository(&task.repository)?;
        let need = &task.need;
        let eyes = Eyes { watch: self.watch, done: &self.done, over, came: AtomicU64::new(0) };
        let seen = |bytes: &[u8]| tightlip_engine::Watch::read(&eyes, bytes.len() as u64);
        let (part, bytes, again) = match need.role {
            Role::Manifest => {
                let listed = repository.manifest(&need.digest.to_string())?;
                seen(&listed.bytes);
                let media_type = listed.media_type.unwrap_or_default();
                let need = Need { media_type, ..need.clone() };
                (self.apart.document(&need, &listed.bytes)?, listed.bytes.len() as u64, None)
            }
            Role::Config => {
                let bytes = kept.map_or_else(|| whole(&repository, need), |kept| Ok(kept.to_vec()))?;
                seen(&bytes);
                (self.apart.document(need, &bytes)?, bytes.len() as u64, None)
            }
            _ => {
                let mut raw: Box<dyn Read + Send + '_> = match kept {
                    Some(kept) => Box::new(kept),
                    None => repository.blob(&need.digest)?,
                };
                let Some(taken) = self.apart.blob(need, raw.as_mut(), &eyes)? else { return Ok(None) };
                (taken.part, taken.bytes, taken.again)
            }
        };
        Ok(Some(match again {
            Some(why) => (Outcome::Failed(why, Some(part)), 0),
            None => (Outcome::Read(part), bytes),
        }))
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
