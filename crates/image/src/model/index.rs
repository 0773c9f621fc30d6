//! Walks an index: nested indexes, manifests of all platforms, and the older form of a build cache, which lists its
//! layers as if they were manifests.

use std::collections::BTreeSet;

use serde_json::Value;

use super::content::{CACHE_CONFIG, is_manifest_type};
use super::describe::Walk;
use super::descriptor::{Descriptor, array, text};
use super::image::base_of;
use super::manifest::Way;
use super::{Image, ImageKind};

/// What an entry of an index is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// A manifest, an index, or another document.
    Document,
    /// The configuration of a build cache.
    CacheConfig,
    /// Other bytes.
    Layer,
}

impl Walk<'_> {
    pub(super) fn index(&mut self, value: &Value, at: usize, way: &Way) -> BTreeSet<usize> {
        let mut images = BTreeSet::new();
        let mut pieces = Vec::new();
        for entry in array(value, "manifests") {
            let descriptor = Descriptor::read(entry);
            match self.part(&descriptor) {
                Part::Document => images.extend(self.follow(&descriptor, way)),
                part => pieces.push((part, descriptor)),
            }
        }
        if !pieces.is_empty() {
            let image = self.pieces(value, at, pieces);
            images.insert(self.add_image(image, &way.references));
        }
        images
    }

    /// What an entry of an index is: by its media type if that says manifest, else by its bytes.
    pub(super) fn part(&self, descriptor: &Descriptor) -> Part {
        let media_type = descriptor.kind();
        if media_type.is_empty() || is_manifest_type(media_type) {
            return Part::Document;
        }
        if media_type == CACHE_CONFIG {
            return Part::CacheConfig;
        }
        let Some(blob) = descriptor.digest.clone().map(Into::into) else { return Part::Layer };
        let small = self.store.size(&blob).is_some_and(|size| size <= self.limits.document);
        let head = if small { self.store.head(&blob).unwrap_or_default() } else { Vec::new() };
        match super::role::of_head(&head, "") {
            super::LayerRole::Statement => Part::Document,
            _ => Part::Layer,
        }
    }

    /// What an index lists besides documents, as one image.
    pub(super) fn pieces(&mut self, value: &Value, at: usize, pieces: Vec<(Part, Descriptor)>) -> Image {
        let who = "a build cache or artifact";
        let mut config = None;
        let mut layers = Vec::new();
        let mut kind = ImageKind::Artifact { artifact_type: text(value, "artifactType") };
        for (part, descriptor) in pieces {
            if part == Part::CacheConfig {
                kind = ImageKind::Cache;
                config = config.or(self.config(&descriptor, who));
            } else if self.room_for_layer(who) {
                layers.push(self.layer(layers.len(), descriptor, who));
            }
        }
        let (references, platform, config) = (Vec::new(), None, config.map(|c| c.document));
        let base = base_of(value, &Descriptor::default());
        Image { kind, platform, references, manifest: Some(at), config, layers, base }
    }
}
