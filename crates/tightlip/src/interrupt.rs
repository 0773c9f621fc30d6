//! Ctrl-C: the run stops, leaves nothing behind and says nothing more. The exit code is 130.

use std::process::exit;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result};
use indicatif::ProgressBar;
use tightlip_engine::CacheFolder;

/// The exit code of a program that Ctrl-C ended, as shells count it.
const CODE: i32 = 130;
/// So long a run may take to stop by itself. One that waits for a daemon or a registry does not notice.
const PATIENCE: Duration = Duration::from_secs(1);

/// Whether the user wants the run to end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Listens for Ctrl-C from now on. The first lets the run stop, a second one ends it at once.
    pub(crate) fn listen(bar: &ProgressBar, cache: Option<CacheFolder>) -> Result<Self> {
        let interrupt = Self::default();
        let (asked, bar) = (interrupt.clone(), bar.clone());
        let end = Arc::new(move || leave(&bar, cache.as_ref()));
        let listening = ctrlc::set_handler(move || {
            if asked.0.swap(true, Ordering::Relaxed) {
                end();
            }
            let end = Arc::clone(&end);
            thread::spawn(move || {
                thread::sleep(PATIENCE);
                end();
            });
        });
        listening.context("cannot listen for Ctrl-C")?;
        Ok(interrupt)
    }

    /// Whether it was asked for.
    pub(crate) fn is_asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

#[expect(clippy::exit, reason = "a thread that waits for another machine cannot be ended otherwise")]
fn leave(bar: &ProgressBar, cache: Option<&CacheFolder>) {
    bar.finish_and_clear();
    crate::explore::restore();
    if let Some(folder) = cache {
        folder.forget_unfinished();
    }
    exit(CODE);
}
