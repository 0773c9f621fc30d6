//! Platforms, attestations, signatures and caches: what is about an image that changes does not outlive it.

use serde_json::{Value, json};
use tightlip_testkit::{Age, Built, Bundle, ImageBuilder, digest};

use crate::common::{file, token};
use crate::support::{Bench, leaks, steps};

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

fn leaking(architecture: &str, seed: u64) -> Built {
    ImageBuilder::new()
        .architecture(architecture)
        .file("app/.env", format!("TOKEN={}\n", token(seed)))
        .file("app/readme", "hello")
        .build()
}

fn clean(architecture: &str) -> Built {
    ImageBuilder::new().architecture(architecture).file("app/readme", "hello").build()
}

/// Provenance that names its subject, as all provenance does.
fn statement(of: &Built) -> Value {
    json!({"_type": "https://in-toto.io/Statement/v0.1", "predicateType": "https://slsa.dev/provenance/v0.2",
        "subject": [{"name": "app", "digest": {"sha256": of.digest().replace("sha256:", "")}}], "predicate": {}})
}

/// A signature in the way of cosign, for the manifest of this digest.
fn signature(of: &str) -> (Value, Vec<Vec<u8>>) {
    let (config, payload) = (b"{}".to_vec(), format!(r#"{{"critical":{{"image":"{of}"}}}}"#).into_bytes());
    let manifest = json!({"schemaVersion": 2, "mediaType": MANIFEST,
        "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": digest(&config), "size": 2},
        "layers": [{"mediaType": "application/vnd.dev.cosign.simplesigning.v1+json", "digest": digest(&payload), "size": payload.len()}]});
    let bytes = manifest.to_string().into_bytes();
    let tag = format!("{}.sig", of.replace(':', "-"));
    let descriptor = json!({"mediaType": MANIFEST, "digest": digest(&bytes), "size": bytes.len(),
        "annotations": {"org.opencontainers.image.ref.name": tag}});
    (descriptor, vec![config, payload, bytes])
}

#[test]
fn an_untouched_platform_stays_byte_for_byte_with_its_attestation() {
    let (arm, amd) = (clean("arm64"), leaking("amd64", 1));
    let bundle =
        Bundle::of(arm.clone()).attest(statement(&arm)).and(amd.clone()).attest(statement(&amd)).nested();
    let out = Bench::of(&bundle).write().unwrap();
    let index = out.named(&out.index()["manifests"][0]);
    let entries = index["manifests"].as_array().unwrap();
    let digests: Vec<&str> = entries.iter().map(|entry| entry["digest"].as_str().unwrap()).collect();
    assert!(digests.contains(&arm.digest().as_str()) && !digests.contains(&amd.digest().as_str()));
    // Two images, and the attestation of the one that did not change.
    assert_eq!(entries.len(), 3);
    let about: Vec<&Value> =
        entries.iter().filter_map(|entry| entry["annotations"].get("vnd.docker.reference.digest")).collect();
    assert_eq!(about, [&json!(arm.digest())]);
    assert!(leaks(&out.scan()).is_empty() && out.scan().gaps.is_empty());
}

#[test]
fn an_attestation_that_platforms_share_stays_for_the_one_that_does_not_change() {
    let (arm, amd) = (clean("arm64"), leaking("amd64", 12));
    // BuildKit says the same of both with `mode=min`: it is one manifest.
    let same = json!({"_type": "https://in-toto.io/Statement/v0.1", "predicate": {},
        "predicateType": "https://slsa.dev/provenance/v0.2", "subject": []});
    for images in [[arm.clone(), amd.clone()], [amd.clone(), arm.clone()]] {
        let bundle = images.into_iter().fold(Bundle::default(), |b, image| b.and(image).attest(same.clone()));
        let out = Bench::of(&bundle.nested()).write().unwrap();
        let index = out.named(&out.index()["manifests"][0]);
        let entries = index["manifests"].as_array().unwrap();
        let about: Vec<&Value> = entries
            .iter()
            .filter_map(|entry| entry["annotations"].get("vnd.docker.reference.digest"))
            .collect();
        assert_eq!((entries.len(), about), (3, vec![&json!(arm.digest())]));
        assert!(steps(&out.receipt.plan).contains(&"attestation".to_owned()));
        assert!(out.scan().gaps.is_empty());
    }
}

#[test]
fn a_layer_that_platforms_share_is_rewritten_once() {
    let (arm, amd) = (leaking("arm64", 2), leaking("amd64", 2));
    assert_eq!(arm.layers[0].digest, amd.layers[0].digest);
    let out = Bench::of(&Bundle::of(arm).and(amd)).write().unwrap();
    assert_eq!(out.receipt.layers.len(), 1);
    let both: Vec<Value> =
        (0..2).map(|at| out.named(&out.index()["manifests"][at])["layers"].clone()).collect();
    assert_eq!(both[0], both[1]);
}

#[test]
fn shared_layers_stay_shared_across_images() {
    let one = Bench::of(&Bundle::of(leaking("amd64", 3))).write().unwrap();
    let other = ImageBuilder::new()
        .file("app/.env", format!("TOKEN={}\n", token(3)))
        .file("more", format!("T={}\n", token(4)))
        .build();
    let other = Bench::of(&Bundle::of(other)).write().unwrap();
    assert_eq!(one.layers()[0], other.layers()[0]);
    let mut map = tightlip_engine::scrub::Map::default();
    assert!(map.take(&one.receipt, None).is_empty() && map.take(&other.receipt, None).is_empty());
    assert_eq!(map.layers.len(), 2);
}

#[test]
fn signatures_of_what_changes_go_and_others_stay() {
    let (arm, amd) = (clean("arm64"), leaking("amd64", 5));
    let (stays, stays_blobs) = signature(&arm.digest());
    let (goes, goes_blobs) = signature(&amd.digest());
    let bundle = Bundle::of(arm).and(amd).entry(stays.clone(), stays_blobs).entry(goes, goes_blobs);
    let out = Bench::of(&bundle).write().unwrap();
    let index = out.index();
    let signatures: Vec<&Value> = index["manifests"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| {
            entry["annotations"]["org.opencontainers.image.ref.name"].to_string().contains(".sig")
        })
        .collect();
    assert_eq!(signatures, [&stays]);
    assert!(steps(&out.receipt.plan).contains(&"attached".to_owned()));
    assert!(out.receipt.next.iter().any(|step| step.contains("cosign sign")));
}

#[test]
fn an_attestation_that_leaks_goes_and_its_image_stays_as_it_is() {
    let image = clean("amd64");
    let mut provenance = statement(&image);
    provenance["predicate"] = json!({"invocation": {"parameters": {"args": {"build-arg:TOKEN": token(6)}}}});
    let out = Bench::of(&Bundle::of(image.clone()).attest(provenance)).write().unwrap();
    let index = out.index();
    let digests: Vec<&Value> =
        index["manifests"].as_array().unwrap().iter().map(|entry| &entry["digest"]).collect();
    assert_eq!(digests, [&json!(image.digest())]);
    assert!(out.receipt.layers.is_empty() && out.receipt.next.iter().any(|step| step.contains("attest")));
}

#[test]
fn an_inline_cache_goes_with_the_layers_that_it_describes() {
    let image = |builder: ImageBuilder| {
        builder
            .top("moby.buildkit.cache.v0", json!("bm90aGluZyB0byBzZWUgaGVyZQ=="))
            .top("vendor", json!({"b": 1, "a": 2}))
    };
    let leaking = image(ImageBuilder::new()).file("app/.env", format!("TOKEN={}\n", token(7))).build();
    let out = Bench::of(&Bundle::of(leaking)).write().unwrap();
    let config = out.config();
    assert!(config.get("moby.buildkit.cache.v0").is_none());
    assert!(steps(&out.receipt.plan).contains(&"inline-cache".to_owned()));
    // What is not known stays, in its order.
    assert_eq!(config["vendor"].to_string(), r#"{"b":1,"a":2}"#);
    let only_text = image(ImageBuilder::new()).file("a", "b").env("API_KEY", &token(8)).build();
    let out = Bench::of(&Bundle::of(only_text)).write().unwrap();
    assert!(out.config().get("moby.buildkit.cache.v0").is_some());
}

#[test]
fn blobs_that_nothing_names_do_not_come_along() {
    let loose = format!("TOKEN={}\n", token(9)).into_bytes();
    let path = format!("blobs/{}", digest(&loose).replace(':', "/"));
    let bundle = Bundle::of(clean("amd64")).with_file(&path, &loose);
    let out = Bench::of(&bundle).write().unwrap();
    assert!(leaks(&out.scan()).is_empty());
    assert_eq!(steps(&out.receipt.plan), ["loose-blob"]);
}

#[test]
fn archives_of_docker_of_any_age_become_layouts() {
    for age in [Age::Old, Age::Modern] {
        let archive = Bundle::of(leaking("amd64", 10)).docker_archive(age);
        let out = Bench::of_archive(&archive).write().unwrap();
        assert!(leaks(&out.scan()).is_empty() && out.scan().gaps.is_empty(), "{age:?}");
        assert_eq!(out.files(0)["app/.env"].1, format!("TOKEN={}\n", "x".repeat(36)).into_bytes());
        assert_eq!(
            out.index()["manifests"][0]["annotations"]["io.containerd.image.name"],
            "docker.io/library/test:1"
        );
    }
}

#[test]
fn a_digest_is_new_wherever_it_is_named() {
    let layer = file("app/.env", format!("TOKEN={}\n", token(11)));
    let image = ImageBuilder::new().step("COPY a /", layer).file("b", "c").build();
    let old = (image.layers[0].digest.clone(), image.layers[0].diff_id.clone());
    let other = image.layers[1].diff_id.clone();
    let image = image.with_manifest(|manifest| {
        manifest["layers"][0]["annotations"] = json!({"containerd.io/uncompressed": old.1});
        manifest["layers"][0]["urls"] = json!(["https://elsewhere.invalid/layer"]);
    });
    let out = Bench::of(&Bundle::of(image)).write().unwrap();
    let new = &out.receipt.layers[&old.0];
    let descriptor = out.manifest()["layers"][0].clone();
    assert_eq!(descriptor["digest"], new.digest);
    assert_eq!(descriptor["size"], new.size);
    assert_eq!(descriptor["annotations"]["containerd.io/uncompressed"], new.diff_id);
    assert!(descriptor.get("urls").is_none());
    assert_eq!(out.config()["rootfs"]["diff_ids"], json!([new.diff_id, other]));
}
