//! Shows what a builder says as people know it: in plain lines, redrawn on a terminal, or as it came.
//!
//! Everything that comes here is masked already.

mod plain;
mod tty;

use std::io::{self, IsTerminal as _, Write as _};

use anyhow::{Result, bail};
use tightlip_engine::builder::{Lines, Status, Told};
use tightlip_report::Moment;

/// How progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// One line after the other: `#5 [2/3] RUN …`.
    Plain,
    /// Redrawn in place.
    Tty,
    /// As the builder says it.
    RawJson,
    /// Errors only.
    Quiet,
}

impl Form {
    /// The form that `--progress` or `BUILDKIT_PROGRESS` asks for.
    pub(crate) fn named(name: &str) -> Result<Self> {
        Ok(match name {
            "" | "auto" if io::stderr().is_terminal() => Self::Tty,
            "" | "auto" | "plain" => Self::Plain,
            "tty" => Self::Tty,
            "rawjson" => Self::RawJson,
            "quiet" | "none" => Self::Quiet,
            other => bail!("there is no progress `{other}`\nUse auto, plain, tty, rawjson, quiet or none"),
        })
    }
}

/// Draws progress in one form.
trait Draw: Send {
    /// Something changed.
    fn status(&mut self, status: &Status) -> io::Result<()>;
    /// A line that is no status: an error, mostly.
    fn text(&mut self, line: &[u8]) -> io::Result<()>;
    /// The build is over.
    fn end(&mut self) -> io::Result<()>;
}

/// The log of a build on standard error.
pub(crate) struct BuildLog {
    lines: Lines,
    /// Nothing is drawn where everything passes as it came.
    draw: Option<Box<dyn Draw>>,
}

impl BuildLog {
    pub(crate) fn new(form: Form) -> Self {
        let draw: Option<Box<dyn Draw>> = match form {
            Form::RawJson => None,
            Form::Plain => Some(Box::new(plain::Plain::new(io::stderr()))),
            Form::Tty => Some(Box::new(tty::Tty::new())),
            Form::Quiet => Some(Box::new(Errors)),
        };
        Self { lines: Lines::default(), draw }
    }

    /// Shows more of it. A reader that went away is no reason to end a build.
    pub(crate) fn push(&mut self, masked: &[u8]) {
        let Some(draw) = &mut self.draw else {
            let mut out = io::stderr().lock();
            let _ = out.write_all(masked).and_then(|()| out.flush());
            return;
        };
        for told in self.lines.push(masked) {
            let _ = match &told {
                Told::Status(status) => draw.status(status),
                Told::Text(line) => draw.text(line),
            };
        }
    }

    /// The build is over.
    pub(crate) fn end(&mut self) {
        let Some(draw) = &mut self.draw else { return };
        if let Some(Told::Text(line)) = self.lines.end() {
            let _ = draw.text(&line);
        }
        let _ = draw.end();
    }
}

/// Shows nothing but errors.
struct Errors;

impl Draw for Errors {
    fn status(&mut self, _: &Status) -> io::Result<()> {
        Ok(())
    }

    fn text(&mut self, line: &[u8]) -> io::Result<()> {
        let mut out = io::stderr().lock();
        out.write_all(line)?;
        out.write_all(b"\n")
    }

    fn end(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// How long it is from one time to another, in seconds. BuildKit writes times as RFC 3339 has them.
fn between(start: Option<&String>, end: Option<&String>) -> Option<f64> {
    let moment = |text: Option<&String>| text?.parse::<Moment>().ok();
    Some(moment(end)?.since(moment(start)?).max(0.0))
}

/// A number of bytes as buildx writes it.
fn bytes(count: i64) -> String {
    let mut count = f64::from(i32::try_from(count).unwrap_or(i32::MAX));
    let mut unit = 0;
    let units = ["B", "kB", "MB", "GB"];
    while count >= 1000.0 && unit + 1 < units.len() {
        count /= 1000.0;
        unit += 1;
    }
    let unit_name = units.get(unit).copied().unwrap_or("B");
    if unit == 0 { format!("{count}{unit_name}") } else { format!("{count:.2}{unit_name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_that_is_none_has_no_distance() {
        let (start, end) = ("2026-02-28T23:59:59.5Z".to_owned(), "2026-03-01T00:00:01.75Z".to_owned());
        assert_eq!(between(Some(&start), Some(&end)), Some(2.25));
        assert_eq!(between(Some(&end), Some(&start)), Some(0.0));
        assert_eq!(between(Some(&"soon".to_owned()), Some(&end)), None);
    }

    #[test]
    fn sizes_are_short() {
        assert_eq!([bytes(29), bytes(3_130_000)], ["29B", "3.13MB"]);
    }
}
