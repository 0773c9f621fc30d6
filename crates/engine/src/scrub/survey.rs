//! Reads the image with all rules, and for the exact values that are to go, in every encoding and every container.
//!
//! Both in one reading where that can be: a value is looked for in everything that is read after it was found. What was
//! read before, or by an earlier run, is read once more, for the values alone.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use tightlip_image::model::{self, Description, ImageKind};
use tightlip_image::rewrite::RewriteError;
use tightlip_image::store::{self, BlobId, Source, Store, Stream};
use tightlip_image::write::WriteError;
use tightlip_image::{Digest, Problem};
use tightlip_report::{Finding, Level, Report};

use super::answer::ScrubError;
use super::change::{Goes, Secret};
use super::exact::{Values, is_unmistakable};
use super::request::{ScrubRequest, Select};
use super::standing::Stacks;
use super::step::is_at;
use crate::pursuit::Pursuit;
use crate::request::Request;
use crate::run::{Blobs, Run};
use crate::scan::{ScanError, describe_base, undescribed};
use crate::show::find;
use crate::sighting::Sighting;
use crate::source;
use crate::tools::Tools;
use crate::vault::Mask;
use crate::watch::Watch;

/// What one reading of the image saw.
pub(crate) struct Seen {
    pub(crate) tools: Tools,
    /// One list for each document of the description.
    pub(crate) sheets: Vec<Vec<Sighting>>,
    pub(crate) blobs: Blobs,
}

/// An image that can be read as often as it takes.
pub(crate) struct Original {
    store: Box<dyn Store>,
    description: Description,
    /// The scheme that gave it out.
    scheme: &'static str,
}

/// An image that was read.
pub(crate) struct Survey {
    pub(crate) store: Box<dyn Store>,
    /// The scheme that gave it out.
    pub(crate) scheme: &'static str,
    pub(crate) description: Description,
    pub(crate) report: Report,
    pub(crate) by_rules: Seen,
    /// None where no value is looked for everywhere.
    pub(crate) exactly: Option<Seen>,
    pub(crate) values: Values,
    pub(crate) mask: Mask,
    pub(crate) secrets: Vec<Secret>,
    pub(crate) left: Vec<Finding>,
    pub(crate) stacks: Stacks,
}

impl Survey {
    /// Reads an image.
    pub(crate) fn new(
        original: Original,
        request: &ScrubRequest,
        watch: &dyn Watch,
    ) -> Result<Self, ScrubError> {
        let scan = &request.scan;
        let Original { store, description, scheme } = original;
        let FirstLook { tools, sheets, blobs, report, mask, wanted } =
            FirstLook::at((store.as_ref(), &description), request, watch)?;
        let named: HashSet<String> =
            scan.known.iter().map(|known| scan.key.identity(known.expose())).collect();
        let values = tools.vault.values(&|identity| wanted.contains(identity));
        let stretches = tools.vault.stretches(&|identity| wanted.contains(identity));
        let values = Values::new(values, &stretches, &|identity| named.contains(identity))?;
        if let Some(pursuit) = &tools.pursuit {
            pursuit.settle(values.strong(), &tools.scanner).map_err(ScanError::from)?;
        }
        let exactly = exactly((&values, &blobs), (scan, watch), (store.as_ref(), &description))?;
        let stacks = stacks(&description, &blobs);
        let goes = |finding: &Finding| values.has(&finding.identity) || is_cut(finding, &request.select);
        let left = report.findings.iter().filter(|f| f.level >= request.select.counts && !goes(f));
        Ok(Self {
            left: left.cloned().collect(),
            secrets: secrets(&report, &values, &request.select),
            scheme,
            by_rules: Seen { tools, sheets, blobs },
            store,
            description,
            report,
            exactly,
            values,
            mask,
            stacks,
        })
    }

    /// Everything that was seen of the values in a blob.
    pub(crate) fn spots(&self, blob: &BlobId) -> Vec<&Sighting> {
        let readings = [Some(&self.by_rules), self.exactly.as_ref()].into_iter().flatten();
        let seen = readings.filter_map(|seen| seen.blobs.get(blob)).flat_map(|scan| &scan.seen);
        seen.filter(|sighting| self.goes(sighting)).collect()
    }

