//! GitLab's code quality report (`artifacts: reports: codequality`), shown in merge requests of every edition.
//!
//! Source: <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>. The format is a list of
//! issues and nothing else: what was not read, what is allowed and a verdict that is not clean are issues too. No issue
//! is how a clean project looks there.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::words::place;
use super::{Format, Style};
use crate::{Finding, Gap, Level, Place, Report, Verdict};

/// The format.
pub(super) static FORMAT: Format =
    Format { name: "gitlab-quality", summary: "code quality report of GitLab", endings: &[], write };

fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let target = report.target.given.as_str();
    let mut issues: Vec<Value> = report.findings.iter().map(|finding| of_finding(finding, target)).collect();
    issues.extend(report.gaps.iter().map(|gap| of_gap((gap, "major"), target)));
    issues.extend(report.accepted_gaps.iter().map(|gap| of_gap((gap, "info"), target)));
    for allowed in &report.allowed {
        let finding = &allowed.finding;
        let text = format!(
            "allowed: {} in {}: {} ({})",
            finding.rule,
            place(&finding.place),
            allowed.reason,
            allowed.by
        );
        issues.push(issue((&text, "info", &finding.rule), spot(finding, target)));
    }
    for remark in &report.remarks {
        let text = format!("{}: {}", remark.by, remark.text);
        issues.push(issue((&text, "info", "policy"), (target, 1)));
    }
    let verdict = report.verdict(style.counts);
    if verdict != Verdict::Clean {
        issues.push(issue((&format!("{}: {target}", verdict.name()), "info", "verdict"), (target, 1)));
    }
    serde_json::to_writer_pretty(&mut *out, &issues)?;
    out.write_all(b"\n")
}

fn of_finding(finding: &Finding, target: &str) -> Value {
    let severity = match finding.level {
        Level::Deny => "blocker",
        Level::Warn => "minor",
        Level::Note => "info",
    };
    let text = format!("{} in {}. {}", finding.title, place(&finding.place), finding.remedy.summary);
    let mut issue = issue((&text, severity, &finding.rule), spot(finding, target));
    issue["fingerprint"] = finding.fingerprint.as_str().into();
    issue
}

fn of_gap((gap, severity): (&Gap, &str), target: &str) -> Value {
    let text = format!("not read: {}: {}", place(&gap.place), gap.reason);
    issue((&text, severity, gap.kind.name()), inside(&gap.place, target))
}

fn issue((description, severity, name): (&str, &str, &str), (path, line): (&str, u64)) -> Value {
    json!({
        "description": description,
        "check_name": name,
        "fingerprint": digest(&[name, path, description]),
        "severity": severity,
        "location": {"path": path, "lines": {"begin": line}},
    })
}

/// The line of the Dockerfile where it is known, else the place in the image.
fn spot<'f>(finding: &'f Finding, target: &'f str) -> (&'f str, u64) {
    let written = finding.introduced_by.as_ref().and_then(|by| by.dockerfile.as_ref());
    written.map_or_else(|| inside(&finding.place, target), |written| (&written.file, written.line))
}

/// A path is needed: what lies in no file lies in the target.
fn inside<'p>(place: &'p Place, target: &'p str) -> (&'p str, u64) {
    let path = place.path.as_deref().or(place.pointer.as_deref()).unwrap_or(target);
    // GitLab wants paths as Git has them.
    (path.strip_prefix("./").unwrap_or(path), place.line.unwrap_or(1))
}

/// FNV-1a over the parts: only has to tell the issues of one report apart, in every version alike.
fn digest(parts: &[&str]) -> String {
    let bytes = parts.iter().flat_map(|part| part.bytes().chain([0]));
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}
