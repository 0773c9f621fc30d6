//! How often an image is read: once, where the values are known before the large layers come; not at all, where an earlier
//! run has read it; and a layer that an earlier scrub made is not made again.

use std::path::{Path, PathBuf};

use tightlip_engine::scrub::{Layer, Map, Output, Plan, Receipt, Scrub, ScrubRequest, Select};
use tightlip_engine::{Cache, CacheFolder, IdentityKey, Quiet, scan};
use tightlip_report::Level;
use tightlip_testkit::{Age, Built, Bundle, Canary, Habits, ImageBuilder, Registry};

use crate::common::{request, token};
use crate::support::{Bench, leaks};

/// Bytes that do not compress, so that a layer of them is large beside one with a line of text.
fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u8
    };
    (0..length).map(|_| next()).collect()
}

const PASSWORD: &str = "kD93jfLs02mQpz";

/// A large layer whose last words are these, and a small one above it that leaks.
fn image(words: &str) -> Built {
    let large = [noise(1, 200_000), words.as_bytes().to_vec()].concat();
    ImageBuilder::new().file("large", large).file("app/.env", format!("DB_PASSWORD={PASSWORD}\n")).build()
}

fn of(target: &str) -> ScrubRequest {
    ScrubRequest {
        scan: request(target),
        select: Select::default(),
        nested: Default::default(),
        made: Map::default(),
        accept_gaps: Vec::new(),
    }
}

fn plan(request: ScrubRequest) -> Plan {
    Scrub::plan(request, &Quiet).unwrap().planned().clone()
}

fn with_cache(request: &mut ScrubRequest, folder: &Path) {
    let key = IdentityKey::new([7; 32]);
    request.scan.cache = Some(Cache::new(CacheFolder::new(folder.join("cache")), &key, "test"));
}

/// How often a blob was fetched.
fn fetched(registry: &Registry, digest: &str) -> usize {
    let gets = registry.asked().into_iter().filter(|asked| asked.method == "GET");
    // What a blob is is seen from its first bytes.
    gets.filter(|asked| asked.path.ends_with(digest) && asked.range.is_none()).count()
}

#[test]
fn a_large_layer_is_read_once_for_the_rules_and_for_what_a_small_one_gives_away() {
    let registry = Registry::start(Habits::default());
    let image = image("and no more");
    let large = image.layers[0].digest.clone();
    registry.push("app", "1", &Bundle::of(image));
    let plan = plan(of(&registry.name("app:1")));
    assert_eq!((plan.changes.is_empty(), fetched(&registry, &large)), (false, 1));
}

#[test]
fn what_only_the_value_itself_shows_is_found_in_that_one_reading() {
    let bench = Bench::of(&Bundle::of(image(&format!(" said {PASSWORD} "))));
    let plan = bench.plan();
    let paths: Vec<&str> = plan.changes.iter().filter_map(|change| change.path.as_deref()).collect();
    assert_eq!(paths, ["large", "app/.env"]);
    assert!(bench.write().unwrap().holding(&Canary::of(PASSWORD)).is_empty());
}

#[test]
fn what_a_large_layer_gives_away_is_looked_for_in_the_small_ones_too() {
    let large = [format!("DB_PASSWORD={PASSWORD}\n").into_bytes(), noise(2, 200_000)].concat();
    let image = ImageBuilder::new()
        .file("note", format!("it was {PASSWORD} then"))
        .file("app/.env", &large)
        .label("about", &format!("it is {PASSWORD} now"))
        .build();
    let clean = Bench::of(&Bundle::of(image)).write().unwrap();
    assert!(clean.holding(&Canary::of(PASSWORD)).is_empty());
}

