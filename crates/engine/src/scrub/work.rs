//! A scrub from the plan to the receipt.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io::Read;

use tightlip_image::model::{DocumentKind, Image, ImageKind};
use tightlip_image::rewrite::Edits;
use tightlip_image::store::{BlobId, Pipe, Stream};
use tightlip_image::write::{Overlay, Spool, WriteError};
use tightlip_image::{Digest, Facts, normalise};
use tightlip_report::Surface;

use super::answer::ScrubError;
use super::case::{LayerCase, LayerWork};
use super::change::{Change, Layer, Plan, Receipt, Refusal};
use super::draft::{Draft, Drafted};
use super::exact::Hit;
use super::fresh::{Fresh, Held, Layers};
use super::locate::{Located, Part, Source, locate};
use super::outline::Gone;
use super::output::Output;
use super::proof::{Pair, Proof, facts};
use super::reach::Reach;
use super::rebuild::{Parts, Rebuilt, members, of_changed, rebuild};
use super::request::ScrubRequest;
use super::step::{STEPS, Work};
use super::survey::{Original, Survey};
use super::{deliver, next};
use crate::run::paper;
use crate::sighting::Sighting;
use crate::surface::Paper;
use crate::watch::Watch;

/// A scrub that is planned.
pub struct Scrub {
    pub(super) request: ScrubRequest,
    pub(super) survey: Survey,
    pub(super) plan: Plan,
    /// Layers that are rewritten.
    pub(super) jobs: BTreeMap<BlobId, Edits>,
    /// Documents with their values masked.
    pub(super) drafts: HashMap<usize, Vec<u8>>,
    pub(super) gone: Gone,
}

impl Scrub {
    /// Scans the image and works out what is to change.
    ///
    /// # Errors
    /// When the image cannot be scanned, is none that can be written anew, or nothing has the name that was chosen.
    pub fn plan(request: ScrubRequest, watch: &dyn Watch) -> Result<Self, ScrubError> {
        let original = Original::open(&request.scan, watch)?;
        Self::of(original, request, watch)
    }

    /// The same of an archive that comes through a pipe. It is kept in a file without a name for as long as this lives.
    ///
    /// # Errors
    /// As [`Scrub::plan`], and when there is no room to keep it.
    pub fn plan_stream(
        (pipe, stream): (Pipe, impl Read + Send + 'static),
        request: ScrubRequest,
        watch: &dyn Watch,
    ) -> Result<Self, ScrubError> {
        let stream = Stream { pipe, bytes: Box::new(stream), absent: Vec::new(), container: None };
        let original = Original::keep((stream, "-"), &request.scan, watch)?;
        Self::of(original, request, watch)
    }

    /// Says no before any work is done, if the result cannot go where it is wanted.
    ///
    /// # Errors
    /// When something is there already, or nothing can be put there.
    pub fn check(request: &ScrubRequest, output: &Output) -> Result<(), ScrubError> {
        deliver::refuse_taken(output, &request.scan)
    }

    fn of(original: Original, request: ScrubRequest, watch: &dyn Watch) -> Result<Self, ScrubError> {
        let survey = Survey::new(original, &request, watch)?;
        let plan = Plan {
            target: survey.report.target.given.clone(),
            reference: survey.report.target.reference.clone(),
            digest: survey.report.target.digest.clone(),
            secrets: survey.secrets.clone(),
            left: survey.left.clone(),
            gaps: survey.report.gaps.clone(),
            ..Plan::default()
        };
        let (jobs, drafts) = (BTreeMap::new(), HashMap::new());
        let mut scrub = Self { request, survey, plan, jobs, drafts, gone: Gone::new() };
        scrub.plan_layers()?;
        scrub.plan_documents();
        scrub.plan_members();
        scrub.plan_manifests();
        Ok(scrub)
    }

    /// What would change.
    #[must_use]
    pub fn planned(&self) -> &Plan {
        &self.plan
    }

    /// Whether nothing has to change.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.plan.changes.is_empty() && self.plan.refusals.is_empty()
    }

