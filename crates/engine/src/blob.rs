//! Reads one blob: a pure function of its bytes, the rules and the limits, whatever images it belongs to.

use std::io::{Cursor, Read};
use std::ops::ControlFlow;
use std::sync::Arc;

use tightlip_detect::decode::Budget;
use tightlip_detect::{Hint, Scanner};
use tightlip_image::{
    Content, End, Entry, Expected, Facts, LayerNames, Limits, Problem, ProblemKind, Slack, Visit,
};

use crate::explore::{Catalog, Listing};
use crate::identity::IdentityKey;
use crate::layer::LayerReader;
use crate::loom::Loom;
use crate::package::Shipped;
use crate::pursuit::Sought;
use crate::shelf::Shelf;
use crate::sighting::{Blind, Eye, Sighting, Spot};
use crate::surface::{Paper, With, fallback};
use crate::vault::Vault;
use crate::watch::Watch;
use crate::{document, record};

/// A JSON document in a blob is read as a tree up to this size, beyond it as text.
const LARGEST_DOCUMENT: u64 = 64 << 20;
/// As many bytes as tell what a blob is.
const HEAD: usize = 512;

/// How a blob is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Reading {
    /// As a layer.
    Layer,
    /// As a JSON document.
    Paper(Paper),
    /// As what its first bytes say.
    Sniffed,
}

/// What is known about a blob once it was read.
#[derive(Clone, Debug)]
pub(crate) struct BlobScan {
    pub(crate) facts: Facts,
    pub(crate) seen: Vec<Sighting>,
    pub(crate) blind: Vec<Blind>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) names: Arc<LayerNames>,
    /// What package managers say about files, by the lists in this layer.
    pub(crate) shipped: Arc<Shipped>,
    pub(crate) decoded: u64,
    /// Whether it was read as a document.
    pub(crate) paper: bool,
    /// Whether an earlier run read it.
    pub(crate) reused: bool,
    /// Where values stand that were pursued.
    pub(crate) sought: Sought,
    /// Whether there were more places of those than are listed.
    pub(crate) sought_too_much: bool,
}

impl BlobScan {
    /// Says how many of a blob's bytes were not read, in bytes as stored: what a decompressor misses counts otherwise.
    pub(crate) fn count_unread(&mut self, size: u64) {
        let unread = size.saturating_sub(self.facts.size);
        self.problems.iter_mut().for_each(|problem| problem.bytes = None);
        if self.facts.end == End::Stopped {
            self.problems.push(Problem::new(ProblemKind::Limit, "the blob", "time: the run was ended early"));
        } else if unread > 0 && self.problems.is_empty() {
            self.problems.push(Problem::new(ProblemKind::Truncated, "the blob", "it ends before its end"));
        }
        // They are those of the first problem that ends reading, else of the first.
        let ends = self.problems.iter().position(|problem| ends_reading(problem.kind)).unwrap_or(0);
        if let Some(problem) = self.problems.get_mut(ends) {
            problem.bytes = (unread > 0).then_some(unread);
        }
    }
}

/// Whether a problem of this kind keeps the rest of a blob from being read.
fn ends_reading(kind: ProblemKind) -> bool {
    use ProblemKind::{Limit, SizeMismatch, Truncated, Unreadable};
    matches!(kind, Limit | SizeMismatch | Truncated | Unreadable)
}

/// What reading blobs needs, the same for all of them.
pub(crate) struct Lens<'l> {
    pub(crate) scanner: &'l Scanner,
    pub(crate) key: &'l IdentityKey,
    pub(crate) vault: &'l Vault,
    pub(crate) limits: &'l Limits,
    pub(crate) watch: &'l dyn Watch,
    /// What containers inside files may cost, for the whole scan.
    pub(crate) budget: Budget,
    /// Results of earlier runs.
    pub(crate) shelf: Option<Shelf<'l>>,
    pub(crate) pace: Pace,
    /// Where the names of entries are written down, if somebody wants to see them.
    pub(crate) catalog: Option<&'l Catalog>,
}

