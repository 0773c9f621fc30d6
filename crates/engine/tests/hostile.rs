//! Input that somebody made to break or to fool a scan: it never panics, never ends clean unread, and what can be
//! read is read.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

mod common;

use std::time::{Duration, Instant};

use common::{file, files, gaps, request, scan_archive, scan_bundle, token};
use proptest::prelude::*;
use serde_json::{Value, json};
use tightlip_engine::{Quiet, ScanError, scan, scan_store};
use tightlip_image::Limits;
use tightlip_image::store::{BlobId, Memory};
use tightlip_report::format::{Style, named};
use tightlip_report::{Level, Report, Verdict};
use tightlip_testkit::{Age, Built, Bundle, ImageBuilder, Layer, Packing, digest};

const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const FOUND: [&str; 1] = ["layer 0 file a.env visible"];

fn image() -> ImageBuilder {
    ImageBuilder::new().file("a.env", format!("TOKEN={}\n", token(1)))
}

fn harmless() -> Built {
    ImageBuilder::new()
        .file("a", "one ".repeat(500))
        .packing(Packing::Plain)
        .file("b", "two ".repeat(500))
        .build()
}

/// Scans an archive that may be no archive any more.
fn try_scan(archive: &[u8]) -> Result<Report, ScanError> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("image.tar");
    std::fs::write(&path, archive).unwrap();
    scan(&request(path.to_str().unwrap()), &Quiet)
}

#[test]
fn an_archive_that_is_cut_anywhere_is_never_clean() {
    let bundle = Bundle::of(harmless());
    for whole in [bundle.oci_archive(), bundle.docker_archive(Age::Old), bundle.docker_archive(Age::Modern)] {
        let all = scan_archive(&whole);
        assert_eq!(all.verdict(Level::Deny), Verdict::Clean, "{:?}", all.gaps);
        for cut in (0..whole.len()).step_by(512).flat_map(|at| [at, at + 200]) {
            let Ok(report) = try_scan(&whole[..cut]) else { continue };
            let same = report.read.bytes == all.read.bytes;
            assert!(
                same || report.verdict(Level::Deny) == Verdict::Unproven,
                "cut at {cut} of {}",
                whole.len()
            );
        }
    }
}

#[test]
fn a_compressed_archive_that_is_cut_anywhere_is_never_clean() {
    let whole = zstd::encode_all(Bundle::of(harmless()).docker_archive(Age::Old).as_slice(), 1).unwrap();
    for cut in (0..whole.len()).step_by(97) {
        let verdict = try_scan(&whole[..cut]).map(|report| report.verdict(Level::Deny));
        assert!(!matches!(verdict, Ok(Verdict::Clean)), "cut at {cut} of {}", whole.len());
    }
}

#[test]
fn damaged_json_is_a_gap_and_the_layers_are_read_all_the_same() {
    let cut = |mut bytes: Vec<u8>| {
        bytes.truncate(bytes.len() - 3);
        bytes
    };
    let manifest = || {
        let mut built = image().build();
        built.manifest = cut(built.manifest);
        built
    };
    let index = Bundle::of(image().build()).oci_files()["index.json"].clone();
    let damaged = [
        ("configuration", Bundle::of(image().build().with_config(cut))),
        ("manifest", Bundle::of(manifest())),
        ("index", Bundle::of(image().build()).with_file("index.json", cut(index))),
        ("empty index", Bundle::of(image().build()).with_file("index.json", "")),
        ("index of another kind", Bundle::of(image().build()).with_file("index.json", "[1, 2]")),
    ];
    for (what, bundle) in damaged {
        let report = scan_bundle(&bundle);
        assert_eq!(files(&report), FOUND, "{what}");
        assert!(gaps(&report).contains(&"corrupt"), "{what}: {:?}", report.gaps);
    }
}

#[test]
fn sizes_that_lie_are_gaps() {
    for size in [json!(0), json!(1), json!(u64::MAX), json!(1_000_000), json!(-1), json!("12"), json!(1e300)]
    {
        let built = image().build().with_manifest(|manifest| manifest["layers"][0]["size"] = size.clone());
        let report = scan_bundle(&Bundle::of(built));
        assert_eq!(files(&report), FOUND, "{size}");
        assert_eq!(gaps(&report), ["size-mismatch"], "{size}");
    }
}

#[test]
fn digests_that_lie_are_gaps() {
    let built = harmless();
    let other = image().build().layers[0].blob.clone();
    let name = built.layers[0].digest.clone();
    let report = scan_bundle(&Bundle::of(built).with_wrong_blob(&name, other));
    assert_eq!(files(&report), FOUND);
    assert!(gaps(&report).contains(&"digest-mismatch"), "{:?}", report.gaps);

    let built = image().build().with_config(|config| {
        String::from_utf8(config)
            .unwrap()
            .replace("\"diff_ids\":[\"sha256:", "\"diff_ids\":[\"sha256:0")
            .into_bytes()
    });
    assert_eq!(files(&scan_bundle(&Bundle::of(built))), FOUND, "a diff_id that is no digest");
}

