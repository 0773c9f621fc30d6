//! Which results of layers are kept for the next run, and which are taken instead of reading.

use std::io::{self, Read};

use tightlip_detect::{Rule, RuleSet};
use tightlip_image::store::BlobId;
use tightlip_image::{Algorithm, Digest, End, Expected, Hasher};
use tightlip_report::{Level, Surface};

use crate::blob::BlobScan;
use crate::cache::Cache;
use crate::page::Page;
use crate::request::Request;
use crate::sighting::Sighting;
use crate::vault::Mask;

/// As much is hashed at a time, in bytes.
const PIECE: usize = 64 << 10;

/// The results that fit the rules, limits and known values of a run.
pub(crate) struct Shelf<'s> {
    cache: &'s Cache,
    rules: Vec<&'static Rule>,
    way: String,
    /// Whether values are looked for instead of rules.
    exact: bool,
}

impl<'s> Shelf<'s> {
    /// `exact` are identities of values that are looked for instead of rules: they are keyed, and tell nothing.
    pub(crate) fn new(cache: &'s Cache, request: &Request, (rules, exact): (&RuleSet, &[String])) -> Self {
        let mut known: Vec<_> = request.known.iter().map(|k| (k.name(), cache.keyed(k.expose()))).collect();
        known.sort_unstable();
        let limits = (&request.limits, &request.decode);
        let way = format!("{}\0{limits:?}\0{known:?}\0{exact:?}", rules.digest());
        Self { cache, rules: rules.rules().collect(), way, exact: !exact.is_empty() }
    }

    /// What an earlier run saw in a layer, if the layer is what this run expects.
    pub(crate) fn take(&self, expected: &Expected, stored: Option<u64>) -> Option<BlobScan> {
        let digest = expected.digest.as_ref()?;
        let body = self.cache.get(&self.cache.name(digest, &self.way))?;
        let page: Page = serde_json::from_slice(&body).ok()?;
        let scan = page.open(&self.rules)?;
        // Anything else than what was kept is read, so that the difference is told.
        let same = scan.facts.digest == *digest
            && stored.is_none_or(|size| size == scan.facts.size)
            && expected.size.is_none_or(|size| size == scan.facts.size)
            && expected.diff_id.as_ref().is_none_or(|diff_id| *diff_id == scan.facts.diff_id);
        same.then_some(scan)
    }

    /// Keeps what was seen in these blobs, as far as it may be kept. What cannot be kept is read again next time.
    pub(crate) fn keep<'b>(&self, blobs: impl Iterator<Item = (&'b BlobId, &'b BlobScan)>, mask: &Mask) {
        let mut kept = false;
        for (blob, scan) in blobs {
            let verified = matches!(blob, BlobId::Digest(digest) if *digest == scan.facts.digest);
            if !verified || scan.reused || !may_be_kept(scan, mask) {
                continue;
            }
            let name = self.cache.name(&scan.facts.digest, &self.way);
            // Of a search for values only that they are not there is kept: other values may leak from the layer.
            let bare = self.exact.then(|| scan.bare(Vec::new()));
            if let Ok(body) = serde_json::to_vec(&Page::of(bare.as_ref().unwrap_or(scan))) {
                kept |= self.cache.put(&name, &body).is_ok();
            }
        }
        if kept {
            // A folder that grows beyond its limit is no reason to withhold a report.
            let _ = self.cache.trim();
        }
    }
}

/// The digest of what a body holds; how many bytes came is told on the way.
pub(crate) fn digest(
    body: &mut dyn Read,
    algorithm: Algorithm,
    count: &mut dyn FnMut(u64),
) -> io::Result<Digest> {
    let mut hasher = Hasher::new(algorithm);
    let mut piece = vec![0; PIECE];
    loop {
        match body.read(&mut piece) {
            Ok(0) => return Ok(hasher.finish()),
            Ok(read) => {
                hasher.update(piece.get(..read).unwrap_or_default());
                count(read as u64);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Only a layer that was read and understood as a whole, in which nothing leaks and no text holds a value that was
/// found elsewhere. Notes are test material that everybody has, and so are files as their packages install them.
fn may_be_kept(scan: &BlobScan, mask: &Mask) -> bool {
    let whole =
        !scan.paper && scan.facts.end == End::Whole && scan.problems.is_empty() && scan.blind.is_empty();
    let silent = |text: &[u8]| {
        let text = String::from_utf8_lossy(text);
        mask.text(&text) == text
    };
    let harmless = |s: &Sighting| {
        (s.level == Level::Note || is_shipped(s, scan))
            && silent(&s.at)
            && silent(&s.stored_name)
            && [Some(&s.shape), s.name.as_ref(), s.member.as_ref()]
                .into_iter()
                .flatten()
                .all(|t| silent(t.as_bytes()))
    };
    whole && scan.seen.iter().all(harmless)
}

fn is_shipped(sighting: &Sighting, scan: &BlobScan) -> bool {
    let sums = sighting.sums.as_ref().filter(|_| sighting.surface == Surface::File);
    sums.is_some_and(|sums| scan.shipped.by(&sighting.trail(), sums).is_some())
}
