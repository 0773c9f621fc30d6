//! What the terminal shows besides the report: progress, colour, panics.

use std::io::{IsTerminal as _, Write as _};
use std::panic::Location;
use std::time::Duration;

use anstream::ColorChoice;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tightlip_engine::Watch;
use tightlip_report::Level;
use tightlip_report::format::{Colour, Style};

/// Work shorter than this shows no progress.
const PATIENCE: Duration = Duration::from_millis(400);

/// A progress bar on standard error, when that is a terminal.
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    pub(crate) fn new() -> Self {
        Self { bar: ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden()) }
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Watch for Progress {
    fn guessed(&self, scheme: &str, why: &str) {
        // A file is what most people mean; that something is fetched must not be a surprise.
        if scheme == "registry" {
            let _ = writeln!(std::io::stderr(), "tightlip: reading it as {scheme}: {why}");
        }
    }

    fn begin(&self, layers: usize, bytes: u64) {
        let template = "reading {msg}  {bytes}/{total_bytes}  {binary_bytes_per_sec}  {wide_bar}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
        self.bar.set_message(format!("{layers} blobs"));
        self.bar.set_length(bytes);
    }

    fn read(&self, bytes: u64) {
        self.bar.inc(bytes);
        if self.bar.is_hidden() && self.bar.elapsed() > PATIENCE && std::io::stderr().is_terminal() {
            self.bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(8));
        }
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
    Style { counts, width: width.clamp(40, 160), colour }
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