/// How decompressing a layer and looking through it go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    /// One after the other, on one thread.
    InTurns,
    /// At the same time, on two.
    SideBySide,
}

impl Lens<'_> {
    /// The same with another scanner, and without results of earlier runs.
    pub(crate) fn by<'m>(&'m self, scanner: &'m Scanner) -> Lens<'m> {
        let Self { key, vault, limits, watch, pace, catalog, .. } = *self;
        Lens { scanner, key, vault, limits, watch, budget: self.budget.clone(), shelf: None, pace, catalog }
    }

    /// What looking needs.
    pub(crate) fn with(&self) -> With<'_> {
        With { scanner: self.scanner, budget: &self.budget }
    }

    /// Reads a blob to its end.
    pub(crate) fn read(&self, raw: &mut dyn Read, expected: &Expected, reading: Reading) -> BlobScan {
        match reading {
            Reading::Layer => self.layer(raw, expected),
            Reading::Paper(paper) => self.paper(raw, expected, Some(paper)),
            Reading::Sniffed => self.sniffed(raw, expected),
        }
    }

    fn sniffed(&self, raw: &mut dyn Read, expected: &Expected) -> BlobScan {
        let mut head = Vec::new();
        // A read that fails here fails again below, where it is reported.
        let _ = raw.take(HEAD as u64).read_to_end(&mut head);
        let content = tightlip_image::sniff(&head);
        let mut whole = Cursor::new(head).chain(raw);
        match content {
            Content::Tar | Content::Compressed(_) => self.layer(&mut whole, expected),
            _ => self.paper(&mut whole, expected, None),
        }
    }

    fn layer(&self, raw: &mut dyn Read, expected: &Expected) -> BlobScan {
        let eye = Eye::new(self.key, self.vault);
        let budget = self.budget.for_layer();
        let with = With { scanner: self.scanner, budget: &budget };
        let mut reader = LayerReader::new(with, eye, self.watch);
        reader.listing = self.catalog.map(Listing::new);
        let facts = match self.pace {
            Pace::InTurns => tightlip_image::walk(raw, expected, self.limits, &mut reader),
            Pace::SideBySide => tightlip_image::walk_beside(raw, expected, self.limits, &mut reader),
        };
        reader.finish();
        reader.names.seal();
        if let Some(listing) = reader.listing {
            listing.keep(&facts.digest);
        }
        BlobScan {
            facts,
            seen: reader.eye.seen,
            blind: reader.eye.blind,
            sought: Sought { seen: reader.eye.sought, ..Sought::default() },
            sought_too_much: reader.eye.lost_count,
            problems: reader.problems,
            names: Arc::new(reader.names),
            shipped: reader.shipped.into(),
            decoded: reader.decoded,
            paper: false,
            reused: false,
        }
    }

    fn paper(&self, raw: &mut dyn Read, expected: &Expected, paper: Option<Paper>) -> BlobScan {
        let eye = Eye::new(self.key, self.vault);
        let mut reader = PaperReader { lens: self, paper, eye, problems: Vec::new(), decoded: 0 };
        let facts = tightlip_image::plain(raw, expected, self.limits, &mut reader);
        BlobScan {
            facts,
            seen: reader.eye.seen,
            blind: reader.eye.blind,
            sought: Sought { seen: reader.eye.sought, ..Sought::default() },
            sought_too_much: reader.eye.lost_count,
            problems: reader.problems,
            names: Arc::default(),
            shipped: Arc::default(),
            decoded: reader.decoded,
            paper: true,
            reused: false,
        }
    }
}

struct PaperReader<'p, 'e> {
    lens: &'p Lens<'p>,
    /// What it is, where something says so.
    paper: Option<Paper>,
    eye: Eye<'e>,
    problems: Vec<Problem>,
    decoded: u64,
}

impl PaperReader<'_, '_> {
    /// What is no document of a size to hold is read as text.
    fn as_text(&mut self, bytes: &mut dyn Read) {
        self.eye.turn(Spot::new(fallback(self.paper.unwrap_or(Paper::Artifact)), b""));
        if let Ok(counted) = self.lens.scanner.stream(Hint::Text, bytes, &mut self.eye) {
            self.decoded += counted.decoded;
        }
    }

