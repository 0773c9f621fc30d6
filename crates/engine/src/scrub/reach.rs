//! Fills the new image with everything that its index leads to, and with nothing else.

use std::collections::{HashMap, HashSet};

use tightlip_image::Digest;
use tightlip_image::rewrite::Rewritten;
use tightlip_image::store::BlobId;
use tightlip_image::write::Overlay;

use super::rebuild::Rebuilt;
use super::survey::Survey;

/// Adds what the new manifests name.
pub(crate) struct Reach<'r, 'i> {
    pub(crate) survey: &'r Survey,
    pub(crate) layers: &'r HashMap<BlobId, Rewritten>,
    pub(crate) rebuilt: &'r Rebuilt,
    pub(crate) image: &'r mut Overlay<'i>,
    pub(crate) seen: HashSet<String>,
}

impl Reach<'_, '_> {
    /// Everything that a document names, and what that names.
    pub(crate) fn document(&mut self, bytes: &[u8]) {
        let Ok(value) = serde_json::from_slice::<serde_json::Value>(bytes) else { return };
        let lists = ["manifests", "layers", "blobs"];
        let listed = lists.iter().filter_map(|key| value.get(*key)?.as_array()).flatten();
        for descriptor in listed.chain(value.get("config")) {
            if let Some(digest) = descriptor.get("digest").and_then(serde_json::Value::as_str) {
                self.named(digest);
            }
        }
    }

    fn named(&mut self, text: &str) {
        let Ok(digest) = Digest::parse(text) else { return };
        if !self.seen.insert(text.to_owned()) {
            return;
        }
        if let Some(bytes) = self.rebuilt.fresh.get(&digest) {
            return self.document(&bytes.clone());
        }
        let documents = &self.survey.description.documents;
        if let Some(document) = documents.iter().find(|document| document.digest.as_ref() == Some(&digest)) {
            let bytes = document.bytes.clone();
            self.image.document(bytes.clone());
            return self.document(&bytes);
        }
        if self.layers.values().any(|layer| layer.digest == digest) {
            return;
        }
        let blobs = &self.survey.by_rules.blobs;
        if let Some((blob, scan)) = blobs.iter().find(|(_, scan)| scan.facts.digest == digest) {
            self.image.below(digest, blob.clone(), scan.facts.size);
        }
    }
}
