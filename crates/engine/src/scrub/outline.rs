//! Which images change, and which manifests about them go.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use tightlip_image::Digest;
use tightlip_image::model::{Description, Document, DocumentKind, Image, ImageKind};

use super::step::{STEPS, Work};

/// A manifest that may be about another one.
pub(crate) struct Attached<'a> {
    pub(crate) image: &'a Image,
    /// What it is about.
    pub(crate) subject: Option<Digest>,
    leaks: bool,
    subject_changes: bool,
}

impl Attached<'_> {
    /// Why it goes, if it goes.
    pub(crate) fn why(&self) -> Option<&'static str> {
        match (self.leaks, self.subject_changes) {
            (true, _) => Some("it holds a value itself"),
            (_, true) => Some("it is about an image that changes"),
            _ => None,
        }
    }
}

/// What is known of the images before anything is done.
pub(crate) struct Facts<'f> {
    pub(crate) description: &'f Description,
    /// Images that change, by their place in the description.
    pub(crate) changed: BTreeSet<usize>,
    /// Images that hold a value themselves.
    pub(crate) leaking: BTreeSet<usize>,
    /// Documents whose text changes.
    pub(crate) drafted: BTreeSet<usize>,
}

/// Which manifests go: the name of the step and the reason, by the place of the image.
pub(crate) type Gone = BTreeMap<usize, (&'static str, &'static str)>;

/// What was decided.
pub(crate) struct Outline {
    pub(crate) gone: Gone,
    /// Attestations that are about several images of which some change: they go from those.
    pub(crate) parted: BTreeSet<usize>,
    /// Digests of the manifests and indexes that do not stay what they are.
    pub(crate) changed: BTreeSet<String>,
}

/// Decides which manifests go. A manifest that goes changes the index above it, which others may be about.
pub(crate) fn outline(facts: &Facts<'_>) -> Outline {
    let mut changed = first_changed(facts);
    let (mut gone, mut parted) = (Gone::new(), BTreeSet::new());
    loop {
        let before = (changed.len(), gone.len(), parted.len());
        for (at, image) in facts.description.images.iter().enumerate() {
            let subjects = subjects(image, facts.description);
            let changes = subjects.iter().filter(|subject| changed.contains(*subject)).count();
            let subject_changes = changes > 0 && changes == subjects.len();
            if changes > 0 && !subject_changes {
                parted.insert(at);
            }
            let subject = subject(image, facts.description);
            let about = Attached { image, subject, leaks: facts.leaking.contains(&at), subject_changes };
            if let Some(reason) = STEPS.iter().find_map(|step| match step.work {
                Work::Manifest(run) => run(&about).map(|why| (step.name, why)),
                _ => None,
            }) {
                gone.insert(at, reason);
                changed.extend(digest(image, facts.description));
            }
        }
        spread(facts.description, &mut changed);
        if before == (changed.len(), gone.len(), parted.len()) {
            parted.retain(|at| !gone.contains_key(at));
            return Outline { gone, parted, changed };
        }
    }
}

fn first_changed(facts: &Facts<'_>) -> BTreeSet<String> {
    let images = facts.changed.iter().filter_map(|at| facts.description.images.get(*at));
    let manifests = images.filter_map(|image| digest(image, facts.description));
    let documents = facts.drafted.iter().filter_map(|at| facts.description.documents.get(*at));
    manifests.chain(documents.filter_map(|d| d.digest.as_ref().map(ToString::to_string))).collect()
}

fn digest(image: &Image, description: &Description) -> Option<String> {
    description.documents.get(image.manifest?)?.digest.as_ref().map(ToString::to_string)
}

/// An index that names something that changes, changes.
fn spread(description: &Description, changed: &mut BTreeSet<String>) {
    let mut names: HashMap<String, Vec<String>> = HashMap::new();
    for document in description.documents.iter().filter(|document| document.kind == DocumentKind::Index) {
        let Some(own) = &document.digest else { continue };
        names.insert(own.to_string(), listed(document));
    }
    loop {
        let new: Vec<String> = names
            .iter()
            .filter(|(own, listed)| !changed.contains(*own) && listed.iter().any(|d| changed.contains(d)))
            .map(|(own, _)| own.clone())
            .collect();
        if new.is_empty() {
            return;
        }
        changed.extend(new);
    }
}

/// The digests that an index names.
pub(crate) fn listed(index: &Document) -> Vec<String> {
    let value = index.json().unwrap_or_default();
    let listed = value.get("manifests").and_then(serde_json::Value::as_array).cloned().unwrap_or_default();
    listed.iter().filter_map(|entry| Some(entry.get("digest")?.as_str()?.to_owned())).collect()
}

/// What a manifest is about: its own word, or the tag that cosign and its like give it.
fn subject(image: &Image, description: &Description) -> Option<Digest> {
    if let ImageKind::Attestation { subject: Some(subject) } = &image.kind {
        return Some(subject.clone());
    }
    let manifest = image.manifest.and_then(|at| description.documents.get(at)).and_then(|d| d.json().ok());
    let stated = manifest.as_ref().and_then(|manifest| manifest.get("subject")?.get("digest")?.as_str());
    let stated = stated.and_then(|text| Digest::parse(text).ok());
    stated.or_else(|| image.references.iter().find_map(|name| tagged(name)))
}

/// Everything that a manifest is about. Provenance that says little is the same for several platforms, and is stored once.
fn subjects(image: &Image, description: &Description) -> BTreeSet<String> {
    let mut subjects: BTreeSet<String> =
        subject(image, description).into_iter().map(|subject| subject.to_string()).collect();
    let own = digest(image, description);
    for index in description.documents.iter().filter(|document| document.kind == DocumentKind::Index) {
        let value = index.json().unwrap_or_default();
        let entries =
            value.get("manifests").and_then(serde_json::Value::as_array).cloned().unwrap_or_default();
        let entries =
            entries.iter().filter(|entry| entry.get("digest").and_then(|d| d.as_str()) == own.as_deref());
        subjects.extend(
            entries.filter_map(|entry| Some(entry.get("annotations")?.get(ABOUT)?.as_str()?.to_owned())),
        );
    }
    subjects
}

/// The annotation by which an index says what an attestation is about.
pub(crate) const ABOUT: &str = "vnd.docker.reference.digest";

/// `sha256-<hex>.sig`, `.att`, `.sbom`, or without an ending.
fn tagged(name: &str) -> Option<Digest> {
    let tag = name.rsplit([':', '/']).next()?;
    let (algorithm, rest) = tag.split_once('-')?;
    let hex = rest.split('.').next()?;
    Digest::parse(&format!("{algorithm}:{hex}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_signatures_name_what_they_sign() {
        let hex = "ab".repeat(32);
        let digest = Digest::parse(&format!("sha256:{hex}")).unwrap();
        for name in
            [format!("r.example/app:sha256-{hex}.sig"), format!("sha256-{hex}"), format!("sha256-{hex}.att")]
        {
            assert_eq!(tagged(&name), Some(digest.clone()), "{name}");
        }
        assert_eq!(tagged("app:1.2-rc.1"), None);
    }
}
