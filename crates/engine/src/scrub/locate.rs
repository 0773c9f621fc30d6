//! Where exactly things stand in the tar stream of one layer: its entries, and the values that go.

use std::collections::HashSet;
use std::io::Read;
use std::ops::Range;

use tightlip_image::rewrite::{Edits, RewriteError, patched_walk, unpack};
use tightlip_image::store::{BlobId, Store};
use tightlip_image::{
    Digest, Entry, EntryKind, Expected, Facts, Limits, Problem, Slack, Visit, walk, walk_tapped,
};

use super::exact::{Hit, Values};
use super::pieces::Pieces;

/// Bytes that are searched at once.
const WINDOW: usize = 4 << 20;
/// As many bytes of a body as tell what it is.
const HEAD: usize = 4;
const BLOCK: u64 = 512;

/// An entry and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) path: Vec<u8>,
    pub(crate) name: Vec<u8>,
    pub(crate) kind: EntryKind,
    pub(crate) link: Option<Vec<u8>>,
    pub(crate) sparse: bool,
    pub(crate) size: u64,
    /// Numbers that must stay: mode, owner, group, time.
    pub(crate) numbers: (u32, u64, u64, i64),
    pub(crate) header: u64,
    pub(crate) body: u64,
    pub(crate) head: Vec<u8>,
}

impl Located {
    /// The entry whose first header stands there.
    pub(crate) fn part(&self, header: u64) -> Option<&Part> {
        let at = self.parts.binary_search_by_key(&header, |part| part.header).ok()?;
        self.parts.get(at)
    }

    /// The hits that reach into a stretch.
    pub(crate) fn hits_in(&self, within: &Range<u64>) -> impl Iterator<Item = &Hit> {
        let (start, end) = (within.start, within.end);
        let first = self.hits.partition_point(|hit| hit.range.start + self.longest <= start);
        let near = self.hits.get(first..).unwrap_or_default().iter();
        near.take_while(move |hit| hit.range.start < end).filter(move |hit| start < hit.range.end)
    }
}

impl Part {
    /// From its first header to its last padding byte.
    pub(crate) fn whole(&self) -> Range<u64> {
        self.header..self.body + self.size.div_ceil(BLOCK) * BLOCK
    }

    /// Its header blocks, extensions included.
    pub(crate) fn headers(&self) -> Range<u64> {
        self.header..self.body
    }

    /// Its body.
    pub(crate) fn bytes(&self) -> Range<u64> {
        self.body..self.body + self.size
    }
}

/// What stands where in a layer.
#[derive(Debug, Default)]
pub(crate) struct Located {
    /// In their order.
    pub(crate) parts: Vec<Part>,
    /// By where they start.
    pub(crate) hits: Vec<Hit>,
    /// Bytes of the longest hit.
    longest: u64,
}

/// A layer to look at.
#[derive(Clone, Copy)]
pub(crate) struct Source<'s> {
    pub(crate) store: &'s dyn Store,
    pub(crate) blob: &'s BlobId,
    pub(crate) facts: &'s Facts,
    pub(crate) limits: &'s Limits,
}

impl<'s> Source<'s> {
    /// The stored bytes.
    pub(crate) fn open(&self) -> Result<Box<dyn Read + Send + 's>, RewriteError> {
        self.store.open(self.blob).map_err(|error| {
            let kind = tightlip_image::ProblemKind::Unreadable;
            RewriteError::Read(Problem::new(kind, self.blob.to_string(), error.to_string()))
        })
    }

    /// What the blob must be: what the scan saw.
    pub(crate) fn expected(&self) -> Expected {
        Expected {
            digest: Some(self.facts.digest.clone()),
            size: Some(self.facts.size),
            diff_id: Some(self.facts.diff_id.clone()),
        }
    }

    /// The entries.
    pub(crate) fn parts(&self) -> Result<Vec<Part>, RewriteError> {
        let mut list = List::default();
        walk(self.open()?.as_mut(), &self.expected(), self.limits, &mut list);
        list.whole()
    }

    /// The entries, and the digest of the tar stream with its edits.
    pub(crate) fn patched_parts(&self, edits: &Edits) -> Result<(Vec<Part>, Digest), RewriteError> {
        let mut list = List::default();
        let digest = patched_walk(self.open()?.as_mut(), &self.expected(), (edits, self.limits), &mut list)?;
        Ok((list.whole()?, digest))
    }

    /// The entries, while somebody sees the tar stream.
    fn tapped_parts(&self, tap: &mut dyn FnMut(&[u8])) -> Result<Vec<Part>, RewriteError> {
        let mut list = List::default();
        walk_tapped(
            self.open()?.as_mut(),
            &self.expected(),
            self.limits,
            (&mut list, &mut |b: &[u8]| tap(b)),
        );
        list.whole()
    }
}

