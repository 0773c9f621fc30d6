//! Reads one blob, and makes of it what can be kept.

use std::io::{Cursor, Read};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tightlip_detect::decode::Budget;
use tightlip_image::model::{self, CACHE_CONFIG, Head, LayerRole};
use tightlip_image::store::Whole;
use tightlip_image::{Digest, End, Expected, Problem, ProblemKind, Trail};
use tightlip_report::readable;

use super::outline::{Outline, left_of};
use super::{Apart, Need, Part, Role};
use crate::blob::{BlobScan, Lens, Pace, Reading};
use crate::document::Fault;
use crate::page::{Page, Seen};
use crate::record::RECORD;
use crate::run::Sheet;
use crate::scan::ScanError;
use crate::shade::Shade;
use crate::sighting::{Eye, Sighting};
use crate::surface::{Paper, With};
use crate::vault::{Mask, Vault};
use crate::watch::Watch;
use crate::{base, document};

/// As many bytes of a blob as are looked at to see what it is: compressed in large blocks, less shows nothing.
const HEAD: u64 = 64 << 10;

/// What was seen in a document.
#[derive(Serialize, Deserialize)]
pub(crate) struct PaperBody {
    pub(crate) seen: Seen,
    pub(crate) faults: Vec<Fault>,
    pub(crate) decoded: u64,
    pub(crate) shades: Vec<Shade>,
}

/// What was seen in any other blob.
#[derive(Serialize, Deserialize)]
pub(crate) struct PieceBody {
    pub(crate) page: Page,
    pub(crate) shades: Vec<Shade>,
}

/// What came of reading a blob.
#[derive(Clone, Debug)]
pub struct Taken {
    /// What can be kept.
    pub part: Part,
    /// How many bytes were read, as stored.
    pub bytes: u64,
    /// Why another try might give more.
    pub again: Option<String>,
}

impl Apart {
    /// Reads a manifest, an index or a configuration.
    ///
    /// # Errors
    /// When the mask cannot be prepared.
    pub fn document(&self, need: &Need, bytes: &[u8]) -> Result<Part, ScanError> {
        let vault = Vault::default();
        let mut eye = Eye::new(&self.request.key, &vault);
        let budget = Budget::new(self.request.decode);
        let with = With { scanner: &self.tools.scanner, budget: &budget };
        let read = document::read(bytes, paper(need, bytes), with, &mut eye);
        let sheet = Sheet { seen: eye.seen, faults: read.faults_with(&eye.blind), decoded: read.decoded };
        let shades = vault.shades(&self.lamp);
        self.know(&vault);
        let mask = vault.mask()?;
        let whole = Whole { digest: model::digest_of(&need.digest, bytes), size: bytes.len() as u64 };
        let media_type = (!need.media_type.is_empty()).then(|| mask.name(&need.media_type));
        let outline = Outline::document(whole, media_type, left_of(bytes, need.role, &mask));
        let seen: Vec<Sighting> = sheet.seen.into_iter().map(|s| masked(s, &mask, Kind::Document)).collect();
        let body = PaperBody {
            seen: Seen::of(&seen),
            faults: sheet
                .faults
                .into_iter()
                .map(|fault| Fault { what: mask.text(&fault.what), ..fault })
                .collect(),
            decoded: sheet.decoded,
            shades,
        };
        Ok(self.part(need, &outline, &body))
    }

    /// Reads any other blob to its end. None if the run is to end.
    ///
    /// # Errors
    /// When the mask cannot be prepared.
    pub fn blob(
        &self,
        need: &Need,
        raw: &mut dyn Read,
        watch: &dyn Watch,
    ) -> Result<Option<Taken>, ScanError> {
        let vault = Vault::default();
        let lens = self.lens(&vault, watch);
        let mut first = Vec::new();
        // A read that fails here fails again below, where it is reported.
        let _ = raw.take(HEAD).read_to_end(&mut first);
        let head = Head::of(&first);
        let reading = reading(need, head);
        let mut materials = Vec::new();
        if reading == Reading::Paper(Paper::Statement) {
            let _ = raw.take(base::LARGEST_STATEMENT).read_to_end(&mut first);
            materials = base::digests(&first);
        }
        // What else images say of it differs from image to image.
        let expected = Expected { digest: Some(need.digest.clone()), ..Expected::default() };
        let scan = lens.read(&mut Cursor::new(first).chain(raw), &expected, reading);
        if scan.facts.end == End::Stopped {
            return Ok(None);
        }
        let again =
            scan.problems.iter().find(|problem| may_pass(problem)).map(|p| (p.kind, p.detail.clone()));
        let (bytes, digest) = (scan.facts.size, scan.facts.digest.clone());
        let shades = vault.shades(&self.lamp);
        self.know(&vault);
        let mask = vault.mask()?;
        let again = again.map(|(kind, detail)| format!("{kind}: {}", mask.text(&detail)));
        let outline = Outline::blob(Whole { digest, size: bytes }, head, materials);
        let body = PieceBody { page: Page::of(&masked_scan(scan, &mask)), shades };
        Ok(Some(Taken { part: self.part(need, &outline, &body), bytes, again }))
    }

