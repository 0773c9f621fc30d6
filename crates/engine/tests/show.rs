//! One finding, shown: what stands around it, masked, and the value to whoever asks.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

mod common;

use common::{request, token};
use tightlip_engine::{Quiet, ShowError, Shown, scan, show};
use tightlip_report::{Finding, Report};
use tightlip_testkit::{Bundle, ImageBuilder};

struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    fn of(image: ImageBuilder) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.tar"), Bundle::of(image.build()).oci_archive()).unwrap();
        Self { folder }
    }

    fn target(&self) -> String {
        self.folder.path().join("a.tar").display().to_string()
    }

    fn scan(&self) -> Report {
        scan(&request(&self.target()), &Quiet).unwrap()
    }

    fn show(&self, print: &str) -> Result<Shown, ShowError> {
        show(&request(&self.target()), print, &Quiet)
    }
}

fn named<'r>(report: &'r Report, path: &str) -> &'r Finding {
    report.findings.iter().find(|finding| finding.place.path.as_deref() == Some(path)).unwrap()
}

#[test]
fn the_lines_around_a_finding_are_shown_with_every_value_masked() {
    let (one, two) = (token(1), token(2));
    let text = format!("a=1\nb=2\nFIRST={one}\nc=3\nSECOND={two}\nd=4\ne=5\nf=6\ng=7\n");
    let bench = Bench::of(ImageBuilder::new().file("app/.env", text).delete("app/.env"));
    let report = bench.scan();
    let print = &report.findings.iter().find(|finding| finding.place.line == Some(5)).unwrap().fingerprint;
    let shown = bench.show(print).unwrap();
    assert_eq!(shown.around, ["b=2", "FIRST=‹masked›", "c=3", "SECOND=‹masked›", "d=4", "e=5", "f=6"]);
    assert_eq!((shown.at, shown.reveal()), (3, Some(two.as_bytes())));
    assert!(!format!("{shown:?}").contains(&two[10..]));
}

#[test]
fn a_variable_and_a_member_of_an_archive_are_shown_too() {
    let member = tightlip_testkit::Layer::new().file("inner/x.env", format!("# first\nTOKEN={}\n", token(3)));
    let image = ImageBuilder::new().env("DOCKER_TOKEN", &token(4)).file("data/x.tar", member.tar());
    let bench = Bench::of(image);
    let report = bench.scan();
    let inner = bench.show(&named(&report, "data/x.tar").fingerprint).unwrap();
    assert_eq!(inner.around.get(inner.at).map(String::as_str), Some("TOKEN=‹masked›"), "{:?}", inner.around);
    assert_eq!(inner.reveal(), Some(token(3).as_bytes()));
    let variable = report.findings.iter().find(|f| f.place.surface == tightlip_report::Surface::Env).unwrap();
    assert_eq!(bench.show(&variable.fingerprint).unwrap().reveal(), Some(token(4).as_bytes()));
}

#[test]
fn the_beginning_of_a_fingerprint_is_enough_if_it_is_the_only_one() {
    let bench = Bench::of(ImageBuilder::new().file("app/.env", format!("TOKEN={}\n", token(5))));
    let print = bench.scan().findings[0].fingerprint.clone();
    assert_eq!(bench.show(&print[..8].to_uppercase()).unwrap().finding.fingerprint, print);
    assert!(matches!(bench.show("000000"), Err(ShowError::Nothing { .. })));
    assert!(matches!(bench.show("no print"), Err(ShowError::NotOne(_))));
}
