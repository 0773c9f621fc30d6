//! SARIF 2.1.0, for code scanning and for editors.
//!
//! Source: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::words::place;
use super::{Format, Style};
use crate::{Allowed, Finding, Gap, Level, Remark, Report};

/// The format.
pub(super) static FORMAT: Format =
    Format { name: "sarif", summary: "SARIF 2.1.0, for code scanning", endings: &["sarif"], write };

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let allowed = report.allowed.iter().map(|allowed| allowed.finding.as_ref());
    let rules = Rules::of(report.findings.iter().chain(allowed));
    let target = report.target.given.as_str();
    let counting = report.findings.iter().map(|finding| rules.result(finding, target));
    let suppressed = report.allowed.iter().map(|allowed| rules.suppressed(allowed, target));
    let results: Vec<Value> = counting.chain(suppressed).collect();
    let unread = report.gaps.iter().map(|gap| notification(gap, "warning"));
    let accepted = report.accepted_gaps.iter().map(|gap| notification(gap, "note"));
    let remarks = report.remarks.iter().map(remark);
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": report.tool.name,
                "version": report.tool.version,
                "rules": rules.rules,
                "properties": {"ruleset": report.tool.ruleset},
            }},
            "columnKind": "unicodeCodePoints",
            "invocations": [{
                "executionSuccessful": true,
                "toolExecutionNotifications": unread.chain(accepted).chain(remarks).collect::<Vec<_>>(),
            }],
            "results": results,
            "properties": {
                "target": report.target.given,
                "verdict": report.verdict(style.counts).name(),
                "policy": report.policy,
            },
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &log)?;
    out.write_all(b"\n")
}

/// The rules that found something, each once.
struct Rules<'r> {
    rules: Vec<Value>,
    index: HashMap<&'r str, usize>,
}

impl<'r> Rules<'r> {
    fn of(findings: impl Iterator<Item = &'r Finding>) -> Self {
        let mut all = Self { rules: Vec::new(), index: HashMap::new() };
        for finding in findings {
            if !all.index.contains_key(finding.rule.as_str()) {
                all.index.insert(&finding.rule, all.rules.len());
                all.rules.push(rule(finding));
            }
        }
        all
    }

    /// A finding that the policy allows: shown as suppressed, with the reason.
    fn suppressed(&self, allowed: &Allowed, target: &str) -> Value {
        let mut result = self.result(&allowed.finding, target);
        let until = allowed.expires.as_ref().map(|day| format!(", until {day}")).unwrap_or_default();
        let why = format!("{} ({}{until})", allowed.reason, allowed.by);
        result["suppressions"] = json!([{"kind": "external", "status": "accepted", "justification": why}]);
        result
    }

    fn result(&self, finding: &Finding, target: &str) -> Value {
        let mut message = format!("{}. {}", finding.title, finding.remedy.summary);
        if !finding.recover.is_empty() {
            let _ = write!(message, " Anyone gets it with: {}", finding.recover);
        }
        json!({
            "ruleId": finding.rule,
            "ruleIndex": self.index.get(finding.rule.as_str()),
            "level": level(finding.level),
            "message": {"text": message},
            "locations": [location(finding, target)],
            "partialFingerprints": {"tightlip/v1": finding.fingerprint},
            "properties": {
                "identity": finding.identity,
                "confidence": finding.confidence.name(),
                "shape": finding.shape,
                "mechanism": finding.mechanism,
                "rotate": finding.remedy.rotate,
            },
        })
    }
}

/// What GitHub shows beside a result, and by which it sorts.
fn rule(finding: &Finding) -> Value {
    let severity = match finding.level {
        Level::Deny => "9.0",
        Level::Warn => "5.0",
        Level::Note => "1.0",
    };
    json!({
        "id": finding.rule,
        "shortDescription": {"text": finding.title},
        "help": {"text": format!("tightlip explain {}", finding.rule)},
        "properties": {"tags": ["security", "secrets"], "security-severity": severity},
    })
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Deny => "error",
        Level::Warn => "warning",
        Level::Note => "note",
    }
}

/// Where it is: in a text file with its lines, or in an image in words and beside the file's path in it.
/// GitHub takes no result without a file: what lies in none lies in the target.
fn location(finding: &Finding, target: &str) -> Value {
    let spot = &finding.place;
    let mut location = Map::new();
    let file = finding.introduced_by.as_ref().and_then(|by| by.dockerfile.as_ref());
    let (path, region) = match (&spot.path, file) {
        (Some(path), _) if finding.excerpt.is_some() => (path.as_str(), Some(region(finding))),
        (_, Some(file)) => (file.file.as_str(), Some(json!({"startLine": file.line}))),
        (path, None) => (path.as_deref().unwrap_or(target), spot.line.map(|line| json!({"startLine": line}))),
    };
    let mut physical = json!({"artifactLocation": {"uri": uri(path)}});
    if let Some(region) = region {
        physical["region"] = region;
    }
    location.insert("physicalLocation".to_owned(), physical);
    if finding.excerpt.is_none() {
        let name = json!([{"fullyQualifiedName": place(spot)}]);
        location.insert("logicalLocations".to_owned(), name);
    }
    Value::Object(location)
}

fn region(finding: &Finding) -> Value {
    let line = finding.place.line.unwrap_or(1);
    let column = finding.place.column.unwrap_or(1);
    let marked = finding.excerpt.as_ref().and_then(|one| one.text.get(one.start..one.end)).unwrap_or("");
    let below = marked.matches('\n').count() as u64;
    let last = marked.rsplit('\n').next().unwrap_or("").chars().count() as u64;
    let end = if below == 0 { column + last } else { last + 1 };
    json!({"startLine": line, "startColumn": column, "endLine": line + below, "endColumn": end})
}

fn notification(gap: &Gap, level: &str) -> Value {
    let text = format!("not read: {}: {}", place(&gap.place), gap.reason);
    json!({"level": level, "descriptor": {"id": gap.kind.name()}, "message": {"text": text}})
}

fn remark(remark: &Remark) -> Value {
    let text = format!("{}: {}", remark.by, remark.text);
    json!({"level": "note", "descriptor": {"id": "policy"}, "message": {"text": text}})
}

/// A path as a relative reference: what has a meaning in a URI is escaped.
fn uri(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' | b'~' => text.push(char::from(byte)),
            letter if letter.is_ascii_alphanumeric() => text.push(char::from(letter)),
            other => {
                let _ = write!(text, "%{other:02X}");
            }
        }
    }
    text
}
