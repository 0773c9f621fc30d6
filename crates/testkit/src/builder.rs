//! Builds an image the way a builder does: one instruction, one history entry, perhaps one layer.

use std::io::Write as _;

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::Layer;

/// How a layer is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// A plain tar.
    Plain,
    /// One gzip member.
    Gzip,
    /// One zstd frame.
    Zstd,
}

/// A layer as stored.
#[derive(Clone, Debug)]
pub struct BuiltLayer {
    /// Digest of the blob.
    pub digest: String,
    /// Digest of the tar.
    pub diff_id: String,
    /// The blob.
    pub blob: Vec<u8>,
    /// What the manifest calls it.
    pub media_type: String,
    /// The annotations of its descriptor.
    pub annotations: Map<String, Value>,
}

/// An image as stored: a config, layers and a manifest.
#[derive(Clone, Debug)]
pub struct Built {
    /// The layers, lowest first.
    pub layers: Vec<BuiltLayer>,
    /// The config blob.
    pub config: Vec<u8>,
    /// The manifest blob.
    pub manifest: Vec<u8>,
    /// `os/architecture`.
    pub platform: (String, String),
    /// What the index says of the manifest.
    pub descriptor_annotations: Map<String, Value>,
    /// The name it is stored under.
    pub reference: String,
}

impl Built {
    /// The digest of the manifest.
    #[must_use]
    pub fn digest(&self) -> String {
        digest(&self.manifest)
    }

    /// The same image with another blob for one layer, which the manifest then names.
    #[must_use]
    pub fn with_blob(mut self, layer: usize, change: impl FnOnce(Vec<u8>) -> Vec<u8>) -> Self {
        let blob = change(std::mem::take(&mut self.layers[layer].blob));
        self.layers[layer].digest = digest(&blob);
        let (name, size) = (self.layers[layer].digest.clone(), blob.len());
        self.layers[layer].blob = blob;
        self.with_manifest(|manifest| {
            manifest["layers"][layer]["digest"] = json!(name);
            manifest["layers"][layer]["size"] = json!(size);
        })
    }

    /// The same image with another configuration, which the manifest then names.
    #[must_use]
    pub fn with_config(mut self, change: impl FnOnce(Vec<u8>) -> Vec<u8>) -> Self {
        self.config = change(std::mem::take(&mut self.config));
        let (name, size) = (digest(&self.config), self.config.len());
        self.with_manifest(|manifest| {
            manifest["config"]["digest"] = json!(name);
            manifest["config"]["size"] = json!(size);
        })
    }

    /// The same image with another manifest.
    #[must_use]
    pub fn with_manifest(mut self, change: impl FnOnce(&mut Value)) -> Self {
        let mut manifest = serde_json::from_slice(&self.manifest).unwrap();
        change(&mut manifest);
        self.manifest = serde_json::to_vec(&manifest).unwrap();
        self
    }
}

/// Builds an image in code.
#[derive(Clone, Debug)]
pub struct ImageBuilder {
    layers: Vec<(Layer, Packing)>,
    config: Value,
    history: Vec<Value>,
    packing: Packing,
    annotations: Map<String, Value>,
    descriptor_annotations: Map<String, Value>,
    platform: (String, String),
    reference: String,
}

impl Default for ImageBuilder {
    fn default() -> Self {
        Self::new()
    }
}

impl ImageBuilder {
    /// An image without layers.
    #[must_use]
    pub fn new() -> Self {
        Self {
            layers: Vec::new(),
            config: json!({"config": {}}),
            history: Vec::new(),
            packing: Packing::Gzip,
            annotations: Map::new(),
            descriptor_annotations: Map::new(),
            platform: ("linux".into(), "amd64".into()),
            reference: "docker.io/library/test:1".into(),
        }
    }

    /// How the layers added from now on are stored.
    #[must_use]
    pub fn packing(mut self, packing: Packing) -> Self {
        self.packing = packing;
        self
    }

    /// The architecture.
    #[must_use]
    pub fn architecture(mut self, name: &str) -> Self {
        self.platform.1 = name.to_owned();
        self
    }

    /// The name it is stored under.
    #[must_use]
    pub fn named(mut self, reference: &str) -> Self {
        self.reference = reference.to_owned();
        self
    }

    /// A layer and the instruction that made it.
    #[must_use]
    pub fn step(mut self, instruction: &str, layer: Layer) -> Self {
        self.layers.push((layer, self.packing));
        self.history.push(json!({"created_by": instruction, "comment": "buildkit.dockerfile.v0"}));
        self
    }

    /// An instruction that made no layer.
    #[must_use]
    pub fn note(mut self, instruction: &str) -> Self {
        self.history.push(
            json!({"created_by": instruction, "empty_layer": true, "comment": "buildkit.dockerfile.v0"}),
        );
        self
    }

