//! Stores built images in every form that tools write: OCI layouts, OCI archives, `docker save` of all ages.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::Layer;
use crate::builder::{Built, BuiltLayer, digest};

/// The generation of `docker save`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    /// Before 25: `manifest.json`, `<hex>.json`, `<id>/layer.tar`.
    Old,
    /// From 25: an OCI layout and `manifest.json`.
    Modern,
}

/// Images, attestations and artifacts that are stored together.
#[derive(Clone, Debug, Default)]
pub struct Bundle {
    images: Vec<Built>,
    statements: Vec<(usize, Value)>,
    index_annotations: Map<String, Value>,
    extra: Vec<(Value, Vec<Vec<u8>>)>,
    nested: bool,
    changes: Vec<(String, Option<Vec<u8>>)>,
}

impl Bundle {
    /// One image.
    #[must_use]
    pub fn of(image: Built) -> Self {
        Self::default().and(image)
    }

    /// Another image.
    #[must_use]
    pub fn and(mut self, image: Built) -> Self {
        self.images.push(image);
        self
    }

    /// An in-toto statement about the last image, stored as BuildKit stores provenance.
    #[must_use]
    pub fn attest(mut self, statement: Value) -> Self {
        self.statements.push((self.images.len().saturating_sub(1), statement));
        self
    }

    /// An annotation of the index.
    #[must_use]
    pub fn index_annotation(mut self, name: &str, value: &str) -> Self {
        self.index_annotations.insert(name.into(), json!(value));
        self
    }

    /// A descriptor for the index with the blobs it needs, by digest.
    #[must_use]
    pub fn entry(mut self, descriptor: Value, blobs: Vec<Vec<u8>>) -> Self {
        self.extra.push((descriptor, blobs));
        self
    }

    /// Puts the index below another one, as BuildKit and containerd do.
    #[must_use]
    pub fn nested(mut self) -> Self {
        self.nested = true;
        self
    }

    /// Puts a file where it is said to be, whatever is there otherwise.
    #[must_use]
    pub fn with_file(mut self, path: &str, bytes: impl AsRef<[u8]>) -> Self {
        self.changes.push((path.to_owned(), Some(bytes.as_ref().to_vec())));
        self
    }

    /// Leaves a blob out that something names.
    #[must_use]
    pub fn without_blob(mut self, digest: &str) -> Self {
        self.changes.push((format!("blobs/{}", digest.replace(':', "/")), None));
        self
    }

    /// Puts other bytes where a blob is named.
    #[must_use]
    pub fn with_wrong_blob(self, digest: &str, bytes: impl AsRef<[u8]>) -> Self {
        self.with_file(&format!("blobs/{}", digest.replace(':', "/")), bytes)
    }

    fn change(&self, files: &mut BTreeMap<String, Vec<u8>>) {
        for (path, bytes) in &self.changes {
            match bytes {
                Some(bytes) => files.insert(path.clone(), bytes.clone()),
                None => files.remove(path),
            };
        }
    }

