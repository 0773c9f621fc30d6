//! TLS: whose certificates are believed, and where it may be missing.

#![expect(clippy::unwrap_used, reason = "a file in a folder of our own can be written")]

use tightlip_engine::PlainHttp;
use tightlip_testkit::{At, Bundle, Fault, Habits, Login, Registry, Wrong};

use crate::common::{gaps, scan_bundle};
use crate::support::{hasty, image, registry_with, story, try_scan};

fn secured() -> (Registry, tempfile::TempDir) {
    let (registry, authority) = Registry::start_tls(Habits { login: Login::Token, ..Habits::default() });
    registry.push("app", "1", &Bundle::of(image()));
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ca.pem"), authority).unwrap();
    (registry, folder)
}

#[test]
fn an_authority_of_ones_own_is_believed_when_it_is_named() {
    let (registry, folder) = secured();
    let mut request = hasty(&registry.name("app:1"));
    request.sources.registry.ca = Some(folder.path().join("ca.pem"));
    let report = try_scan(&request).unwrap();
    assert_eq!(story(&report), story(&scan_bundle(&Bundle::of(image()))));
    assert_eq!(gaps(&report), [""; 0]);
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_refused() {
    let (registry, _folder) = secured();
    let error = try_scan(&hasty(&registry.name("app:1"))).unwrap_err();
    assert!(error.to_string().contains("TLS"), "{error}");
    assert!(error.help().unwrap().contains("--registry-ca"), "{:?}", error.help());
    assert!(registry.asked().is_empty());
}

#[test]
fn a_registry_with_tls_leads_nobody_to_where_there_is_none() {
    let (registry, folder) = secured();
    let plain = registry_with(Habits::default(), &Bundle::of(image()));
    registry.fault(Fault::always(At::Blobs, Wrong::Elsewhere(format!("http://{}", plain.host()))));
    let mut request = hasty(&registry.name("app:1"));
    request.sources.registry.ca = Some(folder.path().join("ca.pem"));
    let report = try_scan(&request).unwrap();
    assert!(!report.gaps.is_empty());
    assert!(plain.asked().is_empty(), "{:?}", plain.asked());
}

#[test]
fn plain_http_is_for_this_machine_or_by_leave() {
    let registry = registry_with(Habits::default(), &Bundle::of(image()));
    let mut request = hasty(&registry.name("app:1"));
    assert!(try_scan(&request).is_ok());
    // With an authority named, TLS is meant.
    request.sources.registry.ca = Some(std::env::current_exe().unwrap());
    assert!(try_scan(&request).unwrap_err().to_string().contains("no certificate"));
    request.sources.registry.plain_http = PlainHttp::Anywhere;
    assert!(try_scan(&request).is_ok());
}
