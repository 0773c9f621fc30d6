//! In whatever order an index lists its images, the report says the same.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

mod common;

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use common::{file, scan_bundle, token};
use proptest::prelude::*;
use sha2::Digest as _;
use tightlip_report::{Exposure, Level, Report, Verdict};
use tightlip_testkit::{Bundle, ImageBuilder};

/// A layer that images may share.
#[derive(Clone, Copy, Debug)]
enum Part {
    Source,
    Compiled,
    /// The list of a package that vouches for the source.
    List,
    Gone,
    /// Another value at the same path.
    Other,
}

fn source(seed: u64) -> String {
    format!("TOKEN = '{}'\n", token(seed))
}

fn image(parts: &[Part]) -> ImageBuilder {
    parts.iter().fold(ImageBuilder::new(), |image, part| match part {
        Part::Source => image.file("site/p/m.py", source(1)),
        Part::Compiled => image.file("site/p/__pycache__/m.cpython-312.pyc", format!("\0\0\0{}", source(1))),
        Part::List => {
            let sum = URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(source(1)));
            image.step(
                "RUN pip install p",
                file("site/p-1.dist-info/RECORD", format!("p/m.py,sha256={sum},1\n")),
            )
        }
        Part::Gone => image.delete("site/p/m.py"),
        Part::Other => image.file("site/p/m.py", source(2)),
    })
}

fn scan(images: &[&[Part]]) -> Report {
    let mut images = images.iter().map(|parts| image(parts).build());
    let first = Bundle::of(images.next().unwrap());
    scan_bundle(&images.fold(first, Bundle::and))
}

fn told(report: &Report) -> (Verdict, BTreeSet<(String, Level, Exposure)>) {
    let each = report.findings.iter().map(|one| (one.fingerprint.clone(), one.level, one.place.exposure));
    (report.verdict(Level::Deny), each.collect())
}

#[test]
fn a_file_that_one_image_vouches_for_counts_in_the_other() {
    let (vouched, bare) = (&[Part::Source, Part::List][..], &[Part::Source][..]);
    for images in [[vouched, bare], [bare, vouched]] {
        let report = scan(&images);
        assert_eq!(report.findings.len(), 1, "{:?}", report.findings);
        assert_eq!((report.findings[0].level, report.verdict(Level::Deny)), (Level::Deny, Verdict::Leaking));
        assert!(!report.findings[0].shape.contains("installed"), "{}", report.findings[0].shape);
    }
    assert_eq!(scan(&[vouched]).verdict(Level::Deny), Verdict::Clean);
}

#[test]
fn a_file_that_one_image_deletes_is_visible_in_the_other() {
    let (deleted, bare) = (&[Part::Source, Part::Gone][..], &[Part::Source][..]);
    for images in [[deleted, bare], [bare, deleted]] {
        let report = scan(&images);
        assert_eq!(report.findings.len(), 1, "{:?}", report.findings);
        let finding = &report.findings[0];
        assert_eq!((finding.place.exposure, finding.place.hidden_by.as_ref()), (Exposure::Visible, None));
        assert_eq!(finding.mechanism, scan(&[bare]).findings[0].mechanism);
    }
}

fn part() -> impl Strategy<Value = Part> {
    prop::sample::select(vec![Part::Source, Part::Compiled, Part::List, Part::Gone, Part::Other])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn the_order_of_images_changes_nothing(
        (images, shuffled) in prop::collection::vec(prop::collection::vec(part(), 1..5), 2..4)
            .prop_flat_map(|images| (Just(images.clone()), Just(images).prop_shuffle())),
    ) {
        let as_listed: Vec<&[Part]> = images.iter().map(Vec::as_slice).collect();
        let otherwise: Vec<&[Part]> = shuffled.iter().map(Vec::as_slice).collect();
        prop_assert_eq!(told(&scan(&as_listed)), told(&scan(&otherwise)), "{:?}", images);
    }
}
