//! The report for a tired reader: verdict first, then one block per leak.

use std::io::{self, Write};

use super::{Format, Style};
use crate::Report;

/// The format.
pub(super) static FORMAT: Format = Format { name: "text", summary: "for people", write };

fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", report.verdict(style.counts).name())
}