    /// `COPY` of one file.
    #[must_use]
    pub fn file(self, path: &str, body: impl AsRef<[u8]>) -> Self {
        self.step(&format!("COPY file /{path} # buildkit"), Layer::new().file(path, body))
    }

    /// `RUN rm` of one path.
    #[must_use]
    pub fn delete(self, path: &str) -> Self {
        self.step(&format!("RUN /bin/sh -c rm -r /{path} # buildkit"), Layer::new().whiteout(path))
    }

    /// `ENV`.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.list("Env").push(json!(format!("{name}={value}")));
        self.note(&format!("ENV {name}={value}"))
    }

    /// `LABEL`.
    #[must_use]
    pub fn label(mut self, name: &str, value: &str) -> Self {
        let labels = &mut self.config["config"]["Labels"];
        if labels.is_null() {
            *labels = json!({});
        }
        labels[name] = json!(value);
        self.note(&format!("LABEL {name}={value}"))
    }

    /// Anything below `config` in the configuration: `Cmd`, `Healthcheck`, a vendor's key.
    #[must_use]
    pub fn config(mut self, key: &str, value: Value) -> Self {
        self.config["config"][key] = value;
        self
    }

    /// Any key at the top of the configuration.
    #[must_use]
    pub fn top(mut self, key: &str, value: Value) -> Self {
        self.config[key] = value;
        self
    }

    /// The whole history, instead of what the steps made of it.
    #[must_use]
    pub fn history(mut self, history: Vec<Value>) -> Self {
        self.history = history;
        self
    }

    /// An annotation of the manifest.
    #[must_use]
    pub fn annotation(mut self, name: &str, value: &str) -> Self {
        self.annotations.insert(name.into(), json!(value));
        self
    }

    /// An annotation of the manifest's descriptor in the index.
    #[must_use]
    pub fn descriptor_annotation(mut self, name: &str, value: &str) -> Self {
        self.descriptor_annotations.insert(name.into(), json!(value));
        self
    }

    /// The image.
    #[must_use]
    pub fn build(self) -> Built {
        let layers: Vec<BuiltLayer> =
            self.layers.iter().map(|(layer, packing)| pack(&layer.tar(), *packing)).collect();
        let mut config = self.config;
        config["os"] = json!(self.platform.0);
        config["architecture"] = json!(self.platform.1);
        let diff_ids: Vec<&str> = layers.iter().map(|l| l.diff_id.as_str()).collect();
        config["rootfs"] = json!({"type": "layers", "diff_ids": diff_ids});
        config["history"] = Value::Array(self.history);
        let config = serde_json::to_vec(&config).unwrap();
        let manifest = manifest(&config, &layers, self.annotations);
        Built {
            layers,
            config,
            manifest,
            platform: self.platform,
            descriptor_annotations: self.descriptor_annotations,
            reference: self.reference,
        }
    }

    fn list(&mut self, key: &str) -> &mut Vec<Value> {
        let list = &mut self.config["config"][key];
        if list.is_null() {
            *list = json!([]);
        }
        list.as_array_mut().unwrap()
    }
}

fn manifest(config: &[u8], layers: &[BuiltLayer], annotations: Map<String, Value>) -> Vec<u8> {
    let layers: Vec<Value> = layers.iter().map(descriptor).collect();
    let mut manifest = json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": {
            "mediaType": "application/vnd.oci.image.config.v1+json",
            "digest": digest(config), "size": config.len(),
        },
        "layers": layers,
    });
    if !annotations.is_empty() {
        manifest["annotations"] = Value::Object(annotations);
    }
    serde_json::to_vec(&manifest).unwrap()
}

fn descriptor(layer: &BuiltLayer) -> Value {
    let mut value = json!({"mediaType": layer.media_type, "digest": layer.digest, "size": layer.blob.len()});
    if !layer.annotations.is_empty() {
        value["annotations"] = Value::Object(layer.annotations.clone());
    }
    value
}

/// Stores a tar stream as a layer.
pub(crate) fn pack(tar: &[u8], packing: Packing) -> BuiltLayer {
    let (blob, suffix) = match packing {
        Packing::Plain => (tar.to_vec(), ""),
        Packing::Gzip => (gzip(tar), "+gzip"),
        Packing::Zstd => (zstd::encode_all(tar, 3).unwrap(), "+zstd"),
    };
    BuiltLayer {
        digest: digest(&blob),
        diff_id: digest(tar),
        blob,
        media_type: format!("application/vnd.oci.image.layer.v1.tar{suffix}"),
        annotations: Map::new(),
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// `sha256:…` of bytes.
pub fn digest(bytes: &[u8]) -> String {
    let hex: String = Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect();
    format!("sha256:{hex}")
}
