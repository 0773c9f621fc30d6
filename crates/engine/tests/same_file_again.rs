//! A file that was read before is not read again, and the report is the same.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

mod common;

use std::io::Write as _;

use base64::Engine as _;
use common::{request, token};
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use tightlip_engine::{Quiet, scan};
use tightlip_report::Report;
use tightlip_testkit::{Bundle, ImageBuilder, Layer};

/// What stands in the files: harmless, leaking, in containers, damaged; what leaks at one path alone.
const BODIES: usize = 8;
/// Where they lie: paths that say nothing, and paths that say much.
const PATHS: &[&str] =
    &["app/notes.txt", "app/.env", "app/run.sh", "etc/app", "usr/share/doc/x/y", "a.tar", "b.gz"];

fn filler(seed: usize) -> String {
    (0..60).map(|line| format!("line {line} of text {seed} says nothing at all\n")).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::none());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn body(number: usize) -> Vec<u8> {
    let plain = filler(number);
    let leaking = format!("{plain}TOKEN={}\n{plain}", token(number as u64));
    match number {
        0 => plain.into_bytes(),
        1 => leaking.into_bytes(),
        2 => gzip(plain.as_bytes()),
        3 => gzip(leaking.as_bytes()),
        4 => gzip(&gzip(plain.as_bytes()))[..1500].to_vec(),
        5 => Layer::new().file("./app/notes.txt", filler(0)).file("./b.gz", body(2)).tar(),
        6 => format!("{plain}blob: {}\n", base64::prelude::BASE64_STANDARD.encode(filler(0))).into_bytes(),
        // Whether this is a secret depends on what the file is.
        _ => format!("{plain}DB_PASSWORD=correct7horse\n").into_bytes(),
    }
}

fn report(archive: &std::path::Path, remembered: usize) -> Report {
    let mut request = request(archive.to_str().unwrap());
    request.decode.remembered = remembered;
    scan(&request, &Quiet).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn what_is_remembered_changes_no_report(
        layers in prop::collection::vec(prop::collection::vec((0..PATHS.len(), 0..BODIES), 1..8), 1..4),
    ) {
        let mut image = ImageBuilder::new();
        for files in layers {
            let layer = files.into_iter().fold(Layer::new(), |layer, (path, number)| {
                layer.file(PATHS[path], body(number))
            });
            image = image.step("COPY . /", layer);
        }
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("image.tar");
        std::fs::write(&path, Bundle::of(image.build()).oci_archive()).unwrap();
        let forgetful = report(&path, 0);
        for remembered in [1, 1 << 10] {
            prop_assert_eq!(format!("{:?}", report(&path, remembered)), format!("{:?}", &forgetful));
        }
    }
}

#[test]
fn a_path_that_says_more_is_looked_at_again() {
    let layer = Layer::new().file("usr/share/doc/x/y", body(7)).file("app/.env", body(7));
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("image.tar");
    std::fs::write(&path, Bundle::of(ImageBuilder::new().step("COPY . /", layer).build()).oci_archive())
        .unwrap();
    let report = report(&path, 1 << 10);
    let places: Vec<_> = report.findings.iter().filter_map(|f| f.place.path.clone()).collect();
    assert_eq!(places, ["app/.env"]);
}
