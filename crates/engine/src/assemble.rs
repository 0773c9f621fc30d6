//! Puts what was seen in blobs and documents into the images they belong to: places, labels, instructions, advice.

use std::sync::Arc;

use tightlip_detect::{Cause, KNOWN_VALUE, Skipped};
use tightlip_image::store::{BlobId, Location, Store};
use tightlip_image::{Fate, Problem, ProblemKind, Stack, Trail};
use tightlip_report::{
    Exposure, Finding, Gap, GapKind, ImageOutline, LayerOutline, LayerRef, Level, Place, Surface, readable,
};

use crate::attribute::History;
use crate::blob::BlobScan;
use crate::document::Fault;
use crate::ledger::Ledger;
use crate::package::{SHIPPED, Sums};
use crate::sighting::{Blind, Sighting};
use crate::vault::Mask;
use crate::{mechanism, recover, remedy};

/// An image as the report speaks of it.
pub(crate) struct Setting<'s> {
    pub(crate) platform: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) history: History,
    pub(crate) base: usize,
    /// In the order of the manifest.
    pub(crate) layers: Vec<Slot>,
    pub(crate) stack: Stack,
    pub(crate) store: &'s dyn Store,
    pub(crate) mask: &'s Mask,
}

impl Setting<'_> {
    /// The package manager that says that the file is as it installed it.
    fn shipped_by(&self, surface: Surface, path: &Trail, sums: Option<&Sums>) -> Option<&'static str> {
        let sums = sums.filter(|_| surface == Surface::File)?;
        let scans = self.layers.iter().filter_map(|slot| slot.scan.as_ref());
        scans.into_iter().find_map(|scan| scan.shipped.by(path, sums))
    }
}

/// A layer's place in an image.
pub(crate) struct Slot {
    pub(crate) blob: BlobId,
    pub(crate) digest: Option<String>,
    /// What was read of it; none if it could not be had, which a gap says.
    pub(crate) scan: Option<Arc<BlobScan>>,
}

/// Everything that was seen in the layers of an image.
pub(crate) fn layers(setting: &Setting<'_>, ledger: &mut Ledger) {
    for (index, slot) in setting.layers.iter().enumerate() {
        let Some(scan) = &slot.scan else { continue };
        for sighting in &scan.seen {
            in_layer((setting, index), (&slot.blob, scan), sighting, ledger);
        }
        for blind in &scan.blind {
            let gap = unlooked(blind, layer_place(setting, index, scan, blind.surface), setting.mask);
            match setting.shipped_by(blind.surface, &blind.trail(), blind.sums.as_ref()) {
                Some(packages) => ledger.accepted(as_installed(gap, packages)),
                None => ledger.gap(gap),
            }
        }
        for problem in &scan.problems {
            ledger.gap(unread(problem, layer_place(setting, index, scan, Surface::File), setting.mask));
        }
    }
}

/// The layers of an image, for a picture of it.
pub(crate) fn outline(setting: &Setting<'_>, name: Option<&String>) -> ImageOutline {
    let layers = setting.layers.iter().enumerate().map(|(index, slot)| {
        let facts = slot.scan.as_ref().map(|scan| &scan.facts);
        LayerOutline {
            layer: layer_ref(setting, index).unwrap_or_default(),
            bytes: facts.map(|facts| facts.size),
            entries: facts.map(|facts| facts.entries),
            introduced_by: setting.history.of_layer(index, setting.mask),
        }
    });
    ImageOutline { name: name.cloned(), platform: setting.platform.clone(), layers: layers.collect() }
}

