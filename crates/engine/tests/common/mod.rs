//! What the tests of the scan share: a token that every rule set knows, and a scan of a bundle.

#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot run fails")]

pub(crate) mod plants;

use tightlip_engine::{IdentityKey, Pipe, Quiet, Request, ScanError, scan, scan_stream};
use tightlip_report::{Finding, Report};
use tightlip_testkit::{Bundle, Canary, Layer};

/// A Docker Hub access token that was never issued: 27 random characters behind the public prefix.
pub(crate) fn token(seed: u64) -> String {
    let canary = Canary::new(seed);
    format!("dckr_{}_{}abc", "pat", canary.text())
}

/// A layer of one file.
pub(crate) fn file(path: &str, body: impl AsRef<[u8]>) -> Layer {
    Layer::new().file(path, body)
}

/// Scans an OCI layout of the bundle.
pub(crate) fn scan_bundle(bundle: &Bundle) -> Report {
    scan_archive(&bundle.oci_archive())
}

/// Scans an archive.
pub(crate) fn scan_archive(archive: &[u8]) -> Report {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("image.tar");
    std::fs::write(&path, archive).unwrap();
    scan(&request(path.to_str().unwrap()), &Quiet).unwrap()
}

/// Scans an archive that comes through a pipe.
pub(crate) fn piped(archive: &[u8]) -> Result<Report, ScanError> {
    let pipe = Pipe { name: "standard input".into(), command: "cat x.tar".into() };
    scan_stream(&pipe, std::io::Cursor::new(archive.to_vec()), &request("-"), &Quiet)
}

/// A request with a fixed key.
pub(crate) fn request(target: &str) -> Request {
    Request::new(target, IdentityKey::new([7; 32]))
}

/// A finding in a few words: `layer 0 app/.env deleted by 1`.
pub(crate) fn brief(finding: &Finding) -> String {
    let place = &finding.place;
    let mut words = Vec::new();
    if let Some(layer) = &place.layer {
        words.push(format!("layer {}", layer.index));
    }
    words.push(place.surface.name().to_owned());
    words.extend(place.path.clone().or(place.pointer.clone()));
    words.push(place.exposure.name().to_owned());
    words.extend(place.hidden_by.as_ref().map(|by| format!("by {}", by.index)));
    words.join(" ")
}

/// The file findings, in brief, sorted.
pub(crate) fn files(report: &Report) -> Vec<String> {
    let file = |f: &&Finding| f.place.surface == tightlip_report::Surface::File;
    let mut briefs: Vec<String> = report.findings.iter().filter(file).map(brief).collect();
    briefs.sort();
    briefs
}

/// The gaps by kind.
pub(crate) fn gaps(report: &Report) -> Vec<&'static str> {
    let mut kinds: Vec<_> = report.gaps.iter().map(|gap| gap.kind.name()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}
