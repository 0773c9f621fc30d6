//! The law `nothing_is_skipped`: bytes read and bytes in gaps together are the bytes of the image.

mod common;

use std::collections::BTreeMap;

use common::{piped, request, scan_archive, token};
use serde_json::json;
use tightlip_engine::{Quiet, scan};
use tightlip_report::{Level, Report, Verdict};
use tightlip_testkit::{Age, Built, Bundle, ImageBuilder, Layer, Packing, digest};

fn image() -> Built {
    let noise: String = (0..400).map(token).collect();
    ImageBuilder::new()
        .file("app/readme", noise.clone())
        .packing(Packing::Zstd)
        .file("app/other", noise.clone())
        .packing(Packing::Plain)
        .file("app/third", noise)
        .env("A", "b")
        .build()
}

fn total(files: &BTreeMap<String, Vec<u8>>) -> u64 {
    files.values().map(|bytes| bytes.len() as u64).sum()
}

fn archive(files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    files.iter().fold(Layer::new(), |layer, (path, bytes)| layer.file(path, bytes)).tar()
}

/// Bytes read, and bytes as stored that gaps tell of.
fn accounted(report: &Report) -> (u64, u64) {
    let stored = report.gaps.iter().filter(|gap| gap.place.member.is_none());
    (report.read.bytes, stored.filter_map(|gap| gap.bytes).sum())
}

#[test]
fn every_byte_of_a_whole_image_is_read() {
    let bundle = Bundle::of(image()).and(ImageBuilder::new().named("x:2").file("x", "y").build());
    let attested = bundle.clone().attest(json!({"predicateType": "x", "predicate": {}}));
    let loose = bundle.clone().with_file("blobs/sha256/loose", "nobody names this");
    let forms = [
        ("oci archive", bundle.oci_files()),
        ("with an attestation", attested.oci_files()),
        ("nested index", bundle.clone().nested().oci_files()),
        ("with a loose blob", loose.oci_files()),
        ("docker save, new", bundle.docker_files(Age::Modern)),
        ("docker save, old", bundle.docker_files(Age::Old)),
        ("the same image twice", Bundle::of(image()).and(image()).oci_files()),
    ];
    for (name, files) in forms {
        let report = scan_archive(&archive(&files));
        assert_eq!(accounted(&report), (total(&files), 0), "{name}: {:?}", report.gaps);
        assert!(report.gaps.is_empty(), "{name}: {:?}", report.gaps);
        let report = piped(&archive(&files)).unwrap();
        assert_eq!(accounted(&report), (total(&files), 0), "{name} through a pipe: {:?}", report.gaps);
    }
}

#[test]
fn a_directory_is_read_to_the_last_byte() {
    let bundle = Bundle::of(image());
    let directory = tempfile::tempdir().unwrap();
    bundle.write_oci_dir(directory.path());
    let report = scan(&request(&format!("oci:{}", directory.path().display())), &Quiet).unwrap();
    assert_eq!(accounted(&report), (total(&bundle.oci_files()), 0));
}

#[test]
fn what_is_not_there_is_counted_in_gaps() {
    let built = image();
    let [first, second, _] = built.layers.as_slice() else { unreachable!() };
    let whole = total(&Bundle::of(image()).oci_files());
    let size = |bytes: &[u8]| bytes.len() as u64;
    let missing = [
        ("layer", first.digest.clone(), size(&first.blob)),
        ("another layer", second.digest.clone(), size(&second.blob)),
        ("configuration", digest(&built.config), size(&built.config)),
    ];
    for (what, blob, bytes) in missing {
        let report = scan_archive(&Bundle::of(image()).without_blob(&blob).oci_archive());
        assert_eq!(accounted(&report), (whole - bytes, bytes), "{what}: {:?}", report.gaps);
        assert_eq!(report.verdict(Level::Deny), Verdict::Unproven, "{what}");
    }
    // Without its manifest nobody knows what an image had; what is there is read all the same.
    let manifest = size(&built.manifest);
    let report = scan_archive(&Bundle::of(image()).without_blob(&built.digest()).oci_archive());
    assert_eq!(accounted(&report), (whole - manifest, manifest), "{:?}", report.gaps);
}

#[test]
fn a_layer_that_cannot_be_read_is_counted_in_gaps() {
    let size = image().layers[0].blob.len() as u64;
    let of_type = |media_type: &str| {
        image().with_manifest(|manifest| manifest["layers"][0]["mediaType"] = json!(media_type))
    };
    let encrypted = Bundle::of(of_type("application/vnd.oci.image.layer.v1.tar+gzip+encrypted"));
    let whole = total(&encrypted.oci_files());
    let report = scan_archive(&encrypted.oci_archive());
    assert_eq!(accounted(&report), (whole - size, size), "{:?}", report.gaps);

    let foreign = of_type("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip");
    let urls = image().with_manifest(|m| m["layers"][0]["urls"] = json!(["https://host.invalid/layer"]));
    for built in [foreign, urls] {
        let blob = built.layers[0].digest.clone();
        let bundle = Bundle::of(built);
        let whole = total(&bundle.oci_files());
        let report = scan_archive(&bundle.without_blob(&blob).oci_archive());
        assert_eq!(accounted(&report), (whole - size, size), "{:?}", report.gaps);
        assert_eq!(common::gaps(&report), ["foreign-layer"]);
    }
}

#[test]
fn the_rest_of_a_truncated_layer_is_counted() {
    for index in 0..3 {
        let built = image();
        let (name, blob) = (built.layers[index].digest.clone(), built.layers[index].blob.clone());
        let bundle = Bundle::of(built);
        let whole = total(&bundle.oci_files());
        for kept in [0, 1, 600, blob.len() / 2, blob.len() - 1] {
            let cut = bundle.clone().with_wrong_blob(&name, &blob[..kept]);
            let rest = (blob.len() - kept) as u64;
            let report = scan_archive(&cut.oci_archive());
            assert_eq!(accounted(&report), (whole - rest, rest), "{kept} bytes: {:?}", report.gaps);
            assert_ne!(report.verdict(Level::Deny), Verdict::Clean);
        }
    }
}

#[test]
fn the_rest_of_a_truncated_archive_is_counted() {
    let bundle = Bundle::of(image());
    let files = bundle.oci_files();
    let (blobs, others): (Vec<_>, Vec<_>) = files.iter().partition(|(path, _)| path.starts_with("blobs/"));
    let in_order = others.into_iter().chain(blobs);
    let tar = in_order.fold(Layer::new(), |layer, (path, bytes)| layer.file(path, bytes)).tar();
    let last = files.iter().rfind(|(path, _)| path.starts_with("blobs/")).unwrap().1.len();
    let start = tar.len() - 1024 - last.next_multiple_of(512);
    for kept in [0, 100, last / 2] {
        let report = scan_archive(&tar[..start + kept]);
        let (read, unread) = accounted(&report);
        assert_eq!(read + unread, total(&files), "{kept} of {last}: {:?}", report.gaps);
        assert_eq!(unread, (last - kept) as u64);
    }
}
