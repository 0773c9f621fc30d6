//! Reads one layer blob: every entry, every byte between entries, and whether the blob is what its names say.

use std::io::Read;
use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use crate::compress::{self, Compression, SNIFF, Stream, Tap};
use crate::digest::{Algorithm, Digest};
use crate::limits::Limits;
use crate::problem::{Problem, ProblemKind};
use crate::tar::{Entry, Walker, is_header};
use crate::verify::Raw;

/// What the manifest and the config say about a blob. What is not known is not checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    /// Digest of the stored (compressed) bytes.
    pub digest: Option<Digest>,
    /// Number of stored bytes.
    pub size: Option<u64>,
    /// Digest of the decompressed bytes.
    pub diff_id: Option<Digest>,
}

impl Expected {
    /// The hash functions for the stored and for the decompressed bytes.
    pub(crate) fn algorithms(&self) -> (Algorithm, Algorithm) {
        let of = |digest: &Option<Digest>| digest.as_ref().map_or(Algorithm::Sha256, Digest::algorithm);
        (of(&self.digest), of(&self.diff_id))
    }
}

/// Sees a layer as it passes.
pub trait Visit {
    /// One entry and its body as stored. What is not read of the body is skipped over, but still hashed.
    ///
    /// The body never fails: where it cannot be read on it ends, and a [`Problem`] follows.
    fn entry(&mut self, entry: &Entry, body: &mut dyn Read);

    /// Bytes outside of entries. There may be many.
    fn slack(&mut self, slack: &Slack, bytes: &mut dyn Read);

    /// Something was not read, or is not as it should be.
    fn problem(&mut self, problem: Problem);

    /// Called now and then with the number of stored bytes read so far; `Break` ends the walk early.
    fn progress(&mut self, bytes: u64) -> ControlFlow<()> {
        let _ = bytes;
        ControlFlow::Continue(())
    }
}

/// Bytes that lie in a layer but in none of its entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slack {
    /// Which kind of place this is.
    pub kind: SlackKind,
    /// Where the first byte lies.
    pub offset: u64,
    /// What the offset counts in.
    pub within: Within,
}

/// The kinds of places outside of entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SlackKind {
    /// Behind the end-of-archive blocks.
    AfterEnd,
    /// Between the end of a body and the next header.
    Padding,
    /// Unused or overridden bytes of header blocks.
    HeaderPadding,
    /// Extra field, file name or comment in the header of a gzip member.
    GzipHeader,
    /// Behind the end of the compressed stream.
    TrailingData,
    /// A zstd frame that decompressors skip.
    SkippableFrame,
    /// Bytes that should be something, and cannot be understood.
    Unparsed,
    /// The whole content of a blob that is not read as a layer ([`plain`]).
    Content,
}

/// The two streams that an offset may count in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Within {
    /// The blob as it is stored.
    Blob,
    /// The blob, decompressed: the tar stream.
    Tar,
}

/// What a blob turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Digest of the stored bytes. Of those read, if `end` is not [`End::Whole`].
    pub digest: Digest,
    /// Number of stored bytes.
    pub size: u64,
    /// Digest of the decompressed bytes. Of those read, if `end` is not [`End::Whole`].
    pub diff_id: Digest,
    /// Number of decompressed bytes.
    pub tar_size: u64,
    /// How the blob is compressed.
    pub compression: Compression,
    /// Number of entries, global PAX headers included.
    pub entries: u64,
    /// How reading ended.
    pub end: End,
}

impl Facts {
    /// In what the blob differs from what is expected of it.
    #[must_use]
    pub fn against(&self, expected: &Expected) -> Vec<Problem> {
        mismatches(self, expected)
    }
}

/// How reading a blob ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum End {
    /// Everything was read and understood as far as its format goes. (Digests are another matter.)
    Whole,
    /// Something is missing or damaged; a [`Problem`] says what.
    Cut,
    /// [`Visit::progress`] wanted to stop.
    Stopped,
}

/// Reads a layer from its first byte to its last, whatever it is, and checks it against what is expected.
///
/// Nothing is believed: the compression is recognised from the bytes, entries are given out in the order of the
/// archive with whatever path they have, and bytes that belong to no entry are given out as [`Slack`].
pub fn walk(raw: &mut dyn Read, expected: &Expected, limits: &Limits, visit: &mut dyn Visit) -> Facts {
    let mut walker = Walker::new(open(raw, expected, limits), visit, limits);
    walker.archive();
    finish(walker, expected)
}

/// As [`walk`], with somebody who sees every byte of the tar stream as it comes, headers and padding too.
pub fn walk_tapped<'a>(
    raw: &'a mut dyn Read,
    expected: &Expected,
    limits: &'a Limits,
    (visit, tap): (&mut dyn Visit, &'a mut Tap<'a>),
) -> Facts {
    let mut walker = Walker::new(open(raw, expected, limits).tapped(tap), visit, limits);
    walker.archive();
    finish(walker, expected)
}

