//! What is attached to an image is read with it.

use serde_json::json;
use tightlip_report::{Level, Report, Verdict};
use tightlip_testkit::{
    At, Bundle, Fault, Habits, ImageBuilder, Login, Referrers, Registry, Wrong, describe,
};

use crate::common::{gaps, token};
use crate::support::{scan_app, unproven};

/// A registry with a clean image; gives the digests of its index and of its manifest.
fn clean(habits: Habits) -> (Registry, String, String) {
    let image = ImageBuilder::new().file("etc/motd", "hello").build();
    let registry = Registry::start(habits);
    let index = registry.push("app", "1", &Bundle::of(image.clone()));
    (registry, index, image.digest())
}

fn listing(page: usize) -> Habits {
    Habits { referrers: Referrers::Listed(page), ..Habits::default() }
}

fn leaks(report: &Report) -> usize {
    let mut identities: Vec<_> = report.findings.iter().map(|finding| &finding.identity).collect();
    identities.sort();
    identities.dedup();
    identities.len()
}

fn report_of(seed: u64) -> String {
    json!({"runs": [{"results": [{"message": {"text": format!("found {}", token(seed))}}]}]}).to_string()
}

const SARIF: &str = "application/sarif+json";

#[test]
fn the_referrers_api_is_read_page_by_page() {
    let (registry, index, manifest) = clean(listing(2));
    for seed in 0..3 {
        registry.artifact("app", Some(&index), (SARIF, report_of(seed).as_bytes()));
    }
    registry.artifact("app", Some(&manifest), ("text/plain", token(3).as_bytes()));
    let report = scan_app(&registry);
    assert_eq!((leaks(&report), gaps(&report)), (4, vec![]), "{:?}", report.findings);
    assert_eq!(report.target.digest, Some(index));
    assert_eq!(report.read.images, 1);
}

#[test]
fn what_is_attached_to_something_attached_is_read() {
    let (registry, index, _) = clean(listing(10));
    let sbom = registry.artifact("app", Some(&index), (SARIF, b"{}"));
    let of_sbom = describe(&sbom)["digest"].as_str().unwrap().to_owned();
    registry.artifact("app", Some(&of_sbom), (SARIF, report_of(1).as_bytes()));
    assert_eq!(leaks(&scan_app(&registry)), 1);
}

#[test]
fn the_fallback_tag_is_read_where_there_is_no_api() {
    for habits in [Habits::default(), listing(10)] {
        let (registry, index, manifest) = clean(habits);
        for (seed, subject) in [(1, &index), (2, &manifest)] {
            let artifact = registry.artifact("app", None, (SARIF, report_of(seed).as_bytes()));
            let list = json!({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json",
                              "manifests": [describe(&artifact)]});
            let tag = subject.replace(':', "-");
            registry.push_manifest("app", Some(&tag), list.to_string().into_bytes());
        }
        let report = scan_app(&registry);
        assert_eq!((leaks(&report), gaps(&report)), (2, vec![]));
    }
}

#[test]
fn the_tags_of_cosign_are_read() {
    let (registry, index, manifest) = clean(Habits::default());
    for (seed, subject, ending) in [(1, &index, "sig"), (2, &index, "att"), (3, &manifest, "sbom")] {
        let layer = ("application/vnd.dev.cosign.simplesigning.v1+json", report_of(seed));
        let artifact = registry.artifact("app", None, (layer.0, layer.1.as_bytes()));
        let tag = format!("{}.{ending}", subject.replace(':', "-"));
        registry.push_manifest("app", Some(&tag), artifact);
    }
    let report = scan_app(&registry);
    assert_eq!((leaks(&report), gaps(&report)), (3, vec![]));
}

#[test]
fn a_secret_in_an_annotation_of_a_signature_is_found() {
    let (registry, index, _) = clean(Habits::default());
    let image = ImageBuilder::new().annotation("org.example.token", &token(1)).build();
    let config = registry.push_blob(image.config.clone());
    assert!(config.starts_with("sha256:"));
    registry.push_manifest("app", Some(&format!("{}.sig", index.replace(':', "-"))), image.manifest);
    let report = scan_app(&registry);
    assert_eq!(leaks(&report), 1, "{:?} {:?}", report.findings, report.gaps);
    assert_eq!(report.read.images, 1, "a signature is no image");
}

#[test]
fn a_registry_that_does_not_know_referrers_is_normal() {
    for wrong in [Wrong::Html, Wrong::Status(404, None), Wrong::Status(405, None), Wrong::Status(501, None)] {
        let (registry, ..) = clean(listing(10));
        registry.fault(Fault::always(At::Referrers, wrong.clone()));
        let report = scan_app(&registry);
        assert_eq!(report.verdict(Level::Deny), Verdict::Clean, "{wrong:?}: {:?}", report.gaps);
    }
}

#[test]
fn a_list_that_fails_is_a_gap() {
    for wrong in
        [Wrong::Status(500, None), Wrong::Status(403, None), Wrong::Status(429, Some(900)), Wrong::Stall(0)]
    {
        let (registry, ..) = clean(listing(10));
        registry.fault(Fault::always(At::Referrers, wrong.clone()));
        let report = scan_app(&registry);
        assert_eq!(gaps(&report), ["no-referrers"], "{wrong:?}");
        assert!(unproven(&report));
        assert_eq!(report.gaps.len(), 1, "{:?}", report.gaps);
    }
}

#[test]
fn an_attached_manifest_that_cannot_be_read_is_a_gap() {
    let (registry, index, _) = clean(listing(10));
    let artifact = registry.artifact("app", Some(&index), (SARIF, b"{}"));
    let digest = describe(&artifact)["digest"].as_str().unwrap().to_owned();
    registry.fault(Fault::always(At::Digest(digest), Wrong::Status(500, None)));
    assert!(unproven(&scan_app(&registry)));
}

#[test]
fn a_login_is_used_for_what_is_attached_too() {
    let (registry, index, _) = clean(Habits { login: Login::Token, ..listing(10) });
    registry.artifact("app", Some(&index), (SARIF, report_of(1).as_bytes()));
    let report = scan_app(&registry);
    assert_eq!((leaks(&report), gaps(&report)), (1, vec![]));
}
