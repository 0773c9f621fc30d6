//! What a step is shown of a layer or a document, and what it may do to it.

use std::ops::Range;

use tightlip_image::Facts;
use tightlip_image::rewrite::{Change as Deed, Edit};
use tightlip_image::store::BlobId;
use tightlip_report::readable;

use super::change::{Change, Refusal};
use super::exact::Hit;
use super::locate::{Located, Part};
use super::request::Nested;
use super::standing::{Stacks, Standing};
use crate::sighting::Sighting;
use crate::vault::Mask;

/// A layer that holds something that is to go.
pub(crate) struct LayerCase<'c> {
    pub(crate) blob: &'c BlobId,
    pub(crate) facts: &'c Facts,
    /// Where the values were seen.
    pub(crate) spots: Vec<&'c Sighting>,
    pub(crate) located: &'c Located,
    /// Paths that the user named.
    pub(crate) paths: &'c [String],
    pub(crate) nested: Nested,
    pub(crate) stacks: &'c Stacks,
    pub(crate) mask: &'c Mask,
}

/// What steps want to do to a layer.
#[derive(Debug, Default)]
pub(crate) struct LayerWork {
    pub(crate) edits: Vec<Edit>,
    /// What lies around the tar stream goes: it is enough to compress it anew.
    pub(crate) repack: bool,
    pub(crate) changes: Vec<Change>,
    pub(crate) refusals: Vec<Refusal>,
}

impl LayerCase<'_> {
    /// The entry whose header a sighting names.
    pub(crate) fn part(&self, spot: &Sighting) -> Option<&Part> {
        self.located.part(spot.header_offset)
    }

    /// The hits within a stretch.
    pub(crate) fn hits(&self, within: &Range<u64>) -> impl Iterator<Item = &Hit> {
        self.located.hits_in(within)
    }

    /// Whether an entry can go, and who would miss it.
    pub(crate) fn standing(&self, part: &Part) -> Standing {
        let earlier = |other: &&Part| other.header < part.header && other.path == part.path;
        match self.stacks.standing(self.blob, &part.path) {
            Standing::Free if self.located.parts.iter().any(|other| earlier(&other)) => Standing::Repeats,
            standing => standing,
        }
    }

    /// A path as reports spell it.
    pub(crate) fn path(&self, part: &Part) -> String {
        self.mask.name(&readable(&part.path))
    }
}

impl LayerWork {
    /// Masks a stretch.
    pub(crate) fn mask(&mut self, range: Range<u64>) {
        self.edits.push(Edit { range, change: Deed::Mask });
    }

    /// Notes what happens at a path, once.
    pub(crate) fn note(&mut self, case: &LayerCase<'_>, path: Option<String>, what: impl Into<String>) {
        let change = Change {
            layer: Some(case.facts.digest.to_string()),
            positions: case.stacks.positions(case.blob),
            path,
            what: what.into(),
            ..Change::default()
        };
        if !self.changes.contains(&change) {
            self.changes.push(change);
        }
    }

    /// Says what cannot be done.
    pub(crate) fn refuse(&mut self, case: &LayerCase<'_>, part: Option<&Part>, (why, help): (&str, &str)) {
        let refusal = Refusal {
            place: format!("layer {}", case.facts.digest),
            path: part.map(|part| case.path(part)),
            why: why.to_owned(),
            help: help.to_owned(),
        };
        if !self.refusals.contains(&refusal) {
            self.refusals.push(refusal);
        }
    }

    /// Takes a whole entry away; where somebody would miss it, its body becomes zero bytes instead.
    pub(crate) fn take_away(&mut self, case: &LayerCase<'_>, part: &Part, standing: Standing) {
        let why = match standing {
            Standing::Free => {
                self.edits.push(Edit { range: part.whole(), change: Deed::Cut });
                return self.note(case, Some(case.path(part)), "the entry is cut out");
            }
            Standing::Hides => "a lower layer has something at this path, which would show again",
            Standing::Repeats => "its layer has something at this path before it, which would show again",
            Standing::Linked => "a hard link is another name of it",
        };
        if part.sparse {
            let help = "rebuild the image without the file";
            return self.refuse(case, Some(part), ("a sparse file cannot be emptied in its place", help));
        }
        self.edits.push(Edit { range: part.bytes(), change: Deed::Blank });
        self.note(case, Some(case.path(part)), format!("its body becomes zero bytes: {why}"));
    }
}
