//! Scans an archive that comes through a pipe: everything is read as it passes, and placed when its manifest came.

use std::io::Read;
use std::sync::Arc;

use tightlip_image::model::{self, DescribeError, Description, Selection};
use tightlip_image::store::{Archive, BlobId, Passing, Pipe, Store as _};
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
    let lens = tools.lens(request, watch);
    let mut passed = Vec::new();
    watch.begin(0, 0);
    let archive = Archive::pass(pipe, stream, &mut |passing: Passing<'_>| {
        let expected = Expected { size: passing.size, ..Expected::default() };
        let mut scan = lens.read(passing.body, &expected, Reading::Sniffed);
        count_unread(&mut scan, passing.size.unwrap_or_default());
        passed.push((passing.member, scan));
        watch.layer_done();
    });
    let archive = archive.map_err(|error| ScanError::Open(error.into()))?;
    if archive.blobs().is_empty() {
        return Err(undescribed(&DescribeError::NoImage, request));
    }
    let description = model::describe(&archive, &Selection::default(), &request.describe)
        .map_err(|error| undescribed(&error, request))?;
    let known = passed.into_iter().filter_map(|(member, scan)| {
        let blob = archive.blob_at(member)?;
        let scan = checked(scan, &blob, &description);
        Some((blob, Arc::new(scan)))
    });
    let known: Blobs = known.collect();
    Run { store: &archive, request, base, watch, tools: &tools, known }.report(&description)
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