fn bomb(packing: Packing, limits: Limits) -> Report {
    let layer = file("zeros", vec![0; 256 << 20]);
    let built = ImageBuilder::new()
        .packing(packing)
        .step("ADD", layer)
        .file("b.env", format!("T={}", token(1)))
        .build();
    let mut memory = Memory::new();
    for (path, bytes) in Bundle::of(built).oci_files() {
        memory.put(BlobId::at(&path), bytes);
    }
    let mut request = request("memory");
    request.limits = limits;
    let start = Instant::now();
    let report = scan_store(&memory, &request, &Quiet).unwrap();
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    report
}

#[test]
fn a_bomb_hits_a_limit_and_the_other_layers_are_read() {
    for packing in [Packing::Gzip, Packing::Zstd] {
        for limits in [
            Limits { layer_bytes: 1 << 20, ..Limits::default() },
            Limits { ratio: 10, ratio_from: 1 << 20, ..Limits::default() },
        ] {
            let report = bomb(packing, limits);
            assert_eq!(gaps(&report), ["limit"], "{packing:?}: {:?}", report.gaps);
            assert_eq!(files(&report), ["layer 1 file b.env visible"]);
        }
    }
}

#[test]
fn an_index_that_leads_to_itself_ends() {
    let name = digest(b"an index");
    let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": [
        {"mediaType": INDEX, "digest": name, "size": 1}, {"mediaType": INDEX, "digest": name, "size": 1}]});
    let bundle = Bundle::of(image().build()).with_file("index.json", index.to_string());
    let report = scan_bundle(&bundle.with_wrong_blob(&name, index.to_string()));
    assert_eq!(files(&report), FOUND);
    assert!(gaps(&report).contains(&"corrupt"), "{:?}", report.gaps);
}

#[test]
fn indexes_inside_each_other_end_at_a_limit() {
    let mut bundle = Bundle::of(image().build());
    let mut index = bundle.oci_files()["index.json"].clone();
    for _ in 0..40 {
        let name = digest(&index);
        bundle = bundle.with_wrong_blob(&name, &index);
        index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": [
            {"mediaType": INDEX, "digest": name, "size": index.len()}]})
        .to_string()
        .into_bytes();
    }
    let report = scan_bundle(&bundle.with_file("index.json", index));
    assert_eq!(files(&report), FOUND);
    assert!(gaps(&report).contains(&"limit"), "{:?}", report.gaps);
}

#[test]
fn ten_thousand_layers_are_read() {
    let built = image().build();
    let built = built.with_manifest(|manifest| {
        let layer = manifest["layers"][0].clone();
        manifest["layers"] = Value::Array(vec![layer; 10_000]);
    });
    let start = Instant::now();
    let report = scan_bundle(&Bundle::of(built));
    assert_eq!(files(&report).len(), 1, "one layer, however often it is listed");
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
}

#[test]
fn a_key_that_stands_twice_is_read_twice() {
    let (one, two) = (token(11), token(12));
    let twice = format!("{{\"config\":{{\"Env\":[\"A={one}\"],\"Env\":[\"B={two}\"]}},\"config\":{{}},");
    let built = image().build().with_config(|config| {
        String::from_utf8(config).unwrap().replacen("{\"config\":{},", &twice, 1).into_bytes()
    });
    let report = scan_bundle(&Bundle::of(built));
    let env = report.findings.iter().filter(|f| f.place.surface.name() == "env").count();
    assert_eq!(env, 2, "{:?}", report.findings);
}

#[test]
fn json_that_is_nested_deep_is_read_and_never_clean() {
    for depth in [100, 200, 100_000] {
        let deep = format!("{{\"x\":{}\"{}\"{},", "[".repeat(depth), token(13), "]".repeat(depth));
        let built = image()
            .build()
            .with_config(|config| String::from_utf8(config).unwrap().replacen('{', &deep, 1).into_bytes());
        let report = scan_bundle(&Bundle::of(built));
        assert_eq!(report.findings.len(), 2, "{depth}: {:?}", report.findings);
        assert_eq!(report.gaps.is_empty(), depth == 100, "{depth}: {:?}", report.gaps);
    }
}

#[test]
fn a_string_of_megabytes_is_read() {
    for megabytes in [1, 5, 17] {
        let long = format!("{} {}", "word ".repeat(megabytes << 18), token(14));
        let built = image().top("x.vendor", json!(long)).build();
        let report = scan_bundle(&Bundle::of(built));
        assert_eq!(report.findings.len(), 2, "{megabytes} MB: {:?}", report.gaps);
    }
}

