//! Which blobs a scan reads, and as what.

use std::collections::HashMap;

use tightlip_image::Expected;
use tightlip_image::model::{Description, Held, Image, ImageKind, Layer, LayerRole};
use tightlip_image::store::{BlobId, Store};

use crate::blob::Reading;
use crate::record;
use crate::surface::Paper;

/// A blob to read.
pub(crate) struct Job {
    pub(crate) blob: BlobId,
    pub(crate) expected: Expected,
    pub(crate) reading: Reading,
    pub(crate) size: u64,
    /// The bytes, where they stand in the manifest instead of the store.
    pub(crate) embedded: Option<Vec<u8>>,
}

/// The blobs of all images, each once, and those that no image names.
pub(crate) fn jobs(description: &Description, store: &dyn Store) -> Vec<Job> {
    let mut jobs: HashMap<BlobId, Job> = HashMap::new();
    for (image, layer) in description.images.iter().flat_map(|i| i.layers.iter().map(move |l| (i, l))) {
        let embedded = match &layer.held {
            Held::Absent => continue,
            Held::Stored => None,
            Held::Embedded(bytes) => Some(bytes.clone()),
        };
        let reading = match layer.role {
            LayerRole::Encrypted | LayerRole::Foreign => continue,
            _ if record::is_record(image, description) => Reading::Paper(Paper::Record),
            LayerRole::Tar => Reading::Layer,
            LayerRole::Statement | LayerRole::Opaque(_) if is_statement(image, layer) => {
                Reading::Paper(Paper::Statement)
            }
            LayerRole::Statement => Reading::Paper(Paper::Artifact),
            LayerRole::Opaque(_) => Reading::Sniffed,
        };
        let expected =
            Expected { digest: layer.digest.clone(), size: layer.size, diff_id: layer.diff_id.clone() };
        let size = store.size(&layer.blob).max(layer.size).unwrap_or_default();
        jobs.entry(layer.blob.clone()).or_insert(Job {
            blob: layer.blob.clone(),
            expected,
            reading,
            size,
            embedded,
        });
    }
    for blob in &description.loose {
        let digest = match blob {
            BlobId::Digest(digest) => Some(digest.clone()),
            BlobId::Name(_) => None,
        };
        let expected = Expected { digest, ..Expected::default() };
        let size = store.size(blob).unwrap_or_default();
        let job = Job { blob: blob.clone(), expected, reading: Reading::Sniffed, size, embedded: None };
        jobs.entry(blob.clone()).or_insert(job);
    }
    jobs.into_values().collect()
}

pub(crate) fn is_statement(image: &Image, layer: &Layer) -> bool {
    matches!(image.kind, ImageKind::Attestation { .. })
        || layer.media_type.as_deref().is_some_and(|media_type| media_type.contains("in-toto"))
}
