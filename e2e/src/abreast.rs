//! Does many things of one kind a few at a time: a build mostly waits.

use std::sync::{Mutex, PoisonError};
use std::thread;

use anyhow::Result;

/// So many at once.
const LANES: usize = 4;

/// Does the work for each of the items; the first error ends it.
///
/// # Errors
/// That of the work.
///
/// # Panics
/// When the work does.
pub fn abreast<T: Send>(
    items: impl Iterator<Item = T> + Send,
    work: impl Fn(T) -> Result<()> + Sync,
) -> Result<()> {
    let items = Mutex::new(items);
    let next = || items.lock().unwrap_or_else(PoisonError::into_inner).next();
    let lane = || std::iter::from_fn(&next).try_for_each(&work);
    thread::scope(|scope| {
        let lanes: Vec<_> = (0..LANES).map(|_| scope.spawn(lane)).collect();
        lanes.into_iter().try_for_each(|lane| match lane.join() {
            Ok(done) => done,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    })
}
