//! One run: lists what there is, reads what is new, and settles every image.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use tightlip_engine::Request;
use tightlip_engine::apart::Apart;
use tightlip_engine::policy::Policy;

use crate::enumerate::{Enumeration, Wanted};
use crate::error::SweepError;
use crate::queue::Queue;
use crate::results::Results;
use crate::sqlite::Sqlite;
use crate::watch::{Event, Watch};
use crate::work::{Done, Work};

/// A sweep.
#[derive(Clone, Debug)]
pub struct Sweep {
    /// What is swept.
    pub wanted: Wanted,
    /// How images are read: rules, limits, known values, the identity key. Its target is not used.
    pub request: Request,
    /// What was decided about findings.
    pub policy: Policy,
    /// Where the state lies.
    pub state: PathBuf,
}

/// Sweeps, and goes on where an earlier run was ended.
///
/// # Errors
/// When the registry cannot be listed at all, or the state cannot be used. What goes wrong with a repository, an image
/// or a blob is in the answers.
pub fn sweep(sweep: &Sweep, watch: &dyn Watch) -> Result<(), SweepError> {
    let apart = Apart::new(Request { jobs: 1, ..sweep.request.clone() })?;
    let is_new = !sweep.state.exists();
    let state = Sqlite::work(&sweep.state, apart.setting())?;
    let done = run(sweep, &apart, (&state, &state), watch);
    // Questions without a registry are about the last one: not about a name that was mistyped.
    if is_new && done.is_err() && state.is_empty()? {
        state.discard(&sweep.state);
    }
    done
}

fn run(
    sweep: &Sweep,
    apart: &Apart,
    (queue, results): (&dyn Queue, &dyn Results),
    watch: &dyn Watch,
) -> Result<(), SweepError> {
    let Wanted { host, options, jobs, .. } = &sweep.wanted;
    // One verdict over two registries would be one over neither.
    let other = results.rows("SELECT host FROM run WHERE host <> $1 LIMIT 1", &[host.clone().into()])?;
    if let Some(other) = other.first().and_then(|row| row.first()) {
        return Err(SweepError::Other { wanted: host.clone(), found: other.text().to_owned() });
    }
    let run = results.begin(host, now())?;
    watch.tell(&Event::Began { run, host: host.clone() });
    let enumeration = Enumeration {
        apart,
        queue,
        results,
        wanted: &sweep.wanted,
        watch,
        run,
        images: AtomicUsize::new(0),
        silent: AtomicBool::new(false),
        troubled: AtomicBool::new(false),
    };
    enumeration.run()?;
    let repositories = Mutex::new(HashMap::new());
    let (jobs, done, policy) = (*jobs, Done::default(), &sweep.policy);
    let work = Work { apart, queue, results, policy, options, watch, run, jobs, repositories, done };
    work.run()?;
    if watch.stopped() {
        return Ok(());
    }
    results.end(run, now())?;
    let (blobs, bytes) = (&work.done.blobs, &work.done.bytes);
    let (blobs, bytes) = (blobs.load(Ordering::Relaxed), bytes.load(Ordering::Relaxed));
    watch.tell(&Event::Ended { blobs, bytes });
    Ok(())
}

/// Seconds since 1970.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
