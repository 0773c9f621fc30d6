//! What an image still lacks, and its report when it lacks nothing.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::Value;
use tightlip_detect::Cause;
use tightlip_image::model::{self, Description, DocumentKind, Held, Image, Layer, LayerRole, Selection};
use tightlip_image::store::BlobId;
use tightlip_image::{Digest, End, Expected, Problem, ProblemKind};
use tightlip_report::Report;

use super::memory::{Found, Memory, UNPACKED};
use super::read::{PaperBody, PieceBody, sealed};
use super::{Apart, Known, Need, Parts, Rank, Role, Root};
use crate::blob::{BlobScan, Reading};
use crate::document::Fault;
use crate::job::is_statement;
use crate::run::{Blobs, Haul, Run, Sheet};
use crate::scan::{ScanError, undescribed};
use crate::shade::{Shade, Shades};
use crate::vault::Vault;
use crate::watch::Quiet;
use crate::{pair, record};

/// What was opened of an image, and what masks it.
#[derive(Default)]
struct Opened {
    blobs: Blobs,
    shades: Vec<Shade>,
}

/// What was read of a blob, opened.
pub(crate) struct OpenPage {
    scan: BlobScan,
    shades: Vec<Shade>,
}

/// What is known of an image before its blobs are read.
#[derive(Clone, Debug, Default)]
pub struct Outlook {
    /// What has to be read before the image can be reported, as far as what was read says.
    pub needs: Vec<Need>,
    /// Its manifests and indexes, as far as they are known.
    pub manifests: Vec<Digest>,
    /// The manifests that those say they are about.
    pub subjects: Vec<Digest>,
}

/// What an image comes to.
#[derive(Clone, Debug)]
pub enum Look {
    /// This has to be read first, as far as what was read says.
    Lacks(Vec<Need>),
    /// Everything is known that can be.
    Whole {
        /// The report: that of a scan.
        report: Box<Report>,
        /// The blobs of the image besides its documents, and the platform of the image that each is in.
        holds: Vec<(Digest, String)>,
    },
}

impl Apart {
    /// Looks at what manifests say of an image.
    ///
    /// # Errors
    /// When the image cannot be described at all.
    pub fn outlook(&self, root: &Root, parts: &dyn Parts) -> Result<Outlook, ScanError> {
        let memory = Memory::new(self, root, parts);
        let description = self.describe(&memory)?;
        Ok(Outlook {
            needs: needs(&memory, &description),
            manifests: manifests(&description),
            subjects: subjects(&description),
        })
    }

    /// What an image lacks, or its report.
    ///
    /// # Errors
    /// When the image cannot be described at all.
    pub fn look(&self, root: &Root, parts: &dyn Parts) -> Result<Look, ScanError> {
        let memory = Memory::new(self, root, parts);
        let description = self.describe(&memory)?;
        let needs = needs(&memory, &description);
        if !needs.is_empty() {
            return Ok(Look::Lacks(needs));
        }
        let report = Box::new(self.report((&memory, root), &description, parts)?);
        Ok(Look::Whole { report, holds: holds(&description) })
    }

