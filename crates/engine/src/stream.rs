//! Scans an archive that comes through a pipe: everything is read as it passes, and placed when its manifest came.

use std::io::Read;
use std::sync::Arc;

use tightlip_image::model::{self, DescribeError, Description, Selection};
use tightlip_image::store::{Archive, BlobId, Passing, Pipe, Store, Stream};
use tightlip_image::{Digest, Expected, Problem, ProblemKind};
use tightlip_report::Report;

use crate::blob::{BlobScan, Reading};
use crate::request::Request;
use crate::scan::{Blobs, Run, ScanError, count_unread, undescribed};
use crate::tools::Tools;
use crate::watch::Watch;

/// Scans an archive from a stream, such as what `docker save` writes into a pipe. Nothing is kept but documents.
///
/// # Errors
/// As [`scan`](crate::scan()).
pub fn scan_stream(
    pipe: &Pipe,
    stream: impl Read + Send,
    request: &Request,
    watch: &dyn Watch,
) -> Result<Report, ScanError> {
    let tools = Tools::new(request)?;
    let base =
        request.base.as_deref().map(|target| crate::scan::describe_base(target, request)).transpose()?;
    let passage = Passage { request, watch, tools: &tools, base };
    let (archive, known) = passage.read(pipe, stream)?;
    let description = passage.describe(&archive)?;
    passage.report(&archive, known, &description)
}

/// A scan of something that passes once.
pub(crate) struct Passage<'p> {
    pub(crate) request: &'p Request,
    pub(crate) watch: &'p dyn Watch,
    pub(crate) tools: &'p Tools,
    pub(crate) base: Option<Description>,
}

/// What was read of a member of the archive, by its position.
type Passed = Vec<(usize, BlobScan)>;

impl Passage<'_> {
    /// Scans what a daemon gives out.
    pub(crate) fn scan(self, stream: Stream) -> Result<Report, ScanError> {
        let Stream { pipe, bytes, container } = stream;
        let (archive, known) = self.read(&pipe, bytes)?;
        let Some(container) = container else {
            let description = self.describe(&archive)?;
            return self.report(&archive, known, &description);
        };
        // The image of a container may be gone. Everything else is a fault.
        let mut description = match model::describe(&archive, &Selection::default(), &self.request.describe) {
            Err(DescribeError::NoImage) => Description::default(),
            other => other.map_err(|error| undescribed(&error, self.request))?,
        };
        let known = placed(known, &archive, &description);
        let store = container.over(archive);
        store.top(&mut description);
        self.run(&store, known).report(&description)
    }

    /// Reads everything but documents as it passes.
    fn read(&self, pipe: &Pipe, stream: impl Read + Send) -> Result<(Archive, Passed), ScanError> {
        let lens = self.tools.lens(self.request, self.watch);
        let mut passed = Vec::new();
        self.watch.begin(0, 0);
        let archive = Archive::pass(pipe, stream, &mut |passing: Passing<'_>| {
            let expected = Expected { size: passing.size, ..Expected::default() };
            let mut scan = lens.read(passing.body, &expected, Reading::Sniffed);
            count_unread(&mut scan, passing.size.unwrap_or_default());
            passed.push((passing.member, scan));
            self.watch.layer_done();
        });
        let archive = archive.map_err(|error| ScanError::Open(error.into()))?;
        Ok((archive, passed))
    }

    fn describe(&self, archive: &Archive) -> Result<Description, ScanError> {
        if archive.blobs().is_empty() {
            return Err(undescribed(&DescribeError::NoImage, self.request));
        }
        model::describe(archive, &Selection::default(), &self.request.describe)
            .map_err(|error| undescribed(&error, self.request))
    }

    fn report(self, archive: &Archive, passed: Passed, of: &Description) -> Result<Report, ScanError> {
        let known = placed(passed, archive, of);
        self.run(archive, known).report(of)
    }

    fn run<'r>(self, store: &'r dyn Store, known: Blobs) -> Run<'r>
    where
        Self: 'r,
    {
        let Self { request, watch, tools, base } = self;
        Run { store, request, base, watch, tools, known }
    }
}

/// What passed, under the names that the manifest knows it by.
fn placed(passed: Passed, archive: &Archive, description: &Description) -> Blobs {
    let known = passed.into_iter().filter_map(|(member, scan)| {
        let blob = archive.blob_at(member)?;
        let scan = checked(scan, &blob, description);
        Some((blob, Arc::new(scan)))
    });
    known.collect()
}

/// Checks a blob against what the manifest, which came after it, says about it.
fn checked(mut scan: BlobScan, blob: &BlobId, description: &Description) -> BlobScan {
    let layers =
        description.images.iter().flat_map(|image| &image.layers).filter(|layer| layer.blob == *blob);
    let named = match blob {
        BlobId::Digest(digest) => Some(digest.clone()),
        BlobId::Name(_) => None,
    };
    let mut stated: Vec<(&str, Digest, Digest)> = Vec::new();
    let facts = &scan.facts;
    stated.extend(named.map(|digest| ("digest", digest, facts.digest.clone())));
    for layer in layers {
        stated.extend(layer.digest.clone().map(|digest| ("digest", digest, facts.digest.clone())));
        stated.extend(layer.diff_id.clone().map(|diff_id| ("diff_id", diff_id, facts.diff_id.clone())));
    }
    stated.dedup();
    for (what, stated, is) in stated {
        // Another algorithm than SHA-256 was not computed: the manifest that names it came too late.
        if stated != is {
            let detail = format!("its {what} is {is}, not {stated}");
            scan.problems.push(Problem::new(ProblemKind::DigestMismatch, blob.to_string(), detail));
        }
    }
    scan
}
