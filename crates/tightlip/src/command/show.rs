//! `tightlip show TARGET FINGERPRINT`: where exactly, what is around it, and the value to a person who asks.

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;

use anyhow::{Result, bail};
use clap::Args as Arguments;
use tightlip_engine::Shown;
use tightlip_report::format::named;
use tightlip_report::{Level, Report, plain, readable};

use crate::outcome::Outcome;
use crate::reading::Reading;
use crate::terminal;

/// The arguments of `show`.
#[derive(Debug, Arguments)]
#[command(after_help = "\
The target is read again: nothing keeps the value. A directory that is no image, and a Dockerfile, is linted.

Exit codes: 0 shown, 2 could not run.")]
pub(crate) struct Args {
    /// What was scanned
    target: String,
    /// The fingerprint of the finding, or at least its first six digits
    fingerprint: String,
    /// Print the value too: to a terminal, nowhere else
    #[arg(long)]
    reveal: bool,
    #[command(flatten)]
    reading: Reading,
}

/// Shows the finding.
pub(crate) fn run(args: &Args) -> Result<Outcome> {
    if args.reveal && !io::stdout().is_terminal() {
        bail!(
            "--reveal prints a secret to a terminal only, and standard output is none: what is written into a file or a \
            log leaks again\nRun it in a terminal, or run the recover command of the report"
        );
    }
    let shown = if is_linted(Path::new(&args.target)) {
        let report = super::lint::of_path(&args.target, (&args.reading.config, &args.reading.rules))?;
        Shown::of_lint(report, &args.fingerprint)?
    } else {
        match args.reading.show(&args.target, &args.fingerprint)? {
            Some(shown) => shown,
            None => return Ok(Outcome::Interrupted),
        }
    };
    print(&shown)?;
    if args.reveal {
        reveal(&shown)?;
    }
    Ok(Outcome::Clean)
}

/// Whether it is something that `lint` reads and `scan` does not.
fn is_linted(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let folder = path.is_dir() && !path.join("oci-layout").exists() && !path.join("index.json").exists();
    let ends = [".yml", ".yaml", ".hcl", ".sh"].iter().any(|end| name.ends_with(end));
    folder || (path.is_file() && (ends || name.contains("dockerfile") || name.contains("containerfile")))
}

/// The finding as the text report has it, then what stands around it.
fn print(shown: &Shown) -> Result<()> {
    let mut out = crate::out::stdout();
    let style = terminal::style(Level::Deny);
    let report = Report { findings: vec![shown.finding.clone()], ..Report::default() };
    let mut text = Vec::new();
    if let Some(format) = named("text") {
        (format.write)(&report, &style, &mut text)?;
    }
    let text = String::from_utf8_lossy(&text);
    // The verdict and the amount are of no report.
    let lines: Vec<&str> = text.lines().skip(2).collect();
    let block = lines.get(..lines.len().saturating_sub(2)).unwrap_or_default();
    writeln!(out, "{}", block.join("\n"))?;
    Ok(out.write_all(around(shown).as_bytes())?)
}

/// The lines around it, with their numbers where they have some.
fn around(shown: &Shown) -> String {
    let mut text = String::new();
    if shown.around.is_empty() {
        if shown.finding.excerpt.is_none() {
            text.push_str("\nwhat stands around it is not known: the report has the place\n");
        }
        return text;
    }
    text.push_str("\naround it, values masked:\n");
    for (index, line) in shown.around.iter().enumerate() {
        let mark = if index == shown.at { ">" } else { " " };
        let number =
            shown.finding.place.line.and_then(|line| (line + index as u64).checked_sub(shown.at as u64));
        let number = number.map(|number| format!("{number:>5} ")).unwrap_or_default();
        let _ = writeln!(text, " {mark}{number}| {}", plain(line));
    }
    text
}

/// The value, on a line of its own; what a terminal would obey is shown, not sent.
fn reveal(shown: &Shown) -> Result<()> {
    let Some(value) = shown.reveal() else {
        bail!("there is no value to reveal: the finding is about a name or a place, whose lines are above")
    };
    let lines: Vec<String> = readable(value).lines().map(plain).collect();
    Ok(writeln!(crate::out::stdout(), "\nthe value:\n{}", lines.join("\n"))?)
}
