//! Reads the result as if it were anybody's image, and compares it with the original.

use std::sync::Arc;

use tightlip_image::model::{self, Description, Selection};
use tightlip_image::rewrite::{Change, Edits, Rewritten};
use tightlip_image::store::{BlobId, Store};
use tightlip_image::write::Overlay;
use tightlip_image::{EntryKind, Facts, normalise};
use tightlip_report::{Level, Report};

use super::answer::ScrubError;
use super::locate::{Part, Source};
use super::request::ScrubRequest;
use super::survey::{Seen, Survey};
use crate::run::{Blobs, Run};
use crate::scan::undescribed;
use crate::tools::Tools;
use crate::watch::Watch;

/// The new image beside the old one.
pub(crate) struct Proof<'p> {
    pub(crate) request: &'p ScrubRequest,
    pub(crate) survey: &'p Survey,
    pub(crate) image: &'p Overlay<'p>,
    pub(crate) watch: &'p dyn Watch,
}

impl Proof<'_> {
    /// Says what is wrong with the result; nothing if it is proven.
    pub(crate) fn faults(&self) -> Result<Vec<String>, ScrubError> {
        let mut faults = Vec::new();
        let scan = &self.request.scan;
        let described = model::describe(self.image, &Selection::default(), &scan.describe);
        let description = described.map_err(|error| undescribed(&error, scan))?;
        let rules = &self.survey.by_rules;
        let (report, blobs) = self.read(&description, (&rules.tools, self.unchanged(rules)))?;
        self.judge(&report, &mut faults);
        if let Some(exactly) = &self.survey.exactly {
            // What is new was read for the values too.
            let mut known = self.survey.values.looked_for(&blobs);
            known.extend(self.unchanged(exactly));
            let (report, _) = self.read(&description, (&exactly.tools, known))?;
            let still =
                report.findings.iter().map(|finding| format!("a value still stands in {}", place(finding)));
            faults.extend(still);
        }
        faults.dedup();
        Ok(faults)
    }

    /// Blobs that are the old ones: they were read before, with the same rules.
    fn unchanged(&self, seen: &Seen) -> Blobs {
        let named = seen.blobs.values().map(|scan| (BlobId::Digest(scan.facts.digest.clone()), scan));
        let held = named.filter(|(blob, _)| self.image.holds(blob));
        held.map(|(blob, scan)| (blob, Arc::clone(scan))).collect()
    }

    /// A reading of the result.
    fn read(
        &self,
        description: &Description,
        (tools, known): (&Tools, Blobs),
    ) -> Result<(Report, Blobs), ScrubError> {
        let request = &self.request.scan;
        let run = Run { store: self.image, request, base: None, watch: self.watch, tools, known };
        let haul = run.haul(description)?;
        let mut report = run.tell(&haul);
        report.accept_gaps(&self.request.accept_gaps);
        Ok((report, haul.blobs))
    }

    fn judge(&self, report: &Report, faults: &mut Vec<String>) {
        let counts = self.request.select.counts;
        let before = |identity: &str| self.survey.report.findings.iter().any(|f| f.identity == identity);
        for finding in report.findings.iter().filter(|finding| finding.level > Level::Note) {
            let place = place(finding);
            if self.survey.values.has(&finding.identity) {
                faults.push(format!("{} still stands in {place}", finding.title));
            } else if finding.level >= counts && !before(&finding.identity) {
                faults.push(format!("{} is now found in {place}, and was not before", finding.title));
            }
        }
        for gap in &report.gaps {
            faults.push(format!("{} was not read: {}", gap.kind.name(), gap.reason));
        }
    }
}

fn place(finding: &tightlip_report::Finding) -> String {
    let place = &finding.place;
    let path = place.path.as_ref().or(place.pointer.as_ref()).or(place.document.as_ref());
    let within = path.map_or_else(|| place.surface.name().to_owned(), Clone::clone);
    match &place.member {
        Some(member) => format!("{within} ({member})"),
        None => within,
    }
}