    /// Every file of the OCI layout by its path.
    #[must_use]
    pub fn oci_files(&self) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        let mut manifests = Vec::new();
        for image in &self.images {
            add_image(image, &mut files);
            manifests.push(descriptor(image));
        }
        for (about, statement) in &self.statements {
            manifests.push(self.add_statement(*about, statement, &mut files));
        }
        for (entry, blobs) in &self.extra {
            manifests.push(entry.clone());
            blobs.iter().for_each(|bytes| add(bytes, &mut files));
        }
        let mut index = self.index(manifests);
        if self.nested {
            let bytes = serde_json::to_vec(&index).unwrap();
            add(&bytes, &mut files);
            index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": [
                {"mediaType": INDEX, "digest": digest(&bytes), "size": bytes.len()}]});
        }
        files.insert("index.json".into(), serde_json::to_vec(&index).unwrap());
        files.insert("oci-layout".into(), br#"{"imageLayoutVersion":"1.0.0"}"#.to_vec());
        self.change(&mut files);
        files
    }

    /// Every file of a `docker save` archive by its path.
    #[must_use]
    pub fn docker_files(&self, age: Age) -> BTreeMap<String, Vec<u8>> {
        match age {
            Age::Modern => {
                let mut files = self.oci_files();
                let blob = |digest: &str| format!("blobs/{}", digest.replace(':', "/"));
                let list = self.save_manifest(&|image: &Built| blob(&digest(&image.config)), &|layer| {
                    blob(&layer.digest)
                });
                files.insert("manifest.json".into(), list);
                files
            }
            Age::Old => self.old_files(),
        }
    }

    /// The OCI layout as a directory.
    pub fn write_oci_dir(&self, directory: &Path) {
        write_files(&self.oci_files(), directory);
    }

    /// The files of a `docker save` archive, unpacked.
    pub fn write_docker_dir(&self, age: Age, directory: &Path) {
        write_files(&self.docker_files(age), directory);
    }

    /// The OCI layout as an archive.
    #[must_use]
    pub fn oci_archive(&self) -> Vec<u8> {
        tar_of(&self.oci_files())
    }

    /// What `docker save` writes.
    #[must_use]
    pub fn docker_archive(&self, age: Age) -> Vec<u8> {
        tar_of(&self.docker_files(age))
    }

    fn old_files(&self) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        let name = |layer: &BuiltLayer| format!("{}/layer.tar", &layer.diff_id[7..]);
        let config = |image: &Built| format!("{}.json", &digest(&image.config)[7..]);
        for image in &self.images {
            files.insert(config(image), image.config.clone());
            for layer in &image.layers {
                files.insert(name(layer), unpack(layer));
            }
        }
        files.insert("manifest.json".into(), self.save_manifest(&config, &name));
        self.change(&mut files);
        files
    }

    fn save_manifest(
        &self,
        config: &dyn Fn(&Built) -> String,
        layer: &dyn Fn(&BuiltLayer) -> String,
    ) -> Vec<u8> {
        let entries = self.images.iter().map(|image| {
            let layers: Vec<String> = image.layers.iter().map(layer).collect();
            json!({"Config": config(image), "RepoTags": [short(&image.reference)], "Layers": layers})
        });
        serde_json::to_vec(&Value::Array(entries.collect())).unwrap()
    }

    fn index(&self, manifests: Vec<Value>) -> Value {
        let mut index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests});
        if !self.index_annotations.is_empty() {
            index["annotations"] = Value::Object(self.index_annotations.clone());
        }
        index
    }

    fn add_statement(&self, about: usize, statement: &Value, files: &mut BTreeMap<String, Vec<u8>>) -> Value {
        let blob = serde_json::to_vec(statement).unwrap();
        let config = br#"{"architecture":"unknown","os":"unknown","config":{},"rootfs":{"type":"layers","diff_ids":[]}}"#;
        let manifest = serde_json::to_vec(&json!({
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": {"mediaType": "application/vnd.oci.image.config.v1+json",
                       "digest": digest(config), "size": config.len()},
            "layers": [{"mediaType": "application/vnd.in-toto+json", "digest": digest(&blob), "size": blob.len(),
                        "annotations": {"in-toto.io/predicate-type": statement["predicateType"]}}],
        }))
        .unwrap();
        [config.as_slice(), &blob, &manifest].into_iter().for_each(|bytes| add(bytes, files));
        json!({
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "digest": digest(&manifest), "size": manifest.len(),
            "annotations": {"vnd.docker.reference.type": "attestation-manifest",
                            "vnd.docker.reference.digest": self.images[about].digest()},
            "platform": {"os": "unknown", "architecture": "unknown"},
        })
    }
}

const INDEX: &str = "application/vnd.oci.image.index.v1+json";

fn descriptor(image: &Built) -> Value {
    let mut annotations = image.descriptor_annotations.clone();
    annotations.insert("io.containerd.image.name".into(), json!(image.reference));
    annotations.insert("org.opencontainers.image.ref.name".into(), json!(tag(&image.reference)));
    json!({
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "digest": image.digest(), "size": image.manifest.len(),
        "platform": {"os": image.platform.0, "architecture": image.platform.1},
        "annotations": annotations,
    })
}

fn tag(reference: &str) -> &str {
    reference.rsplit_once(':').map_or("latest", |(_, tag)| tag)
}

fn short(reference: &str) -> &str {
    reference.strip_prefix("docker.io/library/").unwrap_or(reference)
}

fn unpack(layer: &BuiltLayer) -> Vec<u8> {
    use std::io::Read as _;
    let mut tar = Vec::new();
    match layer.media_type.rsplit_once('+').map_or("", |(_, s)| s) {
        "gzip" => {
            flate2::read::MultiGzDecoder::new(layer.blob.as_slice()).read_to_end(&mut tar).unwrap();
        }
        "zstd" => tar = zstd::decode_all(layer.blob.as_slice()).unwrap(),
        _ => tar.clone_from(&layer.blob),
    }
    tar
}

fn add_image(image: &Built, files: &mut BTreeMap<String, Vec<u8>>) {
    add(&image.config, files);
    add(&image.manifest, files);
    image.layers.iter().for_each(|layer| add(&layer.blob, files));
}

fn add(bytes: &[u8], files: &mut BTreeMap<String, Vec<u8>>) {
    files.insert(format!("blobs/{}", digest(bytes).replace(':', "/")), bytes.to_vec());
}

fn tar_of(files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    files.iter().fold(Layer::new(), |layer, (path, bytes)| layer.file(path, bytes)).tar()
}

fn write_files(files: &BTreeMap<String, Vec<u8>>, directory: &Path) {
    for (path, bytes) in files {
        let path = directory.join(path);
        fs::create_dir_all(path.parent().expect("a path below the directory")).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ImageBuilder, Packing};

    #[test]
    fn a_modern_archive_holds_an_oci_layout_and_a_manifest_list() {
        let bundle = Bundle::of(ImageBuilder::new().packing(Packing::Zstd).file("a", "b").build());
        let files = bundle.docker_files(Age::Modern);
        assert!(files.contains_key("index.json") && files.contains_key("manifest.json"));
        assert!(bundle.docker_files(Age::Old).keys().any(|k| k.ends_with("/layer.tar")));
    }
}