#[test]
fn what_a_scan_and_a_plan_have_read_is_not_read_again() {
    let (registry, folder) = (Registry::start(Habits::default()), tempfile::tempdir().unwrap());
    let image = image("and no more");
    let large = image.layers[0].digest.clone();
    registry.push("app", "1", &Bundle::of(image));
    let mut request = of(&registry.name("app:1"));
    with_cache(&mut request, folder.path());
    scan(&request.scan, &Quiet).unwrap();
    assert_eq!(fetched(&registry, &large), 1);
    // Once more, for the value that the small layer gives away.
    plan(request.clone());
    assert_eq!(fetched(&registry, &large), 2);
    let scrub = Scrub::plan(request, &Quiet).unwrap();
    assert_eq!(fetched(&registry, &large), 2);
    let receipt = scrub.write(&Output::Layout(folder.path().join("clean")), &Quiet).unwrap();
    // To be copied.
    assert_eq!(fetched(&registry, &large), 3);
    assert_eq!(receipt.untouched, 1);
}

#[test]
fn results_of_a_search_for_one_value_say_nothing_of_another() {
    let folder = tempfile::tempdir().unwrap();
    let large = [noise(3, 200_000), format!(" said {PASSWORD} ").into_bytes()].concat();
    let build = |password: &str| {
        let image = ImageBuilder::new().file("large", &large);
        Bundle::of(image.file("app/.env", format!("DB_PASSWORD={password}\n")).build())
    };
    let paths = |bundle: &Bundle| {
        let bench = Bench::of(bundle).with(|request| with_cache(request, folder.path()));
        let changes = bench.plan().changes.into_iter();
        changes.filter_map(|change| change.path).collect::<Vec<_>>()
    };
    for _ in 0..2 {
        assert_eq!(paths(&build("Zx81kQw7Lr5TyB")), ["app/.env"]);
        assert_eq!(paths(&build(PASSWORD)), ["large", "app/.env"]);
    }
}

#[test]
fn what_was_kept_without_its_value_can_still_be_chosen() {
    let folder = tempfile::tempdir().unwrap();
    // A key that a manual made up: a note, which is kept.
    let example = format!("aws_access_key_id = AKIA{}\n", "IOSFODNN7EXAMPLE");
    let bundle = Bundle::of(ImageBuilder::new().file("app/config", example).file("a", "b").build());
    let bench = Bench::of(&bundle).with(|request| with_cache(request, folder.path()));
    let report = scan(&bench.request.scan, &Quiet).unwrap();
    let note = report.findings.iter().find(|finding| finding.level == Level::Note).expect("a note");
    assert!(scan(&bench.request.scan, &Quiet).unwrap().read.reused_layers > 0);
    let bench = bench.with(|request| request.select.findings = vec![note.fingerprint.clone()]);
    assert_eq!(bench.plan().secrets.len(), 1);
}

/// Scrubs an image that shares its leaking layer with others.
fn made(name: &str, folder: &Path, map: &Map) -> (Receipt, PathBuf) {
    let shared = [noise(4, 50_000), format!("\nTOKEN={}\n", token(1)).into_bytes()].concat();
    let image = ImageBuilder::new().file("app/.env", shared).file("own", name).build();
    let bench = Bench::of(&Bundle::of(image)).with(|request| request.made = map.clone());
    let path = folder.join(name);
    (bench.scrub().unwrap().write(&Output::Layout(path.clone()), &Quiet).unwrap(), path)
}

#[test]
fn a_layer_that_an_earlier_scrub_made_is_taken_from_there() {
    let folder = tempfile::tempdir().unwrap();
    let mut map = Map::default();
    let (one, path) = made("one", folder.path(), &map);
    assert!(one.reused.is_empty());
    map.take(&one, Some(&format!("oci:{}", path.display())));
    let (two, path) = made("two", folder.path(), &map);
    assert_eq!((two.reused.len(), &two.layers), (1, &one.layers));
    let report = scan(&request(&format!("oci:{}", path.display())), &Quiet).unwrap();
    assert!(leaks(&report).is_empty() && report.gaps.is_empty());
}

