//! The three cases that tightlip exists for, on images as BuildKit writes them.

mod common;

use common::{brief, file, files, gaps, scan_bundle};
use tightlip_report::{Level, Verdict};
use tightlip_testkit::{Bundle, ImageBuilder, Layer};

#[test]
fn a_file_that_the_next_instruction_deletes_still_leaks() {
    let image = ImageBuilder::new()
        .step(
            "RUN /bin/sh -c echo \"API_KEY=secret123\" > /app/.env # buildkit",
            file("app/.env", "API_KEY=secret123\n"),
        )
        .step("RUN /bin/sh -c rm /app/.env # buildkit", Layer::new().whiteout("app/.env"));
    let report = scan_bundle(&Bundle::of(image.build()));
    assert_eq!(report.verdict(Level::Deny), Verdict::Leaking);
    assert_eq!(files(&report), ["layer 0 file app/.env deleted by 1"]);
    let finding = report.findings.iter().find(|f| f.mechanism == "deleted-file").unwrap();
    assert_eq!(finding.place.line, Some(1));
    let instruction = finding.introduced_by.as_ref().unwrap().instruction.as_deref().unwrap();
    assert!(
        instruction.starts_with("RUN /bin/sh -c echo") && !instruction.contains("secret123"),
        "{instruction}"
    );
    assert!(finding.recover.contains("tar -xO"), "{}", finding.recover);
}

#[test]
fn a_build_argument_leaks_through_the_history() {
    let image = ImageBuilder::new()
        .note("ARG API_KEY=secret123")
        .step("RUN |1 API_KEY=secret123 /bin/sh -c make # buildkit", file("app/out", "fine"));
    let report = scan_bundle(&Bundle::of(image.build()));
    assert_eq!(report.verdict(Level::Deny), Verdict::Leaking);
    let briefs: Vec<String> = report.findings.iter().map(brief).collect();
    assert_eq!(briefs, ["history /history/0/created_by metadata", "history /history/1/created_by metadata"]);
    assert!(report.findings.iter().all(|f| f.mechanism == "build-argument"), "{:?}", report.findings);
    let identities: std::collections::HashSet<_> = report.findings.iter().map(|f| &f.identity).collect();
    assert_eq!(identities.len(), 1, "one secret in two places is one leak");
}

#[test]
fn a_secret_mount_leaves_nothing() {
    let image = ImageBuilder::new().step(
        "RUN --mount=type=secret,id=api_key /bin/sh -c cat /run/secrets/api_key # buildkit",
        Layer::new().directory("run/secrets"),
    );
    let report = scan_bundle(&Bundle::of(image.build()));
    assert_eq!(gaps(&report), [""; 0]);
    assert_eq!(report.verdict(Level::Deny), Verdict::Clean, "{:?}", report.findings);
}
