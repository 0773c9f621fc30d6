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
    findings: Vec<Finding>,
    gaps: Vec<Gap>,
    accepted: Vec<Gap>,
    images: Vec<ImageOutline>,
    written: HashSet<String>,
    /// How often a fingerprint was given out before it was made unique.
    given: HashMap<String, usize>,
    /// Identities of values that stand in source files as their packages installed them.
    shipped: HashSet<String>,
}

impl Ledger {
    /// Writes a finding down unless the same place was written down before (layers that images share).
    pub(crate) fn finding(&mut self, mut finding: Finding, subject: &str) {
        let place = &finding.place;
        let layer = place.layer.as_ref().and_then(|l| l.digest.clone().or(l.diff_id.clone()));
        let key = format!(
            "{}|{}|{}|{layer:?}|{:?}|{:?}|{:?}|{:?}|{:?}|{}",
            finding.rule,
            finding.identity,
            // One line of a log can hold a step's name and its error.
            if place.surface == Surface::Log { finding.mechanism.as_str() } else { "" },
            place.document,
            place.path,
            place.pointer,
            place.member,
            place.offset,
            place.surface.name()
        );
        if !self.written.insert(key) {
            return;
        }
        finding.fingerprint = self.fingerprint(&finding, subject);
        self.findings.push(finding);
    }

    /// The next fingerprint of such a finding.
    pub(crate) fn fingerprint(&mut self, finding: &Finding, subject: &str) -> String {
        let place = &finding.place;
        let parts =
            [finding.rule.as_str(), place.surface.name(), subject, place.member.as_deref().unwrap_or("")];
        let first = fingerprint(&parts);
        let nth = self.given.entry(first.clone()).or_insert(0);
        *nth += 1;
        match *nth {
            1 => first,
            n => fingerprint(&[parts[0], parts[1], parts[2], parts[3], &(n - 1).to_string()]),
        }
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
        for finding in &mut self.findings {
            let compiled = finding.place.surface == Surface::File
                && finding.place.path.as_deref().is_some_and(|path| path.ends_with(".pyc"));
            if compiled && self.shipped.contains(&finding.identity) {
                finding.level = finding.level.min(SHIPPED);
                finding.shape.push_str(", compiled from a file that is as its package installed it");
            }
        }
        self.compiled_with_source();
        self.findings.sort_by_key(|finding| std::cmp::Reverse((finding.level, finding.confidence)));
        Settled { findings: self.findings, gaps: self.gaps, accepted: self.accepted, images: self.images }
    }

    /// A value in a `.py` and in the `.pyc` made of it is one finding: that in the source, unless it is hidden and the
    /// other is not.
    fn compiled_with_source(&mut self) {
        let key = |finding: &Finding, path: &str| {
            let Place { image, platform, .. } = &finding.place;
            (finding.identity.clone(), path.to_owned(), image.clone(), platform.clone())
        };
        let of = |finding: &Finding, end: &str| {
            let path = finding.place.path.clone().filter(|_| finding.place.surface == Surface::File)?;
            path.ends_with(end).then_some(path)
        };
        let mut sources = HashMap::new();
        for (index, finding) in self.findings.iter().enumerate() {
            let exposure = finding.place.exposure;
            if let Some(key) = of(finding, ".py").map(|path| key(finding, &path))
                && (exposure == Exposure::Visible || !sources.contains_key(&key))
            {
                sources.insert(key, (index, exposure));
            }
        }
        let mut gone = HashSet::new();
        for index in 0..self.findings.len() {
            let Some(finding) = self.findings.get(index) else { continue };
            let Some(compiled) = of(finding, ".pyc") else { continue };
            let source = source_of(&compiled).and_then(|path| sources.get(&key(finding, &path)));
            let exposure = finding.place.exposure;
            let Some((source, _)) = source.filter(|(_, of)| *of == Exposure::Visible || *of == exposure)
            else {
                continue;
            };
            // The source counts as it does: what stands around the value, and whose the file is, is seen there alone.
            if let Some(source) = self.findings.get_mut(*source) {
                let name = compiled.rsplit('/').next().unwrap_or_default();
                if !source.shape.contains(name) {
                    source.shape.push_str(&format!(", also compiled in {name}"));
                }
                gone.insert(index);
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
