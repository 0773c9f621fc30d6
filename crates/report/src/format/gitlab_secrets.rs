//! GitLab's secret detection report (`artifacts: reports: secret_detection`).
//!
//! Source: <https://docs.gitlab.com/development/integrations/secure/> and version 15 of the report schemas
//! (<https://gitlab.com/gitlab-org/security-products/security-report-schemas>). The schema has no field for what was
//! not read or is allowed: they are messages of the scan. The value is never in it (`raw_source_code_extract` is not
//! used).

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::moment::utc;
use super::words::place;
use super::{Format, Style};
use crate::{Confidence, Finding, Level, Report, Tool};

/// The format.
pub(super) static FORMAT: Format =
    Format { name: "gitlab-secrets", summary: "secret detection report of GitLab", endings: &[], write };

/// The version of the schema.
const SCHEMA: &str = "15.2.1";
/// The longest texts that the schema allows, in characters.
const LONGEST_NAME: usize = 255;
const LONGEST_SOLUTION: usize = 7000;
const LONGEST_DESCRIPTION: usize = 1 << 20;
/// What GitLab's own analyzer writes where there is no commit.
const NO_COMMIT: &str = "0000000000000000000000000000000000000000";

fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let tool = tool(&report.tool);
    let document = json!({
        "version": SCHEMA,
        "scan": {
            "type": "secret_detection",
            "status": "success",
            "start_time": utc(style.now),
            "end_time": utc(style.now),
            "analyzer": tool,
            "scanner": tool,
            "messages": messages(report, style),
        },
        "vulnerabilities": report.findings.iter().map(vulnerability).collect::<Vec<_>>(),
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    out.write_all(b"\n")
}

fn tool(tool: &Tool) -> Value {
    json!({"id": tool.name, "name": tool.name, "version": tool.version, "vendor": {"name": tool.name}})
}

/// What the schema has no other place for.
fn messages(report: &Report, style: &Style) -> Vec<Value> {
    let message = |level: &str, value: String| json!({"level": level, "value": value});
    let verdict = format!("{}: {}", report.verdict(style.counts).name(), report.target.given);
    let mut messages = vec![message("info", verdict)];
    for gap in &report.gaps {
        let text = format!("not read ({}): {}: {}", gap.kind.name(), place(&gap.place), gap.reason);
        messages.push(message("warn", text));
    }
    for gap in &report.accepted_gaps {
        let what = place(&gap.place);
        let text = format!("not read, and accepted ({}): {what}: {}", gap.kind.name(), gap.reason);
        messages.push(message("info", text));
    }
    for allowed in &report.allowed {
        let what = place(&allowed.finding.place);
        let rule = &allowed.finding.rule;
        let text = format!("allowed: {rule} in {what}: {} ({})", allowed.reason, allowed.by);
        messages.push(message("info", text));
    }
    messages.extend(report.remarks.iter().map(|r| message("info", format!("{}: {}", r.by, r.text))));
    messages
}

fn vulnerability(finding: &Finding) -> Value {
    let mut solution = finding.remedy.summary.clone();
    if let Some(command) = &finding.remedy.command {
        solution.push_str(&format!("\n{command}"));
    }
    // The schema knows these addresses and no others.
    let address =
        |url: &&String| ["https://", "http://", "ftp://"].iter().any(|start| url.starts_with(start));
    let rotate = finding.remedy.rotate.iter().filter(address);
    let links: Vec<Value> = rotate.map(|url| json!({"name": "Rotate it", "url": url})).collect();
    json!({
        "id": finding.fingerprint,
        "name": at_most(LONGEST_NAME, &finding.title),
        "description": at_most(LONGEST_DESCRIPTION, &description(finding)),
        "severity": severity(finding),
        "solution": at_most(LONGEST_SOLUTION, &solution),
        "identifiers": [{
            "type": "tightlip_rule_id",
            "name": format!("tightlip rule {}", finding.rule),
            "value": finding.rule,
        }],
        "links": links,
        "location": location(finding),
    })
}

/// The start of a text.
fn at_most(longest: usize, text: &str) -> &str {
    text.char_indices().nth(longest).and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

fn description(finding: &Finding) -> String {
    let mut text = format!("{} in {}.", finding.shape, place(&finding.place));
    if let Some(instruction) = finding.introduced_by.as_ref().and_then(|by| by.instruction.as_ref()) {
        text.push_str(&format!(" Written by: {instruction}"));
    }
    if !finding.recover.is_empty() {
        text.push_str(&format!(" Anyone gets it with: {}", finding.recover));
    }
    text
}

fn severity(finding: &Finding) -> &'static str {
    match (finding.level, finding.confidence) {
        (Level::Deny, Confidence::High) => "Critical",
        (Level::Deny, _) => "High",
        (Level::Warn, _) => "Medium",
        (Level::Note, _) => "Info",
    }
}

/// The line of the Dockerfile where it is known, else the file in the image.
fn location(finding: &Finding) -> Value {
    let mut location = Map::new();
    let written = finding.introduced_by.as_ref().and_then(|by| by.dockerfile.as_ref());
    let (file, line) = match written {
        Some(written) => (Some(&written.file), Some(written.line)),
        None => (finding.place.path.as_ref().or(finding.place.pointer.as_ref()), finding.place.line),
    };
    if let Some(file) = file {
        location.insert("file".to_owned(), file.as_str().into());
    }
    if let Some(line) = line {
        location.insert("start_line".to_owned(), line.into());
    }
    location.insert("commit".to_owned(), json!({"sha": NO_COMMIT}));
    Value::Object(location)
}
