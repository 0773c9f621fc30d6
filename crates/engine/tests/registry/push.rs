//! An image goes into a registry as it is: the same bytes, the same digests, the tag last.

#![expect(clippy::unwrap_used, reason = "a push that cannot run fails the test")]

use tightlip_image::store::{Options, Push, open};
use tightlip_image::{Digest, Reference};
use tightlip_testkit::{At, Bundle, Fault, Habits, Login, Registry, Wrong};

use super::support::{hasty, image};

/// Pushes the image from an OCI archive to `copy:2`, and gives what was done.
fn push(registry: &Registry, options: &Options) -> Result<tightlip_image::store::Pushed, String> {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("app.tar");
    std::fs::write(&archive, Bundle::of(image()).oci_archive()).unwrap();
    let (store, _) =
        open(&format!("oci-archive:{}", archive.display()), options).unwrap().source.stored().unwrap();
    let top = top(store.as_ref());
    let reference = Reference::parse(&registry.name("copy:2")).unwrap();
    let push = Push::new(reference, options).map_err(|e| e.to_string())?;
    push.image(store.as_ref(), &top).map_err(|e| e.to_string())
}

/// The digest that the index of the archive names.
fn top(store: &dyn tightlip_image::store::Store) -> Digest {
    let entrance = store.entrance().unwrap();
    let index = entrance.documents.iter().find(|one| one.name == "index.json").unwrap();
    let value: serde_json::Value = serde_json::from_slice(&index.bytes).unwrap();
    Digest::parse(value["manifests"][0]["digest"].as_str().unwrap()).unwrap()
}

fn options() -> Options {
    hasty("x").sources
}

#[test]
fn what_is_pushed_is_what_was_there() {
    let registry = Registry::start(Habits::default());
    let first = push(&registry, &options()).unwrap();
    assert!(first.sent > 3 && first.had == 0, "{first:?}");
    let again = push(&registry, &options()).unwrap();
    assert!(again.had >= 3 && again.bytes < first.bytes, "{again:?}");
    let report = super::support::try_scan(&hasty(&format!("registry:{}", registry.name("copy:2")))).unwrap();
    assert_eq!(report.findings.len(), 4, "{report:?}");
    assert!(report.gaps.is_empty());
}

#[test]
fn a_registry_that_wants_a_token_gets_one() {
    let registry = Registry::start(Habits { login: Login::Token, ..Habits::default() });
    assert!(push(&registry, &options()).is_ok());
}

#[test]
fn what_fails_at_first_is_sent_again_and_the_tag_comes_last() {
    let registry = Registry::start(Habits::default());
    registry.fault(Fault::times(At::Blobs, Wrong::Status(503, None), 2));
    assert!(push(&registry, &options()).is_ok());
    let paths: Vec<String> = registry.asked().iter().map(|asked| asked.path.clone()).collect();
    assert!(paths.last().unwrap().ends_with("/manifests/2"), "{paths:?}");
}

#[test]
fn a_registry_that_takes_nothing_keeps_its_tag() {
    let registry = Registry::start(Habits::default());
    registry.fault(Fault::always(At::Blobs, Wrong::Status(403, None)));
    assert!(push(&registry, &options()).is_err());
    assert!(registry.asked().iter().all(|asked| !asked.path.contains("/manifests/")));
}
