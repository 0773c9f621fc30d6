//! JSON Lines: one object a line, for tools that read as it comes. Each says what it is in `type`.
//!
//! The objects are those of the JSON report; the first line is what is left of it without its lists.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Value, json};

use super::{Format, Style};
use crate::Report;

/// The format.
pub(super) static FORMAT: Format = Format {
    name: "jsonl",
    summary: "JSON Lines: each finding and gap on a line of its own",
    endings: &["jsonl", "ndjson"],
    write,
};

fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let head = json!({
        "type": "report",
        "schema": "tightlip.report/1",
        "tool": report.tool,
        "target": report.target,
        "verdict": report.verdict(style.counts).name(),
        "policy": report.policy,
        "read": report.read,
    });
    line(&head, out)?;
    lines("finding", &report.findings, out)?;
    lines("gap", &report.gaps, out)?;
    lines("accepted_gap", &report.accepted_gaps, out)?;
    lines("allowed", &report.allowed, out)?;
    lines("remark", &report.remarks, out)?;
    lines("image", &report.images, out)
}

fn lines<T: Serialize>(kind: &str, items: &[T], out: &mut dyn Write) -> io::Result<()> {
    for item in items {
        let mut object = serde_json::Map::new();
        object.insert("type".to_owned(), kind.into());
        if let Value::Object(members) = serde_json::to_value(item)? {
            object.extend(members);
        }
        line(&Value::Object(object), out)?;
    }
    Ok(())
}

fn line(value: &Value, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}