    /// What reading needs, with a vault of its own: the result shall depend on this blob alone.
    pub(crate) fn lens<'l>(&'l self, vault: &'l Vault, watch: &'l dyn Watch) -> Lens<'l> {
        Lens {
            scanner: &self.tools.scanner,
            key: &self.request.key,
            vault,
            limits: &self.request.limits,
            watch,
            budget: Budget::new(self.request.decode),
            shelf: None,
            pace: if self.request.jobs > 1 { Pace::SideBySide } else { Pace::InTurns },
            catalog: None,
        }
    }

    fn part(&self, need: &Need, outline: &Outline, body: &impl Serialize) -> Part {
        Part {
            outline: self.seal.close(&sealed("outline", &need.digest, need.role), outline),
            body: self.seal.close(&sealed("body", &need.digest, need.role), body),
        }
    }
}

/// The name that a half of a part is sealed under.
pub(crate) fn sealed(half: &str, digest: &Digest, role: Role) -> String {
    format!("{half}\0{digest}\0{}", role.name())
}

/// Whether the same blob may be read better another time.
fn may_pass(problem: &Problem) -> bool {
    matches!(problem.kind, ProblemKind::Unreadable | ProblemKind::DigestMismatch)
}

/// What a document is read as.
fn paper(need: &Need, bytes: &[u8]) -> Paper {
    let value: Value = serde_json::from_slice(bytes).unwrap_or_default();
    let config = value.pointer("/config/mediaType").and_then(Value::as_str);
    match need.role {
        Role::Config if need.media_type == RECORD => Paper::Record,
        Role::Config if need.media_type == CACHE_CONFIG || model::is_cache_config(&value) => Paper::Cache,
        Role::Config => Paper::Config,
        _ if config == Some(RECORD) => Paper::Record,
        _ => Paper::Manifest,
    }
}

/// What any other blob is read as: by its first bytes, and by what its image is for.
fn reading(need: &Need, head: Head) -> Reading {
    match (need.role, model::role_by(head, &need.media_type)) {
        (Role::Record, _) => Reading::Paper(Paper::Record),
        (_, LayerRole::Tar) => Reading::Layer,
        (Role::Statement, _) => Reading::Paper(Paper::Statement),
        (_, LayerRole::Statement) => Reading::Paper(Paper::Artifact),
        _ => Reading::Sniffed,
    }
}

/// What a sighting was seen in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Document,
    Layer,
    /// A document that is stored as a layer.
    Sheet,
}

/// A result without the values that were found.
fn masked_scan(mut scan: BlobScan, mask: &Mask) -> BlobScan {
    let kind = if scan.paper { Kind::Sheet } else { Kind::Layer };
    scan.seen = std::mem::take(&mut scan.seen).into_iter().map(|s| masked(s, mask, kind)).collect();
    for blind in &mut scan.blind {
        if let Some(at) = silenced(&blind.at, mask) {
            blind.trail = (kind == Kind::Layer).then(|| Trail::of(&blind.at));
            blind.at = at;
        }
        blind.skipped.what = mask.text(&blind.skipped.what);
        blind.skipped.member = blind.skipped.member.as_deref().map(|member| mask.name(member));
    }
    for problem in &mut scan.problems {
        problem.what = mask.text(&problem.what);
        problem.detail = mask.text(&problem.detail);
    }
    scan
}

fn masked(mut sighting: Sighting, mask: &Mask, kind: Kind) -> Sighting {
    if let Some(at) = silenced(&sighting.at, mask) {
        sighting.trail = (kind == Kind::Layer).then(|| Trail::of(&sighting.at));
        sighting.at = at;
    }
    if let Some(name) = silenced(&sighting.stored_name, mask) {
        sighting.stored_name = name;
    }
    sighting.shape = mask.shape(&sighting.shape);
    sighting.name = sighting.name.as_deref().map(|name| mask.name(name));
    sighting.member = sighting.member.as_deref().map(|member| match kind {
        Kind::Sheet => mask.text(member),
        Kind::Document | Kind::Layer => mask.name(member),
    });
    sighting
}

/// A name with its values masked, if there are any in it.
fn silenced(name: &[u8], mask: &Mask) -> Option<Vec<u8>> {
    let text = readable(name);
    let masked = mask.name(&text);
    (masked != text).then(|| masked.into_bytes())
}