    /// Everything that was seen of the values in a document.
    pub(crate) fn marks(&self, document: usize) -> Vec<&Sighting> {
        let readings = [Some(&self.by_rules), self.exactly.as_ref()].into_iter().flatten();
        let seen = readings.filter_map(|seen| seen.sheets.get(document)).flatten();
        seen.filter(|sighting| self.goes(sighting)).collect()
    }

    /// The error about a layer, without values: names of entries stand in it.
    pub(crate) fn layer_error(&self, layer: &Digest, error: RewriteError) -> ScrubError {
        let masked = |problem: Problem| Problem {
            what: self.mask.name(&problem.what),
            detail: self.mask.text(&problem.detail),
            ..problem
        };
        let error = match error {
            RewriteError::Read(problem) => RewriteError::Read(masked(problem)),
            other => other,
        };
        ScrubError::Layer { layer: layer.to_string(), error }
    }

    /// A common word stays where it is only test material, or a file as its package installed it.
    fn goes(&self, sighting: &Sighting) -> bool {
        let identity = &sighting.identity;
        self.values.is_strong(identity) || (self.values.has(identity) && sighting.level > Level::Note)
    }
}

impl Original {
    /// Opens what the request names.
    pub(crate) fn open(request: &Request, watch: &dyn Watch) -> Result<Self, ScrubError> {
        let refuse = |why, help| ScrubError::NotScrubbable { target: request.target.clone(), why, help };
        if source::find(&request.target).is_some() {
            let help =
                "scrub the image: it is read from docker:, podman:, registry:, an archive or an OCI layout";
            return Err(refuse("it is no image", help));
        }
        let opened = store::open(&request.target, &request.sources)?;
        let scheme = opened.scheme.name;
        match opened.source {
            Source::Store { store, selection } => Self::of((store, scheme), &selection, request),
            Source::Stream(stream) if stream.container.is_some() => {
                Err(refuse("it is a container", CONTAINER))
            }
            Source::Stream(stream) => Self::keep((stream, scheme), request, watch),
        }
    }