#[test]
fn what_is_no_image_is_an_error() {
    let noise: Vec<u8> = (0..4000u64).flat_map(|seed| token(seed).into_bytes()).collect();
    for bytes in
        [Vec::new(), vec![0; 512], vec![0; 10_240], noise, b"{\"a\": 1}".to_vec(), vec![0x1f, 0x8b, 8, 0]]
    {
        let report = try_scan(&bytes);
        assert!(report.is_err(), "{} bytes: {report:?}", bytes.len());
    }
    let directory = tempfile::tempdir().unwrap();
    for target in [directory.path().display().to_string(), format!("oci:{}", directory.path().display())] {
        assert!(scan(&request(&target), &Quiet).is_err(), "an empty directory");
    }
}

#[test]
fn names_cannot_steer_the_terminal() {
    let names: [&[u8]; 5] = [
        b"a\x1b[2J\x1b]0;x\x07.env",
        "a\u{202e}vne.env".as_bytes(),
        b"a\r\nclean  everything.env",
        b"a\x9b1m\xff.env",
        b"a\0b.env",
    ];
    let layer = names.iter().enumerate().fold(Layer::new(), |layer, (number, name)| {
        layer.file(name, format!("TOKEN={}\n", token(number as u64)))
    });
    let image = ImageBuilder::new().named("x\u{1b}[31m:1").step("RUN \u{1b}[1m \u{202e}", layer);
    let report = scan_bundle(&Bundle::of(image.label("\u{1b}[31m", &token(9)).build()));
    assert!(report.findings.len() >= names.len(), "{:?}", report.findings);
    for format in ["text", "json"] {
        let mut out = Vec::new();
        (named(format).unwrap().write)(&report, &Style::default(), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let acts = |c: char| (c.is_control() && c != '\n') || (format == "text" && c == '\u{202e}');
        let seen: Vec<&str> = text.lines().filter(|line| line.contains(acts)).collect();
        assert!(seen.is_empty(), "{format}: {seen:?}");
        assert!(!text.lines().any(|line| line.starts_with("clean  everything")), "{format}");
    }
}

#[test]
fn what_cannot_be_read_is_unproven_by_its_kind() {
    let typed = |media_type: &str| {
        harmless().with_manifest(|manifest| manifest["layers"][0]["mediaType"] = json!(media_type))
    };
    let lost = |built: Built| {
        let name = built.layers[0].digest.clone();
        Bundle::of(built).without_blob(&name)
    };
    let encrypted = typed("application/vnd.oci.image.layer.v1.tar+encrypted");
    let foreign = typed("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip");
    let unknown = harmless().with_blob(0, |_| [&[0x04, 0x22, 0x4D, 0x18][..], &[7; 600]].concat());
    for (kind, bundle) in [
        ("missing-blob", lost(harmless())),
        ("encrypted-layer", Bundle::of(encrypted)),
        ("foreign-layer", lost(foreign)),
        ("unknown-compression", Bundle::of(unknown)),
    ] {
        let report = scan_bundle(&bundle);
        assert!(gaps(&report).contains(&kind), "{kind}: {:?}", report.gaps);
        assert_eq!(report.verdict(Level::Deny), Verdict::Unproven, "{kind}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_archive_is_never_a_panic(at in proptest::collection::vec((0.0f64..1.0, any::<u8>()), 1..20)) {
        let mut bytes = Bundle::of(harmless()).docker_archive(Age::Modern);
        for (part, byte) in at {
            let length = bytes.len() as f64;
            bytes[(part * length) as usize] = byte;
        }
        let _ = try_scan(&bytes);
    }
}

#[test]
fn a_size_that_is_no_size_is_a_gap() {
    for size in [json!(-5), json!("12"), json!(1.5), json!([])] {
        for at in ["/config/size", "/layers/0/size"] {
            let odd = harmless().with_manifest(|manifest| {
                *manifest.pointer_mut(at).unwrap() = size.clone();
            });
            let report = scan_bundle(&Bundle::of(odd));
            assert_eq!(gaps(&report), ["size-mismatch"], "{at} {size}: {:?}", report.gaps);
        }
    }
}

#[test]
fn what_a_limit_keeps_from_being_read_in_a_document_is_a_gap_of_that_kind() {
    let nested = (0..8).fold("{\"a\": 1}".to_owned(), |inner, _| json!({ "a": inner }).to_string());
    let report = scan_bundle(&Bundle::of(image().label("nested", &nested).build()));
    assert_eq!(gaps(&report), ["limit"], "{:?}", report.gaps);
}