    fn plan_layers(&mut self) -> Result<(), ScrubError> {
        let blobs: BTreeSet<BlobId> = self.layers().map(|layer| layer.blob.clone()).collect();
        let mut named = HashSet::new();
        for blob in blobs {
            let Some((work, edits, paths)) = self.survey_layer(&blob)? else { continue };
            named.extend(paths);
            self.plan.refusals.extend(work.refusals);
            let base = self.is_base(&blob);
            if !edits.is_empty() || work.repack {
                self.plan.changes.extend(work.changes.into_iter().map(|change| Change { base, ..change }));
                self.jobs.insert(blob, edits);
            }
        }
        self.plan.changes.sort_by_key(|change| change.positions.first().copied());
        match self.request.select.paths.iter().find(|path| !named.contains(*path)) {
            Some(path) => Err(ScrubError::NoPath(path.clone())),
            None => Ok(()),
        }
    }

    /// Whether the scan knows that a layer comes from a base image.
    fn is_base(&self, blob: &BlobId) -> bool {
        let digest = self.survey.by_rules.blobs.get(blob).map(|scan| scan.facts.digest.to_string());
        let layers = self.survey.report.findings.iter().filter_map(|finding| finding.place.layer.as_ref());
        layers.into_iter().any(|layer| layer.base && layer.digest == digest)
    }

    /// The layers of images that run.
    fn layers(&self) -> impl Iterator<Item = &tightlip_image::model::Layer> {
        self.images().flat_map(|(_, image)| &image.layers)
    }

    pub(super) fn images(&self) -> impl Iterator<Item = (usize, &Image)> {
        let images = self.survey.description.images.iter().enumerate();
        images.filter(|(_, image)| image.kind == ImageKind::Image)
    }

