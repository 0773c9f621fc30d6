//! A scrub from a registry into a registry and into files: the same result from everywhere.

use std::collections::BTreeSet;
use std::io::Read as _;

use serde_json::{Value, json};
use tightlip_engine::Quiet;
use tightlip_engine::scrub::{Advice as _, Output, Scrub, ScrubError, ScrubRequest, Select};
use tightlip_image::store::{Archive, BlobId, Store as _};
use tightlip_testkit::{Built, Bundle, Habits, ImageBuilder, Referrers, Registry};

use crate::common::{request, scan_archive, token};
use crate::support::{Bench, leaks};

fn bundle() -> Bundle {
    let image = ImageBuilder::new()
        .file("app/.env", format!("TOKEN={}\n", token(1)))
        .delete("app/.env")
        .env("API_KEY", &token(2))
        .named("docker.io/library/app:1")
        .build();
    Bundle::of(image)
}

fn scrub_of(target: &str) -> Scrub {
    let request = ScrubRequest {
        scan: request(target),
        select: Select::default(),
        nested: Default::default(),
        made: Default::default(),
        accept_gaps: Vec::new(),
    };
    Scrub::plan(request, &Quiet).unwrap()
}

#[test]
fn an_image_goes_from_a_registry_to_a_registry() {
    let registry = Registry::start(Habits::default());
    registry.push("app", "1", &bundle());
    let scrub = scrub_of(&registry.name("app:1"));
    let receipt = scrub.write(&Output::Registry(registry.name("app:clean")), &Quiet).unwrap();
    let again = scrub_of(&registry.name("app:clean"));
    assert!(again.is_clean(), "{:?}", again.planned());
    // What is to be deleted is named, with the command.
    let old = scrub.planned().digest.clone().unwrap();
    let delete = format!("crane delete {}@{old}", registry.name("app"));
    assert!(receipt.next.contains(&delete), "{:?}", receipt.next);
    assert_eq!(again.planned().digest.as_deref(), Some(receipt.digest.as_str()));
    // The old tag is what it was.
    assert!(!scrub_of(&registry.name("app:1")).is_clean());
}

#[test]
fn every_place_gets_the_same_image() {
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench::of(&bundle());
    let mut digests = BTreeSet::new();
    for output in [
        Output::Layout(folder.path().join("layout")),
        Output::OciArchive(folder.path().join("oci.tar")),
        Output::DockerArchive(folder.path().join("docker.tar")),
    ] {
        let receipt = bench.scrub().unwrap().write(&output, &Quiet).unwrap();
        digests.insert(receipt.digest);
    }
    assert_eq!(digests.len(), 1);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3);
    assert!(scrub_of(&format!("oci:{}", folder.path().join("layout").display())).is_clean());
    let archive = std::fs::read(folder.path().join("docker.tar")).unwrap();
    assert!(leaks(&scan_archive(&archive)).is_empty());
    let text = String::from_utf8_lossy(&archive).into_owned();
    assert!(text.contains("manifest.json") && text.contains(r#""RepoTags":["app:1"]"#));
}

#[test]
fn a_tag_that_is_taken_stays_what_it_is() {
    let registry = Registry::start(Habits::default());
    registry.push("app", "1", &bundle());
    let scrub = scrub_of(&registry.name("app:1"));
    let again = scrub.write(&Output::Registry(registry.name("app:1")), &Quiet);
    assert!(matches!(again, Err(ScrubError::Taken { .. })), "{again:?}");
    assert!(!scrub_of(&registry.name("app:1")).is_clean());
}

#[test]
fn what_was_not_chosen_of_a_layout_is_left_out_and_listed() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (named("one", 3), named("two", 4));
    let other = two.digest();
    Bundle::of(one).and(two).write_oci_dir(&folder.path().join("in"));
    let scrub = scrub_of(&format!("oci:{}:docker.io/library/app:one", folder.path().join("in").display()));
    let left: Vec<_> = scrub.planned().changes.iter().filter(|change| change.step == "absent").collect();
    assert_eq!(left.len(), 1, "{:?}", scrub.planned());
    assert_eq!(left[0].document.as_deref(), Some(other.as_str()));
    let out = folder.path().join("out");
    scrub.write(&Output::Layout(out.clone()), &Quiet).unwrap();
    assert!(!std::fs::read_to_string(out.join("index.json")).unwrap().contains(&other));
}

