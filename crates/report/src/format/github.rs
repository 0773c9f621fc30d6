//! Annotations of a pull request on GitHub: workflow commands on standard output.
//!
//! Source: <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>

use std::io::{self, Write};

use super::words::place;
use super::{Format, Style};
use crate::{Allowed, Finding, Gap, Level, Report, plain};

/// The format.
pub(super) static FORMAT: Format =
    Format { name: "github", summary: "annotations for GitHub Actions", endings: &[], write };

fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    for finding in &report.findings {
        annotation(finding, out)?;
    }
    for gap in &report.gaps {
        unread(gap, "warning", out)?;
    }
    for gap in &report.accepted_gaps {
        unread(gap, "notice", out)?;
    }
    for allowed in &report.allowed {
        let Allowed { finding, reason, by, .. } = allowed;
        let text = format!("{} in {}: {reason} ({by})", finding.rule, place(&finding.place));
        writeln!(out, "::notice title=allowed::{}", message(&text))?;
    }
    for remark in &report.remarks {
        writeln!(out, "::notice title=policy::{}", message(&format!("{}: {}", remark.by, remark.text)))?;
    }
    writeln!(out, "{}  {}", report.verdict(style.counts).name(), plain(&report.target.given))
}

fn annotation(finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let command = match finding.level {
        Level::Deny => "error",
        Level::Warn => "warning",
        Level::Note => "notice",
    };
    write!(out, "::{command} ")?;
    let written = finding.introduced_by.as_ref().and_then(|by| by.dockerfile.as_ref());
    match written {
        _ if finding.excerpt.is_some() => spot(finding, out)?,
        // What lies in an image is shown where the Dockerfile puts it there.
        Some(at) => write!(out, "file={},line={},", property(&at.file), at.line)?,
        None => {}
    }
    let mut text = format!("{}\n{}", finding.title, finding.remedy.summary);
    if finding.excerpt.is_none() {
        text = format!("{}\nin {}", text, place(&finding.place));
    }
    writeln!(out, "title={}::{}", property(&finding.rule), message(&text))
}

/// File, line and columns: of text that is in the repository, not of what lies in an image.
fn spot(finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let Some(path) = &finding.place.path else { return Ok(()) };
    write!(out, "file={},", property(path))?;
    let Some(line) = finding.place.line else { return Ok(()) };
    write!(out, "line={line},")?;
    let Some(column) = finding.place.column else { return Ok(()) };
    write!(out, "col={column},")?;
    match finding.excerpt.as_ref().and_then(|excerpt| excerpt.text.get(excerpt.start..excerpt.end)) {
        // Columns hold for one line only.
        Some(marked) if !marked.contains('\n') => {
            write!(out, "endColumn={},", column + marked.chars().count() as u64)
        }
        _ => Ok(()),
    }
}

fn unread(gap: &Gap, command: &str, out: &mut dyn Write) -> io::Result<()> {
    let text = format!("{}: {}", place(&gap.place), gap.reason);
    writeln!(out, "::{command} title=not read ({})::{}", gap.kind.name(), message(&text))
}

/// Text that cannot end the command.
fn message(text: &str) -> String {
    text.lines().map(|line| plain(line).replace('%', "%25")).collect::<Vec<_>>().join("%0A")
}

/// Text that cannot end the property either.
fn property(text: &str) -> String {
    let text = text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    plain(&text).replace(':', "%3A").replace(',', "%2C")
}
