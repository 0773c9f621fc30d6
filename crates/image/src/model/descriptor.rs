//! What one document says about another blob (image-spec `descriptor.md`).

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::Platform;
use crate::Digest;

/// A descriptor, read as far as it makes sense.
#[derive(Clone, Debug, Default)]
pub(super) struct Descriptor {
    pub(super) media_type: Option<String>,
    pub(super) digest: Option<Digest>,
    pub(super) size: Option<u64>,
    /// Whether a size is stated that is no number of bytes.
    pub(super) odd_size: bool,
    pub(super) urls: Vec<String>,
    pub(super) annotations: BTreeMap<String, String>,
    pub(super) data: Option<Vec<u8>>,
    pub(super) platform: Option<Platform>,
    pub(super) artifact_type: Option<String>,
}

impl Descriptor {
    pub(super) fn read(value: &Value) -> Self {
        let written = text(value, "digest").unwrap_or_default();
        let data = value.get("data").and_then(Value::as_str);
        Self {
            media_type: text(value, "mediaType"),
            digest: Digest::parse(&written).ok(),
            size: value.get("size").and_then(Value::as_u64),
            odd_size: value.get("size").is_some_and(|size| !size.is_u64() && !size.is_null()),
            urls: array(value, "urls").iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            annotations: annotations(value),
            data: data.and_then(|d| STANDARD.decode(d).ok()),
            platform: value.get("platform").and_then(Platform::read),
            artifact_type: text(value, "artifactType"),
        }
    }

    /// The media type, or nothing.
    pub(super) fn kind(&self) -> &str {
        self.media_type.as_deref().unwrap_or_default()
    }

    /// The names that its annotations give it.
    pub(super) fn names(&self) -> Vec<String> {
        let keys = ["io.containerd.image.name", "org.opencontainers.image.ref.name"];
        keys.iter().filter_map(|key| self.annotations.get(*key).cloned()).collect()
    }

    /// For a person: the platform, where one is stated, or what a manifest is otherwise for.
    pub(super) fn who(&self) -> String {
        match &self.platform {
            Some(platform) if platform.is_unknown() => "an attestation".to_owned(),
            Some(platform) => format!("platform {platform}"),
            None => "an image".to_owned(),
        }
    }
}

/// A string field.
pub(super) fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key)?.as_str().map(str::to_owned)
}

/// An array field, or nothing.
pub(super) fn array<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The annotations that are strings; the others are seen in the raw document.
pub(super) fn annotations(value: &Value) -> BTreeMap<String, String> {
    let map = value.get("annotations").and_then(Value::as_object);
    let pairs = map.into_iter().flatten();
    pairs.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
}
