//! The law `surfaces_find_their_canary`: what is planted on a surface is found there, at exactly that place.

#![expect(clippy::expect_used, reason = "a test that cannot run fails")]

mod common;

use common::plants::{By, ELSEWHERE, INDEX, ROWS, Row, WEAK};
use common::{piped, scan_archive, token};
use serde_json::Value;
use tightlip_detect::MASK;
use tightlip_report::{Finding, Surface};
use tightlip_testkit::{Bundle, digest};

#[test]
fn surfaces_find_their_canary() {
    let mut missing = Vec::new();
    for (number, row) in ROWS.iter().enumerate() {
        let token = token(number as u64);
        check(row, &token, &mut missing);
        if row.by == By::Name {
            check(row, WEAK, &mut missing);
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn every_surface_has_its_canary() {
    for surface in Surface::ALL {
        let here = ROWS.iter().any(|row| row.surface == *surface);
        let elsewhere = ELSEWHERE.contains(surface);
        assert!(
            here != elsewhere,
            "{}: plant a canary, or say that another command reads it",
            surface.name()
        );
    }
}

fn check(row: &Row, value: &str, missing: &mut Vec<String>) {
    let bundle = (row.plant)(value);
    let wanted = format!("{} {}", row.surface.name(), row.place);
    let archive = bundle.oci_archive();
    for (way, report) in
        [("", scan_archive(&archive)), (", through a pipe", piped(&archive).expect("an archive"))]
    {
        let found: Vec<String> = report.findings.iter().map(|f| exact(f, &bundle)).collect();
        let kind = if value == WEAK { "a weak value" } else { "a token" };
        if !found.contains(&wanted) {
            missing.push(format!("{kind}{way}: {wanted}\n   instead: {found:?}\n   gaps: {:?}", report.gaps));
        }
        if !report.gaps.is_empty() && row.surface != Surface::Slack {
            missing.push(format!("{wanted}{way}\n   gaps: {:?}", report.gaps));
        }
    }
}

/// Surface and place of a finding; a masked name is `{}`.
fn exact(finding: &Finding, bundle: &Bundle) -> String {
    let place = &finding.place;
    let mut words = vec![place.surface.name().to_owned()];
    words.extend(place.layer.as_ref().map(|layer| format!("layer {}", layer.index)));
    let spot =
        place.path.iter().chain(&place.pointer).cloned().chain(place.member.iter().map(|m| format!("!{m}")));
    let spot: String = spot.collect();
    words.extend((!spot.is_empty()).then(|| spot.replace(MASK, "{}")));
    words.extend(place.document.as_ref().map(|document| format!("in {}", what(document, bundle))));
    words.join(" ")
}

/// What a document is, by what it holds.
fn what(document: &str, bundle: &Bundle) -> &'static str {
    let files = bundle.oci_files();
    let Some((path, bytes)) = files.iter().find(|(_, bytes)| digest(bytes) == document) else {
        return "nothing";
    };
    let value: Value = serde_json::from_slice(bytes).unwrap_or_default();
    let has = |key: &str| value.get(key).is_some();
    let outer = value["manifests"][0]["mediaType"] == INDEX;
    match () {
        () if has("manifests") && outer => "outer index",
        () if has("manifests") => "index",
        () if has("records") => "cache",
        () if has("layers") => "manifest",
        () if has("rootfs") => "config",
        () if has("predicate") => "statement",
        () if path.starts_with("blobs/") => "artifact",
        () => "something else",
    }
}
