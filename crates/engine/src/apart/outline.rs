//! What describing images needs of a blob once it was read: of a document its structure with all values masked, of
//! anything else what its first bytes were.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tightlip_image::Digest;
use tightlip_image::model::Head;
use tightlip_image::store::Whole;

use super::Role;
use crate::vault::Mask;

/// What is kept besides what was seen.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Outline {
    /// The digest that the bytes had.
    digest: Digest,
    /// How many they were.
    size: u64,
    media_type: Option<String>,
    /// What is left of a document.
    document: Option<String>,
    /// What the first bytes of anything else were.
    head: Option<Head>,
    /// The digests of what an image was made of, by a statement about it.
    materials: Vec<Digest>,
}

impl Outline {
    /// Of a document.
    pub(crate) fn document(whole: Whole, media_type: Option<String>, left: String) -> Self {
        let Whole { digest, size } = whole;
        Self { digest, size, media_type, document: Some(left), head: None, materials: Vec::new() }
    }

    /// Of a blob.
    pub(crate) fn blob(whole: Whole, head: Head, materials: Vec<Digest>) -> Self {
        let Whole { digest, size } = whole;
        Self { digest, size, media_type: None, document: None, head: Some(head), materials }
    }

    pub(crate) fn whole(&self) -> Whole {
        Whole { digest: self.digest.clone(), size: self.size }
    }

    pub(crate) fn media_type(&self) -> Option<String> {
        self.media_type.clone()
    }

    pub(crate) fn is_document(&self) -> bool {
        self.document.is_some()
    }

    /// Bytes that are described as the blob's own would be.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        if let Some(document) = &self.document {
            return document.clone().into_bytes();
        }
        let material = |digest: &Digest| json!({"digest": {digest.algorithm().name(): digest.hex()}});
        let materials: Vec<Value> = self.materials.iter().map(material).collect();
        json!({ "materials": materials }).to_string().into_bytes()
    }

    /// The first of the bytes.
    pub(crate) fn head(&self) -> Vec<u8> {
        match (self.head, &self.document) {
            (Some(head), _) => head.stand_in(),
            (None, Some(document)) => document.bytes().take(512).collect(),
            (None, None) => Vec::new(),
        }
    }
}

/// Keys of manifests and indexes. They are never masked: a password may be the word `annotations`.
const KEYS: &[&str] = &[
    "schemaVersion",
    "mediaType",
    "artifactType",
    "config",
    "layers",
    "blobs",
    "manifests",
    "subject",
    "digest",
    "size",
    "urls",
    "data",
    "platform",
    "architecture",
    "os",
    "os.version",
    "os.features",
    "variant",
    "annotations",
    "fsLayers",
    "blobSum",
    "history",
    "v1Compatibility",
    "signatures",
    "protected",
    "name",
    "tag",
];
/// Keys whose values are words of the format: only what is too long for such a word is masked in them.
const WORDS: &[&str] = &["digest", "mediaType", "artifactType", "architecture", "os", "variant", "blobSum"];

/// What is left of a document when everything that describing does not need is taken out, and values are masked. No
/// JSON leaves nothing.
pub(crate) fn left_of(bytes: &[u8], role: Role, mask: &Mask) -> String {
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else { return String::new() };
    let left = match role {
        Role::Config => config(&value, mask),
        _ => masked("", &value, mask),
    };
    left.to_string()
}

/// Of a configuration: the platform, the layers, the instructions, and that it is one of a cache, if so.
fn config(value: &Value, mask: &Mask) -> Value {
    let mut left = Map::new();
    for key in ["architecture", "os", "os.version", "os.features", "variant", "rootfs"] {
        if let Some(value) = value.get(key) {
            left.insert(key.to_owned(), masked("os", value, mask));
        }
    }
    for key in ["records", "layers"] {
        if value.get(key).is_some_and(Value::is_array) {
            left.insert(key.to_owned(), json!([]));
        }
    }
    if let Some(entries) = value.get("history").and_then(Value::as_array) {
        let step = |entry: &Value| {
            let mut step = Map::new();
            for key in ["created_by", "empty_layer"] {
                if let Some(value) = entry.get(key) {
                    step.insert(key.to_owned(), masked(key, value, mask));
                }
            }
            Value::Object(step)
        };
        left.insert("history".to_owned(), entries.iter().map(step).collect());
    }
    Value::Object(left)
}

fn masked(key: &str, value: &Value, mask: &Mask) -> Value {
    match value {
        Value::String(text) if WORDS.contains(&key) => Value::String(mask.name(text)),
        Value::String(text) => Value::String(mask.text(text)),
        Value::Array(items) => items.iter().map(|item| masked(key, item, mask)).collect(),
        Value::Object(members) => {
            let member = |(key, value): (&String, &Value)| {
                let name = if KEYS.contains(&key.as_str()) { key.clone() } else { mask.name(key) };
                (name, masked(key, value, mask))
            };
            Value::Object(members.iter().map(member).collect())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::Vault;

    #[test]
    fn what_is_left_is_described_alike_and_holds_no_value() {
        let vault = Vault::default();
        vault.keep("1", b"linux");
        vault.keep("2", b"annotations");
        vault.keep("3", b"Tr0ub4dor&3x");
        let mask = vault.mask().unwrap();
        let manifest =
            json!({"annotations": {"a": "Tr0ub4dor&3x", "b": "linux"}, "platform": {"os": "linux"}});
        let left = left_of(manifest.to_string().as_bytes(), Role::Manifest, &mask);
        assert_eq!(left, r#"{"annotations":{"a":"‹masked›","b":"‹masked›"},"platform":{"os":"linux"}}"#);
        let config = json!({
            "os": "linux", "config": {"Env": ["A=Tr0ub4dor&3x"]}, "rootfs": {"type": "layers", "diff_ids": ["sha256:1"]},
            "history": [{"created_by": "ENV A=Tr0ub4dor&3x", "comment": "x", "empty_layer": true}],
        });
        let left = left_of(config.to_string().as_bytes(), Role::Config, &mask);
        assert!(
            !left.contains("Tr0ub") && !left.contains("Env") && left.contains("ENV A=‹masked›"),
            "{left}"
        );
        assert!(left.contains(r#""os":"linux""#) && left.contains(r#""empty_layer":true"#), "{left}");
        assert_eq!(left_of(b"no json", Role::Manifest, &mask), "");
    }
}
