//! Stores of all ages and kinds: their images, documents and layers, each once.

use serde_json::{Value, json};

use super::*;
use crate::ProblemKind;
use crate::store::{Memory, Store};

mod saved;

const OCI_LAYER: &str = "application/vnd.oci.image.layer.v1.tar";
const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
const OCI_CONFIG: &str = "application/vnd.oci.image.config.v1+json";

fn bytes(value: &Value) -> Vec<u8> {
    serde_json::to_vec(value).unwrap()
}

fn look(store: &dyn Store) -> Description {
    describe(store, &Selection::default(), &DescribeLimits::default()).unwrap()
}

fn kinds(description: &Description) -> Vec<ProblemKind> {
    description.problems.iter().map(|p| p.kind).collect()
}

/// Adds a JSON blob; gives its descriptor.
fn add(store: &mut Memory, media_type: &str, value: &Value) -> Value {
    add_bytes(store, media_type, bytes(value))
}

fn add_bytes(store: &mut Memory, media_type: &str, bytes: Vec<u8>) -> Value {
    let size = bytes.len();
    json!({"mediaType": media_type, "digest": store.add(bytes), "size": size})
}

/// A tar with one file of this name.
fn layer(name: &str) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(0);
    builder.append_data(&mut header, name, &b""[..]).unwrap();
    builder.into_inner().unwrap()
}

fn config_of(architecture: &str, layers: &[Vec<u8>]) -> Value {
    let ids: Vec<Digest> = layers.iter().map(|l| Digest::of(l)).collect();
    json!({"os": "linux", "architecture": architecture, "rootfs": {"type": "layers", "diff_ids": ids}})
}

/// Adds an image of two layers; gives its descriptor.
fn image(store: &mut Memory, architecture: &str) -> Value {
    let layers = vec![layer("etc/os"), layer(&format!("app/{architecture}"))];
    let config = add(store, OCI_CONFIG, &config_of(architecture, &layers));
    let layers: Vec<Value> = layers.into_iter().map(|l| add_bytes(store, OCI_LAYER, l)).collect();
    let manifest = json!({"schemaVersion": 2, "config": config, "layers": layers});
    let mut descriptor = add(store, OCI_MANIFEST, &manifest);
    descriptor["platform"] = json!({"os": "linux", "architecture": architecture});
    descriptor
}

fn put(store: &mut Memory, name: &str, value: &Value) {
    store.put(BlobId::Name(name.into()), bytes(value));
}

fn layout(store: &mut Memory, manifests: &[Value]) {
    put(store, "oci-layout", &json!({"imageLayoutVersion": "1.0.0"}));
    put(store, "index.json", &json!({"schemaVersion": 2, "manifests": manifests}));
}

fn tagged(mut descriptor: Value, tag: &str) -> Value {
    descriptor["annotations"] = json!({"org.opencontainers.image.ref.name": tag});
    descriptor
}

fn digest_of(descriptor: &Value) -> BlobId {
    BlobId::Digest(Digest::parse(descriptor["digest"].as_str().unwrap()).unwrap())
}

#[test]
fn every_platform_and_its_attestation_is_described() {
    let mut store = Memory::new();
    let (amd, arm) = (image(&mut store, "amd64"), image(&mut store, "arm64"));
    let statement = add(&mut store, "application/vnd.in-toto+json", &json!({"_type": "x", "predicate": {}}));
    let config = add(&mut store, OCI_CONFIG, &json!({"os": "unknown", "architecture": "unknown"}));
    let manifest = json!({"schemaVersion": 2, "config": config, "layers": [statement]});
    let mut attestation = add(&mut store, OCI_MANIFEST, &manifest);
    attestation["platform"] = json!({"os": "unknown", "architecture": "unknown"});
    attestation["annotations"] = json!({"vnd.docker.reference.type": "attestation-manifest",
                                        "vnd.docker.reference.digest": amd["digest"]});
    let index = json!({"schemaVersion": 2, "manifests": [attestation, amd, arm]});
    let index = add(&mut store, OCI_INDEX, &index);
    layout(&mut store, &[tagged(index.clone(), "1")]);

    let found = look(&store);
    assert_eq!(kinds(&found), []);
    assert_eq!(found.loose, []);
    assert_eq!(found.reference.as_deref(), Some("1"));
    assert_eq!(found.digest.clone().map(BlobId::Digest), Some(digest_of(&index)));
    let BlobId::Digest(subject) = digest_of(&amd) else { panic!() };
    assert_eq!(found.images[0].kind, ImageKind::Attestation { subject: Some(subject) });
    assert_eq!(found.images[0].layers[0].role, LayerRole::Statement);
    let platforms: Vec<String> =
        found.images[1..].iter().map(|i| i.platform.as_ref().unwrap().to_string()).collect();
    assert_eq!(platforms, ["linux/amd64", "linux/arm64"]);
    for image in &found.images[1..] {
        assert_eq!((&image.kind, image.references.as_slice()), (&ImageKind::Image, &["1".to_owned()][..]));
        assert!(image.layers.iter().all(|l| l.diff_id == l.digest && l.role == LayerRole::Tar));
        assert_eq!(found.documents[image.config.unwrap()].kind, DocumentKind::Config);
        assert_eq!(found.documents[image.manifest.unwrap()].kind, DocumentKind::Manifest);
    }
}

