//! Findings and gaps on their way into the report, each place once.

use std::collections::{HashMap, HashSet};

use tightlip_report::{Exposure, Finding, Gap, ImageOutline, Place, Surface};

use crate::identity::fingerprint;
use crate::package::SHIPPED;
use crate::sighting::Sighting;

/// What a ledger comes to.
pub(crate) struct Settled {
    pub(crate) findings: Vec<Finding>,
    pub(crate) gaps: Vec<Gap>,
    /// Gaps that do not count.
    pub(crate) accepted: Vec<Gap>,
    /// The images, layer by layer.
    pub(crate) images: Vec<ImageOutline>,
}

/// What was written down so far.
#[derive(Default)]
pub(crate) struct Ledger {
    findings: Vec<Written>,
    gaps: Vec<Gap>,
    accepted: Vec<Gap>,
    images: Vec<ImageOutline>,
    /// Where each place stands among the findings.
    places: HashMap<String, usize>,
    written: HashSet<String>,
    /// How often a fingerprint was given out before it was made unique.
    given: HashMap<String, usize>,
    /// Identities of values that stand in source files as their packages installed them.
    shipped: HashSet<String>,
}

/// A finding, and every image that has it.
struct Written {
    finding: Finding,
    /// The fingerprint before it was made unique.
    first: String,
    within: Vec<Within>,
}

/// An image that has a finding, where in it, and who sees it there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Within {
    image: Option<String>,
    platform: Option<String>,
    layer: usize,
    exposure: Exposure,
}

impl Within {
    fn of(place: &Place) -> Self {
        let Place { image, platform, exposure, .. } = place;
        let layer = place.layer.as_ref().map(|layer| layer.index).unwrap_or_default();
        Self { image: image.clone(), platform: platform.clone(), layer, exposure: *exposure }
    }
}

impl Written {
    /// The same place in another image: it counts as much as where it counts most, and lies where most can see it.
    fn merge(&mut self, other: Finding) {
        self.within.push(Within::of(&other.place));
        let this = &mut self.finding;
        let weight = |of: &Finding| (of.level, of.lowered_from.is_none(), of.confidence);
        if weight(&other) > weight(this) {
            (this.level, this.lowered_from) = (other.level, other.lowered_from);
            (this.confidence, this.shape) = (other.confidence, other.shape.clone());
        }
        if other.place.exposure < this.place.exposure {
            let Finding { level, lowered_from, confidence, .. } = *this;
            let fingerprint = std::mem::take(&mut this.fingerprint);
            let shape = std::mem::take(&mut this.shape);
            *this = Finding { fingerprint, level, lowered_from, confidence, shape, ..other };
        }
    }

    /// What its number among those of the same fingerprint goes by, in whatever order images come.
    fn rank(&self) -> (Option<Within>, Option<String>, Option<String>) {
        let place = &self.finding.place;
        (self.within.iter().min().cloned(), layer_id(place).map(str::to_owned), place.document.clone())
    }

    fn path(&self, end: &str) -> Option<&str> {
        let place = &self.finding.place;
        let path = place.path.as_deref().filter(|_| place.surface == Surface::File);
        path.filter(|path| path.ends_with(end))
    }
}

/// A layer by its digest, whatever image it is in.
fn layer_id(place: &Place) -> Option<&str> {
    place.layer.as_ref().and_then(|layer| layer.digest.as_deref().or(layer.diff_id.as_deref()))
}

impl Ledger {
    /// Writes a finding down. What was written down of the same place (layers that images share) is one finding with it.
    pub(crate) fn finding(&mut self, mut finding: Finding, subject: &str) {
        let place = &finding.place;
        let key = format!(
            "{}|{}|{}|{:?}|{:?}|{:?}|{:?}|{:?}|{:?}|{}",
            finding.rule,
            finding.identity,
            // One line of a log can hold a step's name and its error.
            if place.surface == Surface::Log { finding.mechanism.as_str() } else { "" },
            layer_id(place),
            place.document,
            place.path,
            place.pointer,
            place.member,
            place.offset,
            place.surface.name()
        );
        if let Some(written) = self.places.get(&key).and_then(|at| self.findings.get_mut(*at)) {
            return written.merge(finding);
        }
        self.places.insert(key, self.findings.len());
        let (first, fingerprint) = self.fingerprints(&finding, subject);
        finding.fingerprint = fingerprint;
        let within = vec![Within::of(&finding.place)];
        self.findings.push(Written { finding, first, within });
    }

    /// The next fingerprint of such a finding.
    pub(crate) fn fingerprint(&mut self, finding: &Finding, subject: &str) -> String {
        self.fingerprints(finding, subject).1
    }

    /// The fingerprint of the first such finding, and of this one.
    fn fingerprints(&mut self, finding: &Finding, subject: &str) -> (String, String) {
        let place = &finding.place;
        let parts =
            [finding.rule.as_str(), place.surface.name(), subject, place.member.as_deref().unwrap_or("")];
        let first = fingerprint(&parts);
        let nth = self.given.entry(first.clone()).or_insert(0);
        *nth += 1;
        let this = match *nth {
            1 => first.clone(),
            n => fingerprint(&[parts[0], parts[1], parts[2], parts[3], &(n - 1).to_string()]),
        };
        (first, this)
    }

