//! One scan under way: reads every blob once, places what was seen, and writes the report.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tightlip_detect::Hint;
use tightlip_image::model::{Description, Document, DocumentKind, Held, Image, ImageKind, Layer};
use tightlip_image::store::{BlobId, OWN_LAYER, Store};
use tightlip_image::{Expected, Problem, ProblemKind, Stack};
use tightlip_report::{Exposure, Place, Read, Report, Surface, Target};

use crate::assemble::{self, Setting, Slot};
use crate::attribute::History;
use crate::blob::{BlobScan, Lens, Reading};
use crate::document::Fault;
use crate::job::{Job, jobs};
use crate::ledger::Ledger;
use crate::request::Request;
use crate::scan::ScanError;
use crate::shelf::digest;
use crate::sighting::{Eye, Sighting};
use crate::surface::Paper;
use crate::tools::Tools;
use crate::vault::Mask;
use crate::watch::Watch;
use crate::{base, document, pair, record, remedy};

/// One scan under way.
pub(crate) struct Run<'r> {
    pub(crate) store: &'r dyn Store,
    pub(crate) request: &'r Request,
    pub(crate) base: Option<Description>,
    pub(crate) watch: &'r dyn Watch,
    pub(crate) tools: &'r Tools,
    /// Blobs that were read before.
    pub(crate) known: Blobs,
}

/// What was read of a document.
pub(crate) struct Sheet {
    pub(crate) seen: Vec<Sighting>,
    pub(crate) faults: Vec<Fault>,
    pub(crate) decoded: u64,
}

/// Everything that was read, not yet placed in images.
pub(crate) struct Haul<'h> {
    pub(crate) description: &'h Description,
    /// One for each document of the description.
    pub(crate) sheets: Vec<Sheet>,
    pub(crate) blobs: Blobs,
    pub(crate) mask: Mask,
}

/// What was read of the blobs.
pub(crate) type Blobs = HashMap<BlobId, Arc<BlobScan>>;

