//! An archive that comes through a pipe gives the same report as the archive in a file.

mod common;

use common::{file, piped, scan_archive, token};
use tightlip_engine::ScanError;
use tightlip_report::{Level, Report, Verdict};
use tightlip_testkit::{Age, Bundle, ImageBuilder, Layer};

/// Everything but how the target was given, how it is fetched again, and the command that names it to `scrub`.
fn comparable(mut report: Report) -> Report {
    report.target.given.clear();
    for finding in &mut report.findings {
        finding.recover.clear();
        finding.remedy.command.take_if(|command| command.starts_with("tightlip scrub "));
    }
    report
}

#[test]
fn a_pipe_tells_the_same_story_as_a_file() {
    let one = ImageBuilder::new()
        .named("docker.io/library/one:1")
        .step("COPY . /", file("app/.env", format!("TOKEN={}\n", token(1))))
        .step("RUN rm", Layer::new().whiteout("app/.env"))
        .env("API_KEY", "secret123");
    let two = ImageBuilder::new().named("docker.io/library/two:1").file("two.env", format!("T={}", token(2)));
    let bundle = Bundle::of(one.build()).and(two.build());
    for archive in [bundle.docker_archive(Age::Modern), bundle.docker_archive(Age::Old), bundle.oci_archive()]
    {
        let through_pipe = comparable(piped(&archive).unwrap());
        assert_eq!(through_pipe.gaps, []);
        assert_eq!(through_pipe, comparable(scan_archive(&archive)));
    }
}

#[test]
fn a_pipe_that_ends_early_is_never_clean() {
    let archive = Bundle::of(ImageBuilder::new().file("a", "b").build()).docker_archive(Age::Modern);
    // With one of the two blocks of zeros everything is there.
    for end in (0..archive.len() - 512).step_by(512) {
        match piped(&archive[..end]) {
            Ok(report) => assert_ne!(report.verdict(Level::Deny), Verdict::Clean, "cut at {end}"),
            Err(error) => assert!(matches!(error, ScanError::Describe(_)), "{error}"),
        }
    }
}

#[test]
fn a_layer_that_is_not_what_the_manifest_says_is_a_gap() {
    let image = ImageBuilder::new().file("a", "b").build();
    let blob = format!("blobs/{}", image.layers[0].digest.replace(':', "/"));
    let mut files = Bundle::of(image).docker_files(Age::Modern);
    let other = ImageBuilder::new().file("a", "c").build();
    files.insert(blob, other.layers[0].blob.clone());
    let archive = files.iter().fold(Layer::new(), |tar, (path, bytes)| tar.file(path, bytes)).tar();
    let report = piped(&archive).unwrap();
    assert!(report.gaps.iter().any(|gap| gap.kind.name() == "digest-mismatch"), "{:?}", report.gaps);
}

#[test]
fn what_is_no_archive_is_an_error() {
    assert!(piped(b"hello\n").is_err());
    assert!(piped(b"").is_err());
}
