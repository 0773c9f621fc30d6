//! Scans an archive that comes through a pipe: everything is read as it passes, and placed when its manifest came.

use std::io::Read;
use std::sync::Arc;

use tightlip_image::model::{self, DescribeError, Description, Selection};
use tightlip_image::store::{Archive, BlobId, Passing, Pipe, Store, Stream};
use tightlip_image::{Digest, Expected, Problem, ProblemKind};
use tightlip_report::Report;

use crate::blob::{BlobScan, Lens, Reading};
use crate::request::Request;
use crate::run::{Blobs, Run};
use crate::scan::{ScanError, undescribed};
use crate::shelf::digest;
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
    Passage::new(request, watch, &Tools::new(request)?)?.pipe(pipe, stream)
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

impl<'p> Passage<'p> {
    pub(crate) fn new(
        request: &'p Request,
        watch: &'p dyn Watch,
        tools: &'p Tools,
    ) -> Result<Self, ScanError> {
        let base =
            request.base.as_deref().map(|target| crate::scan::describe_base(target, request)).transpose()?;
        Ok(Self { request, watch, tools, base })
    }

    /// Scans what comes through a pipe.
    pub(crate) fn pipe(self, pipe: &Pipe, stream: impl Read + Send) -> Result<Report, ScanError> {
        let (archive, known) = self.read(pipe, stream)?;
        let description = self.describe(&archive)?;
        self.report(&archive, known, &description)
    }

    /// Scans what a daemon gives out.
    pub(crate) fn scan(self, stream: Stream) -> Result<Report, ScanError> {
        let Stream { pipe, bytes, absent, container } = stream;
        let (archive, known) = self.read(&pipe, bytes)?;
        let Some(container) = container else {
            let mut description = self.describe(&archive)?;
            description.set_aside(&absent);
            return self.report(&archive, known, &description);
        };
        // The image of a container may be gone. Everything else is a fault.
        let mut description = match model::describe(&archive, &Selection::default(), &self.request.describe) {
            Err(DescribeError::NoImage) => Description::default(),
            other => other.map_err(|error| undescribed(&error, self.request))?,
        };
        description.set_aside(&absent);
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
            passed.push((passing.member, self.member(passing, &lens)));
            self.watch.layer_done();
        });
        let archive = archive.map_err(|error| ScanError::Open(error.into()))?;
        Ok((archive, passed))
    }

    /// Reads a member, or takes what an earlier run saw in a layer of its name.
    fn member(&self, passing: Passing<'_>, lens: &Lens<'_>) -> BlobScan {
        let expected = Expected { size: passing.size, ..Expected::default() };
        if let Some(scan) = self.kept(passing.name, &expected, lens) {
            return self.verified(scan, passing.body);
        }
        let mut scan = lens.read(passing.body, &expected, Reading::Sniffed);
        scan.count_unread(passing.size.unwrap_or_default());
        scan
    }

    fn kept(&self, name: &str, expected: &Expected, lens: &Lens<'_>) -> Option<BlobScan> {
        let BlobId::Digest(digest) = BlobId::at(name) else { return None };
        let expected = Expected { digest: Some(digest), ..expected.clone() };
        lens.shelf.as_ref()?.take(&expected, expected.size)
    }

    /// The bytes pass by in any case: whether they are those of the earlier run is seen from them.
    fn verified(&self, mut scan: BlobScan, body: &mut dyn Read) -> BlobScan {
        let algorithm = scan.facts.digest.algorithm();
        let (what, mut count) = (scan.facts.digest.to_string(), |count| self.watch.read(count));
        let problem = match digest(body, algorithm, &mut count) {
            Ok(is) if is == scan.facts.digest => return scan,
            Ok(is) => {
                let detail = format!("its digest is {is}, not {what}: it was not read");
                Problem::new(ProblemKind::DigestMismatch, what, detail)
            }
            Err(error) => Problem::new(ProblemKind::Unreadable, what, error.to_string()),
        };
        scan.problems.push(problem);
        scan
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
