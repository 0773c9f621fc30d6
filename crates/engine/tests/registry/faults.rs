//! What goes wrong on the way is survived or told. It never takes long, and never makes an image clean.

use std::time::Duration;

use tightlip_report::{Level, Verdict};
use tightlip_testkit::{At, Bundle, Canary, Fault, Habits, ImageBuilder, Login, Ranges, Registry, Wrong};

use crate::common::{file, gaps, scan_bundle};
use crate::support::{hasty, image, registry_with, scan_app, story, try_scan, unproven};

/// A large image without a secret: only a gap keeps it from being clean.
fn harmless() -> Bundle {
    let noise: String = (0..20_000).map(|seed| Canary::new(seed).text().to_lowercase() + "\n").collect();
    Bundle::of(ImageBuilder::new().step("COPY noise / # buildkit", file("noise", noise)).build())
}

#[test]
fn a_broken_connection_is_taken_up_again() {
    for ranges in [Ranges::Given, Ranges::Ignored] {
        let image = image();
        let bundle = Bundle::of(image.clone());
        let registry = registry_with(Habits { ranges, ..Habits::default() }, &bundle);
        let large = At::Digest(image.layers[0].digest.clone());
        // The first is only a look at the head.
        for bytes in [100, 100_000, 70_000, 200_000] {
            registry.fault(Fault::times(large.clone(), Wrong::Cut(bytes), 1));
        }
        let report = scan_app(&registry);
        assert_eq!(story(&report), story(&scan_bundle(&bundle)), "{ranges:?}");
        assert_eq!(gaps(&report), [""; 0], "{ranges:?}");
        let asked = registry.asked();
        assert!(asked.iter().any(|asked| asked.range.as_deref() == Some("bytes=100000-")), "{asked:?}");
    }
}

#[test]
fn a_connection_that_always_breaks_is_a_gap() {
    let registry = registry_with(Habits::default(), &harmless());
    registry.fault(Fault::always(At::Blobs, Wrong::Cut(100)));
    assert!(unproven(&scan_app(&registry)));
}

#[test]
fn errors_that_pass_are_waited_for() {
    for wrong in [
        Wrong::Status(500, None),
        Wrong::Status(503, Some(0)),
        Wrong::Status(429, Some(1)),
        Wrong::Status(429, None),
        Wrong::Cut(0),
    ] {
        let bundle = harmless();
        let registry = registry_with(Habits::default(), &bundle);
        for at in [At::Manifests, At::Blobs] {
            registry.fault(Fault::times(at, wrong.clone(), 1));
        }
        let report = scan_app(&registry);
        assert_eq!(report.verdict(Level::Deny), Verdict::Clean, "{wrong:?}: {:?}", report.gaps);
    }
}

#[test]
fn errors_that_stay_are_told() {
    for status in [500, 502, 429, 403, 418] {
        let registry = registry_with(Habits::default(), &harmless());
        registry.fault(Fault::always(At::Blobs, Wrong::Status(status, None)));
        let report = scan_app(&registry);
        assert!(unproven(&report), "{status}");
        assert!(report.gaps.iter().any(|gap| gap.reason.contains("FAULT")), "{status}: {:?}", report.gaps);
        let registry = registry_with(Habits::default(), &harmless());
        registry.fault(Fault::always(At::Manifests, Wrong::Status(status, None)));
        let error = try_scan(&hasty(&registry.name("app:1"))).unwrap_err();
        assert!(error.to_string().contains(&format!("status {status}")), "{error}");
    }
}

#[test]
fn a_registry_that_wants_a_long_pause_is_not_waited_for() {
    let registry = registry_with(Habits::default(), &harmless());
    registry.fault(Fault::always(At::Manifests, Wrong::Status(429, Some(3600))));
    let error = try_scan(&hasty(&registry.name("app:1"))).unwrap_err();
    assert!(error.help().unwrap().contains("wait 3600 seconds"), "{:?}", error.help());
    assert_eq!(registry.asked().iter().filter(|asked| asked.status == 429).count(), 1);
}

