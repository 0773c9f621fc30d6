//! What a sweep shows while it works: a line on the terminal, or events for machines.

use std::io::{IsTerminal as _, Write as _};
use std::sync::OnceLock;

use anyhow::Result;
use indicatif::{HumanBytes, HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};
use tightlip_fleet::{Event, Left, Standing, Watch};

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
        if let Ok(style) = ProgressStyle::with_template("{msg}  {bytes} read in {elapsed}") {
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

    fn stands(&self, standing: &Standing) {
        self.bar.set_message(line(standing));
    }
}

/// How far a sweep is, in a line.
fn line(standing: &Standing) -> String {
    let Standing { left: Left { blobs, bytes, images, .. }, bytes_per_second, rest } = standing;
    let (bytes, speed) = (HumanBytes(*bytes), HumanBytes(*bytes_per_second));
    let rest = match rest.filter(|rest| rest.as_secs() > 0) {
        // Said only where it can be known.
        Some(rest) => format!(", about {}", HumanDuration(rest)),
        None => String::new(),
    };
    format!("{blobs} blobs ({bytes}) and {images} images left{rest}  {speed}/s")
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

    fn stands(&self, standing: &Standing) {
        self.progress.stands(standing);
    }

    fn stopped(&self) -> bool {
        self.progress.interrupt.get().is_some_and(Interrupt::is_asked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn how_far_it_is_is_said_in_a_line() {
        let left = Left { blobs: 12, bytes: 3 << 20, images: 4, due: 12 };
        let standing = Standing { left, bytes_per_second: 2048, rest: Some(Duration::from_secs(50)) };
        assert_eq!(line(&standing), "12 blobs (3.00 MiB) and 4 images left, about 50 seconds  2.00 KiB/s");
        let unknown = Standing { rest: None, ..standing };
        assert_eq!(line(&unknown), "12 blobs (3.00 MiB) and 4 images left  2.00 KiB/s");
    }
}