    /// What of a build record is no JSON is protocol buffers.
    fn as_record(&mut self, bytes: &[u8]) {
        let mut loom = Loom::new(fallback(Paper::Record));
        record::read(bytes, &mut loom);
        loom.finish(self.lens.with(), &mut self.eye);
        self.decoded += loom.decoded;
    }

    fn as_document(&mut self, bytes: &[u8]) {
        let paper = self.paper.unwrap_or_else(|| Paper::guess(bytes));
        let read = document::read(bytes, paper, self.lens.with(), &mut self.eye);
        self.decoded += read.decoded;
        self.problems.extend(read.faults.into_iter().map(|fault| fault.problem("document")));
    }
}

impl Visit for PaperReader<'_, '_> {
    fn entry(&mut self, _: &Entry, _: &mut dyn Read) {}

    fn slack(&mut self, _: &Slack, bytes: &mut dyn Read) {
        let mut held = Vec::new();
        let _ = bytes.take(LARGEST_DOCUMENT).read_to_end(&mut held);
        let opens = held.iter().find(|b| !b.is_ascii_whitespace()).is_some_and(|b| matches!(b, b'{' | b'['));
        if held.len() as u64 == LARGEST_DOCUMENT {
            let detail = format!(
                "a document over {LARGEST_DOCUMENT} bytes is read as text, escapes not undone (limit)"
            );
            self.problems.push(Problem::new(ProblemKind::Limit, "document", detail));
            self.as_text(&mut Cursor::new(held).chain(bytes));
        } else if self.paper == Some(Paper::Record) && !(opens && is_text(&held)) {
            self.as_record(&held);
        } else if opens {
            self.as_document(&held);
        } else {
            self.as_text(&mut held.as_slice());
        }
    }

    fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    fn progress(&mut self, _: u64) -> ControlFlow<()> {
        if self.lens.watch.stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// Whether these bytes can be JSON at all. Protocol buffers begin with a line feed, and then with how long the first
/// field is: `[` or `{` as often as any other length.
fn is_text(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| !text.chars().any(|c| c.is_control() && !c.is_whitespace()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_that_looks_like_a_bracket_makes_no_json() {
        assert!(is_text(b"\n{\"a\":\r\n\t[1]}"));
        for bytes in [&b"\n[\x0a\x05abcde"[..], b"\n{\x0a\xff"] {
            assert!(!is_text(bytes), "{bytes:?}");
        }
    }

    #[test]
    fn unread_bytes_are_those_of_the_first_problem_that_ends_reading() {
        use ProblemKind::{Corrupt, DigestMismatch, Limit, Truncated};
        for (kinds, of) in [
            (&[Corrupt, DigestMismatch][..], 0),
            (&[Corrupt, Truncated, Limit], 1),
            (&[Limit, Truncated], 0),
            (&[], 0),
        ] {
            let mut scan = BlobScan {
                facts: Facts {
                    digest: tightlip_image::Digest::of(b""),
                    size: 30,
                    diff_id: tightlip_image::Digest::of(b""),
                    tar_size: 0,
                    compression: tightlip_image::Compression::None,
                    entries: 0,
                    end: End::Whole,
                },
                seen: Vec::new(),
                blind: Vec::new(),
                problems: kinds.iter().map(|kind| Problem::new(*kind, "the blob", "a fault")).collect(),
                names: Arc::default(),
                shipped: Arc::default(),
                decoded: 0,
                paper: false,
                reused: false,
                sought: Sought::default(),
                sought_too_much: false,
            };
            scan.count_unread(100);
            let bytes: Vec<_> = scan.problems.iter().map(|problem| problem.bytes).collect();
            let wanted: Vec<_> = (0..kinds.len().max(1)).map(|nth| (nth == of).then_some(70)).collect();
            assert_eq!(bytes, wanted, "{kinds:?}");
        }
    }
}
