//! The archives of `docker save` before Docker 1.10: one directory per layer with `json`, `VERSION` and `layer.tar`,
//! chained by `parent`. Archives up to Docker 24 hold the same files beside `manifest.json`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::describe::Walk;
use super::descriptor::{Descriptor, text};
use super::fetch::Fetched;
use super::image::Spot;
use super::save::LAYER_TYPE;
use super::{Base, DocumentKind, Image, ImageKind, Layer, Platform};
use crate::ProblemKind;
use crate::store::{BlobId, Store};

/// The layers' directories, by id.
pub(super) fn ids(store: &dyn Store) -> Vec<String> {
    let id = |blob: BlobId| match blob {
        BlobId::Name(name) => name.strip_suffix("/json").filter(|id| !id.contains('/')).map(str::to_owned),
        BlobId::Digest(_) => None,
    };
    store.blobs().into_iter().filter_map(id).collect()
}

/// What `<id>/json` says.
#[derive(Clone, Debug, Default)]
pub(super) struct Link {
    document: Option<usize>,
    parent: Option<String>,
    platform: Option<Platform>,
}

/// The chains of an archive.
pub(super) type Chain = BTreeMap<String, Link>;

/// The names that `repositories` gives to ids: `name:tag`, id.
pub(super) fn names(repositories: &Value) -> Vec<(String, String)> {
    let tags = repositories.as_object().into_iter().flatten().flat_map(|(name, tags)| {
        let tags = tags.as_object().into_iter().flatten();
        tags.filter_map(move |(tag, id)| Some((format!("{name}:{tag}"), id.as_str()?.to_owned())))
    });
    tags.collect()
}

/// The ids that are nobody's parent: the tops of images.
pub(super) fn tops(chain: &Chain) -> Vec<String> {
    let parents: BTreeSet<&str> = chain.values().filter_map(|link| link.parent.as_deref()).collect();
    chain.keys().filter(|id| !parents.contains(id.as_str())).cloned().collect()
}

impl Walk<'_> {
    /// Keeps the documents of all layer directories.
    pub(super) fn legacy_documents(&mut self, ids: &[String]) -> Chain {
        ids.iter().map(|id| (id.clone(), self.legacy_document(id))).collect()
    }

    fn legacy_document(&mut self, id: &str) -> Link {
        self.keep_named(&format!("{id}/VERSION"), DocumentKind::Other);
        let Some(at) = self.keep_named(&format!("{id}/json"), DocumentKind::LegacyImageJson) else {
            return Link::default();
        };
        let value = self.documents.get(at).and_then(|d| d.json().ok());
        let Some(value) = value else {
            let detail = "the description of a layer is not JSON that can be read".to_owned();
            self.problem(ProblemKind::Corrupt, &format!("{id}/json"), detail);
            return Link { document: Some(at), ..Link::default() };
        };
        Link { document: Some(at), parent: text(&value, "parent"), platform: Platform::read(&value) }
    }

    fn keep_named(&mut self, name: &str, kind: DocumentKind) -> Option<usize> {
        let blob = BlobId::Name(name.to_owned());
        if !self.store.holds(&blob) {
            return None;
        }
        let bytes = self.read(&blob, "description of a layer")?;
        Some(self.keep_fetched(kind, None, Fetched { blob, bytes }))
    }

    /// The layers from the top down, as far as the limit allows.
    fn ancestors(&mut self, top: &str, chain: &Chain, who: &str) -> Vec<String> {
        let mut ids = Vec::new();
        let mut seen = BTreeSet::new();
        let mut next = Some(top.to_owned());
        while let Some(id) = next {
            if !self.room_for_layer(who) {
                break;
            }
            if !seen.insert(id.clone()) {
                let detail = "its layers are each other's parents".to_owned();
                self.problem(ProblemKind::Corrupt, who, detail);
                break;
            }
            next = chain.get(&id).and_then(|link| link.parent.clone());
            ids.push(id);
        }
        ids
    }

    /// The image whose topmost layer is this one.
    pub(super) fn legacy_image(&mut self, top: &str, chain: &Chain, names: &[String]) {
        let who = names.first().map_or("an image", String::as_str).to_owned();
        let ids = self.ancestors(top, chain, &who);
        let mut layers: Vec<Layer> = Vec::new();
        for id in ids.iter().rev() {
            let descriptor = Descriptor { media_type: Some(LAYER_TYPE.to_owned()), ..Descriptor::default() };
            let blob = BlobId::Name(format!("{id}/layer.tar"));
            let spot = Spot { index: layers.len(), who: &who };
            layers.push(self.layer_at(blob, descriptor, spot));
        }
        let link = chain.get(top).cloned().unwrap_or_default();
        let (kind, references, base) = (ImageKind::Image, Vec::new(), Base::default());
        let (platform, config) = (link.platform, link.document);
        self.add_image(Image { kind, platform, references, manifest: None, config, layers, base }, names);
    }
}