/// Looks for every entry, and for values wherever they stand.
pub(crate) fn locate(
    source: Source<'_>,
    values: &Values,
    weak: &HashSet<&str>,
) -> Result<Located, RewriteError> {
    let mut search = Search { values, weak, held: Vec::new(), start: 0, hits: HashSet::new() };
    let parts = source.tapped_parts(&mut |bytes| search.push(bytes))?;
    search.look();
    let mut pieces = Pieces::new(&parts, values);
    if !pieces.is_empty() {
        let mut at = 0;
        unpack(source.open()?.as_mut(), &source.expected(), source.limits, &mut |bytes, _| {
            pieces.push(at, bytes);
            at += bytes.len() as u64;
            Ok(())
        })?;
    }
    search.hits.extend(pieces.into_hits());
    let mut hits: Vec<Hit> = search.hits.into_iter().collect();
    hits.sort_by_key(|hit| (hit.range.start, hit.range.end));
    let longest = hits.iter().map(|hit| hit.range.end - hit.range.start).max().unwrap_or(0);
    Ok(Located { parts, hits, longest })
}

/// A search through a stream, window by window.
struct Search<'s> {
    values: &'s Values,
    weak: &'s HashSet<&'s str>,
    held: Vec<u8>,
    start: u64,
    hits: HashSet<Hit>,
}

impl Search<'_> {
    fn push(&mut self, bytes: &[u8]) {
        self.held.extend_from_slice(bytes);
        if self.held.len() >= WINDOW.max(self.values.overlap() * 2) {
            self.look();
            let gone = self.held.len().saturating_sub(self.values.overlap());
            self.held.drain(..gone);
            self.start += gone as u64;
        }
    }

    fn look(&mut self) {
        let Self { values, weak, held, start, hits } = self;
        values.find(held, &|identity| weak.contains(identity), &mut |identity, span| {
            let range = *start + span.start as u64..*start + span.end as u64;
            hits.insert(Hit { identity: identity.to_owned(), range });
        });
    }
}

#[derive(Default)]
struct List {
    parts: Vec<Part>,
    problem: Option<Problem>,
}

impl List {
    /// The entries, if nothing was wrong.
    fn whole(self) -> Result<Vec<Part>, RewriteError> {
        match self.problem {
            Some(problem) => Err(RewriteError::Read(problem)),
            None => Ok(self.parts),
        }
    }
}

impl Visit for List {
    fn entry(&mut self, entry: &Entry, body: &mut dyn Read) {
        let mut head = Vec::new();
        // A body that cannot be read is a problem that follows.
        let _ = body.take(HEAD as u64).read_to_end(&mut head);
        // The body of a global header is read by the walker itself.
        let global = entry.kind == EntryKind::Other(b'g');
        self.parts.push(Part {
            path: entry.path.clone(),
            name: entry.name.clone(),
            kind: entry.kind.clone(),
            link: entry.link.clone(),
            sparse: entry.sparse,
            size: if global { 0 } else { entry.size },
            numbers: (entry.mode, entry.uid, entry.gid, entry.mtime),
            header: entry.header_offset,
            body: if global {
                entry.body_offset + entry.size.div_ceil(BLOCK) * BLOCK
            } else {
                entry.body_offset
            },
            head,
        });
    }

    fn slack(&mut self, _: &Slack, _: &mut dyn Read) {}

    fn problem(&mut self, problem: Problem) {
        self.problem.get_or_insert(problem);
    }
}
