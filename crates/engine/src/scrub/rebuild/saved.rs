//! What `manifest.json` says: the names, configurations and layers of images, for a Docker that reads no layouts.
//!
//! It knows one image for a name. Of several platforms under one name the first in the list has it; otherwise the last
//! that Docker reads would.

use std::collections::HashSet;

use serde_json::json;
use tightlip_image::model::{Image, ImageKind};

use super::Builder;

/// The platform that has the name in a file: the same on every machine.
const USUAL: &str = "amd64";

impl Builder<'_> {
    /// The entries of `manifest.json`.
    pub(super) fn save(&mut self, staying: &[&Image]) {
        // A daemon is most likely one of this machine.
        let architecture = if self.parts.rename.is_some() { own_architecture() } else { USUAL };
        let mut images: Vec<&Image> =
            staying.iter().copied().filter(|image| image.kind == ImageKind::Image).collect();
        images.sort_by_key(|image| !is_for(image, architecture));
        let mut given = HashSet::new();
        for image in images {
            let mut tags = self.tags(image);
            tags.retain(|tag| given.insert(tag.clone()));
            // Under the one name that was wanted there is another platform already.
            if self.parts.rename.is_none() || !tags.is_empty() {
                self.entry(image, &tags);
            }
        }
    }

    fn entry(&mut self, image: &Image, tags: &[String]) {
        let Some((config, _)) = image.config.and_then(|at| self.config_now(at)) else { return };
        let path = |digest: &str| format!("blobs/{}", digest.replace(':', "/"));
        let layers = image.layers.iter().filter_map(|layer| self.layer_now(&layer.blob));
        let layers: Vec<String> =
            layers.filter_map(|layer| Some(path(layer.get("digest")?.as_str()?))).collect();
        self.out.saved.push(json!({"Config": path(&config), "RepoTags": tags, "Layers": layers}));
    }

    /// The names of an image as Docker spells them.
    fn tags(&self, image: &Image) -> Vec<String> {
        let short = |name: String| {
            let name = name.strip_prefix("docker.io/").map_or(name.clone(), str::to_owned);
            name.strip_prefix("library/").map_or(name.clone(), str::to_owned)
        };
        let tagged = |name: &String| name.contains(':') && !name.contains('@');
        self.names(image).into_iter().filter(tagged).map(short).collect()
    }
}

fn is_for(image: &Image, architecture: &str) -> bool {
    let platform = image.platform.as_ref().map(ToString::to_string).unwrap_or_default();
    platform.split('/').nth(1) == Some(architecture)
}

/// The architecture of this machine as images spell it.
fn own_architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        "loongarch64" => "loong64",
        other => other,
    }
}
