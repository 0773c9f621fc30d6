//! What a scrub would do and did, on paper: safe to print, no value in it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use tightlip_report::{Finding, Gap};

/// What would change, and what would not.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Plan {
    /// The image as the user named it.
    pub target: String,
    /// Its name, where it has one.
    pub reference: Option<String>,
    /// The digest of the image or index.
    pub digest: Option<String>,
    /// The secrets that go.
    pub secrets: Vec<Secret>,
    /// Everything that changes, layer by layer, then the documents, then what is left out.
    pub changes: Vec<Change>,
    /// What no step can take out: nothing is written while there is one.
    pub refusals: Vec<Refusal>,
    /// Findings that count and that were not chosen: they stay.
    pub left: Vec<Finding>,
    /// What was not read, and therefore is not proven.
    pub gaps: Vec<Gap>,
}

/// A secret that goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Secret {
    /// Its keyed identity.
    pub identity: String,
    /// The rule that found it.
    pub rule: String,
    /// What it is, in words.
    pub title: String,
    /// Its public part and its measure.
    pub shape: String,
    /// From where it goes.
    pub goes: Goes,
    /// Where to rotate it.
    pub rotate: Option<String>,
}

/// From where a secret goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Goes {
    /// From everywhere: it is looked for in every byte.
    Everywhere,
    /// From where it was found: it is so common a word that it stands elsewhere by chance.
    WhereFound,
    /// With the file or directory that was named, and from nowhere else.
    WithItsPath,
}

/// Something that changes.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Change {
    /// The step that does it.
    pub step: String,
    /// The layer, by its digest.
    pub layer: Option<String>,
    /// Its positions in the images that have it.
    pub positions: Vec<usize>,
    /// Whether it comes from a base image, where that is known.
    pub base: bool,
    /// The document, by its digest or name.
    pub document: Option<String>,
    /// The path in the layer.
    pub path: Option<String>,
    /// JSON pointer into the document.
    pub pointer: Option<String>,
    /// What happens to it.
    pub what: String,
}

/// Something that cannot be taken out, and what to do instead.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Refusal {
    /// The layer or document.
    pub place: String,
    /// The path in it.
    pub path: Option<String>,
    /// Why.
    pub why: String,
    /// What to do, starting with a verb.
    pub help: String,
}

/// A layer before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layer {
    /// The digest of the new blob.
    pub digest: String,
    /// Its bytes.
    pub size: u64,
    /// The digest of the new tar stream.
    pub diff_id: String,
    /// Where it lies, as a target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

/// A document that is another one now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Renewed {
    /// `config`, `manifest` or `index`.
    pub kind: &'static str,
    /// Its new digest.
    pub digest: String,
}

/// What was done.
#[derive(Clone, Debug, Serialize)]
pub struct Receipt {
    /// The plan that was carried out.
    pub plan: Plan,
    /// Where the image is now.
    pub output: String,
    /// The top digest of the new image.
    pub digest: String,
    /// Rewritten layers by their old digest.
    pub layers: BTreeMap<String, Layer>,
    /// Rewritten configurations, manifests and indexes by their old digest. The digest of a configuration is what Docker
    /// and Podman call the image's ID.
    pub documents: BTreeMap<String, Renewed>,
    /// Blobs that are byte for byte the old ones.
    pub untouched: usize,
    /// Old digests of layers that an earlier scrub had rewritten in the same way.
    pub reused: BTreeSet<String>,
    /// What to do next, in order.
    pub next: Vec<String>,
}

/// Old digests and what became of them, over many scrubs: the layers that images share stay shared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Map {
    /// `tightlip.scrub-map/1`.
    pub schema: String,
    /// Layers by their old digest.
    pub layers: BTreeMap<String, Layer>,
    /// Configurations, manifests and indexes by their old digest.
    pub documents: BTreeMap<String, String>,
}

impl Map {
    /// The schema of the file.
    pub const SCHEMA: &'static str = "tightlip.scrub-map/1";

    /// Takes in what a scrub did; `at` is the target that reads the result, where it can be read again. Layers that another
    /// scrub made something else of are told: they are not shared.
    pub fn take(&mut self, receipt: &Receipt, at: Option<&str>) -> Vec<String> {
        Self::SCHEMA.clone_into(&mut self.schema);
        let mut differ = Vec::new();
        for (old, new) in &receipt.layers {
            let kept = self.layers.get(old).filter(|before| before.digest == new.digest);
            let at = at.map(str::to_owned).or_else(|| kept.and_then(|before| before.at.clone()));
            let before = self.layers.insert(old.clone(), Layer { at, ..new.clone() });
            if before.is_some_and(|before| before.digest != new.digest) {
                differ.push(old.clone());
            }
        }
        let documents = receipt.documents.iter().map(|(old, new)| (old.clone(), new.digest.clone()));
        self.documents.extend(documents);
        differ
    }
}