impl Run<'_> {
    pub(crate) fn report(&self, description: &Description) -> Result<Report, ScanError> {
        let mut report = self.tell(&self.haul(description)?);
        pair::fold(&mut report.findings);
        Ok(report)
    }

    /// Reads everything.
    pub(crate) fn haul<'h>(&self, description: &'h Description) -> Result<Haul<'h>, ScanError> {
        let lens = self.tools.lens(self.request, self.watch);
        self.keep_names(&lens);
        let sheets: Vec<Sheet> = description.documents.iter().map(|d| sheet(d, description, &lens)).collect();
        if let Some(pursuit) = &self.tools.pursuit {
            let tools = (&self.tools.vault, &self.tools.scanner);
            sheets.iter().for_each(|sheet| pursuit.take(&sheet.seen, tools));
        }
        let blobs = self.read(jobs(description, self.store), &lens);
        let haul = Haul { description, sheets, blobs, mask: self.tools.vault.mask()? };
        if let Some(shelf) = &lens.shelf {
            shelf.keep(haul.blobs.iter().map(|(blob, scan)| (blob, scan.as_ref())), &haul.mask);
        }
        Ok(haul)
    }

    /// Places everything that was seen and writes it down.
    pub(crate) fn tell(&self, haul: &Haul<'_>) -> Report {
        let mut ledger = Ledger::default();
        self.settle(haul, &mut ledger);
        let settled = ledger.settle();
        let mut report = Report {
            tool: self.tools.tool(),
            target: self.target(haul.description),
            findings: settled.findings,
            gaps: settled.gaps,
            accepted_gaps: settled.accepted,
            images: settled.images,
            read: haul.total(),
            ..Report::default()
        };
        remedy::offer_scrub(&mut report);
        haul.mask.report(&mut report);
        report
    }

    /// Values in names that the report repeats, and that stand in no blob: those of the target and of files around
    /// the image.
    pub(crate) fn keep_names(&self, lens: &Lens<'_>) {
        let mut eye = Eye::new(lens.key, lens.vault);
        let mut keep = |name: &str| lens.scanner.bytes(Hint::Text, name.as_bytes(), &mut eye);
        keep(&self.request.target);
        self.request.dockerfile.iter().for_each(|dockerfile| keep(&dockerfile.name));
        for blob in self.store.blobs() {
            if let BlobId::Name(name) = blob {
                keep(&name);
            }
        }
    }

    /// Reads all blobs, the largest first. Where values are pursued, the small ones go before all others: what they
    /// give away is known by then.
    fn read(&self, mut jobs: Vec<Job>, lens: &Lens<'_>) -> Blobs {
        jobs.retain(|job| !self.known.contains_key(&job.blob));
        jobs.sort_by_key(|job| std::cmp::Reverse(job.size));
        self.watch.begin(jobs.len(), jobs.iter().map(|job| job.size).sum());
        let large = if self.tools.pursuit.is_some() { large(&jobs) } else { jobs.len() };
        let (large, small) = jobs.split_at_checked(large).unwrap_or_default();
        let done = Mutex::new(self.known.clone());
        for jobs in [small, large] {
            self.read_some(jobs, lens, &done);
        }
        done.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads blobs, as many at once as there are jobs.
    fn read_some(&self, jobs: &[Job], lens: &Lens<'_>, done: &Mutex<Blobs>) {
        let next = AtomicUsize::new(0);
        let work = || {
            while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                let scan = self.pursue(job, lens);
                done.lock().unwrap_or_else(PoisonError::into_inner).insert(job.blob.clone(), Arc::new(scan));
                self.watch.layer_done();
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..self.request.jobs.min(jobs.len()) {
                scope.spawn(work);
            }
            work();
        });
    }

    /// Reads a blob, looks for what is pursued in it, and pursues what it gives away.
    fn pursue(&self, job: &Job, lens: &Lens<'_>) -> BlobScan {
        let Some(pursuit) = &self.tools.pursuit else { return self.read_one(job, lens) };
        if let Some(scan) = self.kept(job, lens) {
            return scan;
        }
        let chase = pursuit.now();
        let mut scan = match chase.scanner() {
            Some(scanner) => self.read_one(job, &lens.by(scanner)),
            None => self.read_one(job, lens),
        };
        chase.note(&mut scan);
        pursuit.take(&scan.seen, (&self.tools.vault, &self.tools.scanner));
        scan
    }

    fn read_one(&self, job: &Job, lens: &Lens<'_>) -> BlobScan {
        if let Some(bytes) = &job.embedded {
            return lens.read(&mut bytes.as_slice(), &job.expected, job.reading);
        }
        if let Some(scan) = self.kept(job, lens) {
            return scan;
        }
        let mut scan = match self.store.open(&job.blob) {
            Ok(mut raw) => lens.read(raw.as_mut(), &job.expected, job.reading),
            Err(fault) => {
                let mut scan = lens.read(&mut std::io::empty(), &Expected::default(), job.reading);
                scan.problems =
                    vec![Problem::new(ProblemKind::Unreadable, job.blob.to_string(), fault.to_string())];
                scan
            }
        };
        scan.count_unread(job.size);
        scan
    }

    /// What an earlier run saw in a layer. On this machine anything may lie under its name: then it is read.
    fn kept(&self, job: &Job, lens: &Lens<'_>) -> Option<BlobScan> {
        let shelf = lens.shelf.as_ref().filter(|_| job.reading == Reading::Layer)?;
        let scan = shelf.take(&job.expected, self.store.size(&job.blob))?;
        if !self.store.is_remote(&job.blob) {
            let mut body = self.store.open(&job.blob).ok()?;
            digest(body.as_mut(), scan.facts.digest.algorithm(), &mut |_| {})
                .ok()
                .filter(|digest| *digest == scan.facts.digest)?;
        }
        self.watch.read(scan.facts.size);
        Some(scan)
    }

    /// Writes down everything that was seen, image by image, then what belongs to none.
    fn settle(&self, haul: &Haul<'_>, ledger: &mut Ledger) {
        let mut settled = vec![false; haul.sheets.len()];
        for image in &haul.description.images {
            let setting = self.setting(haul, Some(image));
            assemble::layers(&setting, ledger);
            if let Some(catalog) = &self.tools.catalog {
                catalog.draw(&setting, image, haul.description);
            }
            if image.kind == ImageKind::Image {
                ledger.image(assemble::outline(&setting, image.references.first()));
            }
            for index in [image.config, image.manifest].into_iter().flatten() {
                haul.settle_sheet(&setting, index, ledger);
                settled.get_mut(index).into_iter().for_each(|done| *done = true);
            }
        }
        let mut around = self.setting(haul, None);
        for (index, _) in settled.iter().enumerate().filter(|(_, done)| !**done) {
            haul.settle_sheet(&around, index, ledger);
        }
        // Blobs that no image names belong to no stack: nothing hides them.
        for blob in &haul.description.loose {
            let scan = haul.blobs.get(blob).cloned();
            around.layers = vec![Slot { blob: blob.clone(), digest: None, scan }];
            around.stack = stack(&around.layers);
            assemble::layers(&around, ledger);
        }
        let problems = self.store.problems();
        for problem in haul.description.problems.iter().chain(&problems) {
            let place = Place::new(Surface::Manifest, Exposure::Metadata);
            ledger.gap(assemble::unread(problem, place, &haul.mask));
        }
        for problem in &haul.description.elsewhere {
            let mut gap =
                assemble::unread(problem, Place::new(Surface::Manifest, Exposure::Metadata), &haul.mask);
            gap.reason.push_str("; the engine never fetched it: scan registry:NAME to read it");
            ledger.accepted(gap);
        }
    }

    fn setting<'s>(&'s self, haul: &'s Haul<'_>, image: Option<&Image>) -> Setting<'s> {
        let Haul { description, blobs, mask, .. } = haul;
        let layers: Vec<Slot> =
            image.iter().flat_map(|i| &i.layers).map(|layer| slot(layer, blobs)).collect();
        let config = image.and_then(|i| i.config).and_then(|index| description.documents.get(index));
        let config = config.and_then(|document| document.json().ok()).unwrap_or_default();
        let known = base::Known { own: description, given: self.base.as_ref(), store: self.store };
        Setting {
            platform: image.and_then(|i| i.platform.as_ref()).map(ToString::to_string),
            name: image.filter(|_| description.images.len() > 1).and_then(|i| i.references.first().cloned()),
            history: History::new(&config, built(&layers), self.request.dockerfile.as_ref()),
            base: image.map_or(0, |i| base::layers(i, &known)),
            stack: stack(&layers),
            layers,
            store: self.store,
            mask,
        }
    }

    fn target(&self, description: &Description) -> Target {
        let mut platforms: Vec<String> =
            real(description).filter_map(|i| i.platform.as_ref()).map(ToString::to_string).collect();
        platforms.sort();
        platforms.dedup();
        Target {
            given: self.request.target.clone(),
            reference: description.reference.clone(),
            digest: description.digest.as_ref().map(ToString::to_string),
            platforms,
        }
    }
}

