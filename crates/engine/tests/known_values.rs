//! Values that the user names are found on every surface, in every encoding, and never printed.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot run fails")]

mod common;

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::request;
use serde_json::json;
use tightlip_engine::{KnownValue, Quiet, scan};
use tightlip_report::{Confidence, Level, Report};
use tightlip_testkit::{Bundle, Canary, ImageBuilder, Layer};

/// Scans an archive for one value, and holds the report to its promise.
fn scan_for(value: &str, archive: &[u8]) -> Report {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("image.tar");
    std::fs::write(&path, archive).unwrap();
    let mut request = request(path.to_str().unwrap());
    request.known = vec![KnownValue::new("APP_NAME", value.as_bytes().to_vec().into()).unwrap()];
    let report = scan(&request, &Quiet).unwrap();
    let text = serde_json::to_string(&report).unwrap();
    assert_eq!(Canary::of(value).seen_in(&text), [""; 0], "{text}");
    report
}

#[test]
fn a_known_value_is_found_on_every_surface() {
    // Plain words: no rule of ours would see them.
    let value = "correct horse & battery";
    let hex: String = value.bytes().map(|b| format!("{b:02x}")).collect();
    let image = ImageBuilder::new()
        .step(
            "RUN cp /a /b",
            Layer::new()
                .file("etc/a.bin", format!("\0\0{}", STANDARD.encode(value)))
                .file(format!("srv/{value}"), ""),
        )
        .env("GREETING", value)
        .label("note", &hex)
        .config("Cmd", json!(["echo", value]))
        .annotation("note", value);
    let report = scan_for(value, &Bundle::of(image.build()).oci_archive());
    let surfaces: BTreeSet<&str> = report.findings.iter().map(|f| f.place.surface.name()).collect();
    assert_eq!(surfaces, ["annotation", "cmd", "env", "file", "file-name", "history", "label"].into());
    for finding in &report.findings {
        assert_eq!((finding.rule.as_str(), finding.title.as_str()), ("known-value", "Known value APP_NAME"));
        assert_eq!((finding.level, finding.confidence), (Level::Deny, Confidence::High));
        assert_eq!(finding.identity, report.findings[0].identity, "one secret is one leak");
    }
    let file = report.findings.iter().find(|f| f.place.surface.name() == "file").unwrap();
    assert_eq!(file.shape, "value of APP_NAME, 23 characters, as base64");
    assert_eq!(file.decoded_from, ["base64"]);
}

#[test]
fn a_value_that_is_not_there_changes_nothing() {
    let image = ImageBuilder::new().env("GREETING", "hello world");
    let report = scan_for("correct horse", &Bundle::of(image.build()).oci_archive());
    assert!(report.findings.is_empty(), "{:?}", report.findings);
}
