//! A hit on its way to become a finding: owned, without the secret, not yet placed in an image.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher as _, RandomState};

use serde::{Deserialize, Serialize};
use tightlip_detect::{Cause, KNOWN_VALUE, Match, Rule, SOUGHT, Sink, Skipped};
use tightlip_image::{Entry, Trail};
use tightlip_report::{Confidence, Level, Surface};
use zeroize::Zeroizing;

use crate::identity::IdentityKey;
use crate::package::Sums;
use crate::vault::{Memory, Vault};

/// Something that was seen.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Sighting {
    /// Kept beside: rules live in the program.
    #[serde(skip, default = "no_rule")]
    pub(crate) rule: &'static Rule,
    pub(crate) level: Level,
    pub(crate) confidence: Confidence,
    pub(crate) shape: String,
    pub(crate) identity: String,
    pub(crate) surface: Surface,
    /// The path in the layer, or the JSON pointer in the document.
    pub(crate) at: Vec<u8>,
    /// The name that the value stands under, where that is plain.
    pub(crate) name: Option<String>,
    pub(crate) member: Option<String>,
    /// What opened the containers of `member`, one name for each.
    #[serde(default)]
    pub(crate) opened: Vec<String>,
    /// Where it starts: in the body, the string, or for slack in the stream.
    pub(crate) offset: u64,
    /// How many bytes it is long where it stands.
    pub(crate) length: u64,
    pub(crate) line: u64,
    pub(crate) decoded_from: Vec<String>,
    /// Where offset and length are those of an encoded stretch: how many of the encodings, and of the members, are around that.
    #[serde(default)]
    pub(crate) stretch_in: Option<(usize, usize)>,
    /// Whether the value is a text. A key in base64 is used as it is written.
    #[serde(default)]
    pub(crate) is_text: bool,
    /// The entry's name as its header spells it, for commands.
    pub(crate) stored_name: Vec<u8>,
    /// Where the entry's first header block stands in the tar stream.
    pub(crate) header_offset: u64,
    /// Whether `offset` of slack counts in the tar stream; else in the stored blob.
    pub(crate) in_tar: bool,
    #[serde(default)]
    pub(crate) access: Access,
    /// The checksums of the file, where it was small enough to hold.
    pub(crate) sums: Option<Sums>,
    /// What labels need of the path, where `at` is not it any more: a value in it was masked.
    pub(crate) trail: Option<Trail>,
}

/// What a command has to know besides the place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Access {
    /// Nothing.
    #[default]
    Usual,
    /// The entry stands behind end-of-archive blocks.
    BehindEnd,
    /// What was opened is a stretch of the stream that begins there.
    From(u64),
    /// A key above it stands twice in its object: most readers know the last one only.
    Twice,
}

impl Sighting {
    /// What labels need of the path.
    pub(crate) fn trail(&self) -> Trail {
        self.trail.clone().unwrap_or_else(|| Trail::of(&self.at))
    }
}

fn no_rule() -> &'static Rule {
    &KNOWN_VALUE
}

/// Something that the scanner did not look into.
#[derive(Clone, Debug)]
pub(crate) struct Blind {
    pub(crate) surface: Surface,
    pub(crate) at: Vec<u8>,
    pub(crate) skipped: Skipped,
    /// The checksums of the file, where it was small enough to hold.
    pub(crate) sums: Option<Sums>,
    /// As in [`Sighting`].
    pub(crate) trail: Option<Trail>,
}

impl Blind {
    /// What labels need of the path.
    pub(crate) fn trail(&self) -> Trail {
        self.trail.clone().unwrap_or_else(|| Trail::of(&self.at))
    }
}

/// Where the bytes stand that the scanner is looking at.
#[derive(Clone, Debug)]
pub(crate) struct Spot {
    pub(crate) surface: Surface,
    pub(crate) at: Vec<u8>,
    pub(crate) name: Option<String>,
    pub(crate) member: Option<String>,
    pub(crate) offset: u64,
    pub(crate) decoded_from: Vec<String>,
    pub(crate) stored_name: Vec<u8>,
    pub(crate) header_offset: u64,
    pub(crate) in_tar: bool,
    pub(crate) access: Access,
}

impl Spot {
    pub(crate) fn new(surface: Surface, at: &[u8]) -> Self {
        Self {
            surface,
            at: at.to_vec(),
            name: None,
            member: None,
            offset: 0,
            decoded_from: Vec::new(),
            stored_name: Vec::new(),
            header_offset: 0,
            in_tar: true,
            access: Access::Usual,
        }
    }