/// How many of the jobs, the largest first, are not among the small ones that make a sixteenth of all bytes together.
fn large(jobs: &[Job]) -> usize {
    let mut left = jobs.iter().map(|job| job.size).sum::<u64>() / 16;
    let small = jobs.iter().rev().take_while(|job| match left.checked_sub(job.size) {
        Some(rest) => {
            left = rest;
            true
        }
        None => false,
    });
    jobs.len().saturating_sub(small.count())
}

fn slot(layer: &Layer, blobs: &Blobs) -> Slot {
    let digest = layer.digest.as_ref().map(ToString::to_string);
    Slot { blob: layer.blob.clone(), digest, scan: blobs.get(&layer.blob).cloned() }
}

/// How many layers the image's own history knows: what a container changed came after it.
fn built(layers: &[Slot]) -> usize {
    layers.iter().filter(|slot| slot.blob != BlobId::Name(OWN_LAYER.to_owned())).count()
}

fn stack(layers: &[Slot]) -> Stack {
    let names = |slot: &Slot| slot.scan.as_ref().map(|scan| Arc::clone(&scan.names)).unwrap_or_default();
    Stack::new(layers.iter().map(names).collect())
}

fn real(description: &Description) -> impl Iterator<Item = &Image> {
    description.images.iter().filter(|image| image.kind == ImageKind::Image)
}

