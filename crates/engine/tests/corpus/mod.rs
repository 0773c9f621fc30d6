//! What the tests over corpora share: texts with their templates filled in, and what a lint says of them.

#![allow(clippy::unwrap_used, reason = "a test that cannot run fails")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use tightlip_detect::Sampler;
use tightlip_engine::IdentityKey;
use tightlip_engine::lint::{Input, LintRequest, lint};
use tightlip_report::{Finding, Level, Report};

/// The report of files that lie on the disk: what is around a Dockerfile counts too.
pub(crate) fn built(files: &[(String, String)]) -> Report {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let inputs = vec![Input::Path(folder.path().to_owned())];
    lint(&LintRequest::new(inputs, IdentityKey::new([7; 32]))).unwrap().report
}

/// The text with its templates filled in: `ghp_{base62:36}`.
pub(crate) fn filled(text: &str, sampler: &mut Sampler) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let end = from.find('}').map_or(1, |end| end + 1);
        let (field, after) = from.split_at(end);
        let class = field.trim_start_matches('{').split(':').next().unwrap();
        let is_template =
            ["base62", "alnum", "hex", "digits", "lower", "upper"].contains(&class) && !out.ends_with('$');
        if is_template {
            out.push_str(&String::from_utf8(sampler.expand(field).unwrap()).unwrap());
            rest = after;
        } else if let Some(word) = field.strip_prefix("{word:") {
            // A word that other scanners look for stands in two halves.
            out.push_str(word.trim_end_matches('}'));
            rest = after;
        } else {
            // A template may stand inside of other braces.
            out.push('{');
            rest = &from[1..];
        }
    }
    out + rest
}

/// The findings that count.
pub(crate) fn counted(report: &Report) -> impl Iterator<Item = &Finding> {
    report.findings.iter().filter(|finding| finding.level >= Level::Warn)
}

/// What was said, to show when it was wrong.
pub(crate) fn said(report: &Report) -> String {
    report.findings.iter().fold(String::new(), |mut text, finding| {
        let (line, level) = (finding.place.line.unwrap_or(0), finding.level.name());
        let _ = writeln!(
            text,
            "    line {line}: {level} {}: {} ({})",
            finding.rule, finding.title, finding.shape
        );
        text
    })
}

/// Where a corpus lies.
pub(crate) fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lint").join(name)
}
