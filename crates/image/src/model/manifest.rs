//! Follows descriptors to manifests: each once, none forever.

use std::collections::BTreeSet;

use super::content::{Is, Readings, is_image_config, is_manifest_type};
use super::describe::Walk;
use super::descriptor::Descriptor;
use super::fetch::Fetched;
use super::{DocumentKind, Image};
use crate::ProblemKind;
use crate::store::BlobId;

/// How the walk came to a descriptor.
#[derive(Clone, Debug, Default)]
pub(super) struct Way {
    /// The names that lead here.
    pub(super) references: Vec<String>,
    /// How many indexes lie above.
    pub(super) depth: usize,
    /// The document that names it, for messages.
    pub(super) from: String,
}

/// Where a document stands in the walk.
pub(super) enum Visit {
    /// The walk is inside it.
    Open,
    /// It gave these images.
    Done(Vec<usize>),
}

impl Walk<'_> {
    /// Follows a descriptor; gives the positions of the images under it.
    pub(super) fn follow(&mut self, by: &Descriptor, way: &Way) -> Vec<usize> {
        if !self.room_for_manifest(&way.from) {
            return Vec::new();
        }
        let key = by.digest.clone().map(BlobId::Digest);
        match key.as_ref().and_then(|key| self.seen.get(key)) {
            Some(Visit::Open) => {
                let detail = "the index leads back to itself".to_owned();
                self.problem(ProblemKind::Corrupt, &way.from, detail);
                return Vec::new();
            }
            Some(Visit::Done(images)) => {
                let images = images.clone();
                self.also_known_as(&images, by, way);
                return images;
            }
            None => {}
        }
        if !self.room_below(way) {
            return Vec::new();
        }
        let role = format!("manifest of {}, named by {},", by.who(), way.from);
        let Some(fetched) = self.fetch(by, &role) else { return Vec::new() };
        if let Some(key) = &key {
            self.seen.insert(key.clone(), Visit::Open);
        }
        let images = self.document(fetched, by, way);
        if let Some(key) = key {
            self.seen.insert(key, Visit::Done(images.clone()));
        }
        images
    }

    fn also_known_as(&mut self, images: &[usize], by: &Descriptor, way: &Way) {
        for at in images {
            let Some(image) = self.images.get_mut(*at) else { continue };
            add_names(image, &way.references);
            add_names(image, &by.names());
            if let [_] = images {
                image.platform = image.platform.take().or_else(|| by.platform.clone());
            }
        }
    }

    fn room_below(&mut self, way: &Way) -> bool {
        let nesting = self.limits.nesting;
        if way.depth > nesting {
            let detail = format!("more than {nesting} indexes lie inside each other (limit `nesting`)");
            self.problem(ProblemKind::Limit, &way.from, detail);
        }
        way.depth <= nesting
    }

    /// Whether one more manifest may be followed, known or not.
    pub(super) fn room_for_manifest(&mut self, from: &str) -> bool {
        let limit = self.limits.manifests;
        self.manifests = self.manifests.saturating_add(1);
        if self.manifests == limit.saturating_add(1) {
            self.problem(
                ProblemKind::Limit,
                from,
                format!("more than {limit} manifests (limit `manifests`)"),
            );
        }
        self.manifests <= limit
    }

    /// Keeps a document and takes it for what it is; gives the images under it.
    fn document(&mut self, fetched: Fetched, by: &Descriptor, way: &Way) -> Vec<usize> {
        let at = self.keep_fetched(DocumentKind::Other, by.media_type.clone(), fetched);
        self.document_at(at, by, way)
    }

    /// Takes a document among the documents for what it is: follows every reading that it allows.
    pub(super) fn document_at(&mut self, at: usize, by: &Descriptor, way: &Way) -> Vec<usize> {
        let Some(document) = self.documents.get_mut(at) else { return Vec::new() };
        let name = document.name.clone();
        let parsed = document.json();
        let readings = parsed.as_ref().map(Readings::of).unwrap_or_default();
        let config = parsed.as_ref().is_ok_and(is_image_config);
        document.kind = if readings.none() && config { DocumentKind::Config } else { readings.kind() };
        // Whatever an index lists without calling it a manifest may be any document.
        if readings.none() && (by.media_type.is_none() || is_manifest_type(by.kind())) {
            let detail = "it should be a manifest, and is neither a manifest nor an index".to_owned();
            self.problem(ProblemKind::Corrupt, &name, detail);
        }
        let Ok(value) = parsed else { return Vec::new() };
        let mut references = way.references.clone();
        references.extend(by.names());
        let mut images = BTreeSet::new();
        if readings.index == Is::Yes {
            let down = Way { references: references.clone(), depth: way.depth.saturating_add(1), from: name };
            images.extend(self.index(&value, at, &down));
        }
        if readings.manifest == Is::Yes || readings.artifact == Is::Yes {
            let image = self.manifest(&value, at, by);
            images.insert(self.add_image(image, &references));
        }
        if readings.schema1 == Is::Yes {
            let image = self.schema1(&value, at, by);
            images.insert(self.add_image(image, &references));
        }
        images.into_iter().collect()
    }

    pub(super) fn add_image(&mut self, mut image: Image, references: &[String]) -> usize {
        add_names(&mut image, references);
        self.images.push(image);
        self.images.len() - 1
    }
}

/// The most names of an image that are kept; the others are still in the documents.
const MAX_NAMES: usize = 100;

/// Adds names that the image does not have yet.
pub(super) fn add_names(image: &mut Image, names: &[String]) {
    for name in names {
        if image.references.len() < MAX_NAMES && !image.references.contains(name) {
            image.references.push(name.clone());
        }
    }
}