#[test]
fn an_attestation_may_be_an_artifact_with_a_subject() {
    let mut store = Memory::new();
    let subject = image(&mut store, "amd64");
    let statement = add(&mut store, "application/vnd.in-toto+json", &json!({"_type": "x"}));
    let empty = add(&mut store, "application/vnd.oci.empty.v1+json", &json!({}));
    let manifest = json!({"schemaVersion": 2, "config": empty, "layers": [statement], "subject": subject,
                          "artifactType": "application/vnd.docker.attestation.manifest.v1+json"});
    let attestation = add(&mut store, OCI_MANIFEST, &manifest);
    layout(&mut store, &[attestation]);
    let found = look(&store);
    assert!(matches!(&found.images[0].kind, ImageKind::Attestation { subject: Some(_) }));
    assert_eq!(kinds(&found), []);
}

#[test]
fn artifacts_and_caches_are_told_apart_from_images() {
    let mut store = Memory::new();
    let empty = add(&mut store, "application/vnd.oci.empty.v1+json", &json!({}));
    let file = add_bytes(&mut store, "text/plain", b"hello".to_vec());
    let new = json!({"artifactType": "a/b", "config": empty, "layers": [file]});
    let new = add(&mut store, OCI_MANIFEST, &new);
    let old = json!({"mediaType": "application/vnd.oci.artifact.manifest.v1+json", "artifactType": "c/d", "blobs": [file]});
    let old = add(&mut store, "application/vnd.oci.artifact.manifest.v1+json", &old);
    let layer = add_bytes(&mut store, OCI_LAYER, layer("cached"));
    let records = json!({"layers": [{"blob": layer["digest"], "parent": -1}], "records": []});
    let config = add(&mut store, "application/vnd.buildkit.cacheconfig.v0", &records);
    let as_image = add(&mut store, OCI_MANIFEST, &json!({"config": config, "layers": [layer]}));
    let as_index = add(&mut store, OCI_INDEX, &json!({"manifests": [layer, config]}));
    layout(&mut store, &[new, old, as_image, as_index]);

    let found = look(&store);
    let artifact = |t: &str| ImageKind::Artifact { artifact_type: Some(t.to_owned()) };
    let kinds_found: Vec<&ImageKind> = found.images.iter().map(|i| &i.kind).collect();
    assert_eq!(kinds_found, [&artifact("a/b"), &artifact("c/d"), &ImageKind::Cache, &ImageKind::Cache]);
    assert_eq!(found.images[0].layers[0].role, LayerRole::Opaque("text/plain".into()));
    assert_eq!(found.images[1].layers.len(), 1);
    assert!(found.images[2..].iter().all(|i| i.layers[0].role == LayerRole::Tar && i.config.is_some()));
    assert_eq!((kinds(&found), found.loose), (vec![], vec![]));
}

#[test]
fn indexes_lie_inside_each_other_and_a_manifest_counts_once() {
    let mut store = Memory::new();
    let amd = image(&mut store, "amd64");
    let inner = add(&mut store, OCI_INDEX, &json!({"manifests": [amd]}));
    let outer = add(&mut store, OCI_INDEX, &json!({"manifests": [inner]}));
    layout(&mut store, &[tagged(outer, "a"), tagged(amd, "b")]);
    let found = look(&store);
    assert_eq!(found.images.len(), 1);
    assert_eq!(found.images[0].references, ["a", "b"]);
    assert_eq!(kinds(&found), []);
}

