//! What a sweep shows while it works: a line on the terminal, or events for machines.

use std::io::{IsTerminal as _, Write as _};
use std::sync::OnceLock;

use anyhow::Result;
use indicatif::{HumanBytes, ProgressBar, ProgressDrawTarget, ProgressStyle};
use tightlip_fleet::{Event, Left, Watch};

use crate::interrupt::Interrupt;
use crate::terminal::{Manner, note};

/// A line on standard error, when that is a terminal: how far the sweep is, how fast, and how much is left.
pub(crate) struct Progress {
    bar: ProgressBar,
    manner: Manner,
    interrupt: OnceLock<Interrupt>,
}

impl Progress {
    /// Listens for Ctrl-C as well.
    pub(crate) fn listen(manner: Manner) -> Result<Self> {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        if manner == Manner::Usual && std::io::stderr().is_terminal() {
            bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(8));
        }
        if let Ok(style) =
            ProgressStyle::with_template("{msg}  {bytes} read  {binary_bytes_per_sec}  {elapsed}")
        {
            bar.set_style(style);
        }
        let interrupt = OnceLock::new();
        // Set once: nobody else has it yet.
        let _ = interrupt.set(Interrupt::listen(&bar, || {})?);
        Ok(Self { bar, manner, interrupt })
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    /// A line that stops nothing.
    pub(crate) fn note(&self, line: &str) {
        if self.manner == Manner::Usual {
            self.bar.suspend(|| note(line));
        }
    }

    fn tell(&self, event: &Event) {
        match event {
            Event::Listed { repository, tags } => {
                self.bar.set_message(format!("listing {}: {tags} tags", tightlip_report::plain(repository)));
            }
            Event::Enumerated { images } => self.bar.set_message(format!("{images} images")),
            Event::Trouble { place, reason } => self.note(&format!("{place}: {reason}")),
            Event::Failed { digest, reason, again: false } => self.note(&format!("{digest}: {reason}")),
            _ => {}
        }
    }

    fn left(&self, left: Left) {
        let Left { blobs, bytes, images } = left;
        let bytes = HumanBytes(bytes);
        self.bar.set_message(format!("{blobs} blobs ({bytes}) and {images} images left"));
    }
}

/// One JSON object a line.
#[derive(Debug, Default)]
pub(crate) struct Events;

/// Whoever is told.
pub(crate) struct Told {
    pub(crate) progress: Progress,
    pub(crate) events: Option<Events>,
}

impl Watch for Told {
    fn tell(&self, event: &Event) {
        self.progress.tell(event);
        if self.events.is_some()
            && let Ok(line) = serde_json::to_string(event)
        {
            // Nobody who listens is no reason to stop.
            let _ = writeln!(std::io::stderr(), "{line}");
        }
    }

    fn bytes(&self, bytes: u64) {
        self.progress.bar.inc(bytes);
    }

    fn left(&self, left: Left) {
        self.progress.left(left);
    }

    fn stopped(&self) -> bool {
        self.progress.interrupt.get().is_some_and(Interrupt::is_asked)
    }
}