    pub(super) fn source<'s>(&'s self, blob: &'s BlobId, facts: &'s Facts) -> Source<'s> {
        Source { store: self.survey.store.as_ref(), blob, facts, limits: &self.request.scan.limits }
    }

    /// What is to be done to a layer, if anything, and which of the named paths are in it.
    fn survey_layer(&self, blob: &BlobId) -> Result<Option<(LayerWork, Edits, Vec<String>)>, ScrubError> {
        let Some(scan) = self.survey.by_rules.blobs.get(blob).filter(|scan| !scan.paper) else {
            return Ok(None);
        };
        let spots = self.survey.spots(blob);
        if spots.is_empty() && self.request.select.paths.is_empty() {
            return Ok(None);
        }
        let failed = |error| self.survey.layer_error(&scan.facts.digest, error);
        let source = self.source(blob, &scan.facts);
        let values = &self.survey.values;
        // Of a word in a file's body the scan knows exactly where it stands.
        let vague = |spot: &&&Sighting| {
            !values.is_strong(&spot.identity) && (spot.surface != Surface::File || spot.member.is_some())
        };
        let weak: HashSet<&str> = spots.iter().filter(vague).map(|spot| spot.identity.as_str()).collect();
        let mut located = locate(source, values, &weak).map_err(failed)?;
        let hits = std::mem::take(&mut located.hits);
        let near = |hit: &Hit| spots.iter().any(|spot| is_near(spot, hit, &located));
        located.hits = hits.into_iter().filter(|hit| values.is_strong(&hit.identity) || near(hit)).collect();
        let case = LayerCase {
            blob,
            facts: &scan.facts,
            spots,
            located: &located,
            paths: &self.request.select.paths,
            nested: self.request.nested,
            stacks: &self.survey.stacks,
            mask: &self.survey.mask,
        };
        let work = run_steps(&case);
        let touched = |part: &&Part| case.hits(&part.headers()).next().is_some();
        let headers: Vec<_> = located.parts.iter().filter(touched).map(Part::headers).collect();
        let edits = Edits::new(work.edits.clone(), &headers);
        let is_there = |path: &&String| {
            let path = normalise(path.as_bytes());
            located.parts.iter().any(|part| super::step::is_at(&part.path, &path))
        };
        let paths = self.request.select.paths.iter().filter(is_there).cloned().collect();
        Ok(Some((work, edits, paths)))
    }

    fn plan_documents(&mut self) {
        for at in 0..self.survey.description.documents.len() {
            let marks = self.survey.marks(at);
            let Some(document) = self.survey.description.documents.get(at).filter(|_| !marks.is_empty())
            else {
                continue;
            };
            let name = document.digest.as_ref().map_or_else(|| document.name.clone(), ToString::to_string);
            let name = self.survey.mask.name(&name);
            let paper = paper(document, &self.survey.description);
            let drafted = self.draft(at, paper);
            match drafted {
                Some(Drafted { bytes, touched }) => {
                    let changes: BTreeSet<Change> = touched
                        .into_iter()
                        .map(|(step, pointer)| Change {
                            step: step.to_owned(),
                            document: Some(name.clone()),
                            pointer: Some(self.survey.mask.name(&pointer)),
                            what: "the value is masked".to_owned(),
                            ..Change::default()
                        })
                        .collect();
                    self.drafts.insert(at, bytes);
                    self.plan.changes.extend(changes);
                }
                // What else the archive says of its images is written anew, without values.
                None if !matches!(
                    document.kind,
                    DocumentKind::Config | DocumentKind::Manifest | DocumentKind::Index
                ) => {}
                None => self.plan.refusals.push(Refusal {
                    place: format!("document {name}"),
                    why: "it cannot be changed without being written anew".to_owned(),
                    help: "delete it, and make it again without the value".to_owned(),
                    ..Refusal::default()
                }),
            }
        }
    }

    fn draft(&self, at: usize, paper: Paper) -> Option<Drafted> {
        if !matches!(paper, Paper::Config | Paper::Manifest) {
            return None;
        }
        let marks = self.survey.marks(at);
        let weak = marks
            .iter()
            .filter_map(|mark| Some((std::str::from_utf8(&mark.at).ok()?, mark.identity.as_str())));
        let draft = Draft { values: &self.survey.values, paper, weak: weak.collect() };
        draft.of(&self.survey.description.documents.get(at)?.bytes)
    }

    /// What is not true any more of the layers that change.
    fn plan_members(&mut self) {
        let mut changes = BTreeSet::new();
        for (_, image) in self.images() {
            let rewritten: Vec<bool> = image.layers.iter().map(|l| self.jobs.contains_key(&l.blob)).collect();
            let document = |at: Option<usize>| at.and_then(|at| self.survey.description.documents.get(at));
            let any = |_: &[String]| rewritten.contains(&true);
            let config = document(image.config).map(|d| (d, members(&d.bytes, Paper::Config, &any)));
            let of_layer = of_changed(&rewritten);
            let manifest =
                document(image.manifest).map(|d| (d, members(&d.bytes, Paper::Manifest, &of_layer)));
            for (document, taken) in config.into_iter().chain(manifest) {
                let name =
                    document.digest.as_ref().map_or_else(|| document.name.clone(), ToString::to_string);
                changes.extend(taken.into_iter().map(|(step, pointer)| Change {
                    step: step.to_owned(),
                    document: Some(name.clone()),
                    pointer: Some(self.survey.mask.name(&pointer)),
                    what: "left out: it describes layers that change".to_owned(),
                    ..Change::default()
                }));
            }
        }
        self.plan.changes.extend(changes);
    }

    /// Makes the new image, proves it, and puts it where it is wanted.
    ///
    /// # Errors
    /// When something cannot be taken out, the result is not proven, or cannot be written. Nothing is written then.
    pub fn write(&self, output: &Output, watch: &dyn Watch) -> Result<Receipt, ScrubError> {
        if !self.plan.refusals.is_empty() {
            return Err(ScrubError::Refused(self.plan.refusals.clone()));
        }
        deliver::refuse_taken(output, &self.request.scan)?;
        let spool = output.path().map_or_else(Spool::temporary, |path| Spool::beside(path))?;
        let Fresh { layers, blobs, reused } = self.fresh(&spool, watch)?;
        let rename = if let Output::Docker(name) = output { Some(name.as_str()) } else { None };
        let parts =
            Parts { survey: &self.survey, layers: &layers, drafts: &self.drafts, gone: &self.gone, rename };
        let rebuilt = rebuild(&parts);
        deliver::refuse_several(output, &rebuilt)?;
        let image = self.overlay(&rebuilt, &layers, blobs);
        self.prove(&image, &layers, watch)?;
        let digest = deliver::deliver((&image, &rebuilt), output, (&self.request.scan.sources, watch))?;
        Ok(Receipt { reused, ..self.receipt((output, digest), &rebuilt, (&image, &layers)) })
    }

    /// The new image, whose unchanged blobs lie where they always were.
    fn overlay(&self, rebuilt: &Rebuilt, layers: &Layers, blobs: Vec<(Digest, Held)>) -> Overlay<'_> {
        let mut image = Overlay::new(self.survey.store.as_ref(), rebuilt.index.clone());
        for bytes in rebuilt.fresh.values() {
            image.document(bytes.clone());
        }
        for (digest, held) in blobs {
            match held {
                Held::Spooled(file) => image.file(digest, file),
                Held::Elsewhere { store, size } => image.elsewhere(digest, store, size),
            }
        }
        let mut reach =
            Reach { survey: &self.survey, layers, rebuilt, image: &mut image, seen: HashSet::new() };
        reach.document(&rebuilt.index);
        image
    }

    fn prove(&self, image: &Overlay<'_>, layers: &Layers, watch: &dyn Watch) -> Result<(), ScrubError> {
        let proof = Proof { request: &self.request, survey: &self.survey, image, watch };
        let mut faults = proof.faults()?;
        for (blob, new) in layers {
            let Some(scan) = self.survey.by_rules.blobs.get(blob) else { continue };
            let Some(edits) = self.jobs.get(blob) else { continue };
            let (new, name) = (facts(new, &scan.facts), BlobId::Digest(new.digest.clone()));
            let limits = &self.request.scan.limits;
            let new = Source { store: image, blob: &name, facts: &new, limits };
            let pair = Pair { old: self.source(blob, &scan.facts), edits, new };
            faults.extend(pair.faults(&scan.facts.digest.to_string())?);
        }
        if watch.stopped() {
            return Err(WriteError::Stopped.into());
        }
        if faults.is_empty() { Ok(()) } else { Err(ScrubError::Unproven(faults)) }
    }

    fn receipt(
        &self,
        (output, digest): (&Output, Digest),
        rebuilt: &Rebuilt,
        (image, layers): (&Overlay<'_>, &Layers),
    ) -> Receipt {
        let rows = layers.iter().filter_map(|(blob, new)| {
            let old = self.survey.by_rules.blobs.get(blob)?.facts.digest.to_string();
            let (digest, diff_id) = (new.digest.to_string(), new.diff_id.to_string());
            Some((old, Layer { digest, size: new.size, diff_id, at: None }))
        });
        let new: HashSet<&Digest> = layers.values().map(|layer| &layer.digest).collect();
        let is_old = |digest: &Digest| !new.contains(digest) && !rebuilt.fresh.contains_key(digest);
        let untouched = image.digests().filter(|(digest, _)| is_old(digest)).count();
        Receipt {
            plan: self.plan.clone(),
            output: output.to_string(),
            digest: digest.to_string(),
            layers: rows.collect(),
            documents: rebuilt.moved.clone(),
            untouched,
            reused: BTreeSet::new(),
            next: next::next(self, (output, &digest)),
        }
    }
}

fn run_steps(case: &LayerCase<'_>) -> LayerWork {
    let mut work = LayerWork::default();
    for step in STEPS {
        if let Work::Layer(run) = step.work {
            let before = work.changes.len();
            run(case, &mut work);
            work.changes.iter_mut().skip(before).for_each(|change| step.name.clone_into(&mut change.step));
        }
    }
    work
}

/// Whether a common word stands where a sighting saw it.
fn is_near(spot: &Sighting, hit: &Hit, located: &Located) -> bool {
    if spot.identity != hit.identity {
        return false;
    }
    let part = || located.part(spot.header_offset);
    let within = match spot.surface {
        // Without a member its place is known exactly.
        Surface::File if spot.member.is_none() => return false,
        Surface::File => part().map(Part::bytes),
        Surface::Slack => Some(spot.offset..spot.offset + spot.length.max(512)),
        _ => part().map(Part::headers),
    };
    within.is_some_and(|within| within.start <= hit.range.start && hit.range.end <= within.end)
}
