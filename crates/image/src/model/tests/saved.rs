//! What `docker save` wrote in all its ages, and manifests from before the ones of today.

use super::*;

/// The files of one image as Docker 1.10 to 24 saves it.
fn saved(store: &mut Memory, architecture: &str, tag: &str) -> Value {
    let layers = [layer("etc/os"), layer(&format!("app/{architecture}"))];
    let config = bytes(&config_of(architecture, &layers));
    let name = format!("{}.json", Digest::of(&config).hex());
    store.put(BlobId::Name(name.clone()), config);
    let mut paths = Vec::new();
    for layer in layers {
        let id = Digest::of(&layer).hex().to_owned();
        put(store, &format!("{id}/json"), &json!({"id": id, "os": "linux"}));
        store.put(BlobId::Name(format!("{id}/VERSION")), "1.0");
        store.put(BlobId::Name(format!("{id}/layer.tar")), layer);
        paths.push(format!("{id}/layer.tar"));
    }
    json!({"Config": name, "RepoTags": [tag], "Layers": paths})
}

#[test]
fn several_saved_images_are_all_described() {
    let mut store = Memory::new();
    let entries = [saved(&mut store, "amd64", "a:1"), saved(&mut store, "arm64", "b:1")];
    put(&mut store, "manifest.json", &json!(entries));
    put(&mut store, "repositories", &json!({"a": {"1": "x"}}));
    let found = look(&store);
    assert_eq!((kinds(&found), found.loose.as_slice()), (vec![], &[][..]));
    let names: Vec<&str> = found.images.iter().flat_map(|i| &i.references).map(String::as_str).collect();
    assert_eq!(names, ["a:1", "b:1"]);
    assert!(found.images.iter().all(|i| i.layers.iter().all(|l| l.diff_id.is_some() && l.size.is_some())));
    let legacy = found.documents.iter().filter(|d| d.kind == DocumentKind::LegacyImageJson).count();
    assert_eq!(legacy, 3, "the shared layer's description counts once");
}

#[test]
fn images_before_the_save_manifest_are_chains_of_parents() {
    let mut store = Memory::new();
    for (id, parent) in
        [("base", None), ("middle", Some("base")), ("top", Some("middle")), ("loop", Some("loop"))]
    {
        put(
            &mut store,
            &format!("{id}/json"),
            &json!({"id": id, "parent": parent, "os": "linux", "architecture": "amd64"}),
        );
        store.put(BlobId::Name(format!("{id}/VERSION")), "1.0");
        store.put(BlobId::Name(format!("{id}/layer.tar")), layer(id));
    }
    put(&mut store, "repositories", &json!({"app": {"old": "top", "older": "middle"}}));
    let found = look(&store);
    assert_eq!(kinds(&found), []);
    let chains: Vec<(Vec<String>, usize)> =
        found.images.iter().map(|i| (i.references.clone(), i.layers.len())).collect();
    assert_eq!(chains, [(vec!["app:older".to_owned()], 2), (vec!["app:old".to_owned()], 3)]);
    assert_eq!(found.images[1].layers[0].blob, BlobId::Name("base/layer.tar".into()));
    // A layer that is its own parent is no top of anything, and is read all the same.
    assert_eq!(found.loose, [BlobId::Name("loop/layer.tar".into())]);
}

/// What Docker 25 and later saves: a layout, and `manifest.json` beside it.
pub(super) fn saved_twice(store: &mut Memory, tag: &str) {
    let amd = image(store, "amd64");
    layout(store, &[tagged(amd, "1")]);
    let found = look(store);
    let path = |blob: &BlobId| blob.path();
    let image = &found.images[0];
    let config = path(found.documents[image.config.unwrap()].blob.as_ref().unwrap());
    let layers: Vec<String> = image.layers.iter().map(|l| path(&l.blob)).collect();
    put(store, "manifest.json", &json!([{"Config": config, "RepoTags": [tag], "Layers": layers}]));
}

#[test]
fn an_archive_with_index_and_save_manifest_is_described_once() {
    let mut store = Memory::new();
    saved_twice(&mut store, "app:1");
    let found = look(&store);
    assert_eq!(found.images.len(), 1);
    assert_eq!(found.images[0].references, ["1", "app:1"]);
    assert_eq!((kinds(&found), found.loose), (vec![], vec![]));
}

#[test]
fn a_save_manifest_that_names_other_layers_is_an_image_of_its_own() {
    let mut store = Memory::new();
    saved_twice(&mut store, "app:1");
    let other = store.add(layer("hidden"));
    let config = look(&store).documents.iter().find(|d| d.kind == DocumentKind::Config).cloned().unwrap();
    let entry = json!({"Config": config.blob.unwrap().path(), "Layers": [BlobId::Digest(other).path()]});
    put(&mut store, "manifest.json", &json!([entry]));
    let found = look(&store);
    assert_eq!(found.images.len(), 2);
    assert_eq!(found.images[1].layers.len(), 1);
}

#[test]
fn old_manifests_give_layers_and_the_configurations_inside() {
    let mut store = Memory::new();
    let (low, high) = (store.add(layer("low")), store.add(layer("high")));
    let manifest = json!({"schemaVersion": 1, "fsLayers": [{"blobSum": high}, {"blobSum": low}],
        "history": [{"v1Compatibility": "{\"os\":\"linux\",\"architecture\":\"arm64\"}"}, {"v1Compatibility": "{}"}]});
    store.serve("app:1", bytes(&manifest));
    let found = look(&store);
    assert_eq!(found.images[0].layers[0].digest, Some(low));
    assert_eq!(found.images[0].platform.as_ref().unwrap().to_string(), "linux/arm64");
    let inside = found.documents.iter().filter(|d| d.kind == DocumentKind::LegacyImageJson).count();
    assert_eq!((inside, kinds(&found), found.reference.as_deref()), (2, vec![], Some("app:1")));
}

#[test]
fn a_signed_manifest_is_named_by_what_it_signs() {
    use base64::Engine as _;
    let encode = |b: &[u8]| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(b);
    let payload = b"{\"schemaVersion\":1,\"fsLayers\":[]\n}";
    let protected = json!({"formatLength": payload.len() - 2, "formatTail": encode(b"\n}")});
    let signed = format!(
        "{},\"signatures\":[{{\"protected\":\"{}\"}}]}}",
        std::str::from_utf8(&payload[..payload.len() - 2]).unwrap(),
        encode(&bytes(&protected))
    );
    let mut store = Memory::new();
    let digest = Digest::of(payload);
    store.put(BlobId::Digest(digest.clone()), signed);
    let media_type = "application/vnd.docker.distribution.manifest.v1+prettyjws";
    layout(&mut store, &[json!({"mediaType": media_type, "digest": digest})]);
    assert_eq!(kinds(&look(&store)), []);
}