/// Reads a blob that is no layer: its decompressed bytes are one [`Slack`] of kind [`SlackKind::Content`].
pub fn plain(raw: &mut dyn Read, expected: &Expected, limits: &Limits, visit: &mut dyn Visit) -> Facts {
    let mut walker = Walker::new(open(raw, expected, limits), visit, limits);
    walker.content();
    finish(walker, expected)
}

/// What the first bytes of a blob look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Content {
    /// An uncompressed tar archive.
    Tar,
    /// Something compressed; layers usually are.
    Compressed(Compression),
    /// A JSON object or array.
    Json,
    /// No bytes at all.
    Empty,
    /// None of these.
    Unknown,
}

/// Guesses what a blob is from its first bytes; 512 are enough.
pub fn sniff(first: &[u8]) -> Content {
    match compress::recognise(first) {
        Compression::None => {}
        other => return Content::Compressed(other),
    }
    if first.is_empty() {
        return Content::Empty;
    }
    // An archive without entries starts with its end.
    if is_header(first) || first.get(..SNIFF).is_some_and(|block| block.iter().all(|byte| *byte == 0)) {
        return Content::Tar;
    }
    match first.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{' | b'[') => Content::Json,
        _ => Content::Unknown,
    }
}

fn open<'a>(raw: &'a mut dyn Read, expected: &Expected, limits: &'a Limits) -> Stream<'a> {
    Stream::new(Raw::new(raw, expected.algorithms().0), expected, limits)
}

/// Reads the blob to its end, and says whether it is what was expected.
fn finish(mut walker: Walker<'_, '_>, expected: &Expected) -> Facts {
    walker.rest();
    let stream = &walker.stream;
    let mut facts = Facts {
        digest: stream.raw.digest(),
        size: stream.raw.count(),
        diff_id: stream.digest(),
        tar_size: stream.produced(),
        compression: stream.compression,
        entries: walker.entries,
        end: walker.end(),
    };
    if facts.end == End::Stopped || stream.raw.failure().is_some() {
        return facts;
    }
    let mismatches = mismatches(&facts, expected);
    let checked = expected.digest.is_some() || expected.size.is_some() || expected.diff_id.is_some();
    // Archives without end-of-archive blocks exist, and a download that broke off looks the same:
    // only what the manifest says about the blob can tell.
    if walker.unended && facts.end == End::Whole && (!checked || !mismatches.is_empty()) {
        let what = format!("byte {} of the decompressed blob", facts.tar_size);
        let detail = "the archive has no end, and nothing shows that this is all of it";
        walker.report(Problem::new(ProblemKind::Truncated, what, detail));
        facts.end = End::Cut;
    }
    mismatches.into_iter().for_each(|problem| walker.report(problem));
    facts
}

fn mismatches(facts: &Facts, expected: &Expected) -> Vec<Problem> {
    let mut problems = Vec::new();
    if let Some(size) = expected.size.filter(|size| *size != facts.size) {
        let detail = format!("{} bytes, not {size} as stated", facts.size);
        let problem = Problem::new(ProblemKind::SizeMismatch, "the blob", detail);
        let missing = size.checked_sub(facts.size);
        problems.push(Problem { bytes: missing, ..problem });
    }
    if let Some(digest) = expected.digest.as_ref().filter(|digest| **digest != facts.digest) {
        let detail = format!("the bytes have the digest {}, not {digest}", facts.digest);
        problems.push(Problem::new(ProblemKind::DigestMismatch, "the blob", detail));
    }
    // Of a stream that was cut short the digest says nothing: another problem has told why.
    let diff_id = expected.diff_id.as_ref().filter(|_| facts.end == End::Whole);
    if let Some(diff_id) = diff_id.filter(|diff_id| **diff_id != facts.diff_id) {
        let detail = format!("the bytes have the digest {}, not {diff_id}", facts.diff_id);
        problems.push(Problem::new(ProblemKind::DigestMismatch, "the decompressed blob (diff_id)", detail));
    }
    problems
}

/// The stretch of compressed bytes that a stream has just announced.
pub(crate) struct Aside<'s, 'a>(pub(crate) &'s mut Stream<'a>);

impl Read for Aside<'_, '_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        Ok(self.0.aside(out))
    }
}

/// The stored bytes that are left of a blob.
pub(crate) struct Rest<'s, 'a>(pub(crate) &'s mut Raw<'a>);

impl Read for Rest<'_, '_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        Ok(self.0.read(out))
    }
}

/// The decompressed bytes that are left of a blob.
pub(crate) struct All<'s, 'a>(pub(crate) &'s mut Stream<'a>);

impl Read for All<'_, '_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        Ok(self.0.read(out))
    }
}

#[cfg(test)]
mod tests;
