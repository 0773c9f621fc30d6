//! The scan: opens a target, reads every blob once, and writes the report.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tightlip_detect::{
    Hint, KNOWN_VALUE, Loaded, NeedlesError, PackErrors, PackText, PrefilterError, Rule, RuleError, RuleSet,
};
use tightlip_image::model::{
    self, DescribeError, Description, Document, DocumentKind, Held, Image, ImageKind, Layer, Selection,
};
use tightlip_image::store::{self, Archive, BlobId, OWN_LAYER, OpenError, Source, Store, Stream};
use tightlip_image::{Expected, Problem, ProblemKind, Stack};
use tightlip_report::{Exposure, Place, Read, Report, Surface, Target};

use crate::assemble::{self, Setting, Slot};
use crate::attribute::History;
use crate::blob::{BlobScan, Lens, Reading};
use crate::job::{Job, jobs};
use crate::ledger::Ledger;
use crate::request::Request;
use crate::sighting::{Eye, Sighting};
use crate::source::SourceError;
use crate::stream::Passage;
use crate::surface::Paper;
use crate::tools::Tools;
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
    /// Something around a build has no layers.
    #[error("{target} is no image: it has no layers to look into\nRead it with: tightlip scan {target}")]
    NoLayers {
        /// The target as given.
        target: String,
    },
    /// The base image could not be opened.
    #[error("cannot open the base image: {0}")]
    Base(#[source] OpenError),
    /// No image could be made out in the target: the words of the image room, with the values in them masked.
    #[error("{0}")]
    Describe(String),
    /// A rule is wrong.
    #[error(transparent)]
    Rules(#[from] RuleError),
    /// A rule pack cannot be used.
    #[error(transparent)]
    Packs(#[from] PackErrors),
    /// The search could not be prepared.
    #[error(transparent)]
    Search(#[from] PrefilterError),
    /// What masks the values in the report could not be prepared.
    #[error(transparent)]
    Mask(#[from] NeedlesError),
}

impl ScanError {
    /// What to do about it, starting with a verb, where there is something.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Open(error) | Self::Base(error) => Some(error.help()),
            Self::Packs(_) => Some("see docs/rule-packs.md for what rule packs may hold".to_owned()),
            Self::Describe(_) => Some("name what docker save wrote, or an OCI image layout".to_owned()),
            _ => None,
        }
    }
}

/// What a target may be: how it is written, and what it is.
#[must_use]
pub fn sources() -> Vec<(&'static str, &'static str)> {
    let images = store::SCHEMES.iter().map(|scheme| scheme.summary);
    let summaries = images.chain(source::SOURCES.iter().map(|source| source.summary));
    summaries.filter_map(|summary| summary.split_once(": ")).map(|(what, form)| (form, what)).collect()
}

/// The built-in rules and those of packs, with what was passed over in the packs.
///
/// # Errors
/// When a rule is wrong.
pub fn load_rules(packs: &[PackText]) -> Result<Loaded, ScanError> {
    Ok(RuleSet::builtin()?.with(packs)?)
}

/// Every kind of secret that a scan with these packs recognises, by identifier.
///
/// # Errors
/// When a rule is wrong.
pub fn rules(packs: &[PackText]) -> Result<Vec<&'static Rule>, ScanError> {
    let mut rules: Vec<_> = load_rules(packs)?.rules.rules().chain([&KNOWN_VALUE]).collect();
    rules.sort_by_key(|rule| rule.id);
    Ok(rules)
}

/// Scans what the request names.
///
/// # Errors
/// When the target cannot be opened or holds no image. What cannot be read inside an image is a gap in the report.
pub fn scan(request: &Request, watch: &dyn Watch) -> Result<Report, ScanError> {
    // A wrong rule pack is told before a large image is read.
    scan_with(&Tools::new(request)?, request, watch)
}

/// The same with tools that the caller holds.
pub(crate) fn scan_with(tools: &Tools, request: &Request, watch: &dyn Watch) -> Result<Report, ScanError> {
    if let Some((source, path)) = source::find(&request.target) {
        return source::report((source, &path), (tools, request), watch);
    }
    let opened = store::open(&request.target, &request.sources)
        .map_err(|error| not_an_image(&request.target, error))?;
    if let Some(why) = opened.guessed {
        watch.guessed(opened.scheme.name, why);
    }
    let base = match &request.base {
        Some(target) => Some(describe_base(target, request)?),
        None => None,
    };
    let (store, selection) = match opened.source {
        Source::Store { store, selection } => (store, selection),
        Source::Stream(stream) => {
            return Passage { request, watch, tools, base }.scan(stream);
        }
    };
    let description = model::describe(store.as_ref(), &selection, &request.describe)
        .map_err(|error| undescribed(&error, request))?;
    let known = Blobs::new();
    Run { store: store.as_ref(), request, base, watch, tools, known }.report(&description)
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
    let description = model::describe(store, &Selection::default(), &request.describe)
        .map_err(|error| undescribed(&error, request))?;
    let tools = Tools::new(request)?;
    Run { store, request, base: None, watch, tools: &tools, known: Blobs::new() }.report(&description)
}

pub(crate) fn describe_base(target: &str, request: &Request) -> Result<Description, ScanError> {
    let opened = store::open(target, &request.sources).map_err(ScanError::Base)?;
    let (store, selection) = match opened.source {
        Source::Store { store, selection } => (store, selection),
        Source::Stream(Stream { pipe, bytes, .. }) => {
            let archive = Archive::pass(&pipe, bytes, &mut |_| {});
            let archive = archive.map_err(|error| ScanError::Base(error.into()))?;
            (Box::new(archive) as Box<dyn Store>, Selection::default())
        }
    };
    model::describe(store.as_ref(), &selection, &request.describe)
        .map_err(|error| undescribed(&error, request))
}

/// The error lists names that stand in the image, and a name can hold a value.
pub(crate) fn undescribed(error: &DescribeError, request: &Request) -> ScanError {
    let text = error.to_string();
    let mask = || -> Result<Mask, ScanError> {
        let tools = Tools::new(request)?;
        tools.scanner.bytes(Hint::Text, text.as_bytes(), &mut Eye::new(&request.key, &tools.vault));
        Ok(tools.vault.mask()?)
    };
    mask().map_or_else(|error| error, |mask| ScanError::Describe(mask.text(&text)))
}

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
struct Sheet {
    seen: Vec<Sighting>,
    faults: Vec<String>,
    decoded: u64,
}

/// Everything that was read, not yet placed in images.
struct Haul<'h> {
    description: &'h Description,
    /// One for each document of the description.
    sheets: Vec<Sheet>,
    blobs: Blobs,
    mask: Mask,
}

