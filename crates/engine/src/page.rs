//! What was seen in a blob, in a form that can be kept: without the rules, which live in the program.

use serde::{Deserialize, Serialize};
use tightlip_detect::{Cause, Rule, Skipped};
use tightlip_image::{Compression, Digest, End, Facts, LayerNames, Problem, Trail};
use tightlip_report::Surface;

use crate::blob::BlobScan;
use crate::package::{Shipped, Sum, Sums};
use crate::pursuit::Sought;
use crate::sighting::{Blind, Sighting};

/// A result as it is kept.
#[derive(Serialize, Deserialize)]
pub(crate) struct Page {
    digest: Digest,
    size: u64,
    diff_id: Digest,
    tar_size: u64,
    compression: String,
    entries: u64,
    end: End,
    paper: bool,
    names: LayerNames,
    decoded: u64,
    /// The lists of package managers.
    shipped: Vec<(u64, String, Sum)>,
    seen: Seen,
    blind: Vec<Unseen>,
    problems: Vec<Problem>,
}

/// Sightings, each with identifier and title of its rule.
#[derive(Serialize, Deserialize)]
pub(crate) struct Seen(Vec<(String, String, Sighting)>);

/// What was not looked into.
#[derive(Serialize, Deserialize)]
struct Unseen {
    surface: Surface,
    at: Vec<u8>,
    cause: Cause,
    what: String,
    bytes: Option<u64>,
    member: Option<String>,
    sums: Option<Sums>,
    trail: Option<Trail>,
}

const COMPRESSIONS: [Compression; 5] =
    [Compression::None, Compression::Gzip, Compression::Zstd, Compression::Xz, Compression::Bzip2];

impl Seen {
    pub(crate) fn of(seen: &[Sighting]) -> Self {
        Self(seen.iter().map(|s| (s.rule.id.to_owned(), s.rule.title.to_owned(), s.clone())).collect())
    }

    /// The sightings with their rules; none if there is no such rule any more.
    pub(crate) fn open(self, rules: &[&'static Rule]) -> Option<Vec<Sighting>> {
        let rule =
            |id: &str, title: &str| rules.iter().copied().find(|rule| rule.id == id && rule.title == title);
        let seen = self.0.into_iter().map(|(id, title, sighting)| {
            let rule = rule(&id, &title)?;
            Some(Sighting { rule, ..sighting })
        });
        seen.collect()
    }
}

impl Page {
    pub(crate) fn of(scan: &BlobScan) -> Self {
        let facts = &scan.facts;
        let shipped = scan.shipped.files().map(|(path, name, sum)| (path, name.to_owned(), sum));
        Self {
            digest: facts.digest.clone(),
            size: facts.size,
            diff_id: facts.diff_id.clone(),
            tar_size: facts.tar_size,
            compression: format!("{:?}", facts.compression),
            entries: facts.entries,
            end: facts.end,
            paper: scan.paper,
            names: (*scan.names).clone(),
            decoded: scan.decoded,
            shipped: shipped.collect(),
            seen: Seen::of(&scan.seen),
            blind: scan.blind.iter().map(Unseen::of).collect(),
            problems: scan.problems.clone(),
        }
    }

    /// The result, if this program can still understand it.
    pub(crate) fn open(self, rules: &[&'static Rule]) -> Option<BlobScan> {
        let facts = Facts {
            digest: self.digest,
            size: self.size,
            diff_id: self.diff_id,
            tar_size: self.tar_size,
            compression: COMPRESSIONS.iter().copied().find(|c| format!("{c:?}") == self.compression)?,
            entries: self.entries,
            end: self.end,
        };
        Some(BlobScan {
            facts,
            seen: self.seen.open(rules)?,
            blind: self.blind.into_iter().map(Unseen::open).collect(),
            problems: self.problems,
            names: self.names.into(),
            shipped: Shipped::of(self.shipped)?.into(),
            decoded: self.decoded,
            paper: self.paper,
            reused: true,
            sought: Sought::default(),
            sought_too_much: false,
        })
    }
}

impl Unseen {
    fn of(blind: &Blind) -> Self {
        let Blind { surface, at, skipped, sums, trail } = blind.clone();
        // The name of a limit lives in the program: from here on it is a part of the words.
        let what = skipped.in_words();
        let Skipped { cause, bytes, member, .. } = skipped;
        Self { surface, at, cause, what, bytes, member, sums, trail }
    }

    fn open(self) -> Blind {
        let Self { surface, at, cause, what, bytes, member, sums, trail } = self;
        Blind { surface, at, skipped: Skipped { cause, limit: "", what, bytes, member }, sums, trail }
    }
}