    /// A place in or at an entry of a layer.
    pub(crate) fn entry(surface: Surface, entry: &Entry) -> Self {
        let mut spot = Self::new(surface, &entry.path);
        spot.stored_name.clone_from(&entry.name);
        spot.header_offset = entry.header_offset;
        spot.access = if entry.after_end { Access::BehindEnd } else { Access::Usual };
        spot
    }
}

/// A blob or document in which more is found than this is hostile, or no longer a list that anybody reads.
const MOST: usize = 20_000;

/// The name of a step in a log is no longer, in bytes: a log may be of any size.
const NAME_OF_STEP: usize = 64 << 10;

/// Turns matches into sightings and lets go of the secret.
pub(crate) struct Eye<'e> {
    key: &'e IdentityKey,
    vault: &'e Vault,
    pub(crate) spot: Spot,
    pub(crate) seen: Vec<Sighting>,
    pub(crate) blind: Vec<Blind>,
    /// Where values stand that are sought: told beside, and none of the report's business.
    pub(crate) sought: Vec<Sighting>,
    /// Whether there are more of those than are listed.
    pub(crate) lost_count: bool,
    told: Told,
}

/// What was told of what was not looked into.
#[derive(Default)]
struct Told {
    /// Hashes of every gap with its place, under a key of this run.
    gaps: HashSet<u64>,
    key: RandomState,
    /// How many there were of each kind.
    of: HashMap<Cause, usize>,
    /// Whether it was said that there are more findings than are listed.
    full: bool,
}

impl<'e> Eye<'e> {
    pub(crate) fn new(key: &'e IdentityKey, vault: &'e Vault) -> Self {
        let spot = Spot::new(Surface::File, b"");
        let (seen, blind, sought) = (Vec::new(), Vec::new(), Vec::new());
        Self { key, vault, spot, seen, blind, sought, lost_count: false, told: Told::default() }
    }

    /// Says once that not everything is listed.
    fn full(&mut self) {
        if !std::mem::replace(&mut self.told.full, true) {
            self.rest(Cause::Limit, "findings", format!("more than {MOST} findings; the rest is not listed"));
        }
    }

    /// Says that there is more than is listed. It is about all of the blob: no list of a package vouches for it.
    fn rest(&mut self, cause: Cause, limit: &'static str, what: String) {
        let skipped = Skipped { cause, limit, what, bytes: None, member: None };
        let trail = Some(Trail::default());
        self.blind.push(Blind { surface: self.spot.surface, at: Vec::new(), skipped, sums: None, trail });
    }

    /// Whether the same was told of the same place before.
    fn is_told(&mut self, skipped: &Skipped) -> bool {
        let Spot { surface, at, header_offset, .. } = &self.spot;
        let Skipped { cause, limit, what, bytes, member } = skipped;
        let gap = (surface, at, header_offset, cause, limit, what, bytes, member);
        let hash = self.told.key.hash_one(gap);
        !self.told.gaps.insert(hash)
    }

    /// Turns to another place.
    pub(crate) fn turn(&mut self, spot: Spot) -> &mut Self {
        self.spot = spot;
        self
    }
}

impl Sink for Eye<'_> {
    fn hit(&mut self, found: &Match<'_>) {
        let is_sought = found.rule.id == SOUGHT.id;
        if is_sought && self.sought.len() >= MOST {
            self.lost_count = true;
            return;
        }
        if !is_sought && self.seen.len() >= MOST {
            return self.full();
        }
        let value = found.secret.expose();
        let identity = self.key.identity(value);
        self.vault.keep(&identity, value);
        // Of files nothing is shown as it stands there, of logs the names of steps.
        let longest = match self.spot.surface {
            Surface::File => 0,
            Surface::Log => NAME_OF_STEP,
            _ => usize::MAX,
        };
        let stretch = found.encoded.as_ref().map(|encoded| encoded.bytes.expose());
        if let Some(stretch) = stretch.filter(|stretch| stretch.len() <= longest) {
            self.vault.keep_stretch((self.key.identity(stretch), stretch), (&identity, value));
        }
        self.vault.remember(|| Memory {
            identity: identity.clone(),
            surface: self.spot.surface,
            at: self.spot.at.clone(),
            offset: self.spot.offset + found.span.start,
            around: Zeroizing::new(found.around.expose().to_vec()),
            before: found.before,
        });
        let decoded = found.decoded_from.iter().map(|&name| name.to_owned());
        let list = if is_sought { &mut self.sought } else { &mut self.seen };
        list.push(Sighting {
            rule: found.rule,
            level: found.level,
            confidence: found.confidence,
            shape: found.shape.clone(),
            identity,
            surface: self.spot.surface,
            at: self.spot.at.clone(),
            name: self.spot.name.clone(),
            member: join(self.spot.member.as_deref(), found.member.as_deref()),
            opened: found.opened.iter().map(|&decoder| decoder.to_owned()).collect(),
            offset: self.spot.offset + found.span.start,
            length: found.span.end - found.span.start,
            line: found.line,
            decoded_from: self.spot.decoded_from.iter().cloned().chain(decoded).collect(),
            stretch_in: found.encoded.as_ref().map(|encoded| {
                let members = self.spot.member.as_deref().map_or(0, |member| member.split('!').count());
                (self.spot.decoded_from.len(), members + encoded.members)
            }),
            is_text: std::str::from_utf8(value).is_ok_and(|text| !text.chars().any(is_no_text)),
            stored_name: self.spot.stored_name.clone(),
            header_offset: self.spot.header_offset,
            in_tar: self.spot.in_tar,
            access: self.spot.access,
            sums: None,
            trail: None,
        });
    }

    fn gap(&mut self, skipped: Skipped) {
        // Each kind has its own count: whoever accepts one kind accepts nothing of another.
        let count = self.told.of.get(&skipped.cause).copied().unwrap_or_default();
        if count > MOST || self.is_told(&skipped) {
            return;
        }
        self.told.of.insert(skipped.cause, count + 1);
        if count == MOST {
            let what = format!("more than {MOST} places like this one; the rest is not listed");
            return self.rest(skipped.cause, skipped.limit, what);
        }
        let Spot { surface, at, .. } = &self.spot;
        self.blind.push(Blind { surface: *surface, at: at.clone(), skipped, sums: None, trail: None });
    }
}

