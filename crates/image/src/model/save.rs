//! `manifest.json` of `docker save`: since Docker 1.10 it lists images, since Docker 25 beside an OCI index that lists
//! the same ones.

use std::rc::Rc;

use serde_json::Value;

use super::describe::Walk;
use super::descriptor::{Descriptor, array, text};
use super::fetch::Fetched;
use super::image::{Config, Spot};
use super::manifest::add_names;
use super::{Base, DocumentKind, Image, ImageKind, Layer};
use crate::Digest;
use crate::store::BlobId;

/// What a layer is that nothing describes further.
pub(super) const LAYER_TYPE: &str = "application/vnd.docker.image.rootfs.diff.tar";

/// The names of an entry.
pub(super) fn repo_tags(entry: &Value) -> Vec<String> {
    array(entry, "RepoTags").iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

impl Walk<'_> {
    /// Takes an entry: as another name of an image that is known already, or as an image.
    pub(super) fn save_entry(&mut self, entry: &Value, at: usize) {
        if !self.room_for_manifest("manifest.json") {
            return;
        }
        let names = repo_tags(entry);
        let config = text(entry, "Config").filter(|c| !c.is_empty()).map(|c| self.end(&c));
        let layers: Vec<BlobId> =
            array(entry, "Layers").iter().filter_map(Value::as_str).map(|l| self.end(l)).collect();
        let known = self.images.iter().position(|image| self.is_same(image, config.as_ref(), &layers));
        if let Some(image) = known.and_then(|at| self.images.get_mut(at)) {
            return add_names(image, &names);
        }
        let who = names.first().map_or("an image of manifest.json", String::as_str).to_owned();
        let config = config.and_then(|blob| self.save_config(&blob, &who));
        let mut held = self.save_layers(entry, layers, &who);
        if let Some(config) = config.as_deref() {
            self.give_diff_ids(&mut held, config, &who);
        }
        let image = Image {
            kind: ImageKind::Image,
            platform: config.as_deref().and_then(|c| c.platform.clone()),
            references: Vec::new(),
            manifest: Some(at),
            config: config.map(|c| c.document),
            layers: held,
            base: Base::default(),
        };
        self.add_image(image, &names);
    }

    /// The blob at a path, links followed.
    fn end(&self, path: &str) -> BlobId {
        let blob = BlobId::at(path.trim_start_matches("./"));
        self.store.resolve(&blob).unwrap_or(blob)
    }

    /// Whether an image has this configuration and these layers.
    fn is_same(&self, image: &Image, config: Option<&BlobId>, layers: &[BlobId]) -> bool {
        let document = image.config.and_then(|at| self.documents.get(at));
        config.is_some()
            && document.and_then(|d| d.blob.as_ref()) == config
            && image.layers.iter().map(|l| &l.blob).eq(layers)
    }

    fn save_config(&mut self, blob: &BlobId, who: &str) -> Option<Rc<Config>> {
        if let BlobId::Digest(digest) = blob {
            return self.config(&Descriptor { digest: Some(digest.clone()), ..Descriptor::default() }, who);
        }
        if let Some(known) = self.configs.get(blob) {
            return Some(Rc::clone(known));
        }
        let role = format!("configuration of {who}");
        if !self.store.holds(blob) {
            self.missing(blob.to_string(), format!("the {role} is not here: it was not read"), None);
            return None;
        }
        let bytes = self.read(blob, &role)?;
        self.check_name(blob, &bytes);
        let fetched = Fetched { blob: blob.clone(), bytes };
        let at = self.keep_fetched(DocumentKind::Config, None, fetched);
        Some(self.read_config(at, blob.clone(), ""))
    }

    /// Until Docker 25 a configuration is called by its digest: `<hex>.json`.
    fn check_name(&mut self, blob: &BlobId, bytes: &[u8]) {
        let name = blob.path();
        let digest = name.strip_suffix(".json").and_then(|hex| Digest::parse(&format!("sha256:{hex}")).ok());
        if digest.is_some_and(|digest| !digest.matches(bytes)) {
            let detail = "the configuration does not have the digest that names it".to_owned();
            self.problem(crate::ProblemKind::DigestMismatch, &name, detail);
        }
    }

    fn save_layers(&mut self, entry: &Value, layers: Vec<BlobId>, who: &str) -> Vec<Layer> {
        // `LayerSources` tells by uncompressed digest what a layer that lies elsewhere is.
        let sources = entry.get("LayerSources").and_then(Value::as_object);
        let sources: Vec<Descriptor> =
            sources.into_iter().flatten().map(|(_, v)| Descriptor::read(v)).collect();
        let mut held = Vec::new();
        for blob in layers {
            if !self.room_for_layer(who) {
                break;
            }
            let digest = if let BlobId::Digest(digest) = &blob { Some(digest.clone()) } else { None };
            let source = sources.iter().find(|s| s.digest.is_some() && s.digest == digest);
            let plain =
                || Descriptor { digest, media_type: Some(LAYER_TYPE.to_owned()), ..Descriptor::default() };
            let descriptor = source.cloned().unwrap_or_else(plain);
            held.push(self.layer_at(blob, descriptor, Spot { index: held.len(), who }));
        }
        held
    }
}
