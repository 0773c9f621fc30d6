//! The same image says the same through a registry.

use serde_json::json;
use tightlip_engine::Network;
use tightlip_report::{Level, Surface, Verdict};
use tightlip_testkit::{Bundle, Habits, ImageBuilder, Packing, Registry};

use crate::common::{file, files, gaps, scan_bundle, token};
use crate::support::{hasty, image, registry_with, scan_app, story, try_scan};

fn all_platforms() -> Bundle {
    let arm = ImageBuilder::new().architecture("arm64").named("docker.io/library/app:1");
    let arm = arm.file("etc/arm.env", format!("T={}\n", token(4))).build();
    let statement = json!({"_type": "https://in-toto.io/Statement/v0.1", "predicateType": "https://slsa.dev/provenance/v0.2",
        "predicate": {"invocation": {"parameters": {"args": {"build-arg:API_TOKEN": token(5)}}}}});
    Bundle::of(image()).and(arm).attest(statement)
}

#[test]
fn a_registry_tells_the_story_of_the_archive() {
    for bundle in [Bundle::of(image()), all_platforms(), all_platforms().nested()] {
        let registry = registry_with(Habits::default(), &bundle);
        let (here, there) = (scan_bundle(&bundle), scan_app(&registry));
        assert_eq!(story(&there), story(&here));
        assert_eq!(gaps(&there), gaps(&here));
        assert_eq!((there.read.images, there.read.layers), (here.read.images, here.read.layers));
    }
}

#[test]
fn the_report_names_the_image_and_its_digest() {
    let bundle = all_platforms();
    let registry = Registry::start(Habits::default());
    let digest = registry.push("team/app", "1", &bundle);
    let report = try_scan(&hasty(&format!("registry:{}", registry.name("team/app:1")))).unwrap();
    assert_eq!(report.target.reference, Some(registry.name("team/app:1")));
    assert_eq!(report.target.digest, Some(digest.clone()));
    assert_eq!(report.target.platforms, ["linux/amd64", "linux/arm64"]);
    let by_digest = try_scan(&hasty(&registry.name(&format!("team/app@{digest}")))).unwrap();
    assert_eq!(story(&by_digest), story(&report));
}

#[test]
fn a_clean_image_is_clean() {
    let bundle = Bundle::of(ImageBuilder::new().file("etc/motd", "hello").build());
    let report = scan_app(&registry_with(Habits::default(), &bundle));
    assert_eq!(report.verdict(Level::Deny), Verdict::Clean, "{:?}", report.gaps);
}

#[test]
fn nothing_is_fetched_twice() {
    let image = image();
    let registry = registry_with(Habits::default(), &Bundle::of(image.clone()));
    scan_app(&registry);
    assert_eq!(registry.reads(&image.digest()), 1);
    let ranges = registry.asked().into_iter().filter_map(|asked| asked.range);
    assert_eq!(ranges.collect::<Vec<_>>(), ["bytes=0-511"]);
    // Of the large one the first bytes were looked at before.
    assert_eq!(registry.reads(&image.layers[0].digest), 2);
    assert_eq!(registry.reads(&image.layers[1].digest), 1);
}

#[test]
fn a_discarded_stage_is_in_the_cache_in_both_forms() {
    let layer = ImageBuilder::new().packing(Packing::Gzip).file("w/key", format!("T={}\n", token(6))).build();
    let layer = &layer.layers[0];
    let config = json!({"layers": [{"blob": layer.digest, "parent": -1}], "records": []}).to_string();
    let cache_type = "application/vnd.buildkit.cacheconfig.v0";
    let oci = "application/vnd.oci.image.layer.v1.tar+gzip";
    for form in ["manifest", "index"] {
        let registry = Registry::start(Habits::default());
        let stored = registry.push_blob(layer.blob.clone());
        let config_digest = registry.push_blob(config.clone().into_bytes());
        let blob = json!({"mediaType": oci, "digest": stored, "size": layer.blob.len()});
        let own = json!({"mediaType": cache_type, "digest": config_digest, "size": config.len()});
        let manifest = match form {
            "manifest" => {
                json!({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
                                 "config": own, "layers": [blob]})
            }
            _ => json!({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json",
                        "manifests": [blob, own]}),
        };
        registry.push_manifest("app", Some("1"), manifest.to_string().into_bytes());
        let report = scan_app(&registry);
        assert_eq!(files(&report), ["layer 0 file w/key visible"], "{form}");
        assert_eq!(gaps(&report), [""; 0], "{form}");
    }
}

#[test]
fn a_layer_that_lies_elsewhere_is_a_gap() {
    let registry = Registry::start(Habits::default());
    let config =
        registry.push_blob(b"{\"os\":\"windows\",\"architecture\":\"amd64\",\"rootfs\":{}}".to_vec());
    let manifest = json!({"schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
        "config": {"mediaType": "application/vnd.docker.container.image.v1+json", "digest": config, "size": 53},
        "layers": [{"mediaType": "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", "size": 9,
                    "digest": format!("sha256:{}", "0".repeat(64)), "urls": ["https://mcr.example/layer"]}]});
    registry.push_manifest("app", Some("1"), manifest.to_string().into_bytes());
    let report = scan_app(&registry);
    assert!(gaps(&report).contains(&"foreign-layer"), "{:?}", report.gaps);
}

#[test]
fn a_finding_says_how_anybody_fetches_it() {
    let registry = registry_with(Habits::default(), &Bundle::of(image()));
    let report = scan_app(&registry);
    let layer = report.findings.iter().find(|f| f.place.surface == Surface::File).unwrap();
    let url = format!("curl -sfL http://{}/v2/app/blobs/sha256:", registry.host());
    assert!(layer.recover.starts_with(&url), "{}", layer.recover);
    let env = report.findings.iter().find(|f| f.place.surface == Surface::Env).unwrap();
    assert!(env.recover.starts_with(&url) && env.recover.contains("jq"), "{}", env.recover);
}

#[test]
fn offline_nothing_is_asked() {
    let registry = registry_with(Habits::default(), &Bundle::of(image()));
    let mut request = hasty(&registry.name("app:1"));
    request.sources.network = Network::Refused;
    let error = try_scan(&request).unwrap_err();
    assert!(error.to_string().contains("--offline"), "{error}");
    assert!(registry.asked().is_empty());
}

#[test]
fn a_name_that_the_registry_does_not_know_is_said_to_be_one() {
    let registry = registry_with(Habits::default(), &Bundle::of(ImageBuilder::new().build()));
    let error = |name: &str| try_scan(&hasty(&registry.name(name))).unwrap_err();
    assert!(error("app:2").to_string().contains("has no `2`"), "{}", error("app:2"));
    assert!(error("other:1").to_string().contains("has no repository other"), "{}", error("other:1"));
    assert!(error("app:2").help().unwrap().contains("list the tags"));
}

#[test]
fn the_layers_of_an_image_may_be_its_only_trace_of_a_file() {
    let bundle = Bundle::of(ImageBuilder::new().step("COPY x / # buildkit", file("x", token(8))).build());
    assert_eq!(files(&scan_app(&registry_with(Habits::default(), &bundle))), ["layer 0 file x visible"]);
}
