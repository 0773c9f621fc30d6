//! Rules that users bring are searched for in everything that a scan reads.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

mod common;

use common::{request, scan_archive};
use tightlip_engine::{PackText, Quiet, ScanError, scan, scan_stream};
use tightlip_report::{Level, Report, Verdict};
use tightlip_testkit::{Bundle, ImageBuilder};

const PACK: &str = "[[rules]]\nid = \"acme-badge\"\nregex = '''acm-[a-f0-9]{16}'''\n";

fn pack(text: &str) -> PackText {
    PackText::new("acme.toml", text)
}

/// An image with a badge in a file that is deleted later.
fn image() -> Vec<u8> {
    let badge = format!("badge acm-{}\n", "4f1d9c07".repeat(2));
    Bundle::of(ImageBuilder::new().file("app/notes", badge).delete("app/notes").build()).oci_archive()
}

fn scan_with(packs: &[PackText]) -> Result<Report, ScanError> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("image.tar");
    std::fs::write(&path, image()).unwrap();
    let mut request = request(path.to_str().unwrap());
    request.rules = packs.to_vec();
    scan(&request, &Quiet)
}

#[test]
fn a_rule_of_a_pack_finds_what_the_built_in_rules_do_not() {
    assert!(scan_archive(&image()).findings.is_empty());
    let report = scan_with(&[pack(PACK)]).unwrap();
    assert_eq!(report.findings.len(), 1);
    assert_eq!(report.findings[0].rule, "acme-badge");
    assert_eq!(report.verdict(Level::Deny), Verdict::Leaking);
    assert_ne!(report.tool.ruleset, scan_archive(&image()).tool.ruleset);
}

#[test]
fn a_pipe_is_searched_for_packs_too() {
    let mut request = request("-");
    request.rules = vec![pack(PACK)];
    let pipe = tightlip_engine::Pipe { name: "standard input".to_owned(), command: String::new() };
    let report = scan_stream(&pipe, &image()[..], &request, &Quiet).unwrap();
    assert_eq!(report.findings.len(), 1);
}

#[test]
fn a_wrong_pack_is_refused_before_the_image_is_opened() {
    let mut request = request("nowhere.tar");
    request.rules = vec![pack(&PACK.replace("acm-[", "(?=a)acm-["))];
    let error = scan(&request, &Quiet).unwrap_err();
    assert!(matches!(error, ScanError::Packs(_)));
    assert!(error.to_string().contains("acme.toml:1: rule `acme-badge`"), "{error}");
}
