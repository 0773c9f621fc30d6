//! What the terminal shows besides the report: progress, colour, panics.

use std::io::{IsTerminal as _, Write as _};
use std::panic::Location;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use anstream::ColorChoice;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tightlip_engine::{CacheFolder, Watch};
use tightlip_report::Level;
use tightlip_report::format::{Colour, Style};

use crate::interrupt::Interrupt;

/// Work shorter than this shows no progress.
const PATIENCE: Duration = Duration::from_millis(400);

/// What is said beside the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Progress and notes.
    Usual,
    /// Nothing but why a command could not run.
    Quiet,
}

/// A line on standard error, when that is a terminal: how far the run is, and how fast.
pub(crate) struct Progress {
    bar: ProgressBar,
    manner: Manner,
    interrupt: OnceLock<Interrupt>,
    layers: AtomicUsize,
    done: AtomicUsize,
}

impl Progress {
    pub(crate) fn new(manner: Manner) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        let (interrupt, layers, done) = (OnceLock::new(), AtomicUsize::new(0), AtomicUsize::new(0));
        Self { bar, manner, interrupt, layers, done }
    }

    /// Lets Ctrl-C end the run; nothing stays behind in the cache.
    pub(crate) fn interruptible(self, cache: Option<CacheFolder>) -> anyhow::Result<Self> {
        // Set once: nobody else has it yet.
        let _ = self.interrupt.set(Interrupt::listen(&self.bar, cache)?);
        Ok(self)
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

    fn say(&self) {
        let (done, layers) = (self.done.load(Ordering::Relaxed), self.layers.load(Ordering::Relaxed));
        self.bar.set_message(count(done, layers));
    }

    fn show(&self) {
        let wanted = self.manner == Manner::Usual && std::io::stderr().is_terminal();
        if wanted && self.bar.is_hidden() && self.bar.elapsed() > PATIENCE {
            self.bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(8));
        }
    }
}

/// How many layers are read; of a stream, which one passes, because it is not known how many there will be.
fn count(done: usize, layers: usize) -> String {
    match layers {
        0 => format!("layer {}", done + 1),
        layers => format!("{done} of {layers} layers"),
    }
}

impl Watch for Progress {
    fn guessed(&self, scheme: &str, why: &str) {
        // A file is what most people mean; that something is fetched must not be a surprise.
        if scheme == "registry" {
            self.note(&format!("reading it as {scheme}: {why}"));
        }
    }

    fn begin(&self, layers: usize, bytes: u64) {
        // What passed before was counted; what is left of it is small.
        if layers == 0 && self.done.load(Ordering::Relaxed) > 0 {
            return;
        }
        let template = match bytes {
            0 => "reading {msg}  {bytes}  {binary_bytes_per_sec}",
            _ => "reading {msg}  {bytes}/{total_bytes}  {binary_bytes_per_sec}  {wide_bar}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
        if bytes > 0 {
            self.bar.set_length(self.bar.position() + bytes);
        }
        self.layers.store(layers, Ordering::Relaxed);
        self.done.store(0, Ordering::Relaxed);
        self.say();
    }

    fn read(&self, bytes: u64) {
        self.bar.inc(bytes);
        self.show();
    }

    fn layer_done(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
        self.say();
    }

    fn stopped(&self) -> bool {
        self.interrupt.get().is_some_and(Interrupt::is_asked)
    }
}

/// Lets the command line decide about colour.
pub(crate) fn colour(when: &str) {
    match when {
        "always" => ColorChoice::Always.write_global(),
        "never" => ColorChoice::Never.write_global(),
        _ => {}
    }
}

/// How a report is printed on this terminal.
pub(crate) fn style(counts: Level) -> Style {
    let stdout = std::io::stdout();
    let colour = match anstream::AutoStream::choice(&stdout) {
        ColorChoice::Never => Colour::Off,
        _ => Colour::On,
    };
    let width = terminal_size::terminal_size_of(&stdout).map_or(100, |(width, _)| usize::from(width.0));
    Style { counts, width: width.clamp(40, 160), colour, now: now() }
}

/// How a report is written into a file.
pub(crate) fn file_style(counts: Level) -> Style {
    Style { counts, now: now(), ..Style::default() }
}

/// Seconds of Unix time; 0 where the clock stands before that.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// A panic says where, never what: its message could quote what was being read.
pub(crate) fn keep_panics_quiet() {
    std::panic::set_hook(Box::new(|panic| {
        let _ = writeln!(std::io::stderr(), "{}", obituary(panic.location()));
    }));
}

/// What is said of a panic. It is not given the message.
fn obituary(location: Option<&Location<'_>>) -> String {
    let place = location.map(|l| format!(" at {}:{}", l.file(), l.line())).unwrap_or_default();
    format!("tightlip: internal error{place}\nThis is a bug: please report it.")
}

/// A line beside the report: something that the user should know and that stops nothing.
pub(crate) fn note(line: &str) {
    let _ = writeln!(std::io::stderr(), "tightlip: {}", tightlip_report::plain(line));
}

/// The known word that is most like the given one, if any is alike.
pub(crate) fn nearest<'w>(given: &str, known: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    let best = known.map(|word| (strsim::jaro_winkler(given, word), word)).max_by(|a, b| a.0.total_cmp(&b.0));
    best.filter(|(likeness, _)| *likeness > 0.8).map(|(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_are_counted_as_far_as_they_are_known() {
        assert_eq!(count(0, 0), "layer 1");
        assert_eq!(count(1, 12), "1 of 12 layers");
        let progress = Progress::new(Manner::Quiet);
        progress.begin(0, 0);
        progress.layer_done();
        progress.begin(0, 0);
        assert_eq!(progress.bar.message(), "layer 2");
        progress.begin(2, 100);
        progress.read(40);
        progress.layer_done();
        assert_eq!((progress.bar.message().as_str(), progress.bar.position()), ("1 of 2 layers", 40));
        assert!(!progress.stopped());
    }

    #[test]
    fn a_panic_says_where() {
        let here = Location::caller();
        let text = obituary(Some(here));
        assert!(text.contains(&format!("{}:{}", here.file(), here.line())), "{text}");
        assert!(obituary(None).starts_with("tightlip: internal error\n"));
    }

    #[test]
    fn a_typing_error_is_answered_with_the_nearest_word() {
        assert_eq!(
            nearest("delted-file", ["deleted-file", "visible-file"].into_iter()),
            Some("deleted-file")
        );
        assert_eq!(nearest("zzz", ["deleted-file"].into_iter()), None);
    }
}