#[test]
fn endless_indexes_end_with_a_problem() {
    let mut store = Memory::new();
    let digest = Digest::of(b"wrong");
    let cycle = json!({"manifests": [{"mediaType": OCI_INDEX, "digest": digest}]});
    store.put(BlobId::Digest(digest.clone()), bytes(&cycle));
    layout(&mut store, &[json!({"mediaType": OCI_INDEX, "digest": digest})]);
    let found = look(&store);
    assert_eq!(kinds(&found), [ProblemKind::DigestMismatch, ProblemKind::Corrupt]);

    let mut deep = image(&mut store, "amd64");
    for _ in 0..20 {
        deep = add(&mut store, OCI_INDEX, &json!({"manifests": [deep]}));
    }
    layout(&mut store, &[deep]);
    let found = look(&store);
    assert_eq!(kinds(&found), [ProblemKind::Limit]);
    assert!(!found.loose.is_empty(), "what was not followed is still read by itself");
}

#[test]
fn what_is_missing_is_named_with_its_platform() {
    let mut store = Memory::new();
    let (amd, arm) = (image(&mut store, "amd64"), image(&mut store, "arm64"));
    store.remove(&digest_of(&arm));
    let index = add(&mut store, OCI_INDEX, &json!({"manifests": [amd, arm]}));
    layout(&mut store, &[index]);
    let found = look(&store);
    assert_eq!(found.images.len(), 1);
    assert_eq!(kinds(&found), [ProblemKind::MissingBlob]);
    assert!(found.problems[0].detail.contains("platform linux/arm64"), "{}", found.problems[0].detail);
    assert_eq!(found.problems[0].what, arm["digest"]);
    assert_eq!(found.loose.len(), 2, "its configuration and its own layer are read by themselves");
}

#[test]
fn a_missing_configuration_or_layer_does_not_stop_the_rest() {
    let mut store = Memory::new();
    let amd = image(&mut store, "amd64");
    layout(&mut store, &[amd]);
    let whole = look(&store);
    let config = whole.documents[whole.images[0].config.unwrap()].blob.clone().unwrap();
    store.remove(&config);
    store.remove(&whole.images[0].layers[1].blob);
    let found = look(&store);
    assert_eq!(kinds(&found), [ProblemKind::MissingBlob, ProblemKind::MissingBlob]);
    assert_eq!(found.images[0].kind, ImageKind::Image);
    let held: Vec<&Held> = found.images[0].layers.iter().map(|l| &l.held).collect();
    assert_eq!(held, [&Held::Stored, &Held::Absent]);
}

#[test]
fn wrong_digests_and_sizes_are_said_and_the_content_is_used() {
    let mut store = Memory::new();
    let mut amd = image(&mut store, "amd64");
    amd["size"] = json!(7);
    let found_at = digest_of(&amd);
    let mut text = store.remove(&found_at).unwrap();
    text.push(b'\n');
    store.put(found_at, text);
    layout(&mut store, &[amd]);
    let found = look(&store);
    assert_eq!(kinds(&found), [ProblemKind::SizeMismatch, ProblemKind::DigestMismatch]);
    assert_eq!(found.images[0].layers.len(), 2);
}

#[test]
fn media_types_that_lie_or_are_missing_are_not_believed() {
    let mut store = Memory::new();
    let mut amd = image(&mut store, "amd64");
    amd["mediaType"] = json!(OCI_LAYER);
    let mut arm = image(&mut store, "arm64");
    arm.as_object_mut().unwrap().remove("mediaType");
    let index = json!({"manifests": [amd, arm]});
    let mut index = add(&mut store, OCI_MANIFEST, &index);
    index["mediaType"] = json!(OCI_MANIFEST);
    layout(&mut store, &[index]);
    let found = look(&store);
    assert_eq!(found.images.iter().filter(|i| i.kind == ImageKind::Image).count(), 2);
    assert_eq!(kinds(&found), []);
}