fn in_layer(
    layer: (&Setting<'_>, usize),
    blob: (&BlobId, &BlobScan),
    sighting: &Sighting,
    ledger: &mut Ledger,
) {
    let ((setting, index), (blob, scan)) = (layer, blob);
    let (exposure, by) = match sighting.surface {
        Surface::Slack => (Exposure::Metadata, None),
        _ if scan.paper => (Exposure::Metadata, None),
        _ => exposure(setting.stack.fate_of(index, &sighting.trail())),
    };
    let path = setting.mask.name(&readable(&sighting.at));
    let mut place = layer_place(setting, index, scan, sighting.surface);
    place.exposure = exposure;
    place.hidden_by = by.and_then(|by| layer_ref(setting, by));
    place.member = sighting.member.as_deref().map(|m| match scan.paper {
        // The name of a build step is the text of an instruction: short values are masked in it too.
        true => setting.mask.text(m),
        false => setting.mask.name(m),
    });
    place.offset = Some(sighting.offset);
    if scan.paper {
        place.document = Some(blob.to_string());
        place.pointer = (!path.is_empty()).then(|| path.clone());
    } else if !path.is_empty() {
        place.line = (sighting.surface == Surface::File).then_some(sighting.line);
        place.path = Some(path.clone());
    }
    let location = setting.store.locate(blob);
    let recover = location.as_ref().map(|location| match scan.paper {
        true => recover::from_document(sighting, location),
        false => recover::from_layer(sighting, location, scan.facts.compression),
    });
    let mut finding = finding(sighting, place, recover, setting.mask);
    in_container(&mut finding, sighting, location.as_ref());
    finding.introduced_by = setting.history.of_layer(index, setting.mask);
    let packages = setting.shipped_by(sighting.surface, &sighting.trail(), sighting.sums.as_ref());
    vouched(&mut finding, (sighting, packages), ledger);
    ledger.finding(finding, &path);
}

/// What the distribution shipped is not the user's secret, unless it is a value that the user named.
pub(crate) fn vouched(
    finding: &mut Finding,
    (sighting, packages): (&Sighting, Option<&str>),
    ledger: &mut Ledger,
) {
    let Some(packages) = packages.filter(|_| sighting.rule.id != KNOWN_VALUE.id) else { return };
    finding.lower(SHIPPED);
    finding.shape.push_str(&format!(", in a file that is as {packages} installed it"));
    ledger.shipped(sighting);
}

/// The same of what was not read.
pub(crate) fn as_installed(mut gap: Gap, packages: &str) -> Gap {
    gap.reason.push_str(&format!(", in a file that is as {packages} installed it"));
    gap
}

pub(crate) fn exposure(fate: Fate) -> (Exposure, Option<usize>) {
    match fate {
        Fate::Visible => (Exposure::Visible, None),
        Fate::Deleted { by } => (Exposure::Deleted, Some(by)),
        Fate::Overwritten { by } => (Exposure::Overwritten, Some(by)),
        Fate::HiddenByOpaque { by } => (Exposure::HiddenByOpaque, Some(by)),
    }
}

/// Everything that was seen in a document of an image, or in one that stands above images.
pub(crate) fn document(
    setting: &Setting<'_>,
    stored: (&str, Option<&BlobId>),
    seen: &[Sighting],
    ledger: &mut Ledger,
) {
    let (name, blob) = stored;
    for sighting in seen {
        let pointer = setting.mask.name(&readable(&sighting.at));
        let mut place = Place::new(sighting.surface, Exposure::Metadata);
        place.platform.clone_from(&setting.platform);
        place.image.clone_from(&setting.name);
        place.document = Some(name.to_owned());
        place.pointer = Some(pointer.clone());
        place.member = sighting.member.as_deref().map(|m| setting.mask.name(m));
        place.offset = Some(sighting.offset);
        let location = blob.and_then(|blob| setting.store.locate(blob));
        let recover = location.as_ref().map(|location| recover::from_document(sighting, location));
        let mut finding = finding(sighting, place, recover, setting.mask);
        in_container(&mut finding, sighting, location.as_ref());
        finding.introduced_by = setting.history.of_config(sighting, setting.mask);
        // The position of an instruction changes when another is added above it; its text does not.
        let instruction = finding.introduced_by.as_ref().and_then(|by| by.instruction.clone());
        let subject = match sighting.surface {
            Surface::History => instruction.unwrap_or(pointer),
            _ => sighting.name.clone().unwrap_or(pointer),
        };
        ledger.finding(finding, &subject);
    }
}

/// What lies in a container and in no image leaks in another way, and is mended in another.
fn in_container(finding: &mut Finding, sighting: &Sighting, location: Option<&Location>) {
    if let Some(mechanism) = location.and_then(mechanism::of_container) {
        mechanism.id.clone_into(&mut finding.mechanism);
        finding.remedy = remedy::of(sighting, mechanism);
    }
}

pub(crate) fn finding(sighting: &Sighting, place: Place, recover: Option<String>, mask: &Mask) -> Finding {
    let mechanism = mechanism::of(sighting, place.exposure);
    Finding {
        fingerprint: String::new(),
        identity: sighting.identity.clone(),
        rule: sighting.rule.id.to_owned(),
        title: title(sighting, mask),
        level: sighting.level,
        lowered_from: lowered_from(sighting.level, sighting.rule.level),
        confidence: sighting.confidence,
        shape: mask.shape(&sighting.shape),
        mechanism: mechanism.id.to_owned(),
        place,
        introduced_by: None,
        recover: recover.map(|command| mask.name(&command)).unwrap_or_default(),
        remedy: remedy::of(sighting, mechanism),
        decoded_from: sighting.decoded_from.clone(),
        excerpt: None,
    }
}

/// How much the rule counts, where this counts less.
pub(crate) fn lowered_from(level: Level, of_rule: Level) -> Option<Level> {
    (level < of_rule).then_some(of_rule)
}

/// The name of a known value comes from outside: it may hold another value.
fn title(sighting: &Sighting, mask: &Mask) -> String {
    let title = sighting.rule.title;
    if sighting.rule.id == KNOWN_VALUE.id { mask.text(title) } else { title.to_owned() }
}

fn layer_place(setting: &Setting<'_>, index: usize, scan: &BlobScan, surface: Surface) -> Place {
    let mut place = Place::new(surface, if scan.paper { Exposure::Metadata } else { Exposure::Visible });
    place.platform.clone_from(&setting.platform);
    place.image.clone_from(&setting.name);
    place.layer = layer_ref(setting, index);
    place
}

fn layer_ref(setting: &Setting<'_>, index: usize) -> Option<LayerRef> {
    let slot = setting.layers.get(index)?;
    let read = slot.scan.as_deref();
    Some(LayerRef {
        index,
        digest: read.map(|scan| scan.facts.digest.to_string()).or_else(|| slot.digest.clone()),
        diff_id: read.filter(|scan| !scan.paper).map(|scan| scan.facts.diff_id.to_string()),
        base: index < setting.base,
    })
}

/// A problem of the image room as a gap.
pub(crate) fn unread(problem: &Problem, mut place: Place, mask: &Mask) -> Gap {
    let kind = match problem.kind {
        ProblemKind::MissingBlob => GapKind::MissingBlob,
        ProblemKind::Truncated => GapKind::Truncated,
        ProblemKind::Corrupt => GapKind::Corrupt,
        ProblemKind::DigestMismatch => GapKind::DigestMismatch,
        ProblemKind::SizeMismatch => GapKind::SizeMismatch,
        ProblemKind::EncryptedLayer => GapKind::EncryptedLayer,
        ProblemKind::ForeignLayer => GapKind::ForeignLayer,
        ProblemKind::UnknownCompression => GapKind::UnknownCompression,
        ProblemKind::UnknownMediaType => GapKind::UnknownMediaType,
        ProblemKind::Limit => GapKind::Limit,
        ProblemKind::NoReferrers => GapKind::NoReferrers,
        ProblemKind::Unreadable => GapKind::Unreadable,
    };
    if !problem.what.is_empty() {
        place.path = Some(mask.text(&problem.what));
    }
    Gap { kind, place, reason: mask.text(&problem.detail), bytes: problem.bytes }
}

/// What the scanner did not look into, as a gap.
pub(crate) fn unlooked(blind: &Blind, mut place: Place, mask: &Mask) -> Gap {
    place.path = (!blind.at.is_empty()).then(|| mask.name(&readable(&blind.at)));
    place.member = blind.skipped.member.as_deref().map(|m| mask.name(m));
    let Skipped { cause, bytes, .. } = &blind.skipped;
    Gap { kind: kind(*cause), place, reason: mask.text(&blind.skipped.in_words()), bytes: *bytes }
}

/// A fault of a document as a gap.
pub(crate) fn fault(fault: &Fault, place: Place, mask: &Mask) -> Gap {
    Gap { kind: kind(fault.cause), place, reason: mask.text(&fault.what), bytes: None }
}

fn kind(cause: Cause) -> GapKind {
    match cause {
        Cause::Limit => GapKind::Limit,
        Cause::Encrypted => GapKind::EncryptedMember,
        Cause::Unsupported => GapKind::UnreadMember,
        Cause::Damaged => GapKind::Corrupt,
        Cause::Truncated => GapKind::Truncated,
    }
}
