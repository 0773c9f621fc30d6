//! What a JSON document is, by what is in it.

use serde_json::Value;

use super::DocumentKind;

/// The configuration media type of a BuildKit cache.
pub const CACHE_CONFIG: &str = "application/vnd.buildkit.cacheconfig.v0";
/// The artifact type of a BuildKit attestation.
pub(super) const ATTESTATION: &str = "application/vnd.docker.attestation.manifest.v1+json";

/// The readings that a document allows. More than one can hold at once, and then all are followed: readers differ in
/// which they choose (CVE-2021-41190).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Readings {
    pub(super) index: Is,
    pub(super) manifest: Is,
    pub(super) artifact: Is,
    pub(super) schema1: Is,
}

/// Whether a reading holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Is {
    #[default]
    No,
    Yes,
}

impl Readings {
    pub(super) fn of(value: &Value) -> Self {
        let lists = |key: &str| value.get(key).is_some_and(Value::is_array);
        let is = |holds| if holds { Is::Yes } else { Is::No };
        // A cache configuration has layers too, but they are records of another kind.
        let manifest = (lists("layers") && !lists("records")) || value.get("config").is_some_and(has_digest);
        Self {
            index: is(lists("manifests")),
            manifest: is(manifest && !lists("fsLayers")),
            artifact: is(lists("blobs")),
            schema1: is(lists("fsLayers")),
        }
    }

    pub(super) fn none(self) -> bool {
        self == Self::default()
    }

    pub(super) fn kind(self) -> DocumentKind {
        match self {
            readings if readings.none() => DocumentKind::Other,
            Self { index: Is::Yes, .. } => DocumentKind::Index,
            _ => DocumentKind::Manifest,
        }
    }
}

fn has_digest(value: &Value) -> bool {
    value.get("digest").is_some_and(Value::is_string)
}

/// Whether a media type says manifest or index.
#[must_use]
pub fn is_manifest_type(media_type: &str) -> bool {
    let base = media_type.split(';').next().unwrap_or_default().trim();
    base.starts_with("application/vnd.docker.distribution.manifest.")
        || base.starts_with("application/vnd.oci.image.manifest.")
        || base.starts_with("application/vnd.oci.image.index.")
        || base.starts_with("application/vnd.oci.artifact.manifest.")
}

/// Whether a configuration is that of an image that runs.
pub(super) fn is_image_config(value: &Value) -> bool {
    value.get("rootfs").is_some_and(Value::is_object)
        || (value.get("architecture").is_some() && value.get("os").is_some())
}

/// Whether a configuration is that of a build cache.
#[must_use]
pub fn is_cache_config(value: &Value) -> bool {
    value.get("records").is_some_and(Value::is_array) && value.get("layers").is_some_and(Value::is_array)
}

/// Whether a media type says image configuration.
pub(super) fn is_image_config_type(media_type: &str) -> bool {
    media_type.starts_with("application/vnd.oci.image.config.")
        || media_type.starts_with("application/vnd.docker.container.image.")
}
