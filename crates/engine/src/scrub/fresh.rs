//! Makes the new layers, or takes those that an earlier scrub made of the same ones.
//!
//! What a map of digests says is believed only as far as it can be checked: the old stream with the edits of this scrub
//! must have the digest that the map names, and the bytes that lie where the map says must be what it names.

use std::collections::{BTreeSet, HashMap};
use std::io::Write as _;
use std::sync::Arc;

use tightlip_image::rewrite::{Edits, RewriteError, Rewritten, layer, patched, unpack};
use tightlip_image::store::{self, BlobId, Store};
use tightlip_image::write::{Spool, Spooled, WriteError};
use tightlip_image::{Digest, Expected};

use super::answer::ScrubError;
use super::change::Layer;
use super::locate::Source;
use super::work::Scrub;
use crate::watch::Watch;

/// Rewritten layers by the blob that they were.
pub(crate) type Layers = HashMap<BlobId, Rewritten>;

/// A layer that an earlier scrub made, and where it lies.
type Made = (Rewritten, Arc<dyn Store>);

/// The new layers.
#[derive(Default)]
pub(crate) struct Fresh {
    pub(crate) layers: Layers,
    /// Where their blobs lie.
    pub(crate) blobs: Vec<(Digest, Held)>,
    /// Old digests of those that an earlier scrub made.
    pub(crate) reused: BTreeSet<String>,
}

/// Where a new blob lies.
pub(crate) enum Held {
    /// In the spool.
    Spooled(Spooled),
    /// Where an earlier scrub put it.
    Elsewhere { store: Arc<dyn Store>, size: u64 },
}

impl Scrub {
    /// Makes every new layer.
    pub(super) fn fresh(&self, spool: &Spool, watch: &dyn Watch) -> Result<Fresh, ScrubError> {
        let mut fresh = Fresh::default();
        for (blob, edits) in &self.jobs {
            if watch.stopped() {
                return Err(WriteError::Stopped.into());
            }
            let Some(scan) = self.survey.by_rules.blobs.get(blob) else { continue };
            let source = self.source(blob, &scan.facts);
            let failed = |error| self.survey.layer_error(&scan.facts.digest, error);
            let old = scan.facts.digest.to_string();
            let (new, held) = match self.made_before(&old, (source, edits)).map_err(failed)? {
                Some((new, store)) => {
                    fresh.reused.insert(old);
                    let size = new.size;
                    (new, Held::Elsewhere { store, size })
                }
                None => {
                    let (new, file) = written((source, edits), spool)?.map_err(failed)?;
                    (new, Held::Spooled(file))
                }
            };
            fresh.blobs.push((new.digest.clone(), held));
            fresh.layers.insert(blob.clone(), new);
        }
        Ok(fresh)
    }

    /// What an earlier scrub made of the layer, if it is what this one would make, and still there.
    fn made_before(
        &self,
        old: &str,
        (source, edits): (Source<'_>, &Edits),
    ) -> Result<Option<Made>, RewriteError> {
        let Some((made, store)) =
            self.request.made.layers.get(old).and_then(|made| Some((made, self.there(made)?)))
        else {
            return Ok(None);
        };
        let (Ok(digest), Ok(diff_id)) = (Digest::parse(&made.digest), Digest::parse(&made.diff_id)) else {
            return Ok(None);
        };
        let now = patched(source.open()?.as_mut(), &source.expected(), (edits, source.limits))?;
        if now != diff_id {
            return Ok(None);
        }
        let expected =
            Expected { digest: Some(digest.clone()), size: Some(made.size), diff_id: Some(diff_id.clone()) };
        let blob = BlobId::Digest(digest.clone());
        let read = store
            .open(&blob)
            .ok()
            .and_then(|mut raw| unpack(raw.as_mut(), &expected, source.limits, &mut |_, _| Ok(())).ok());
        let compression = source.facts.compression;
        let same = read.is_some_and(|read| read.compression == compression && read.digest == digest);
        Ok(same.then_some((Rewritten { digest, size: made.size, diff_id, compression }, store)))
    }

    /// The store in which a layer lies, as the map says. What cannot be opened is made anew.
    fn there(&self, made: &Layer) -> Option<Arc<dyn Store>> {
        let opened = store::open(made.at.as_deref()?, &self.request.scan.sources).ok()?;
        let (store, _) = opened.source.stored()?;
        Some(Arc::from(store))
    }
}

/// Writes a layer with its edits into the spool.
fn written(
    (source, edits): (Source<'_>, &Edits),
    spool: &Spool,
) -> Result<Result<(Rewritten, Spooled), RewriteError>, WriteError> {
    let (path, mut file) = spool.file()?;
    let mut write = || {
        let mut raw = source.open()?;
        let new = layer(raw.as_mut(), &source.expected(), (edits, source.limits), &mut file)?;
        file.flush()?;
        let size = new.size;
        Ok((new, Spooled { path: path.clone(), size }))
    };
    Ok(write())
}