fn is_no_text(letter: char) -> bool {
    letter.is_control() && !letter.is_whitespace()
}

fn join(outer: Option<&str>, inner: Option<&str>) -> Option<String> {
    match (outer, inner) {
        (Some(outer), Some(inner)) => Some(format!("{outer}!/{inner}")),
        (one, other) => one.or(other).map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use tightlip_detect::decode::Budget;
    use tightlip_detect::{Hint, RuleSet, Scanner, ScannerOptions};

    use super::*;

    fn eye(see: impl FnOnce(&mut Eye<'_>)) -> Vec<(String, Option<String>)> {
        let (key, vault) = (IdentityKey::new([7; 32]), Vault::default());
        let mut eye = Eye::new(&key, &vault);
        see(&mut eye);
        let told = |blind: Blind| (blind.skipped.what, blind.skipped.member);
        eye.blind.into_iter().map(told).collect()
    }

    fn unread(cause: Cause, member: &str) -> Skipped {
        Skipped { cause, limit: "", what: "not read".into(), bytes: None, member: Some(member.into()) }
    }

    #[test]
    fn the_same_of_the_same_place_is_told_once() {
        let told = eye(|eye| {
            for at in [b"a", b"b", b"a"] {
                eye.turn(Spot::new(Surface::File, at));
                for member in ["x", "y", "x", "x"] {
                    eye.gap(unread(Cause::Encrypted, member));
                }
            }
        });
        assert_eq!(told.len(), 4, "{told:?}");
    }

    #[test]
    fn there_is_an_end_to_what_is_told_of_a_kind_and_that_is_told() {
        let told = eye(|eye| {
            for nth in 0..3 * MOST {
                eye.gap(unread(Cause::Encrypted, &nth.to_string()));
            }
            eye.gap(unread(Cause::Damaged, "of another kind"));
        });
        assert_eq!(told.len(), MOST + 2);
        assert_eq!(told[MOST].0, "more than 20000 places like this one; the rest is not listed");
        assert_eq!(told[MOST + 1].1.as_deref(), Some("of another kind"));
    }

    #[test]
    fn that_there_are_more_findings_is_said_once() {
        struct Often<'o, 'e>(&'o mut Eye<'e>);
        impl Sink for Often<'_, '_> {
            fn hit(&mut self, found: &Match<'_>) {
                for _ in 0..MOST + 3 {
                    self.0.hit(found);
                    self.0.gap(unread(Cause::Damaged, "x"));
                }
                self.0.gap(unread(Cause::Damaged, "y"));
                self.0.hit(found);
            }

            fn gap(&mut self, _: Skipped) {}
        }
        let scanner = Scanner::new(&RuleSet::builtin().unwrap(), ScannerOptions::default()).unwrap();
        let text = b"postgres://app:p4kdwmz97xq@db.acme.dev/app";
        let told = eye(|eye| {
            scanner.deep((Hint::Text, text), &Budget::default(), &mut Often(eye));
        });
        assert_eq!(told.iter().filter(|(what, _)| what.contains("findings")).count(), 1, "{told:?}");
    }
}
