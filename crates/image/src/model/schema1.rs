//! Docker's first manifest schema: layers from the top down, and one configuration per layer as text inside.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::describe::Walk;
use super::descriptor::{Descriptor, array, text};
use super::image::base_of;
use super::{Document, DocumentKind, Image, ImageKind, Platform};
use crate::Digest;

/// What the layers of such a manifest are; it does not say so itself.
const LAYER_TYPE: &str = "application/vnd.docker.image.rootfs.diff.tar.gzip";

impl Walk<'_> {
    pub(super) fn schema1(&mut self, value: &Value, at: usize, by: &Descriptor) -> Image {
        let who = by.who();
        let mut layers = Vec::new();
        for layer in array(value, "fsLayers").iter().rev() {
            if !self.room_for_layer(&who) {
                break;
            }
            let digest = text(layer, "blobSum").and_then(|d| Digest::parse(&d).ok());
            let media_type = Some(LAYER_TYPE.to_owned());
            let descriptor = Descriptor { digest, media_type, ..Descriptor::default() };
            layers.push(self.layer(layers.len(), descriptor, &who));
        }
        let config = self.compatibility(value, at);
        let platform = by.platform.clone().or_else(|| {
            let top = self.documents.get(config?)?.json().ok()?;
            Platform::read(&top)
        });
        let (references, base) = (Vec::new(), base_of(value, by));
        Image { kind: ImageKind::Image, platform, references, manifest: Some(at), config, layers, base }
    }

    /// Keeps the configurations; gives the position of the topmost.
    fn compatibility(&mut self, value: &Value, at: usize) -> Option<usize> {
        let manifest = self.documents.get(at).map(|d| d.name.clone()).unwrap_or_default();
        let mut top = None;
        for (i, entry) in array(value, "history").iter().enumerate() {
            let Some(json) = text(entry, "v1Compatibility") else { continue };
            let kept = self.keep(Document {
                kind: DocumentKind::LegacyImageJson,
                blob: None,
                name: format!("{manifest} history[{i}].v1Compatibility"),
                digest: None,
                media_type: None,
                size: json.len() as u64,
                bytes: json.into_bytes(),
            });
            top = top.or(Some(kept));
        }
        top
    }
}

/// The digest of a document: the one that names it, if that is right for a signed manifest too.
#[must_use]
pub fn digest_of(named: &Digest, bytes: &[u8]) -> Digest {
    let right = named.matches(bytes) || payload_matches(named, bytes);
    if right { named.clone() } else { Digest::of(bytes) }
}

/// Whether the digest is that of what a signed manifest signs: the signatures are not part of it
/// (distribution, `manifest-v2-1.md`, "Signed Manifests").
pub(super) fn payload_matches(digest: &Digest, bytes: &[u8]) -> bool {
    payload(bytes).is_some_and(|payload| digest.matches(&payload))
}

fn payload(bytes: &[u8]) -> Option<Vec<u8>> {
    let value: Value = serde_json::from_slice(bytes).ok()?;
    let protected = text(array(&value, "signatures").first()?, "protected")?;
    let protected: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(protected).ok()?).ok()?;
    let length = usize::try_from(protected.get("formatLength")?.as_u64()?).ok()?;
    let mut payload = bytes.get(..length)?.to_vec();
    payload.extend(URL_SAFE_NO_PAD.decode(text(&protected, "formatTail")?).ok()?);
    Some(payload)
}
