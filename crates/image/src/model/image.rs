//! Puts an image together: its configuration, its layers, and what it is for.

use std::rc::Rc;

use serde_json::Value;

use super::content::{ATTESTATION, CACHE_CONFIG, is_cache_config, is_image_config, is_image_config_type};
use super::describe::Walk;
use super::descriptor::{Descriptor, annotations, array, text};
use super::{Base, DocumentKind, Held, Image, ImageKind, Layer, LayerRole, Platform, role};
use crate::store::BlobId;
use crate::{Digest, Problem, ProblemKind};

/// What a configuration says that matters here.
#[derive(Clone, Debug, Default)]
pub(super) struct Config {
    pub(super) document: usize,
    pub(super) platform: Option<Platform>,
    /// `rootfs.diff_ids`, if it is there: each a digest or something else.
    pub(super) diff_ids: Option<Vec<Option<Digest>>>,
    purpose: Purpose,
}

/// Which layer of what.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot<'a> {
    pub(super) index: usize,
    pub(super) who: &'a str,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Purpose {
    Image,
    Cache,
    #[default]
    Other,
}

impl Config {
    fn read(document: usize, value: &Value) -> Self {
        let purpose = match value {
            value if is_cache_config(value) => Purpose::Cache,
            value if is_image_config(value) => Purpose::Image,
            _ => Purpose::Other,
        };
        let diff_ids = value.get("rootfs").and_then(|rootfs| rootfs.get("diff_ids")?.as_array());
        let digest = |id: &Value| Digest::parse(id.as_str()?).ok();
        let diff_ids = diff_ids.map(|ids| ids.iter().map(digest).collect());
        Self { document, platform: Platform::read(value), diff_ids, purpose }
    }
}