/// An image under a name; those of one seed are the same image.
fn named(name: &str, seed: u64) -> Built {
    let image = ImageBuilder::new().named(&format!("docker.io/library/app:{name}"));
    image.file("app/.env", format!("TOKEN={}\n", token(seed))).file("own", seed.to_string()).build()
}

#[test]
fn several_images_do_not_get_one_name() {
    let registry = Registry::start(Habits::default());
    let output = Output::Registry(registry.name("app:clean"));
    let two = Bench::of(&Bundle::of(named("one", 5)).and(named("two", 6)));
    let error = two.scrub().unwrap().write(&output, &Quiet).unwrap_err();
    assert!(matches!(error, ScrubError::Several { .. }), "{error}");
    assert!(error.help().is_some_and(|help| help.starts_with("name one of them")));
    assert!(registry.asked().iter().all(|asked| asked.method == "GET" || asked.method == "HEAD"));
    // Two names of one image are one image.
    let same = Bench::of(&Bundle::of(named("one", 5)).and(named("two", 5)));
    same.scrub().unwrap().write(&output, &Quiet).unwrap();
    assert!(scrub_of(&registry.name("app:clean")).is_clean());
}

#[test]
fn of_several_platforms_under_one_name_the_usual_one_has_it_in_an_archive() {
    let folder = tempfile::tempdir().unwrap();
    let of = |architecture: &str| {
        let image = ImageBuilder::new().architecture(architecture).file("platform", architecture);
        image.file("app/.env", format!("TOKEN={}\n", token(7))).build()
    };
    let bench = Bench::of(&Bundle::of(of("arm64")).and(of("amd64")).and(of("s390x")));
    let path = folder.path().join("docker.tar");
    let output = Output::DockerArchive(path.clone());
    bench.scrub().unwrap().write(&output, &Quiet).unwrap();
    let store = Archive::open(&path).unwrap();
    let mut list = Vec::new();
    store.open(&BlobId::Name("manifest.json".to_owned())).unwrap().read_to_end(&mut list).unwrap();
    let list: Vec<Value> = serde_json::from_slice(&list).unwrap();
    let tags: Vec<&Value> = list.iter().map(|entry| &entry["RepoTags"]).collect();
    assert_eq!(tags, [&json!(["test:1"]), &json!([]), &json!([])]);
    let mut config = Vec::new();
    let name = list[0]["Config"].as_str().unwrap();
    store.open(&BlobId::at(name)).unwrap().read_to_end(&mut config).unwrap();
    let config: Value = serde_json::from_slice(&config).unwrap();
    assert_eq!(config["architecture"], "amd64");
}

#[test]
fn what_is_attached_in_a_registry_is_deleted_with_what_changed_and_copied_with_what_did_not() {
    let registry = Registry::start(Habits { referrers: Referrers::Listed(10), ..Habits::default() });
    let leaking = ImageBuilder::new().file("app/.env", format!("TOKEN={}\n", token(8))).build();
    let clean = ImageBuilder::new().architecture("arm64").file("app/readme", "hello").build();
    let subjects = [leaking.digest(), clean.digest()];
    let subject = leaking.digest();
    registry.push("app", "1", &Bundle::of(leaking).and(clean).nested());
    let [goes, stays] = subjects.map(|subject| {
        let artifact = registry.artifact("app", Some(&subject), ("application/spdx+json", b"{}"));
        registry.push_manifest("app", None, artifact)
    });
    let scrub = scrub_of(&registry.name("app:1"));
    let to = |name: &str| scrub.write(&Output::Registry(registry.name(name)), &Quiet).unwrap().next;
    let (same, other) = (to("app:2"), to("other:1"));
    let app = registry.name("app");
    let deletes = |next: &[String], digest: &str| next.contains(&format!("crane delete {app}@{digest}"));
    let top = scrub.planned().digest.clone().unwrap();
    assert!(deletes(&other, &top) && deletes(&other, &subject) && deletes(&other, &goes), "{other:?}");
    assert!(!deletes(&other, &stays), "{other:?}");
    let copies = |next: &[String]| next.iter().any(|step| step.contains(&format!("oras copy {app}@{stays}")));
    assert!(copies(&other) && !copies(&same), "{other:?} {same:?}");
}
