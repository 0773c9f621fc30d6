//! The scan: opens a target, reads every blob once, and writes the report.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tightlip_detect::{KNOWN_VALUE, NeedlesError, PrefilterError, Rule, RuleError, RuleSet};
use tightlip_image::model::{
    self, DescribeError, Description, Document, DocumentKind, Held, Image, ImageKind, Layer, LayerRole,
    Selection,
};
use tightlip_image::store::{self, BlobId, OpenError, Store};
use tightlip_image::{Expected, Problem, ProblemKind, Stack};
use tightlip_report::{Exposure, Place, Read, Report, Surface, Target};

use crate::assemble::{self, Ledger, Setting, Slot};
use crate::attribute::History;
use crate::blob::{BlobScan, Lens, Reading};
use crate::kit::Kit;
use crate::request::Request;
use crate::sighting::{Eye, Sighting};
use crate::source::SourceError;
use crate::surface::Paper;
use crate::vault::Mask;
use crate::watch::Watch;
use crate::{base, document, record, source};

/// A scan could not run.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// The target could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Something around a build could not be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// A directory is no image, and looks like a root file system.
    #[error(
        "{target} is not an image, but looks like a root file system\nScan it with: tightlip scan rootfs:{target}"
    )]
    LooksLikeRoot {
        /// The target as given.
        target: String,
    },
    /// The base image could not be opened.
    #[error("cannot open the base image: {0}")]
    Base(#[source] OpenError),
    /// No image could be made out in the target.
    #[error(transparent)]
    Describe(#[from] DescribeError),
    /// A rule is wrong.
    #[error(transparent)]
    Rules(#[from] RuleError),
    /// The search could not be prepared.
    #[error(transparent)]
    Search(#[from] PrefilterError),
    /// What masks the values in the report could not be prepared.
    #[error(transparent)]
    Mask(#[from] NeedlesError),
}

/// Every kind of secret that a scan recognises, by identifier.
///
/// # Errors
/// When a rule is wrong.
pub fn rules() -> Result<Vec<&'static Rule>, ScanError> {
    let mut rules: Vec<_> = RuleSet::builtin()?.rules().chain([&KNOWN_VALUE]).collect();
    rules.sort_by_key(|rule| rule.id);
    Ok(rules)
}

/// Scans what the request names.
///
/// # Errors
/// When the target cannot be opened or holds no image. What cannot be read inside an image is a gap in the report.
pub fn scan(request: &Request, watch: &dyn Watch) -> Result<Report, ScanError> {
    if let Some((source, path)) = source::find(&request.target) {
        return source::report((source, &path), request, watch);
    }
    let opened = store::open(&request.target).map_err(|error| not_an_image(&request.target, error))?;
    let base = match &request.base {
        Some(target) => Some(describe_base(target, request)?),
        None => None,
    };
    let description = model::describe(opened.store.as_ref(), &opened.selection, &request.describe)?;
    Run { store: opened.store.as_ref(), request, base, watch }.report(&description)
}

fn not_an_image(target: &str, error: OpenError) -> ScanError {
    let root = matches!(error, OpenError::NotAnImage { .. }) && source::looks_like_root(target);
    if root { ScanError::LooksLikeRoot { target: target.to_owned() } } else { error.into() }
}

/// Scans a store that the caller holds.
///
/// # Errors
/// As [`scan`].
pub fn scan_store(store: &dyn Store, request: &Request, watch: &dyn Watch) -> Result<Report, ScanError> {
    let description = model::describe(store, &Selection::default(), &request.describe)?;
    Run { store, request, base: None, watch }.report(&description)
}

fn describe_base(target: &str, request: &Request) -> Result<Description, ScanError> {
    let opened = store::open(target).map_err(ScanError::Base)?;
    Ok(model::describe(opened.store.as_ref(), &opened.selection, &request.describe)?)
}

/// One scan under way.
struct Run<'r> {
    store: &'r dyn Store,
    request: &'r Request,
    base: Option<Description>,
    watch: &'r dyn Watch,
}

/// What was read of a document.
struct Sheet {
    seen: Vec<Sighting>,
    faults: Vec<String>,
    decoded: u64,
}

/// A blob to read.
struct Job {
    blob: BlobId,
    expected: Expected,
    reading: Reading,
    size: u64,
    /// The bytes, where they stand in the manifest instead of the store.
    embedded: Option<Vec<u8>>,
}

/// What was read of the blobs.
type Blobs = HashMap<BlobId, Arc<BlobScan>>;

impl Run<'_> {
    fn report(&self, description: &Description) -> Result<Report, ScanError> {
        let kit = Kit::new(self.request)?;
        let lens = kit.lens(self.request, self.watch);
        let sheets: Vec<Sheet> = description.documents.iter().map(|d| sheet(d, description, &lens)).collect();
        let blobs = self.read(jobs(description, self.store), &lens);
        let mask = kit.vault.mask()?;
        if let Some(shelf) = &lens.shelf {
            shelf.keep(blobs.iter().map(|(blob, scan)| (blob, scan.as_ref())), &mask);
        }
        let mut ledger = Ledger::default();
        self.settle(description, (&sheets, &blobs), &mask, &mut ledger);
        Ok(ledger.report(kit.tool(), self.target(description), read(description, &sheets, &blobs)))
    }

    /// Reads all blobs, the largest first, as many at once as there are jobs.
    fn read(&self, mut jobs: Vec<Job>, lens: &Lens<'_>) -> Blobs {
        jobs.sort_by_key(|job| std::cmp::Reverse(job.size));
        self.watch.begin(jobs.len(), jobs.iter().map(|job| job.size).sum());
        let next = AtomicUsize::new(0);
        let done = Mutex::new(Blobs::new());
        let work = || {
            while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                let scan = self.read_one(job, lens);
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
        done.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn read_one(&self, job: &Job, lens: &Lens<'_>) -> BlobScan {
        if let Some(bytes) = &job.embedded {
            return lens.read(&mut bytes.as_slice(), &job.expected, job.reading);
        }
        if let Some(scan) = self.known(job, lens) {
            return scan;
        }
        match self.store.open(&job.blob) {
            Ok(mut raw) => lens.read(raw.as_mut(), &job.expected, job.reading),
            Err(fault) => {
                let mut scan = lens.read(&mut std::io::empty(), &Expected::default(), job.reading);
                let problem = Problem::new(ProblemKind::Unreadable, job.blob.to_string(), fault.to_string());
                scan.problems = vec![problem.with_bytes(job.size)];
                scan
            }
        }
    }

    /// What an earlier run saw in a layer.
    fn known(&self, job: &Job, lens: &Lens<'_>) -> Option<BlobScan> {
        let shelf = lens.shelf.as_ref().filter(|_| job.reading == Reading::Layer)?;
        let scan = shelf.take(&job.expected, self.store.size(&job.blob))?;
        self.watch.read(scan.facts.size);
        Some(scan)
    }

    /// Writes down everything that was seen, image by image, then what belongs to none.
    fn settle(&self, description: &Description, read: (&[Sheet], &Blobs), mask: &Mask, ledger: &mut Ledger) {
        let (sheets, blobs) = read;
        let mut settled = vec![false; sheets.len()];
        for image in &description.images {
            let setting = self.setting(description, Some(image), blobs, mask);
            assemble::layers(&setting, ledger);
            for index in [image.config, image.manifest].into_iter().flatten() {
                settle_sheet(&setting, description, sheets, index, ledger);
                settled.get_mut(index).into_iter().for_each(|done| *done = true);
            }
        }
        let mut around = self.setting(description, None, blobs, mask);
        for (index, _) in settled.iter().enumerate().filter(|(_, done)| !**done) {
            settle_sheet(&around, description, sheets, index, ledger);
        }
        // Blobs that no image names belong to no stack: nothing hides them.
        for blob in &description.loose {
            around.layers = vec![Slot { blob: blob.clone(), digest: None, scan: blobs.get(blob).cloned() }];
            around.stack = stack(&around.layers);
            assemble::layers(&around, ledger);
        }
        let problems = self.store.problems();
        for problem in description.problems.iter().chain(&problems) {
            let place = Place::new(Surface::Manifest, Exposure::Metadata);
            ledger.gap(assemble::unread(problem, place, mask));
        }
    }

    fn setting<'s>(
        &'s self,
        description: &Description,
        image: Option<&Image>,
        blobs: &Blobs,
        mask: &'s Mask,
    ) -> Setting<'s> {
        let layers: Vec<Slot> =
            image.iter().flat_map(|i| &i.layers).map(|layer| slot(layer, blobs)).collect();
        let config = image.and_then(|i| i.config).and_then(|index| description.documents.get(index));
        let config = config.and_then(|document| document.json().ok()).unwrap_or_default();
        Setting {
            platform: image.and_then(|i| i.platform.as_ref()).map(ToString::to_string),
            name: image.filter(|_| description.images.len() > 1).and_then(|i| i.references.first().cloned()),
            history: History::new(&config, layers.len(), self.request.dockerfile.as_ref()),
            base: image.map_or(0, |i| base::layers(i, description, self.base.as_ref())),
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

fn slot(layer: &Layer, blobs: &Blobs) -> Slot {
    let digest = layer.digest.as_ref().map(ToString::to_string);
    Slot { blob: layer.blob.clone(), digest, scan: blobs.get(&layer.blob).cloned() }
}

fn stack(layers: &[Slot]) -> Stack {
    let names = |slot: &Slot| slot.scan.as_ref().map(|scan| Arc::clone(&scan.names)).unwrap_or_default();
    Stack::new(layers.iter().map(names).collect())
}

fn real(description: &Description) -> impl Iterator<Item = &Image> {
    description.images.iter().filter(|image| image.kind == ImageKind::Image)
}

fn settle_sheet(
    setting: &Setting<'_>,
    description: &Description,
    sheets: &[Sheet],
    index: usize,
    ledger: &mut Ledger,
) {
    let (Some(document), Some(sheet)) = (description.documents.get(index), sheets.get(index)) else { return };
    let name = document.digest.as_ref().map_or_else(|| document.name.clone(), ToString::to_string);
    assemble::document(setting, (&name, document.blob.as_ref()), &sheet.seen, ledger);
    for fault in &sheet.faults {
        let mut place = Place::new(Surface::Manifest, Exposure::Metadata);
        place.document = Some(name.clone());
        let problem = Problem::new(ProblemKind::Corrupt, String::new(), fault.clone());
        ledger.gap(assemble::unread(&problem, place, setting.mask));
    }
}

/// Reads a document of the description.
fn sheet(document: &Document, description: &Description, lens: &Lens<'_>) -> Sheet {
    let mut eye = Eye::new(lens.key, lens.vault);
    let read = document::read(&document.bytes, paper(document, description), lens.scanner, &mut eye);
    Sheet { seen: eye.seen, faults: read.faults, decoded: read.decoded }
}

fn paper(document: &Document, description: &Description) -> Paper {
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

/// The blobs of all images, each once, and those that no image names.
fn jobs(description: &Description, store: &dyn Store) -> Vec<Job> {
    let mut jobs: HashMap<BlobId, Job> = HashMap::new();
    for (image, layer) in description.images.iter().flat_map(|i| i.layers.iter().map(move |l| (i, l))) {
        let embedded = match &layer.held {
            Held::Absent => continue,
            Held::Stored => None,
            Held::Embedded(bytes) => Some(bytes.clone()),
        };
        let reading = match layer.role {
            LayerRole::Encrypted | LayerRole::Foreign => continue,
            _ if record::is_record(image, description) => Reading::Paper(Paper::Record),
            LayerRole::Tar => Reading::Layer,
            LayerRole::Statement => Reading::Paper(Paper::Statement),
            LayerRole::Opaque(_) if matches!(image.kind, ImageKind::Attestation { .. }) => {
                Reading::Paper(Paper::Statement)
            }
            LayerRole::Opaque(_) => Reading::Sniffed,
        };
        let expected =
            Expected { digest: layer.digest.clone(), size: layer.size, diff_id: layer.diff_id.clone() };
        let size = store.size(&layer.blob).or(layer.size).unwrap_or_default();
        jobs.entry(layer.blob.clone()).or_insert(Job {
            blob: layer.blob.clone(),
            expected,
            reading,
            size,
            embedded,
        });
    }
    for blob in &description.loose {
        let digest = match blob {
            BlobId::Digest(digest) => Some(digest.clone()),
            BlobId::Name(_) => None,
        };
        let expected = Expected { digest, ..Expected::default() };
        let size = store.size(blob).unwrap_or_default();
        let job = Job { blob: blob.clone(), expected, reading: Reading::Sniffed, size, embedded: None };
        jobs.entry(blob.clone()).or_insert(job);
    }
    jobs.into_values().collect()
}

/// How much was read.
fn read(description: &Description, sheets: &[Sheet], blobs: &Blobs) -> Read {
    let platforms: std::collections::HashSet<_> =
        real(description).filter_map(|i| i.platform.as_ref()).collect();
    let documents: u64 = description.documents.iter().map(|d| d.bytes.len() as u64).sum();
    Read {
        images: real(description).count() as u64,
        platforms: platforms.len() as u64,
        layers: blobs.values().filter(|scan| !scan.paper).count() as u64,
        entries: blobs.values().map(|scan| scan.facts.entries).sum(),
        bytes: documents + blobs.values().map(|scan| scan.facts.size).sum::<u64>(),
        decoded_bytes: sheets.iter().map(|s| s.decoded).sum::<u64>()
            + blobs.values().map(|scan| scan.decoded + unpacked(scan)).sum::<u64>(),
        reused_layers: blobs.values().filter(|scan| scan.reused).count() as u64,
    }
}

/// What decompression made, where the blob was compressed.
fn unpacked(scan: &BlobScan) -> u64 {
    if scan.facts.diff_id == scan.facts.digest { 0 } else { scan.facts.tar_size }
}