impl Haul<'_> {
    /// Writes down what was seen in a document.
    fn settle_sheet(&self, setting: &Setting<'_>, index: usize, ledger: &mut Ledger) {
        let document = self.description.documents.get(index);
        let (Some(document), Some(sheet)) = (document, self.sheets.get(index)) else { return };
        let name = document.digest.as_ref().map_or_else(|| document.name.clone(), ToString::to_string);
        assemble::document(setting, (&name, document.blob.as_ref()), &sheet.seen, ledger);
        for fault in &sheet.faults {
            let mut place = Place::new(Surface::Manifest, Exposure::Metadata);
            place.document = Some(name.clone());
            ledger.gap(assemble::fault(fault, place, setting.mask));
        }
    }

    /// How much was read.
    fn total(&self) -> Read {
        let images: Vec<&Image> = real(self.description).collect();
        let platforms: HashSet<_> = images.iter().filter_map(|i| i.platform.as_ref()).collect();
        let scans = || self.blobs.values();
        Read {
            images: images.len() as u64,
            platforms: platforms.len() as u64,
            layers: scans().filter(|scan| !scan.paper).count() as u64,
            entries: scans().map(|scan| scan.facts.entries).sum(),
            bytes: self.stored(),
            decoded_bytes: self.sheets.iter().map(|s| s.decoded).sum::<u64>()
                + scans().map(|scan| scan.decoded + unpacked(scan)).sum::<u64>(),
            reused_layers: scans().filter(|scan| scan.reused).count() as u64,
        }
    }

    /// Bytes as stored: a blob counts once, whatever it was read as. One that stands in a manifest was counted
    /// with the manifest.
    fn stored(&self) -> u64 {
        let layers = self.description.images.iter().flat_map(|image| &image.layers);
        let embedded: HashSet<_> =
            layers.filter(|l| matches!(l.held, Held::Embedded(_))).map(|l| &l.blob).collect();
        let mut sizes: HashMap<String, u64> = HashMap::new();
        for document in &self.description.documents {
            let id = document.blob.as_ref().map_or_else(|| document.name.clone(), ToString::to_string);
            sizes.insert(id, document.size);
        }
        for (blob, scan) in self.blobs.iter().filter(|(blob, _)| !embedded.contains(blob)) {
            sizes.insert(blob.to_string(), scan.facts.size);
        }
        sizes.values().sum()
    }
}

/// Reads a document of the description.
fn sheet(document: &Document, description: &Description, lens: &Lens<'_>) -> Sheet {
    let mut eye = Eye::new(lens.key, lens.vault);
    let read = document::read(&document.bytes, paper(document, description), lens.with(), &mut eye);
    Sheet { seen: eye.seen, faults: read.faults_with(&eye.blind), decoded: read.decoded }
}

pub(crate) fn paper(document: &Document, description: &Description) -> Paper {
    let of_cache = |image: &&Image| {
        let config = image.config.and_then(|index| description.documents.get(index));
        image.kind == ImageKind::Cache && config.is_some_and(|c| std::ptr::eq(c, document))
    };
    let of_record = |image: &Image| {
        let index = [image.config, image.manifest].into_iter().flatten();
        let mut own = index.filter_map(|index| description.documents.get(index));
        own.any(|own| std::ptr::eq(own, document)) && record::is_record(image, description)
    };
    match document.kind {
        _ if description.images.iter().any(of_record) => Paper::Record,
        _ if description.images.iter().any(|image| of_cache(&image)) => Paper::Cache,
        DocumentKind::Config | DocumentKind::LegacyImageJson => Paper::Config,
        _ => Paper::Manifest,
    }
}

/// What decompression made, where the blob was compressed.
fn unpacked(scan: &BlobScan) -> u64 {
    if scan.facts.diff_id == scan.facts.digest { 0 } else { scan.facts.tar_size }
}