/// What was read of the blobs.
pub(crate) type Blobs = HashMap<BlobId, Arc<BlobScan>>;

impl Run<'_> {
    pub(crate) fn report(&self, description: &Description) -> Result<Report, ScanError> {
        let lens = self.tools.lens(self.request, self.watch);
        self.keep_names(&lens);
        let sheets: Vec<Sheet> = description.documents.iter().map(|d| sheet(d, description, &lens)).collect();
        let blobs = self.read(jobs(description, self.store), &lens);
        let haul = Haul { description, sheets, blobs, mask: self.tools.vault.mask()? };
        if let Some(shelf) = &lens.shelf {
            shelf.keep(haul.blobs.iter().map(|(blob, scan)| (blob, scan.as_ref())), &haul.mask);
        }
        let mut ledger = Ledger::default();
        self.settle(&haul, &mut ledger);
        let settled = ledger.settle();
        let mut report = Report {
            tool: self.tools.tool(),
            target: self.target(description),
            findings: settled.findings,
            gaps: settled.gaps,
            accepted_gaps: settled.accepted,
            images: settled.images,
            read: haul.total(),
            ..Report::default()
        };
        haul.mask.report(&mut report);
        Ok(report)
    }

    /// Values in names that the report repeats, and that stand in no blob: those of the target and of files around
    /// the image.
    fn keep_names(&self, lens: &Lens<'_>) {
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

    /// Reads all blobs, the largest first, as many at once as there are jobs.
    fn read(&self, mut jobs: Vec<Job>, lens: &Lens<'_>) -> Blobs {
        jobs.retain(|job| !self.known.contains_key(&job.blob));
        jobs.sort_by_key(|job| std::cmp::Reverse(job.size));
        self.watch.begin(jobs.len(), jobs.iter().map(|job| job.size).sum());
        let next = AtomicUsize::new(0);
        let done = Mutex::new(self.known.clone());
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

    /// What an earlier run saw in a layer.
    fn kept(&self, job: &Job, lens: &Lens<'_>) -> Option<BlobScan> {
        let shelf = lens.shelf.as_ref().filter(|_| job.reading == Reading::Layer)?;
        let scan = shelf.take(&job.expected, self.store.size(&job.blob))?;
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
            let problem = Problem::new(ProblemKind::Corrupt, String::new(), fault.clone());
            ledger.gap(assemble::unread(&problem, place, setting.mask));
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
            sizes.insert(id, document.bytes.len() as u64);
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

/// What decompression made, where the blob was compressed.
fn unpacked(scan: &BlobScan) -> u64 {
    if scan.facts.diff_id == scan.facts.digest { 0 } else { scan.facts.tar_size }
}
