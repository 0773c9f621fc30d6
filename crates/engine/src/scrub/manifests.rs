//! Plans what becomes of manifests and of what is about them.

use std::collections::BTreeSet;

use tightlip_image::model::{DocumentKind, Image, ImageKind};
use tightlip_image::store::BlobId;

use super::change::{Change, Refusal};
use super::outline::{self, Outline, outline};
use super::step::{STEPS, Work};
use super::work::Scrub;

impl Scrub {
    pub(super) fn plan_manifests(&mut self) {
        let holds = |blob: &BlobId| !self.survey.spots(blob).is_empty();
        let mut facts = outline::Facts {
            description: &self.survey.description,
            changed: BTreeSet::new(),
            leaking: BTreeSet::new(),
            drafted: self.drafts.keys().copied().collect(),
        };
        for (at, image) in self.survey.description.images.iter().enumerate() {
            let documents: Vec<usize> = image.config.into_iter().chain(image.manifest).collect();
            let marked = documents.iter().any(|at| !self.survey.marks(*at).is_empty());
            let rewritten = image.layers.iter().any(|layer| self.jobs.contains_key(&layer.blob));
            if image.kind == ImageKind::Image && (marked || rewritten) {
                facts.changed.insert(at);
            } else if image.kind != ImageKind::Image
                && (marked || image.layers.iter().any(|l| holds(&l.blob)))
            {
                facts.leaking.insert(at);
            }
        }
        let (leaking, changed) = (facts.leaking.clone(), facts.changed.clone());
        let Outline { gone, parted, changed: digests } = outline(&facts);
        self.gone = gone;
        self.refuse_signed(&changed);
        self.part_attestations(&parted);
        self.drop_manifests(&leaking);
        self.plan_loose();
        if !self.plan.changes.is_empty() {
            self.plan_absent(&digests);
        }
    }

    /// An index that changes names only what comes along.
    fn plan_absent(&mut self, changed: &BTreeSet<String>) {
        let step = STEPS.iter().find(|step| matches!(step.work, Work::Absent)).map_or("", |step| step.name);
        let documents = &self.survey.description.documents;
        let known: BTreeSet<String> =
            documents.iter().filter_map(|document| Some(document.digest.as_ref()?.to_string())).collect();
        let mut changes = BTreeSet::new();
        for index in documents.iter().filter(|document| document.kind == DocumentKind::Index) {
            let listed = outline::listed(index);
            let is_new = index.name == "index.json" || listed.iter().any(|digest| changed.contains(digest));
            for digest in listed.into_iter().filter(|digest| is_new && !known.contains(digest)) {
                changes.insert(Change {
                    step: step.to_owned(),
                    document: Some(digest),
                    what: "left out: it was not chosen, or is not there".to_owned(),
                    ..Change::default()
                });
            }
        }
        self.plan.changes.extend(changes);
    }

    /// A manifest of schema 1 carries its configuration inside and is signed as a whole.
    fn refuse_signed(&mut self, changed: &BTreeSet<usize>) {
        let images = changed.iter().filter_map(|at| self.survey.description.images.get(*at));
        let manifests = images.filter_map(|image| self.survey.description.documents.get(image.manifest?));
        let signed =
            manifests.filter(|document| document.json().is_ok_and(|json| json.get("fsLayers").is_some()));
        let refusals: Vec<Refusal> = signed
            .map(|document| Refusal {
                place: format!("manifest {}", document.name),
                path: None,
                why: "it is of schema 1, which is signed as a whole".to_owned(),
                help: "pull it and push it again with a current client, and scrub the result".to_owned(),
            })
            .collect();
        self.plan.refusals.extend(refusals);
    }

    fn drop_manifests(&mut self, leaking: &BTreeSet<usize>) {
        let name = |image: &Image| {
            let document = image.manifest.and_then(|at| self.survey.description.documents.get(at));
            document.map(|d| d.digest.as_ref().map_or_else(|| d.name.clone(), ToString::to_string))
        };
        let mut changes = Vec::new();
        for (at, (step, why)) in &self.gone {
            let document = self.survey.description.images.get(*at).and_then(name);
            let what = format!("left out: {why}");
            changes.push(Change { step: (*step).to_owned(), document, what, ..Change::default() });
        }
        for at in leaking.iter().filter(|at| !self.gone.contains_key(at)) {
            let Some(image) = self.survey.description.images.get(*at) else { continue };
            self.plan.refusals.push(Refusal {
                place: format!("manifest {}", name(image).unwrap_or_default()),
                path: None,
                why: "it is a build cache or a build record, and no image".to_owned(),
                help: "delete it: it is made again by the next build".to_owned(),
            });
        }
        // What goes cannot stand in the way.
        let gone: BTreeSet<String> =
            changes.iter().filter_map(|c| Some(format!("document {}", c.document.as_ref()?))).collect();
        self.plan.refusals.retain(|refusal| !gone.contains(&refusal.place));
        if !changes.is_empty() && self.images().next().is_none() {
            self.plan.refusals.push(Refusal {
                place: "the target".to_owned(),
                path: None,
                why: "it holds artifacts that leak, and no image".to_owned(),
                help: "make the artifact again without the value, and delete this one".to_owned(),
            });
        }
        self.plan.changes.extend(changes);
    }

    /// What is about several images goes from those that change, and stays with the others.
    fn part_attestations(&mut self, parted: &BTreeSet<usize>) {
        let images = parted.iter().filter_map(|at| self.survey.description.images.get(*at));
        let manifests = images.filter_map(|image| self.survey.description.documents.get(image.manifest?));
        let changes: Vec<Change> = manifests
            .map(|document| Change {
                step: "attestation".to_owned(),
                document: document.digest.as_ref().map(ToString::to_string),
                what: "left out where it is about an image that changes; it stays for the others".to_owned(),
                ..Change::default()
            })
            .collect();
        self.plan.changes.extend(changes);
    }

    fn plan_loose(&mut self) {
        let loose = STEPS.iter().find(|step| matches!(step.work, Work::Loose)).map_or("", |step| step.name);
        for blob in &self.survey.description.loose {
            if !self.survey.spots(blob).is_empty() {
                self.plan.changes.push(Change {
                    step: loose.to_owned(),
                    document: Some(self.survey.mask.name(&blob.to_string())),
                    what: "left out: no manifest names it".to_owned(),
                    ..Change::default()
                });
            }
        }
    }
}