impl Walk<'_> {
    /// Reads a configuration, once.
    pub(super) fn config(&mut self, descriptor: &Descriptor, who: &str) -> Option<Rc<Config>> {
        if let Some(known) =
            descriptor.digest.as_ref().and_then(|d| self.configs.get(&BlobId::Digest(d.clone())))
        {
            return Some(Rc::clone(known));
        }
        let fetched = self.fetch(descriptor, &format!("configuration of {who}"))?;
        let blob = fetched.blob.clone();
        let at = self.keep_fetched(DocumentKind::Config, descriptor.media_type.clone(), fetched);
        Some(self.read_config(at, blob, descriptor.kind()))
    }

    /// Looks at a configuration that is among the documents.
    pub(super) fn read_config(&mut self, at: usize, blob: BlobId, media_type: &str) -> Rc<Config> {
        let parsed = self.documents.get(at).map(super::Document::json);
        let config = match parsed {
            Some(Ok(value)) => Config::read(at, &value),
            _ => {
                if media_type.is_empty() || is_image_config_type(media_type) {
                    let detail = "the configuration is not JSON that can be read".to_owned();
                    self.problem(ProblemKind::Corrupt, &blob.to_string(), detail);
                }
                Config { document: at, ..Config::default() }
            }
        };
        let config = Rc::new(config);
        self.configs.insert(blob, Rc::clone(&config));
        config
    }

    /// The layers that descriptors name, lowest first, as far as the limit allows.
    pub(super) fn layers_of<'v>(
        &mut self,
        descriptors: impl Iterator<Item = &'v Value>,
        who: &str,
    ) -> Vec<Layer> {
        let mut layers = Vec::new();
        for (index, value) in descriptors.enumerate() {
            if !self.room_for_layer(who) {
                break;
            }
            layers.push(self.layer(index, Descriptor::read(value), who));
        }
        layers
    }

    /// Whether one more layer may be described.
    pub(super) fn room_for_layer(&mut self, who: &str) -> bool {
        let limit = self.limits.layers;
        self.layers = self.layers.saturating_add(1);
        if self.layers == limit.saturating_add(1) {
            self.problem(ProblemKind::Limit, who, format!("more than {limit} layers (limit `layers`)"));
        }
        self.layers <= limit
    }

    /// A layer by its descriptor. What keeps it from being read becomes a problem, once for each blob.
    pub(super) fn layer(&mut self, index: usize, descriptor: Descriptor, who: &str) -> Layer {
        let blob = match &descriptor.digest {
            Some(digest) => BlobId::Digest(digest.clone()),
            None => BlobId::Name(format!("layer {index} of {who}")),
        };
        if descriptor.digest.is_none() {
            let detail = "it is named by something that is no digest".to_owned();
            self.problem(ProblemKind::Corrupt, &blob.to_string(), detail);
        }
        self.layer_at(blob, descriptor, Spot { index, who })
    }

    /// A layer by where it lies.
    pub(super) fn layer_at(&mut self, blob: BlobId, of: Descriptor, spot: Spot<'_>) -> Layer {
        let Spot { index, who } = spot;
        self.check_size(&of, &format!("layer {index} ({blob})"));
        self.reach(&blob);
        let blob = self.store.resolve(&blob).unwrap_or(blob);
        let held = self.held(&blob, &of);
        let role = self.role(&blob, &of, &held);
        self.tell_layer(
            &role,
            &held,
            Problem {
                kind: ProblemKind::MissingBlob,
                what: format!("layer {index} ({blob})"),
                detail: format!("of {who}"),
                bytes: of.size.or_else(|| self.store.size(&blob)),
            },
        );
        Layer {
            index,
            size: of.size.or_else(|| self.store.size(&blob)),
            blob,
            media_type: of.media_type,
            digest: of.digest,
            diff_id: None,
            annotations: of.annotations,
            urls: of.urls,
            role,
            held,
        }
    }

    fn held(&mut self, blob: &BlobId, of: &Descriptor) -> Held {
        if let Some(digest) = &of.digest {
            self.check_embedded(of, digest);
        }
        match &of.data {
            _ if self.store.holds(blob) => Held::Stored,
            Some(data) => Held::Embedded(data.clone()),
            None => Held::Absent,
        }
    }

    fn role(&self, blob: &BlobId, of: &Descriptor, held: &Held) -> LayerRole {
        let media_type = of.kind();
        if role::is_encrypted(media_type) {
            return LayerRole::Encrypted;
        }
        match held {
            Held::Absent if role::is_foreign(media_type) || !of.urls.is_empty() => LayerRole::Foreign,
            Held::Absent => role::of_head(&[], media_type),
            Held::Stored => role::by_bytes(self.store, blob, media_type),
            Held::Embedded(data) => role::of_head(data, media_type),
        }
    }

    /// Says why a layer will not be read, if so.
    fn tell_layer(&mut self, role: &LayerRole, held: &Held, mut problem: Problem) {
        let (kind, why) = match (role, held) {
            (LayerRole::Encrypted, _) => (ProblemKind::EncryptedLayer, "it is encrypted"),
            (LayerRole::Foreign, _) => (ProblemKind::ForeignLayer, "it lies elsewhere and is not here"),
            (_, Held::Absent) => (ProblemKind::MissingBlob, "it is not here"),
            _ => return,
        };
        problem.detail = format!("{why}: a layer {} was not read", problem.detail);
        problem.kind = kind;
        if self.told.insert(problem.what.clone()) {
            self.tell(problem);
        }
    }

    /// Gives the layers the digests of their uncompressed tars, if there is one for each.
    pub(super) fn give_diff_ids(&mut self, layers: &mut [Layer], config: &Config, who: &str) {
        let Some(diff_ids) = &config.diff_ids else { return };
        if diff_ids.len() != layers.len() {
            let (ids, held) = (diff_ids.len(), layers.len());
            let detail = format!("the configuration lists {ids} layers, the manifest {held}");
            self.problem(ProblemKind::Corrupt, who, detail);
            return;
        }
        for (layer, diff_id) in layers.iter_mut().zip(diff_ids) {
            layer.diff_id.clone_from(diff_id);
        }
    }
}

