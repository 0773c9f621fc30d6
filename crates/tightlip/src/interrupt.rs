//! Ctrl-C: the run stops, leaves nothing behind and says nothing more. The exit code is 130.

use std::process::exit;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result};
use indicatif::ProgressBar;
use tightlip_engine::builder::Broom;

/// The exit code of a program that Ctrl-C ended, as shells count it.
const CODE: i32 = 130;
/// So long a run may take to stop by itself. One that waits for a daemon or a registry does not notice.
const PATIENCE: Duration = Duration::from_secs(1);

/// Whether the user wants the run to end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interrupt {
    asked: Arc<AtomicBool>,
    /// What has to go when the run ends at once.
    brooms: Arc<Mutex<Vec<Broom>>>,
}

impl Interrupt {
    /// Listens for Ctrl-C from now on. The first lets the run stop, a second one ends it at once.
    /// `tidy` removes what is not whole yet.
    pub(crate) fn listen(bar: &ProgressBar, tidy: impl Fn() + Send + Sync + 'static) -> Result<Self> {
        let interrupt = Self::default();
        let (asked, bar) = (interrupt.clone(), bar.clone());
        let brooms = Arc::clone(&interrupt.brooms);
        let end = Arc::new(move || {
            brooms.lock().unwrap_or_else(PoisonError::into_inner).iter().for_each(Broom::sweep);
            leave(&bar, &tidy);
        });
        let listening = ctrlc::set_handler(move || {
            if asked.asked.swap(true, Ordering::Relaxed) {
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

    /// Lets something go when the run ends at once.
    pub(crate) fn sweep(&self, broom: Broom) {
        self.brooms.lock().unwrap_or_else(PoisonError::into_inner).push(broom);
    }

    /// Whether it was asked for.
    pub(crate) fn is_asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }
}

#[expect(clippy::exit, reason = "a thread that waits for another machine cannot be ended otherwise")]
fn leave(bar: &ProgressBar, tidy: &dyn Fn()) {
    bar.finish_and_clear();
    crate::explore::restore();
    tidy();
    exit(CODE);
}
