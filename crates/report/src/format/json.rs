//! The stable JSON report, `tightlip.report/1`.

use std::io::{self, Write};

use serde::Serialize;

use super::{Format, Style};
use crate::{Allowed, Finding, Gap, ImageOutline, Read, Remark, Report, Target, Tool, Verdict};

/// The format.
pub(super) static FORMAT: Format = Format {
    name: "json",
    summary: "the stable report for machines, tightlip.report/1",
    endings: &["json"],
    write,
};

#[derive(Serialize)]
struct Document<'r> {
    schema: &'static str,
    tool: &'r Tool,
    target: &'r Target,
    verdict: Verdict,
    findings: &'r [Finding],
    gaps: &'r [Gap],
    #[serde(skip_serializing_if = "<[Gap]>::is_empty")]
    accepted_gaps: &'r [Gap],
    allowed: &'r [Allowed],
    remarks: &'r [Remark],
    policy: &'r [String],
    images: &'r [ImageOutline],
    read: Read,
}

fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let document = Document {
        schema: "tightlip.report/1",
        tool: &report.tool,
        target: &report.target,
        verdict: report.verdict(style.counts),
        findings: &report.findings,
        gaps: &report.gaps,
        accepted_gaps: &report.accepted_gaps,
        allowed: &report.allowed,
        remarks: &report.remarks,
        policy: &report.policy,
        images: &report.images,
        read: report.read,
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    out.write_all(b"\n")
}
