//! Layers of the base image are labelled when the base is known, and read all the same.

mod common;

use common::{file, scan_bundle, token};
use serde_json::json;
use tightlip_report::Report;
use tightlip_testkit::{Built, Bundle, ImageBuilder};

fn base() -> Built {
    let leak = format!("TOKEN={}\n", token(1));
    ImageBuilder::new().named("docker.io/library/base:1").step("COPY . /", file("base.env", leak)).build()
}

fn child() -> ImageBuilder {
    let (leak, own) = (format!("TOKEN={}\n", token(1)), format!("TOKEN={}\n", token(2)));
    ImageBuilder::new()
        .named("docker.io/library/child:1")
        .step("COPY . /", file("base.env", leak))
        .step("COPY own /", file("own.env", own))
}

/// Whether the findings in the layers of the child are labelled as the base's.
fn labels(report: &Report) -> Vec<(String, bool)> {
    let layers =
        report.findings.iter().filter(|f| f.place.image.as_deref() == Some("docker.io/library/child:1"));
    let mut labels: Vec<_> =
        layers.filter_map(|f| Some((f.place.path.clone()?, f.place.layer.as_ref()?.base))).collect();
    labels.sort();
    labels
}

fn provenance(digest: &str) -> serde_json::Value {
    let hex = digest.trim_start_matches("sha256:");
    json!({"_type": "https://in-toto.io/Statement/v0.1", "predicateType": "https://slsa.dev/provenance/v0.2",
        "predicate": {"materials": [{"uri": "pkg:docker/base@1", "digest": {"sha256": hex}}]}})
}

#[test]
fn provenance_names_the_base() {
    let base = base();
    let digest = base.digest();
    let report = scan_bundle(&Bundle::of(child().build()).attest(provenance(&digest)).and(base));
    assert_eq!(labels(&report), [("base.env".to_owned(), true), ("own.env".to_owned(), false)]);
}

#[test]
fn an_annotation_names_the_base() {
    let base = base();
    let child = child().annotation("org.opencontainers.image.base.digest", &base.digest()).build();
    let report = scan_bundle(&Bundle::of(child).and(base));
    assert_eq!(labels(&report), [("base.env".to_owned(), true), ("own.env".to_owned(), false)]);
}

#[test]
fn an_image_beside_it_is_not_its_base_unless_it_says_so() {
    let report = scan_bundle(&Bundle::of(child().build()).and(base()));
    assert_eq!(labels(&report), [("base.env".to_owned(), false), ("own.env".to_owned(), false)]);
}