    /// Keeps what comes only once: it is read more than once here, and a daemon gives it out as a whole every time.
    pub(crate) fn keep(
        (stream, scheme): (Stream, &'static str),
        request: &Request,
        watch: &dyn Watch,
    ) -> Result<Self, ScrubError> {
        let kept = stream.keep(&mut |bytes| {
            watch.read(bytes);
            !watch.stopped()
        })?;
        if watch.stopped() {
            return Err(WriteError::Stopped.into());
        }
        let store = Box::new(kept.archive) as Box<dyn Store>;
        let mut original = Self::of((store, scheme), &model::Selection::default(), request)?;
        original.description.set_aside(&kept.absent);
        Ok(original)
    }

    fn of(
        (store, scheme): (Box<dyn Store>, &'static str),
        selection: &model::Selection,
        request: &Request,
    ) -> Result<Self, ScrubError> {
        let described = model::describe(store.as_ref(), selection, &request.describe);
        let description = described.map_err(|error| undescribed(&error, request))?;
        Ok(Self { store, description, scheme })
    }
}

/// What a container wrote is no layer before it is made one.
const CONTAINER: &str = "scrub its image and start a new container from the result; to keep what it wrote, make an image of \
                         it first: docker commit NAME app:snapshot, then tightlip scrub docker:app:snapshot";

/// What the reading with all rules came to.
struct FirstLook {
    tools: Tools,
    sheets: Vec<Vec<Sighting>>,
    blobs: Blobs,
    report: Report,
    mask: Mask,
    /// The identities of what is to go.
    wanted: HashSet<String>,
}

impl FirstLook {
    fn at(
        image: (&dyn Store, &Description),
        request: &ScrubRequest,
        watch: &dyn Watch,
    ) -> Result<Self, ScrubError> {
        let look = Self::read(image, (request, &request.scan), watch)?;
        // What an earlier run saw comes without its value: where that is to go, everything has to be read.
        if look.wanted.iter().all(|identity| look.tools.vault.value(identity).is_some()) {
            return Ok(look);
        }
        let anew = Request { cache: None, ..request.scan.clone() };
        Self::read(image, (request, &anew), watch)
    }

    fn read(
        (store, description): (&dyn Store, &Description),
        (request, scan): (&ScrubRequest, &Request),
        watch: &dyn Watch,
    ) -> Result<Self, ScrubError> {
        let tools = Tools::new(scan)?;
        // What the user names is known from the start.
        let named: Vec<_> =
            scan.known.iter().map(|known| (scan.key.identity(known.expose()), known.expose())).collect();
        let named = named.iter().map(|(identity, value)| (identity.as_str(), *value));
        let pursuit = Pursuit::new(request.select.counts, is_unmistakable);
        pursuit.settle(named, &tools.scanner).map_err(ScanError::from)?;
        let tools = tools.pursuing(pursuit);
        let base = scan.base.as_deref().map(|target| describe_base(target, scan)).transpose()?;
        let run = Run { store, request: scan, base, watch, tools: &tools, known: Blobs::new() };
        let haul = run.haul(description)?;
        let mut report = run.tell(&haul);
        report.accept_gaps(&request.accept_gaps);
        let mask = haul.mask;
        let (sheets, blobs) = (haul.sheets.into_iter().map(|sheet| sheet.seen).collect(), haul.blobs);
        let wanted = wanted(&report, &request.select)?;
        Ok(Self { tools, sheets, blobs, report, mask, wanted })
    }
}

/// The reading for the values alone, of what was not read for them already.
fn exactly(
    (values, blobs): (&Values, &Blobs),
    (request, watch): (&Request, &dyn Watch),
    (store, description): (&dyn Store, &Description),
) -> Result<Option<Seen>, ScrubError> {
    if values.strong().next().is_none() {
        return Ok(None);
    }
    let tools = Tools::exact(values.strong())?;
    let known = values.looked_for(blobs);
    let run = Run { store, request, base: None, watch, tools: &tools, known };
    let haul = run.haul(description)?;
    let (sheets, blobs) = (haul.sheets.into_iter().map(|sheet| sheet.seen).collect(), haul.blobs);
    Ok(Some(Seen { tools, sheets, blobs }))
}

/// The identities of what is to go.
fn wanted(report: &Report, select: &Select) -> Result<HashSet<String>, ScrubError> {
    if !select.is_narrow() {
        let counts = report.findings.iter().filter(|finding| finding.level >= select.counts);
        return Ok(counts.map(|finding| finding.identity.clone()).collect());
    }
    let mut wanted = HashSet::new();
    for fingerprint in &select.findings {
        wanted.insert(find(report.clone(), fingerprint)?.identity);
    }
    Ok(wanted)
}

/// Whether a finding lies in a file that goes.
fn is_cut(finding: &Finding, select: &Select) -> bool {
    let path = finding.place.path.as_ref().filter(|_| finding.place.layer.is_some());
    let within = |named: &String| path.is_some_and(|path| is_at(path.as_bytes(), named.as_bytes()));
    select.paths.iter().any(within)
}

fn secrets(report: &Report, values: &Values, select: &Select) -> Vec<Secret> {
    let mut secrets: HashMap<&str, Secret> = HashMap::new();
    let mut order = Vec::new();
    for finding in &report.findings {
        let goes = match values.has(&finding.identity) {
            true if values.is_strong(&finding.identity) => Goes::Everywhere,
            true => Goes::WhereFound,
            false if finding.level >= select.counts && is_cut(finding, select) => Goes::WithItsPath,
            false => continue,
        };
        secrets.entry(&finding.identity).or_insert_with(|| {
            order.push(finding.identity.as_str());
            Secret {
                identity: finding.identity.clone(),
                rule: finding.rule.clone(),
                title: finding.title.clone(),
                shape: finding.shape.clone(),
                goes,
                rotate: finding.remedy.rotate.clone(),
            }
        });
    }
    order.into_iter().filter_map(|identity| secrets.remove(identity)).collect()
}

fn stacks(description: &Description, blobs: &Blobs) -> Stacks {
    let images = description.images.iter().filter(|image| image.kind == ImageKind::Image);
    let names = |blob: &BlobId| blobs.get(blob).map(|scan| Arc::clone(&scan.names)).unwrap_or_default();
    let stack = |image: &model::Image| {
        image.layers.iter().map(|layer| (layer.blob.clone(), names(&layer.blob))).collect()
    };
    Stacks(images.map(stack).collect())
}