#[test]
fn a_document_that_is_both_is_read_as_both() {
    let mut store = Memory::new();
    let (amd, arm) = (image(&mut store, "amd64"), image(&mut store, "arm64"));
    let mut both: Value = {
        let mut text = String::new();
        std::io::Read::read_to_string(&mut store.open(&digest_of(&amd)).unwrap(), &mut text).unwrap();
        serde_json::from_str(&text).unwrap()
    };
    both["manifests"] = json!([arm]);
    let both = add(&mut store, OCI_MANIFEST, &both);
    layout(&mut store, &[both]);
    assert_eq!(look(&store).images.len(), 2);
}

#[test]
fn encrypted_and_foreign_layers_are_gaps_and_the_configuration_is_read() {
    let mut store = Memory::new();
    let config = add(&mut store, OCI_CONFIG, &json!({"os": "windows", "architecture": "amd64"}));
    let encrypted =
        add_bytes(&mut store, "application/vnd.oci.image.layer.v1.tar+gzip+encrypted", vec![7; 99]);
    let foreign = json!({"mediaType": "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
                         "digest": Digest::of(b"far away"), "size": 8, "urls": ["https://layers.example/x"]});
    let manifest = add(&mut store, OCI_MANIFEST, &json!({"config": config, "layers": [encrypted, foreign]}));
    layout(&mut store, &[manifest]);
    let found = look(&store);
    let roles: Vec<&LayerRole> = found.images[0].layers.iter().map(|l| &l.role).collect();
    assert_eq!(roles, [&LayerRole::Encrypted, &LayerRole::Foreign]);
    assert_eq!(kinds(&found), [ProblemKind::EncryptedLayer, ProblemKind::ForeignLayer]);
    assert_eq!(found.problems[1].bytes, Some(8));
    assert!(found.images[0].config.is_some());
}

#[test]
fn embedded_blobs_are_used_and_checked() {
    use base64::Engine as _;
    let encode = |b: &[u8]| base64::engine::general_purpose::STANDARD.encode(b);
    let mut store = Memory::new();
    let config = bytes(&config_of("amd64", &[layer("x")]));
    let embedded = json!({"mediaType": OCI_CONFIG, "digest": Digest::of(&config), "data": encode(&config)});
    let inside = json!({"mediaType": OCI_LAYER, "digest": Digest::of(&layer("x")), "data": encode(b"other")});
    let manifest = add(&mut store, OCI_MANIFEST, &json!({"config": embedded, "layers": [inside]}));
    layout(&mut store, &[manifest]);
    let found = look(&store);
    assert_eq!(found.images[0].platform.as_ref().unwrap().to_string(), "linux/amd64");
    assert_eq!(found.images[0].layers[0].held, Held::Embedded(b"other".to_vec()));
    assert_eq!(kinds(&found), [ProblemKind::DigestMismatch]);
}

#[test]
fn diff_ids_that_do_not_fit_the_layers_are_not_used() {
    let mut store = Memory::new();
    let config = add(&mut store, OCI_CONFIG, &config_of("amd64", &[layer("x"), layer("y")]));
    let one = add_bytes(&mut store, OCI_LAYER, layer("x"));
    let manifest = add(&mut store, OCI_MANIFEST, &json!({"config": config, "layers": [one]}));
    layout(&mut store, &[manifest]);
    let found = look(&store);
    assert_eq!(found.images[0].layers[0].diff_id, None);
    assert_eq!(kinds(&found), [ProblemKind::Corrupt]);
}

#[test]
fn a_tag_selects_and_an_unknown_one_lists_what_exists() {
    let mut store = Memory::new();
    let (amd, arm) = (image(&mut store, "amd64"), image(&mut store, "arm64"));
    layout(&mut store, &[tagged(amd.clone(), "docker.io/library/app:1"), tagged(arm, "2")]);
    let select = |wanted: &str| {
        let selection = Selection { reference: Some(wanted.to_owned()) };
        describe(&store, &selection, &DescribeLimits::default())
    };
    for wanted in ["1", "app:1", "docker.io/library/app:1", amd["digest"].as_str().unwrap()] {
        let found = select(wanted).unwrap();
        assert_eq!(found.images.len(), 1, "{wanted}");
        assert_eq!(found.images[0].platform.as_ref().unwrap().architecture, "amd64");
        assert_eq!(found.loose, [], "what another tag reaches is not loose");
    }
    let error = select("3").unwrap_err().to_string();
    assert!(error.contains("2, docker.io/library/app:1"), "{error}");
}

