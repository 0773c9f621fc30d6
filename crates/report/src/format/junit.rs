//! JUnit XML, which every CI system shows: a failed test for what leaks, an error for what was not read.
//!
//! There is no standard; this keeps to what Jenkins, GitLab and CircleCI read
//! (<https://github.com/testmoapp/junitxml>).

use std::io::{self, Write};

use super::leak::leaks;
use super::markup::escaped;
use super::moment::utc;
use super::words::{place, summary};
use super::{Format, Style};
use crate::{Finding, Report};

/// The format.
pub(super) static FORMAT: Format =
    Format { name: "junit", summary: "JUnit XML, for CI systems", endings: &["xml", "junit"], write };

fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let cases = cases(report, style);
    let count = |how: How| cases.iter().filter(|case| case.how == how).count();
    let counts = format!(
        r#"tests="{}" failures="{}" errors="{}" skipped="{}""#,
        cases.len(),
        count(How::Failure),
        count(How::Error),
        count(How::Skipped)
    );
    writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    writeln!(out, r#"<testsuites name="tightlip" {counts}>"#)?;
    let (target, time) = (escaped(&report.target.given), utc(style.now));
    writeln!(out, r#"  <testsuite name="{target}" {counts} timestamp="{time}">"#)?;
    writeln!(out, "    <properties>")?;
    let verdict = report.verdict(style.counts).name();
    for (name, value) in
        [("verdict", verdict), ("version", &report.tool.version), ("ruleset", &report.tool.ruleset)]
    {
        writeln!(out, r#"      <property name="{name}" value="{}"/>"#, escaped(value))?;
    }
    writeln!(out, "    </properties>")?;
    cases.iter().try_for_each(|case| case.write(out))?;
    writeln!(out, "  </testsuite>\n</testsuites>")
}

/// How a test case ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Passed,
    Failure,
    Error,
    Skipped,
}

/// A test case.
struct Case {
    class: String,
    name: String,
    how: How,
    /// In a few words.
    message: String,
    /// All there is to say.
    text: String,
}

impl Case {
    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let (class, name) = (escaped(&self.class), escaped(&self.name));
        write!(out, r#"    <testcase classname="{class}" name="{name}""#)?;
        let (message, text) = (escaped(&self.message), lines(&self.text));
        match self.how {
            How::Passed if text.is_empty() => writeln!(out, "/>"),
            How::Passed => writeln!(out, "><system-out>{text}</system-out></testcase>"),
            How::Failure => {
                writeln!(out, r#"><failure type="{class}" message="{message}">{text}</failure></testcase>"#)
            }
            How::Error => {
                writeln!(out, r#"><error type="{class}" message="{message}">{text}</error></testcase>"#)
            }
            How::Skipped => {
                let out_text =
                    if text.is_empty() { String::new() } else { format!("<system-out>{text}</system-out>") };
                writeln!(out, r#"><skipped message="{message}"/>{out_text}</testcase>"#)
            }
        }
    }
}

fn cases(report: &Report, style: &Style) -> Vec<Case> {
    let mut cases: Vec<Case> = report
        .findings
        .iter()
        .map(|finding| Case {
            // Below the level that counts it is told, and the test passes.
            how: if finding.level >= style.counts { How::Failure } else { How::Passed },
            ..of_finding(finding)
        })
        .collect();
    for (gaps, how) in [(&report.gaps, How::Error), (&report.accepted_gaps, How::Skipped)] {
        cases.extend(gaps.iter().map(|gap| Case {
            class: gap.kind.name().to_owned(),
            name: place(&gap.place),
            how,
            message: format!("not read: {}", gap.reason),
            text: String::new(),
        }));
    }
    for allowed in &report.allowed {
        let message = format!("allowed: {} ({})", allowed.reason, allowed.by);
        cases.push(Case { how: How::Skipped, message, ..of_finding(&allowed.finding) });
    }
    let remarks = report.remarks.iter().map(|remark| format!("{}: {}", remark.by, remark.text));
    // A suite without a test is an error to some.
    cases.push(Case {
        class: "tightlip".to_owned(),
        name: summary(report, &leaks(&report.findings)),
        how: How::Passed,
        message: String::new(),
        text: remarks.collect::<Vec<_>>().join("\n"),
    });
    cases
}

fn of_finding(finding: &Finding) -> Case {
    let mut text = vec![format!("in {}", place(&finding.place)), finding.shape.clone()];
    if let Some(by) = &finding.introduced_by {
        let line = by.dockerfile.as_ref().map(|line| format!("   {}:{}", line.file, line.line));
        let written = by.instruction.clone().unwrap_or_default();
        text.push(format!("written by {written}{}", line.unwrap_or_default()));
    }
    text.push(format!("recover: {}", finding.recover));
    text.push(format!("fix: {}", finding.remedy.summary));
    text.extend(finding.remedy.command.clone());
    text.extend(finding.remedy.rotate.as_ref().map(|url| format!("rotate: {url}")));
    text.push(format!("level: {}, fingerprint: {}", finding.level.name(), finding.fingerprint));
    Case {
        class: finding.rule.clone(),
        name: place(&finding.place),
        how: How::Failure,
        message: finding.title.clone(),
        text: text.join("\n"),
    }
}

fn lines(text: &str) -> String {
    text.lines().map(escaped).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clean_report_is_a_suite_with_a_test_that_passed() {
        let mut out = Vec::new();
        write(&Report::default(), &Style::default(), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains(r#"tests="1" failures="0" errors="0" skipped="0""#), "{text}");
        assert!(text.contains(r#"name="everything was read, nothing leaks"/>"#), "{text}");
    }
}
