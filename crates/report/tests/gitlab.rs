//! GitLab's reports hold what GitLab's own validators ask for, field by field.
//!
//! Source: `secret-detection-report-format.json` 15.2.1 and `codeclimate.json` as GitLab carries them
//! (`lib/gitlab/ci/parsers/security/validators/schemas`, `app/validators/json_schemas`). The tables below are what
//! these schemas demand of the parts that we write.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

use std::collections::HashSet;

use serde_json::Value;
use tightlip_report::format::{Style, named};
use tightlip_report::{
    Allowed, Confidence, DockerfileLine, Exposure, Finding, Gap, GapKind, Introduced, Level, Place, Remark,
    Remedy, Report, Surface, Target, Tool,
};

/// What a field must be.
#[derive(Clone, Copy)]
enum Is {
    /// A text of so many characters.
    Text(usize, usize),
    /// One of these words.
    Word(&'static [&'static str]),
    /// An address.
    Address,
    /// `2026-11-28T14:05:00`, without a zone.
    Moment,
    /// `15.2.1`
    Version,
    /// A number from one on.
    Line,
    /// An object with these fields.
    Object(&'static [Field]),
    /// A list of such things, with so many of them at least.
    List(usize, &'static Is),
}

/// A field: its name, whether it must be there, what it is.
type Field = (&'static str, Need, Is);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    Must,
    May,
}
use Need::{May, Must};

const SOME: Is = Is::Text(1, usize::MAX);
const ANY: Is = Is::Text(0, usize::MAX);
const PROGRAM: Is = Is::Object(&[
    ("id", Must, SOME),
    ("name", Must, SOME),
    ("version", Must, SOME),
    ("vendor", Must, Is::Object(&[("name", Must, SOME)])),
]);
const SECRETS: Is = Is::Object(&[
    ("version", Must, Is::Version),
    (
        "scan",
        Must,
        Is::Object(&[
            ("type", Must, Is::Word(&["secret_detection"])),
            ("status", Must, Is::Word(&["success", "failure"])),
            ("start_time", Must, Is::Moment),
            ("end_time", Must, Is::Moment),
            ("analyzer", Must, PROGRAM),
            ("scanner", Must, PROGRAM),
            (
                "messages",
                May,
                Is::List(
                    0,
                    &Is::Object(&[
                        ("level", Must, Is::Word(&["info", "warn", "fatal"])),
                        ("value", Must, SOME),
                    ]),
                ),
            ),
        ]),
    ),
    (
        "vulnerabilities",
        Must,
        Is::List(
            0,
            &Is::Object(&[
                ("id", Must, SOME),
                ("name", May, Is::Text(0, 255)),
                ("description", May, Is::Text(0, 1_048_576)),
                ("severity", May, Is::Word(&["Info", "Unknown", "Low", "Medium", "High", "Critical"])),
                ("solution", May, Is::Text(0, 7000)),
                (
                    "identifiers",
                    Must,
                    Is::List(
                        1,
                        &Is::Object(&[("type", Must, SOME), ("name", Must, SOME), ("value", Must, SOME)]),
                    ),
                ),
                ("links", May, Is::List(0, &Is::Object(&[("name", May, ANY), ("url", Must, Is::Address)]))),
                (
                    "location",
                    Must,
                    Is::Object(&[
                        ("commit", Must, Is::Object(&[("sha", Must, SOME)])),
                        ("file", May, ANY),
                        ("start_line", May, Is::Line),
                    ]),
                ),
            ]),
        ),
    ),
]);
/// The schema wants only texts; the words and the line are what the documentation and the parser ask for.
const QUALITY: Is = Is::List(
    0,
    &Is::Object(&[
        ("check_name", Must, SOME),
        ("description", Must, SOME),
        ("fingerprint", Must, SOME),
        ("severity", Must, Is::Word(&["blocker", "critical", "major", "minor", "info"])),
        (
            "location",
            Must,
            Is::Object(&[("path", Must, SOME), ("lines", Must, Is::Object(&[("begin", Must, Is::Line)]))]),
        ),
    ]),
);

impl Is {
    /// What is wrong with a value, each with its JSON pointer.
    fn wrong(self, at: &str, value: &Value) -> Vec<String> {
        let fits = match self {
            Self::Object(fields) => return Self::members(fields, (at, value)),
            Self::List(least, what) => {
                let Some(items) = value.as_array() else { return vec![format!("{at}: no list")] };
                let mut wrong: Vec<String> = items
                    .iter()
                    .enumerate()
                    .flat_map(|(number, item)| what.wrong(&format!("{at}/{number}"), item))
                    .collect();
                if items.len() < least {
                    wrong.push(format!("{at}: {} of at least {least}", items.len()));
                }
                return wrong;
            }
            Self::Line => value.as_u64().is_some_and(|line| line > 0),
            _ => value.as_str().is_some_and(|text| self.holds(text)),
        };
        if fits { Vec::new() } else { vec![format!("{at}: {value:.80}")] }
    }

    fn holds(self, text: &str) -> bool {
        match self {
            Self::Text(least, most) => (least..=most).contains(&text.chars().count()),
            Self::Word(words) => words.contains(&text),
            Self::Address => ["https://", "http://", "ftp://"]
                .iter()
                .any(|start| text.strip_prefix(start).is_some_and(|rest| !rest.is_empty())),
            Self::Moment => is_like(text, "0000-00-00T00:00:00"),
            Self::Version => {
                let parts: Vec<&str> = text.split('.').collect();
                parts.len() == 3 && parts.iter().all(|part| part.parse::<u32>().is_ok())
            }
            Self::Line | Self::Object(_) | Self::List(..) => false,
        }
    }

    fn members(fields: &[Field], (at, value): (&str, &Value)) -> Vec<String> {
        let Some(members) = value.as_object() else { return vec![format!("{at}: no object")] };
        let mut wrong = Vec::new();
        for (name, need, is) in fields {
            match members.get(*name) {
                Some(member) => wrong.extend(is.wrong(&format!("{at}/{name}"), member)),
                None if *need == Must => wrong.push(format!("{at}: no {name}")),
                None => {}
            }
        }
        // The schemas allow more; what we write and nobody checked here is a slip of the tables.
        let known = |name: &&String| fields.iter().any(|(field, ..)| field == name);
        wrong.extend(members.keys().filter(|name| !known(name)).map(|name| format!("{at}: unknown {name}")));
        wrong
    }
}

/// Whether a text has a digit for each zero, and else what stands there.
fn is_like(text: &str, form: &str) -> bool {
    let same = |(one, like): (char, char)| if like == '0' { one.is_ascii_digit() } else { one == like };
    text.chars().count() == form.len() && text.chars().zip(form.chars()).all(same)
}

/// Findings in every surface, some with every field filled, some with none; texts longer than GitLab takes.
fn report() -> Report {
    let findings = Surface::ALL.iter().enumerate().map(|(number, surface)| {
        let mut place = Place::new(*surface, Exposure::Metadata);
        if number % 2 == 0 {
            place.path = Some(format!("a/{number}"));
            place.line = Some(3);
        }
        let long = "long ".repeat(if number % 3 == 0 { 300_000 } else { 1 });
        Finding {
            fingerprint: format!("{number:024x}"),
            identity: format!("{number:032x}"),
            rule: "example-token".into(),
            title: long.clone(),
            level: [Level::Deny, Level::Warn, Level::Note][number % 3],
            lowered_from: None,
            confidence: Confidence::High,
            shape: long.clone(),
            mechanism: "visible-file".into(),
            place,
            introduced_by: (number % 4 == 0).then(|| Introduced {
                history_index: None,
                instruction: Some("RUN x".into()),
                dockerfile: Some(DockerfileLine { file: "Dockerfile".into(), line: 4 }),
            }),
            recover: String::new(),
            remedy: Remedy {
                summary: long,
                command: None,
                rotate: Some(["https://example.com", "javascript:alert(1)"][number % 2].into()),
            },
            decoded_from: Vec::new(),
            excerpt: None,
        }
    });
    let findings: Vec<Finding> = findings.collect();
    let gap = |number: usize, kind: &GapKind| Gap {
        kind: *kind,
        place: Place::new(Surface::File, Exposure::Visible),
        reason: format!("reason {number}"),
        bytes: None,
    };
    Report {
        tool: Tool { version: "1.2.3".into(), ..Tool::default() },
        target: Target { given: "docker:app".into(), ..Target::default() },
        gaps: GapKind::ALL.iter().enumerate().map(|(number, kind)| gap(number, kind)).collect(),
        accepted_gaps: vec![gap(99, &GapKind::NoReferrers)],
        allowed: vec![Allowed {
            fingerprint: "fedcba".into(),
            reason: "a test key".into(),
            by: "tightlip.toml:3".into(),
            expires: None,
            finding: Box::new(findings[0].clone()),
        }],
        remarks: vec![Remark { by: "tightlip.toml:9".into(), text: "it allows what is not there".into() }],
        findings,
        ..Report::default()
    }
}

fn printed(name: &str, report: &Report) -> Value {
    let mut out = Vec::new();
    (named(name).unwrap().write)(report, &Style::default(), &mut out).unwrap();
    serde_json::from_slice(&out).unwrap()
}

#[test]
fn the_secret_detection_report_is_what_its_schema_says() {
    for report in [report(), Report { tool: report().tool, target: report().target, ..Report::default() }] {
        let printed = printed("gitlab-secrets", &report);
        assert_eq!(SECRETS.wrong("", &printed), Vec::<String>::new());
        let ids: HashSet<&str> = printed["vulnerabilities"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|one| one["id"].as_str())
            .collect();
        assert_eq!(ids.len(), report.findings.len(), "an id is one finding's");
    }
}

#[test]
fn the_code_quality_report_is_what_its_schema_says() {
    let printed = printed("gitlab-quality", &report());
    assert_eq!(QUALITY.wrong("", &printed), Vec::<String>::new());
    let issues = printed.as_array().unwrap();
    let prints: HashSet<&str> = issues.iter().filter_map(|issue| issue["fingerprint"].as_str()).collect();
    assert_eq!(prints.len(), issues.len(), "a fingerprint is one issue's");
}

#[test]
fn a_report_that_is_wrong_is_seen_to_be() {
    let mut broken = printed("gitlab-secrets", &report());
    broken["scan"]["start_time"] = "2026-11-28T14:05:00Z".into();
    broken["vulnerabilities"][0]["severity"] = "high".into();
    broken["vulnerabilities"][1]["identifiers"] = Value::Array(Vec::new());
    broken["vulnerabilities"][2].as_object_mut().unwrap().remove("location");
    assert_eq!(SECRETS.wrong("", &broken).len(), 4);
}