#[test]
fn what_a_map_says_is_checked_before_it_is_believed() {
    let folder = tempfile::tempdir().unwrap();
    let mut map = Map::default();
    let (one, path) = made("one", folder.path(), &map);
    map.take(&one, Some(&format!("oci:{}", path.display())));
    let (old, layer) = map.layers.iter().next().map(|(old, layer)| (old.clone(), layer.clone())).unwrap();
    let blob = path.join(format!("blobs/{}", layer.digest.replace(':', "/")));
    let other = one.documents.values().next().unwrap().digest.clone();
    let changes: [fn(&mut Layer, &str); 5] = [
        |layer, other| layer.digest = other.to_owned(),
        |layer, other| layer.diff_id = other.to_owned(),
        |layer, _| layer.at = Some("oci:/nowhere".to_owned()),
        |layer, _| layer.at = None,
        |layer, _| layer.size += 1,
    ];
    let mut wrong = Vec::new();
    for change in changes {
        let mut map = map.clone();
        change(map.layers.get_mut(&old).unwrap(), &other);
        wrong.push(map);
    }
    for (number, map) in wrong.iter().enumerate() {
        let (receipt, _) = made(&format!("wrong-{number}"), folder.path(), map);
        assert_eq!((receipt.reused.len(), &receipt.layers), (0, &one.layers), "{number}");
    }
    std::fs::write(blob, "other bytes").unwrap();
    let (receipt, _) = made("spoilt", folder.path(), &map);
    assert_eq!((receipt.reused.len(), &receipt.layers), (0, &one.layers));
}

#[cfg(unix)]
#[test]
fn a_daemon_is_asked_for_an_image_once() {
    use tightlip_testkit::{Daemon, Dialect};
    for (scheme, dialect) in [("docker", Dialect::Docker), ("podman", Dialect::Podman)] {
        let bundle = Bundle::of(image("and no more"));
        let archive =
            if scheme == "docker" { bundle.docker_archive(Age::Modern) } else { bundle.oci_archive() };
        let daemon = Daemon::start(dialect).image("app", archive);
        let mut request = of(&format!("{scheme}:app"));
        request.scan.sources.daemons.docker.host = Some(daemon.host());
        request.scan.sources.daemons.podman.host = Some(daemon.host());
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("clean.tar");
        let scrub = Scrub::plan(request, &Quiet).unwrap();
        scrub.write(&Output::OciArchive(out.clone()), &Quiet).unwrap();
        assert!(leaks(&crate::common::scan_archive(&std::fs::read(out).unwrap())).is_empty());
        let asked = daemon.asked();
        let saved = asked.iter().filter(|asked| asked.contains("/get")).count();
        assert_eq!(saved, 1, "{asked:?}");
    }
}

#[test]
fn what_is_kept_of_a_search_for_one_value_holds_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let (chosen, other) = (token(5), token(6));
    let image = ImageBuilder::new()
        .file(&format!("tmp/{other}/file"), format!("T={other}\n"))
        .file("a.env", format!("A={chosen}\n"))
        .build();
    let bench = Bench::of(&Bundle::of(image)).with(|request| with_cache(request, folder.path()));
    let report = scan(&bench.request.scan, &Quiet).unwrap();
    let found =
        report.findings.iter().find(|finding| finding.place.path.as_deref() == Some("a.env")).unwrap();
    let bench = bench.with(|request| request.select.findings = vec![found.fingerprint.clone()]);
    bench.plan();
    let kept: Vec<String> = std::fs::read_dir(folder.path().join("cache"))
        .unwrap()
        .map(|entry| String::from_utf8_lossy(&std::fs::read(entry.unwrap().path()).unwrap()).into_owned())
        .collect();
    // The layer of the other value is known not to hold this one.
    assert_eq!(kept.len(), 1);
    for value in [&chosen, &other] {
        assert!(Canary::of(value).seen_in(&kept.concat()).is_empty());
    }
}
