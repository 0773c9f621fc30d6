//! Looks for the values of a build in everything that came out of it.

use std::collections::HashMap;
use std::path::Path;

use tightlip_detect::{Needles, NeedlesError, PackText};
use tightlip_report::{Finding, Gap, GapKind, Level, Read, Surface};

use super::form::{Form, WHOLE, forms};
use super::gift::Gift;
use super::request::ProveRequest;
use crate::identity::IdentityKey;
use crate::known::KnownValue;
use crate::request::{DockerfileText, Request};
use crate::scan::{ScanError, scan};
use crate::watch::Watch;

/// Values to look for, in all their forms.
pub(crate) struct Hunt {
    known: Vec<KnownValue>,
    /// Which value, and which form of it, an identity stands for.
    meaning: HashMap<String, (usize, &'static str)>,
    key: IdentityKey,
    rules: Vec<PackText>,
    mask: Needles,
    /// Values that are not looked for, and why.
    pub(crate) refused: Vec<(usize, String)>,
}

/// A value that was found.
#[derive(Clone, Debug)]
pub(crate) struct Sight {
    /// Which value.
    pub(crate) value: usize,
    /// Which form of it.
    pub(crate) form: &'static str,
    pub(crate) finding: Finding,
}

/// What was found in one thing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Haul {
    pub(crate) sights: Vec<Sight>,
    pub(crate) gaps: Vec<Gap>,
    pub(crate) read: Read,
    pub(crate) digest: Option<String>,
    pub(crate) platforms: Vec<String>,
    /// Secrets that are none of ours, by identity.
    pub(crate) others: Vec<String>,
    pub(crate) ruleset: String,
}

/// Something to look through.
pub(crate) struct Ground<'g> {
    /// The kind of source, as in a target.
    pub(crate) scheme: &'g str,
    pub(crate) path: &'g Path,
    /// What to call it.
    pub(crate) title: &'g str,
    pub(crate) dockerfile: Option<&'g DockerfileText>,
    pub(crate) allowed: &'g [GapKind],
}

impl Hunt {
    /// Prepares the search for what these gifts bring.
    ///
    /// # Errors
    /// When the values are too much for one search.
    pub(crate) fn new(gifts: &[Gift], asked: &ProveRequest) -> Result<Self, NeedlesError> {
        let (key, rules) = (&asked.key, asked.rules.clone());
        let (mut known, mut meaning, mut refused) = (Vec::new(), HashMap::new(), Vec::new());
        for (index, gift) in gifts.iter().enumerate() {
            for Form { name, bytes } in forms(&gift.canary) {
                let title = if name == WHOLE { gift.name.clone() } else { format!("{} ({name})", gift.name) };
                match KnownValue::new(&title, bytes) {
                    Ok(value) => {
                        let identity = key.identity(value.expose());
                        meaning.entry(identity).or_insert((index, name));
                        known.push(value);
                    }
                    Err(error) if name == WHOLE => refused.push((index, error.to_string())),
                    Err(_) => {}
                }
            }
        }
        let mask = Needles::new(known.iter().map(|value| (value.name().to_owned(), value.expose())))?;
        Ok(Self { known, meaning, key: key.clone(), rules, mask, refused })
    }

    /// A text without the values.
    pub(crate) fn masked(&self, text: &str) -> String {
        self.mask.mask(text)
    }

    /// Looks through something.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub(crate) fn search(&self, ground: &Ground<'_>, watch: &dyn Watch) -> Result<Haul, ScanError> {
        let mut request =
            Request::new(&format!("{}:{}", ground.scheme, ground.path.display()), self.key.clone());
        request.known.clone_from(&self.known);
        request.rules.clone_from(&self.rules);
        request.dockerfile = ground.dockerfile.cloned();
        let mut report = scan(&request, watch)?;
        report.accept_gaps(ground.allowed);
        let mut haul = Haul {
            gaps: report.gaps,
            read: report.read,
            digest: report.target.digest,
            platforms: report.target.platforms,
            ruleset: report.tool.ruleset,
            ..Haul::default()
        };
        let mut others = Vec::new();
        for mut finding in report.findings {
            // The folder that it lies in is gone when the receipt is read.
            finding.recover = String::new();
            // The image lies in a folder that goes when this ends.
            finding.remedy.command.take_if(|command| command.starts_with("tightlip scrub "));
            // The layout has one image, whatever it calls it.
            finding.place.image = None;
            if matches!(finding.place.surface, Surface::Log) {
                finding.place.path = None;
                finding.place.document = Some(ground.title.to_owned());
            }
            match self.meaning.get(&finding.identity) {
                Some((value, form)) => haul.sights.push(Sight { value: *value, form, finding }),
                None if finding.level == Level::Deny => others.push(finding),
                None => {}
            }
        }
        // A word that one of our values is part of is no other secret.
        others.retain(|other| haul.sights.iter().all(|sight| around(&sight.finding) != around(other)));
        haul.others = others.into_iter().map(|other| other.identity).collect();
        for gap in &mut haul.gaps {
            gap.reason = format!("{} ({})", gap.reason, ground.title);
        }
        Ok(haul)
    }
}

impl Haul {
    /// What was found in another thing of the same build, too.
    pub(crate) fn add(&mut self, more: Self) {
        self.sights.extend(more.sights);
        self.gaps.extend(more.gaps);
        self.others.extend(more.others);
        self.digest = self.digest.take().or(more.digest);
        self.ruleset = more.ruleset;
        for platform in more.platforms {
            if !self.platforms.contains(&platform) {
                self.platforms.push(platform);
            }
        }
        let (all, more) = (&mut self.read, more.read);
        all.images += more.images;
        all.platforms = all.platforms.max(more.platforms);
        all.layers += more.layers;
        all.entries += more.entries;
        all.bytes += more.bytes;
        all.decoded_bytes += more.decoded_bytes;
    }
}

impl Sight {
    /// What was found, and how it is written: `its SHA-256`, `as base64`.
    pub(crate) fn words(&self) -> String {
        // The shape says how the value itself is written; a digest is written in hexadecimal, which says nothing.
        let written = self.finding.shape.split_once(", as ").filter(|_| self.form == WHOLE);
        written.map_or_else(|| self.form.to_owned(), |(_, encoding)| format!("as {encoding}"))
    }
}

/// Where something stands, but for the exact spot: what else is seen there has to do with it.
fn around(finding: &Finding) -> impl PartialEq + use<> {
    let place = finding.place.clone();
    (place.surface, place.layer, place.document, place.path, place.pointer)
}
