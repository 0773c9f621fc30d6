//! A file that is as its package installed it counts less; one that was changed counts in full.

mod common;

use common::{file, scan_bundle, token};
use md5::{Digest as _, Md5};
use tightlip_report::{Level, Report, Verdict};
use tightlip_testkit::{Bundle, ImageBuilder};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// An image whose package list states the checksum of `shipped`, and whose file holds `body`.
fn scan(shipped: &str, body: &str) -> Report {
    let list = format!("{}  usr/share/doc/tool/example.conf\n", hex(&Md5::digest(shipped)));
    let image = ImageBuilder::new()
        .step("ADD rootfs.tar /", file("var/lib/dpkg/info/tool.md5sums", list))
        .file("usr/share/doc/tool/example.conf", body);
    scan_bundle(&Bundle::of(image.build()))
}

#[test]
fn what_a_package_shipped_is_a_note() {
    let body = format!("token = {}\n", token(1));
    let report = scan(&body, &body);
    assert_eq!(report.findings.len(), 1);
    assert_eq!(report.findings[0].level, Level::Note);
    assert!(report.findings[0].shape.contains("as dpkg installed it"), "{}", report.findings[0].shape);
    assert_eq!(report.verdict(Level::Deny), Verdict::Clean);
}

#[test]
fn a_file_that_was_changed_counts_again() {
    let report = scan("nothing\n", &format!("token = {}\n", token(1)));
    assert_eq!(report.verdict(Level::Deny), Verdict::Leaking);
}

#[test]
fn a_compiled_file_goes_with_its_source() {
    use base64::Engine as _;
    let source = format!("TOKEN = '{}'\n", token(2));
    let sum = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(&source));
    let image = ImageBuilder::new()
        .file("site/p-1.dist-info/RECORD", format!("p/m.py,sha256={sum},1\np/__pycache__/m.pyc,,\n"))
        .file("site/p/m.py", &source)
        .file("site/p/__pycache__/m.pyc", format!("\0\0\0{}", source));
    let report = scan_bundle(&Bundle::of(image.build()));
    assert_eq!(report.findings.len(), 2, "{:?}", report.findings);
    assert_eq!(report.verdict(Level::Deny), Verdict::Clean, "{:?}", report.findings);
}