    /// Writes a gap down once.
    pub(crate) fn gap(&mut self, gap: Gap) {
        if self.written.insert(format!("{gap:?}")) {
            self.gaps.push(gap);
        }
    }

    /// Writes down once what was not read in a file that is as its package installed it: no secret of the user's.
    pub(crate) fn accepted(&mut self, gap: Gap) {
        if self.written.insert(format!("{gap:?}")) {
            self.accepted.push(gap);
        }
    }

    /// Writes down what an image is made of.
    pub(crate) fn image(&mut self, image: ImageOutline) {
        self.images.push(image);
    }

    /// Remembers a value that stands in a file as its package installed it.
    pub(crate) fn shipped(&mut self, sighting: &Sighting) {
        if sighting.at.ends_with(b".py") {
            self.shipped.insert(sighting.identity.clone());
        }
    }

    /// Everything, the most important first. Python compiles what packages install: a value in a `.pyc` that also
    /// stands in an installed `.py` is what its package shipped.
    pub(crate) fn settle(mut self) -> Settled {
        for written in &mut self.findings {
            if written.path(".pyc").is_some() && self.shipped.contains(&written.finding.identity) {
                written.finding.lower(SHIPPED);
                written.finding.shape.push_str(", compiled from a file that is as its package installed it");
            }
        }
        self.number();
        self.compiled_with_source();
        let mut findings: Vec<_> = self.findings.into_iter().map(|written| written.finding).collect();
        findings.sort_by_key(|finding| std::cmp::Reverse((finding.level, finding.confidence)));
        Settled { findings, gaps: self.gaps, accepted: self.accepted, images: self.images }
    }

    /// Gives the fingerprints of findings that differ in their number alone to the same ones in whatever order images came.
    fn number(&mut self) {
        let mut alike: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, written) in self.findings.iter().enumerate() {
            alike.entry(written.first.clone()).or_default().push(index);
        }
        for indices in alike.into_values().filter(|indices| indices.len() > 1) {
            let given = |index: &usize| self.findings.get(*index).map(|w| w.finding.fingerprint.clone());
            let given: Vec<_> = indices.iter().filter_map(given).collect();
            let mut ranked = indices;
            ranked.sort_by_cached_key(|index| self.findings.get(*index).map(Written::rank));
            for (index, fingerprint) in ranked.into_iter().zip(given) {
                if let Some(written) = self.findings.get_mut(index) {
                    written.finding.fingerprint = fingerprint;
                }
            }
        }
    }

    /// A value in a `.py` and in the `.pyc` made of it is one finding: that in the source, unless in some image that is
    /// hidden and the other is not.
    fn compiled_with_source(&mut self) {
        let key = |written: &Written, path: &str, within: &Within| {
            let Within { image, platform, .. } = within;
            (written.finding.identity.clone(), path.to_owned(), image.clone(), platform.clone())
        };
        let mut sources = HashMap::new();
        for (index, written) in self.findings.iter().enumerate() {
            let Some(path) = written.path(".py") else { continue };
            for within in &written.within {
                let key = key(written, path, within);
                if within.exposure == Exposure::Visible || !sources.contains_key(&key) {
                    sources.insert(key, (index, within.exposure));
                }
            }
        }
        let mut gone = HashSet::new();
        for index in 0..self.findings.len() {
            let Some(written) = self.findings.get(index) else { continue };
            let Some(compiled) = written.path(".pyc").map(str::to_owned) else { continue };
            let Some(path) = source_of(&compiled) else { continue };
            let source = |within: &Within| {
                let (source, of) = sources.get(&key(written, &path, within))?;
                (*of == Exposure::Visible || *of == within.exposure).then_some(*source)
            };
            let found: Option<Vec<usize>> = written.within.iter().map(source).collect();
            // The source counts as it does: what stands around the value, and whose the file is, is seen there alone.
            for source in found.into_iter().flatten() {
                if let Some(source) = self.findings.get_mut(source).map(|source| &mut source.finding) {
                    let name = compiled.rsplit('/').next().unwrap_or_default();
                    if !source.shape.contains(name) {
                        source.shape.push_str(&format!(", also compiled in {name}"));
                    }
                    gone.insert(index);
                }
            }
        }
        let mut index = 0;
        self.findings.retain(|_| {
            index += 1;
            !gone.contains(&(index - 1))
        });
    }
}

/// `pkg/m.py` of `pkg/__pycache__/m.cpython-311.pyc` and of `pkg/m.pyc`.
fn source_of(compiled: &str) -> Option<String> {
    let (folder, name) = compiled.rsplit_once('/').unwrap_or(("", compiled));
    let stem = name.strip_suffix(".pyc")?;
    let (folder, stem) = match folder.strip_suffix("__pycache__") {
        Some(folder) => (folder.trim_end_matches('/'), stem.split('.').next()?),
        None => (folder, stem),
    };
    Some(if folder.is_empty() { format!("{stem}.py") } else { format!("{folder}/{stem}.py") })
}