/// An original layer, what was to be done to it, and what came out.
pub(crate) struct Pair<'p> {
    pub(crate) old: Source<'p>,
    pub(crate) edits: &'p Edits,
    pub(crate) new: Source<'p>,
}

impl Pair<'_> {
    /// Says in what the new layer differs from the old one besides what was to be done.
    pub(crate) fn faults(&self, name: &str) -> Result<Vec<String>, ScrubError> {
        let failed = |error| ScrubError::Layer { layer: name.to_owned(), error };
        let mut faults = Vec::new();
        // The old stream once more, changed as planned: it must be what the new blob unpacks to, byte for byte.
        let (old, again) = self.old.patched_parts(self.edits).map_err(failed)?;
        let new = self.new.parts().map_err(failed)?;
        if again != self.new.facts.diff_id {
            faults.push(format!("layer {name} differs in more than what was to change"));
        }
        faults.extend(self.compare(&old, &new).map(|what| format!("layer {name}: {what}")));
        Ok(faults)
    }

    /// Entry by entry: those that were cut are gone, all others are what they were.
    fn compare(&self, old: &[Part], new: &[Part]) -> Option<String> {
        let edits = self.edits.list();
        let first =
            |at: u64| edits.get(edits.partition_point(|edit| edit.range.end <= at)..).unwrap_or_default();
        let cut = |part: &&Part| {
            let whole = part.whole();
            let edit = first(whole.start).first();
            edit.is_some_and(|e| {
                e.change == Change::Cut && e.range.start <= whole.start && whole.end <= e.range.end
            })
        };
        let stay: Vec<&Part> = old.iter().filter(|part| !cut(part)).collect();
        if stay.len() != new.len() {
            return Some(format!("{} entries became {}", stay.len(), new.len()));
        }
        let same = |(old, new): &(&&Part, &Part)| {
            let headers = old.headers();
            let touched = first(headers.start).first().is_some_and(|edit| edit.range.start < headers.end);
            let names = touched || (old.name == new.name && old.link == new.link);
            let kind = std::mem::discriminant(&old.kind) == std::mem::discriminant(&new.kind);
            names && kind && old.size == new.size && old.numbers == new.numbers && old.sparse == new.sparse
        };
        if !stay.iter().zip(new).all(|pair| same(&pair)) {
            return Some("an entry is not what it was".to_owned());
        }
        if names(&stay.iter().map(|part| &part.path).collect::<Vec<_>>())
            != names(&new.iter().map(|part| &part.path).collect::<Vec<_>>())
        {
            return Some("two names became one".to_owned());
        }
        dangling(new).filter(|_| dangling_of(&stay).is_none())
    }
}

/// How many different names there are.
fn names(paths: &[&Vec<u8>]) -> usize {
    paths.iter().collect::<std::collections::HashSet<_>>().len()
}

fn dangling(parts: &[Part]) -> Option<String> {
    dangling_of(&parts.iter().collect::<Vec<_>>())
}

/// A hard link whose target its layer does not have.
fn dangling_of(parts: &[&Part]) -> Option<String> {
    let paths: std::collections::HashSet<&[u8]> = parts.iter().map(|part| part.path.as_slice()).collect();
    let links = parts.iter().filter(|part| part.kind == EntryKind::HardLink);
    let lost =
        |part: &&&Part| !paths.contains(normalise(part.link.as_deref().unwrap_or_default()).as_slice());
    links.clone().find(|part| lost(part)).map(|_| "a hard link lost its target".to_owned())
}

/// What a rewritten layer is, in the terms of a scan.
pub(crate) fn facts(new: &Rewritten, old: &Facts) -> Facts {
    Facts { digest: new.digest.clone(), size: new.size, diff_id: new.diff_id.clone(), ..old.clone() }
}
