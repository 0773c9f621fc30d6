//! SARIF 2.1.0, for code scanning and for editors.
//!
//! Source: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::words::place;
use super::{Format, Style};
use crate::{Allowed, Finding, Gap, Level, Report};

/// The format.
pub(super) static FORMAT: Format = Format { name: "sarif", summary: "SARIF 2.1.0, for code scanning", write };

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let rules = Rules::of(&report.findings);
    let results: Vec<Value> = report.findings.iter().map(|finding| rules.result(finding)).collect();
    let unread = report.gaps.iter().map(|gap| notification(gap, "warning"));
    let accepted = report.accepted_gaps.iter().map(|gap| notification(gap, "note"));
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
                "toolExecutionNotifications": unread.chain(accepted).collect::<Vec<_>>(),
            }],
            "results": results,
            "properties": {
                "target": report.target.given,
                "verdict": report.verdict(style.counts).name(),
                "allowed": report.allowed.iter().map(allowed).collect::<Vec<_>>(),
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
    fn of(findings: &'r [Finding]) -> Self {
        let mut all = Self { rules: Vec::new(), index: HashMap::new() };
        for finding in findings {
            if all.index.insert(&finding.rule, all.rules.len()).is_none() {
                all.rules.push(json!({
                    "id": finding.rule,
                    "help": {"text": format!("tightlip explain {}", finding.rule)},
                }));
            } else if let Some(index) = all.rules.iter().position(|rule| rule["id"] == finding.rule.as_str())
            {
                all.index.insert(&finding.rule, index);
            }
        }
        all
    }

    fn result(&self, finding: &Finding) -> Value {
        let mut message = format!("{}. {}", finding.title, finding.remedy.summary);
        if !finding.recover.is_empty() {
            let _ = write!(message, " Anyone gets it with: {}", finding.recover);
        }
        json!({
            "ruleId": finding.rule,
            "ruleIndex": self.index.get(finding.rule.as_str()),
            "level": level(finding.level),
            "message": {"text": message},
            "locations": [location(finding)],
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

fn level(level: Level) -> &'static str {
    match level {
        Level::Deny => "error",
        Level::Warn => "warning",
        Level::Note => "note",
    }
}

/// Where it is: in a text file with its lines, or in an image in words and beside the file's path in it.
fn location(finding: &Finding) -> Value {
    let spot = &finding.place;
    let mut location = Map::new();
    let file = finding.introduced_by.as_ref().and_then(|by| by.dockerfile.as_ref());
    let (path, region) = match (&spot.path, file) {
        (Some(path), _) if finding.excerpt.is_some() => (Some(path), Some(region(finding))),
        (_, Some(file)) => (Some(&file.file), Some(json!({"startLine": file.line}))),
        (path, None) => (path.as_ref(), spot.line.map(|line| json!({"startLine": line}))),
    };
    if let Some(path) = path {
        let mut physical = json!({"artifactLocation": {"uri": uri(path)}});
        if let Some(region) = region {
            physical["region"] = region;
        }
        location.insert("physicalLocation".to_owned(), physical);
    }
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

fn allowed(allowed: &Allowed) -> Value {
    json!({"fingerprint": allowed.fingerprint, "reason": allowed.reason, "by": allowed.by})
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