    fn report(
        &self,
        (memory, root): (&Memory<'_>, &Root),
        description: &Description,
        parts: &dyn Parts,
    ) -> Result<Report, ScanError> {
        let vault = Vault::default();
        self.know(&vault);
        let mut opened = Opened::default();
        let sheets = description.documents.iter();
        let sheets = sheets.map(|document| self.sheet(document, parts, &mut opened.shades)).collect();
        self.open_blobs(description, parts, &mut opened);
        // Commands that name the target must not leave it to a guess.
        let target = format!("registry:{}", root.reference);
        let request = crate::Request { target, ..self.request.clone() };
        let run = Run {
            store: memory,
            request: &request,
            base: None,
            watch: &Quiet,
            tools: &self.tools,
            known: Blobs::new(),
        };
        run.keep_names(&self.lens(&vault, &Quiet));
        let mask = vault.mask()?.with(Shades::new(self.lamp.clone(), opened.shades));
        let mut report = run.tell(&Haul { description, sheets, blobs: opened.blobs, mask });
        report.target.given.clone_from(&root.reference);
        pair::fold(&mut report.findings);
        Ok(report)
    }

    fn describe(&self, memory: &Memory<'_>) -> Result<Description, ScanError> {
        model::describe(memory, &Selection::default(), &self.request.describe)
            .map_err(|error| undescribed(&error, &self.request))
    }

    fn sheet(&self, document: &model::Document, parts: &dyn Parts, shades: &mut Vec<Shade>) -> Sheet {
        let unread = || Fault { cause: Cause::Damaged, what: "it was not read".to_owned() };
        let empty = || Sheet { seen: Vec::new(), faults: Vec::new(), decoded: 0 };
        // The name is the digest that was asked for, whatever the bytes have.
        let Ok(digest) = Digest::parse(&document.name) else { return empty() };
        let role = if document.kind == DocumentKind::Config { Role::Config } else { Role::Manifest };
        let roles = [role, Role::Manifest, Role::Config];
        let body = roles.into_iter().find_map(|role| match parts.part(&digest, role) {
            Some(Known::Part(part)) => {
                self.seal.open::<PaperBody>(&sealed("body", &digest, role), &part.body)
            }
            _ => None,
        });
        let opened = body.and_then(|body| {
            shades.extend(body.shades);
            let seen = body.seen.open(&self.rules)?;
            Some(Sheet { seen, faults: body.faults, decoded: body.decoded })
        });
        opened.unwrap_or_else(|| Sheet { faults: vec![unread()], ..empty() })
    }

    fn open_blobs(&self, description: &Description, parts: &dyn Parts, opened: &mut Opened) {
        let mut stated: HashMap<BlobId, Expected> = HashMap::new();
        for (image, layer) in description.images.iter().flat_map(|i| i.layers.iter().map(move |l| (i, l))) {
            let (digest, size, diff_id) = (layer.digest.clone(), layer.size, layer.diff_id.clone());
            let expected = Expected { digest, size, diff_id };
            if stated.insert(layer.blob.clone(), expected.clone()).is_some() {
                continue;
            }
            let Some((digest, role)) = piece(image, layer, description) else { continue };
            let mut scan = match &layer.held {
                Held::Embedded(bytes) => self.embedded(layer, bytes, &mut opened.shades),
                _ => self.kept((&digest, role), parts, opened),
            };
            compare(&mut scan, &expected);
            scan.count_unread(layer.size.unwrap_or_default());
            opened.blobs.insert(layer.blob.clone(), Arc::new(scan));
        }
    }

    /// What was read of a blob, or why it was not.
    fn kept(&self, (digest, role): (&Digest, Role), parts: &dyn Parts, opened: &mut Opened) -> BlobScan {
        let page = match self.pages.get(digest, role) {
            Some(page) => Ok(page),
            None => self.open_page((digest, role), parts),
        };
        let why = match page {
            Ok(page) => {
                opened.shades.extend(&page.shades);
                return page.scan.clone();
            }
            Err(why) => why,
        };
        let vault = Vault::default();
        let mut scan =
            self.lens(&vault, &Quiet).read(&mut std::io::empty(), &Expected::default(), Reading::Sniffed);
        scan.problems = vec![Problem::new(ProblemKind::Unreadable, digest.to_string(), why)];
        scan
    }

    fn open_page(&self, (digest, role): (&Digest, Role), parts: &dyn Parts) -> Result<Arc<OpenPage>, String> {
        let part = match parts.part(digest, role) {
            Some(Known::Part(part)) => part,
            Some(Known::Failed(why)) => return Err(why),
            Some(Known::Absent) => return Err("the registry does not have it".to_owned()),
            None => return Err("it was not read".to_owned()),
        };
        let body = self.seal.open::<PieceBody>(&sealed("body", digest, role), &part.body);
        let page = body.and_then(|PieceBody { page, shades }| {
            let scan = BlobScan { reused: false, ..page.open(&self.rules)? };
            Some(Arc::new(OpenPage { scan, shades }))
        });
        let page = page.ok_or("what was kept of it cannot be opened")?;
        self.pages.keep(digest, role, (&page, part.body.len() * UNPACKED));
        Ok(page)
    }

    /// What stands in the manifest itself is read on the spot.
    fn embedded(&self, layer: &Layer, bytes: &[u8], shades: &mut Vec<Shade>) -> BlobScan {
        let vault = Vault::default();
        let expected = Expected { digest: layer.digest.clone(), ..Expected::default() };
        let reading = if layer.role == LayerRole::Tar { Reading::Layer } else { Reading::Sniffed };
        let scan = self.lens(&vault, &Quiet).read(&mut &*bytes, &expected, reading);
        shades.extend(vault.shades(&self.lamp));
        scan
    }
}

fn needs(memory: &Memory<'_>, description: &Description) -> Vec<Need> {
    let mut needs = memory.lacking();
    for image in &description.images {
        let ranks = ranks(image, description);
        for layer in &image.layers {
            let Some((digest, role)) = piece(image, layer, description) else { continue };
            if !matches!(memory.find(&digest, role), Found::Unknown) {
                continue;
            }
            let rank = ranks.get(layer.index).copied().unwrap_or(Rank::Rest);
            let rank = if role == Role::Piece { rank } else { Rank::Paper };
            let media_type = layer.media_type.clone().unwrap_or_default();
            needs.push(Need { digest, role, media_type, size: layer.size.unwrap_or_default(), rank });
        }
    }
    let mut known = HashSet::new();
    needs.retain(|need| known.insert((need.digest.clone(), need.role)));
    needs
}

fn holds(description: &Description) -> Vec<(Digest, String)> {
    let mut held = Vec::new();
    for image in &description.images {
        let platform = image.platform.as_ref().map(ToString::to_string).unwrap_or_default();
        let digests = image.layers.iter().filter_map(|layer| layer.digest.clone());
        let documents = [image.manifest, image.config].into_iter().flatten();
        let documents = documents.filter_map(|index| description.documents.get(index)?.digest.clone());
        held.extend(digests.chain(documents).map(|digest| (digest, platform.clone())));
    }
    held.sort();
    held.dedup();
    held
}

fn manifests(description: &Description) -> Vec<Digest> {
    let manifests = description.documents.iter().filter(|d| d.kind != DocumentKind::Config);
    let mut digests: Vec<Digest> = manifests.filter_map(|d| Digest::parse(&d.name).ok()).collect();
    digests.sort();
    digests.dedup();
    digests
}

fn subjects(description: &Description) -> Vec<Digest> {
    let subject = |document: &model::Document| {
        let value = document.json().ok()?;
        Digest::parse(value.pointer("/subject/digest")?.as_str()?).ok()
    };
    description.documents.iter().filter_map(subject).collect()
}

/// Compares a blob with what this image says of it: another image may say something else.
fn compare(scan: &mut BlobScan, expected: &Expected) {
    let unread = |problem: &Problem| problem.kind == ProblemKind::Unreadable;
    if scan.facts.end == End::Stopped || scan.problems.iter().any(unread) {
        return;
    }
    let differences = scan.facts.against(expected);
    // That of its digest was told when it was read.
    scan.problems.retain(|problem| !differences.contains(problem));
    scan.problems.extend(differences);
}

/// As what a layer is read, if it is.
fn piece(image: &Image, layer: &Layer, description: &Description) -> Option<(Digest, Role)> {
    let digest = match &layer.blob {
        BlobId::Digest(digest) => digest.clone(),
        BlobId::Name(_) => return None,
    };
    let role = match &layer.role {
        _ if layer.held == Held::Absent => return None,
        LayerRole::Encrypted | LayerRole::Foreign => return None,
        _ if record::is_record(image, description) => Role::Record,
        _ if is_statement(image, layer) => Role::Statement,
        _ => Role::Piece,
    };
    Some((digest, role))
}

/// When the layers of an image are read: what `COPY` and `ADD` brought in leaks most.
fn ranks(image: &Image, description: &Description) -> Vec<Rank> {
    let config = image.config.and_then(|index| description.documents.get(index));
    let config: Value = config.and_then(|document| document.json().ok()).unwrap_or_default();
    let entries = config.get("history").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let makes_layer = |entry: &&Value| entry.get("empty_layer").and_then(Value::as_bool) != Some(true);
    let made: Vec<&Value> = entries.iter().filter(makes_layer).collect();
    if made.len() != image.layers.len() {
        return Vec::new();
    }
    let rank = |entry: &&Value| {
        let text = entry.get("created_by").and_then(Value::as_str).unwrap_or_default();
        let text =
            text.trim_start_matches("/bin/sh -c").trim_start().trim_start_matches("#(nop)").trim_start();
        let copied = ["COPY ", "ADD "].iter().any(|keyword| text.starts_with(keyword));
        if copied { Rank::Copied } else { Rank::Rest }
    };
    made.iter().map(rank).collect()
}