#[test]
fn blobs_that_nothing_reaches_are_listed() {
    let mut store = Memory::new();
    let amd = image(&mut store, "amd64");
    let left = store.add(layer("left over"));
    layout(&mut store, &[amd]);
    assert_eq!(look(&store).loose, [BlobId::Digest(left.clone())]);
    assert_eq!(role_of(&store, &BlobId::Digest(left)), LayerRole::Tar);
}

#[test]
fn a_store_without_a_beginning_is_a_problem_and_without_anything_an_error() {
    let mut store = Memory::new();
    let empty = describe(&store, &Selection::default(), &DescribeLimits::default());
    assert!(matches!(empty, Err(DescribeError::NoImage)));
    let mut bare = Memory::new();
    layout(&mut bare, &[]);
    let bare = describe(&bare, &Selection::default(), &DescribeLimits::default());
    assert!(matches!(bare, Err(DescribeError::NoImage)), "an index of nothing is no image that is clean");
    store.add(layer("lost"));
    let found = look(&store);
    assert_eq!((kinds(&found), found.loose.len()), (vec![ProblemKind::MissingBlob], 1));
}

#[test]
fn broken_documents_are_problems_that_quote_nothing() {
    let mut store = Memory::new();
    let not_json = add_bytes(&mut store, OCI_MANIFEST, b"{canary".to_vec());
    layout(
        &mut store,
        &[not_json, json!({"digest": "canary"}), json!("canary"), json!({"mediaType": "canary"})],
    );
    store.put(BlobId::Name("manifest.json".into()), b"[canary".to_vec());
    let found = look(&store);
    assert!(found.problems.len() >= 4);
    assert!(!format!("{:?}", found.problems).contains("canary"));
    assert!(found.documents.iter().any(|d| d.bytes == b"{canary"), "its bytes are there to be scanned");
}

#[test]
fn limits_are_problems() {
    let mut store = Memory::new();
    let (amd, arm) = (image(&mut store, "amd64"), image(&mut store, "arm64"));
    layout(&mut store, &[amd, arm]);
    let with = |limits: DescribeLimits| describe(&store, &Selection::default(), &limits).unwrap();
    let all = DescribeLimits::default;
    for limits in [
        DescribeLimits { manifests: 1, ..all() },
        DescribeLimits { documents: 600, ..all() },
        DescribeLimits { document: 50, ..all() },
        DescribeLimits { layers: 3, ..all() },
    ] {
        let found = with(limits.clone());
        assert!(kinds(&found).contains(&ProblemKind::Limit), "{limits:?}");
        assert!(!found.loose.is_empty(), "what was not described is still listed: {limits:?}");
    }
}

#[test]
fn all_stores_tell_one_story() {
    let mut memory = Memory::new();
    saved::saved_twice(&mut memory, "app:1");
    memory.add(layer("loose"));
    let dir = tempfile::tempdir().unwrap();
    let mut builder = tar::Builder::new(Vec::new());
    for blob in memory.blobs() {
        let mut body = Vec::new();
        std::io::Read::read_to_end(&mut memory.open(&blob).unwrap(), &mut body).unwrap();
        let path = dir.path().join(blob.path());
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, &body).unwrap();
        let mut header = tar::Header::new_ustar();
        header.set_size(body.len() as u64);
        builder.append_data(&mut header, blob.path(), &body[..]).unwrap();
    }
    let tar = builder.into_inner().unwrap();
    let packed = dir.path().join("packed");
    std::fs::write(&packed, zstd::encode_all(&tar[..], 1).unwrap()).unwrap();
    let story = |store: &dyn Store| {
        let found = look(store);
        let documents: Vec<_> = found.documents.iter().map(|d| (d.kind, &d.name, &d.bytes)).collect();
        format!("{:?} {documents:?} {:?} {:?}", found.images, found.problems, found.loose)
    };
    let told = story(&memory);
    assert_eq!(story(&crate::store::Archive::from_bytes(tar).unwrap()), told);
    let opened = |path: &std::path::Path| {
        let opened = crate::store::open(path.to_str().unwrap(), &crate::store::Options::default()).unwrap();
        opened.source.stored().unwrap().0
    };
    assert_eq!(story(&*opened(&packed)), told);
    std::fs::remove_file(packed).unwrap();
    assert_eq!(story(&*opened(dir.path())), told);
}