#[test]
fn other_bytes_than_the_digest_says_are_a_gap() {
    for wrong in [Wrong::Flipped, Wrong::Shortened(1000), Wrong::Html] {
        let registry = registry_with(Habits::default(), &harmless());
        registry.fault(Fault::always(At::Blobs, wrong.clone()));
        assert!(unproven(&scan_app(&registry)), "{wrong:?}");
        let registry = Registry::start(Habits::default());
        let digest = registry.push("app", "1", &harmless());
        registry.fault(Fault::always(At::Manifests, wrong.clone()));
        let report = try_scan(&hasty(&registry.name(&format!("app@{digest}"))));
        assert!(report.is_ok_and(|report| unproven(&report)), "{wrong:?}");
    }
}

#[test]
fn a_blob_that_is_gone_is_a_gap() {
    let image = image();
    let registry = registry_with(Habits::default(), &Bundle::of(image.clone()));
    registry.lose(&image.layers[0].digest);
    assert_eq!(gaps(&scan_app(&registry)), ["missing-blob"]);
}

#[test]
fn what_stands_still_or_trickles_ends() {
    for wrong in [Wrong::Stall(1000), Wrong::Trickle(10, Duration::from_millis(20)), Wrong::Stall(0)] {
        let registry = registry_with(Habits::default(), &harmless());
        registry.fault(Fault::always(At::Blobs, wrong.clone()));
        assert!(unproven(&scan_app(&registry)), "{wrong:?}");
    }
    for wrong in [Wrong::Stall(10), Wrong::Trickle(1, Duration::from_millis(20))] {
        let registry = registry_with(Habits::default(), &harmless());
        registry.fault(Fault::always(At::Manifests, wrong.clone()));
        assert!(try_scan(&hasty(&registry.name("app:1"))).is_err(), "{wrong:?}");
    }
}

#[test]
fn what_stands_still_and_gets_on_is_read() {
    let registry = registry_with(Habits::default(), &harmless());
    registry.fault(Fault::always(At::Blobs, Wrong::Stall(150_000)));
    let report = scan_app(&registry);
    assert_eq!(report.verdict(Level::Deny), Verdict::Clean, "{:?}", report.gaps);
}

#[test]
fn a_token_that_expires_midway_is_renewed() {
    let bundle = Bundle::of(image());
    let registry = registry_with(Habits { login: Login::Token, ..Habits::default() }, &bundle);
    registry.fault(Fault::times(At::Blobs, Wrong::Expired, 2));
    registry.fault(Fault::times(At::Blobs, Wrong::Cut(100_000), 2));
    registry.fault(Fault::times(At::Blobs, Wrong::Expired, 1));
    let report = scan_app(&registry);
    assert_eq!(story(&report), story(&scan_bundle(&bundle)));
    assert_eq!(gaps(&report), [""; 0]);
    let tokens: std::collections::HashSet<_> =
        registry.asked().into_iter().filter_map(|asked| asked.authorization).collect();
    assert!(tokens.len() >= 3, "{tokens:?}");
}

#[test]
fn a_redirect_to_another_host_is_followed_without_the_login() {
    let bundle = Bundle::of(image());
    let registry = registry_with(Habits { login: Login::Token, ..Habits::default() }, &bundle);
    let elsewhere = registry.elsewhere();
    registry.fault(Fault::always(At::Blobs, Wrong::Elsewhere(elsewhere.url())));
    let report = scan_app(&registry);
    assert_eq!(story(&report), story(&scan_bundle(&bundle)));
    assert_eq!(gaps(&report), [""; 0]);
    assert!(!elsewhere.asked().is_empty());
    assert!(elsewhere.asked().iter().all(|asked| asked.authorization.is_none()));
    assert!(report.findings.iter().all(|finding| !finding.recover.contains("signature")));
}

#[test]
fn a_redirect_that_leads_in_circles_ends() {
    let registry = registry_with(Habits::default(), &harmless());
    let own = format!("http://{}", registry.host());
    registry.fault(Fault::always(At::Blobs, Wrong::Elsewhere(own)));
    let report = scan_app(&registry);
    assert!(unproven(&report));
    assert!(report.gaps.iter().any(|gap| gap.reason.contains("circles")), "{:?}", report.gaps);
    assert!(report.gaps.iter().all(|gap| !gap.reason.contains("signature")), "{:?}", report.gaps);
}