/// What a manifest is for, by its descriptor, its fields, its configuration and its layers.
pub(super) fn kind_of(
    value: &Value,
    by: &Descriptor,
    config: Option<&Config>,
    layers: &[Layer],
) -> ImageKind {
    let config_type = value.get("config").and_then(|c| text(c, "mediaType")).unwrap_or_default();
    let purpose = config.map_or(Purpose::Other, |c| c.purpose);
    if config_type == CACHE_CONFIG || purpose == Purpose::Cache {
        return ImageKind::Cache;
    }
    if is_attestation(value, by, config, layers) {
        return ImageKind::Attestation { subject: subject(value, by) };
    }
    let layer_type = |layer: &Layer| layer.media_type.as_deref().is_some_and(role::is_layer_type);
    let artifact_type = text(value, "artifactType").or_else(|| by.artifact_type.clone());
    let bare = config_type.is_empty() && artifact_type.is_none() && layers.iter().any(layer_type);
    if purpose == Purpose::Image || is_image_config_type(&config_type) || bare {
        return ImageKind::Image;
    }
    ImageKind::Artifact { artifact_type: artifact_type.or(Some(config_type).filter(|t| !t.is_empty())) }
}

fn is_attestation(value: &Value, by: &Descriptor, config: Option<&Config>, layers: &[Layer]) -> bool {
    let says = |map: &std::collections::BTreeMap<String, String>| {
        map.get("vnd.docker.reference.type").is_some_and(|t| t == "attestation-manifest")
    };
    let unknown = |platform: Option<&Platform>| platform.is_some_and(Platform::is_unknown);
    let statement = |layer: &Layer| layer.media_type.as_deref().is_some_and(role::is_statement_type);
    says(&by.annotations)
        || says(&annotations(value))
        || text(value, "artifactType").is_some_and(|t| t == ATTESTATION)
        || by.artifact_type.as_deref() == Some(ATTESTATION)
        || unknown(by.platform.as_ref())
        || unknown(config.and_then(|c| c.platform.as_ref()))
        || (!layers.is_empty() && layers.iter().all(statement))
}

fn subject(value: &Value, by: &Descriptor) -> Option<Digest> {
    let stated = value.get("subject").and_then(|s| text(s, "digest"));
    let annotated = by.annotations.get("vnd.docker.reference.digest").cloned();
    Digest::parse(&stated.or(annotated)?).ok()
}

/// What the annotations of a manifest, or else of its descriptor, say about the base image.
pub(super) fn base_of(value: &Value, by: &Descriptor) -> Base {
    let own = annotations(value);
    let find = |key: &str| own.get(key).or_else(|| by.annotations.get(key)).cloned();
    Base {
        digest: find("org.opencontainers.image.base.digest").and_then(|d| Digest::parse(&d).ok()),
        name: find("org.opencontainers.image.base.name"),
    }
}

impl Walk<'_> {
    /// Builds the image of a manifest that is among the documents.
    pub(super) fn manifest(&mut self, value: &Value, at: usize, by: &Descriptor) -> Image {
        let who = by.who();
        let config = value.get("config").map(Descriptor::read).and_then(|c| self.config(&c, &who));
        // `blobs` is what the withdrawn artifact manifest of OCI 1.1 called its layers.
        let descriptors = array(value, "layers").iter().chain(array(value, "blobs"));
        let mut layers = self.layers_of(descriptors, &who);
        let kind = kind_of(value, by, config.as_deref(), &layers);
        let mut platform = by.platform.clone();
        if let Some(config) = config.as_deref() {
            platform = platform.or_else(|| config.platform.clone());
            if matches!(kind, ImageKind::Image) {
                self.give_diff_ids(&mut layers, config, &who);
            }
        }
        let references = Vec::new();
        let config = config.map(|c| c.document);
        Image { kind, platform, references, manifest: Some(at), config, layers, base: base_of(value, by) }
    }
}
