//! Writes down the findings of a report as a baseline: from then on, only what is new counts.

use std::collections::HashMap;
use std::fmt::Write as _;

use tightlip_report::format::in_words;
use tightlip_report::{Level, Report};

use super::PolicyFile;

/// What stands in the place of a reason until somebody gives one.
const PLACEHOLDER: &str = "in the baseline, not looked at yet";

/// The baseline of a report. Reasons and days that an earlier one gives are kept.
#[must_use]
pub fn baseline(report: &Report, earlier: Option<&PolicyFile>) -> String {
    let before: HashMap<&str, _> =
        earlier.iter().flat_map(|file| &file.allow).map(|one| (one.fingerprint.as_str(), one)).collect();
    let mut text = format!(
        "# What is known and allowed in {}, as `tightlip baseline` found it.\n\
        # Give each a reason, or mend it and take it out. `expires = 2027-01-31` lets it count again after that day.\n",
        report.target.given.replace(char::is_control, " ")
    );
    for finding in report.findings.iter().filter(|finding| finding.level > Level::Note) {
        let known = before.get(finding.fingerprint.as_str());
        let reason = known.map_or(PLACEHOLDER, |one| one.reason.as_str());
        // What a lint found is told by more than the line that it found it at.
        let said =
            finding.excerpt.as_ref().map(|_| format!("\n# {}", finding.title.replace(char::is_control, " ")));
        let _ = write!(
            text,
            "{}\n[[allow]]\nfingerprint = {}\nreason = {}\nrule = {}\nplace = {}\n",
            said.unwrap_or_default(),
            quoted(&finding.fingerprint),
            quoted(reason),
            quoted(&finding.rule),
            quoted(&in_words(&finding.place))
        );
        if let Some(day) = known.and_then(|one| one.expires) {
            let _ = writeln!(text, "expires = {day}");
        }
    }
    text
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
