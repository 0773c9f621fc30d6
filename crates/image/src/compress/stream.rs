//! The decompressed stream of a blob: hashed, counted, limited, with what the compression hides put aside.

use super::{Compression, Decode, SNIFF, Step, open};
use crate::digest::Digest;
use crate::layer::{Expected, Slack};
use crate::limits::Limits;
use crate::problem::{Problem, ProblemKind};
use crate::verify::{Hasher, Raw};

const BUFFER: usize = 256 * 1024;
/// From here on it pays to decompress straight into the reader's own buffer.
const DIRECT: usize = 64 * 1024;

/// What [`Stream::fill`] brought.
#[derive(Debug)]
pub(crate) enum Fill {
    /// More bytes in the buffer.
    More,
    /// Bytes of the compressed blob that the compression ignores; [`Stream::aside`] gives them.
    Aside(Slack),
    /// Nothing: the stream is over, or [`Stream::fault`] says why it is not read on.
    End,
}

/// A blob, decompressed as it is read.
pub(crate) struct Stream<'a> {
    pub(crate) raw: Raw<'a>,
    pub(crate) compression: Compression,
    /// Why the stream ended early.
    pub(crate) fault: Option<Problem>,
    /// What is wrong, and did not end the stream.
    pub(crate) problems: Vec<Problem>,
    decoder: Box<dyn Decode>,
    /// None where the blob is its own tar stream: one hash serves both.
    hasher: Option<Hasher>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    produced: u64,
    ended: bool,
    failed: bool,
    queue: Vec<(Slack, Vec<u8>)>,
    queued: u64,
    limits: &'a Limits,
    /// Who sees every decompressed byte as it comes, before anybody else.
    tap: Option<&'a mut Tap<'a>>,
}

/// Sees the decompressed bytes of a blob, in order.
pub(crate) type Tap<'t> = dyn FnMut(&[u8]) + 't;

impl<'a> Stream<'a> {
    pub(crate) fn new(mut raw: Raw<'a>, expected: &Expected, limits: &'a Limits) -> Stream<'a> {
        let (compression, decoder) = open(raw.peek(SNIFF), limits);
        let (blob, tar) = expected.algorithms();
        let hasher = (compression != Compression::None || blob != tar).then(|| Hasher::new(tar));
        Stream {
            raw,
            compression,
            fault: None,
            problems: Vec::new(),
            decoder,
            hasher,
            buffer: vec![0; BUFFER],
            start: 0,
            end: 0,
            produced: 0,
            ended: false,
            failed: false,
            queue: Vec::new(),
            queued: 0,
            limits,
            tap: None,
        }
    }

    /// The same stream with somebody who sees its bytes.
    pub(crate) fn tapped(self, tap: &'a mut Tap<'a>) -> Self {
        Self { tap: Some(tap), ..self }
    }

    /// The bytes in the buffer.
    pub(crate) fn buffered(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Goes past `length` bytes of the buffer.
    pub(crate) fn take(&mut self, length: usize) {
        self.start = self.end.min(self.start + length);
    }

    /// The offset of the next byte in the tar stream.
    pub(crate) fn offset(&self) -> u64 {
        self.produced - (self.end - self.start) as u64
    }

    /// How many decompressed bytes there were so far.
    pub(crate) fn produced(&self) -> u64 {
        self.produced
    }

    /// The digest of the decompressed bytes so far.
    pub(crate) fn digest(&self) -> Digest {
        self.hasher.clone().map_or_else(|| self.raw.digest(), Hasher::finish)
    }

    /// Brings more bytes into the buffer, behind those that are there.
    pub(crate) fn fill(&mut self) -> Fill {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        let mut buffer = std::mem::take(&mut self.buffer);
        let fill = self.step(buffer.get_mut(self.end..).unwrap_or_default());
        self.buffer = buffer;
        match fill {
            Ok(length) => {
                self.end += length;
                Fill::More
            }
            Err(other) => other,
        }
    }

    /// Makes the buffer hold `want` bytes, fewer only at the end. Slack waits in the queue meanwhile.
    pub(crate) fn need(&mut self, want: usize) {
        while self.end - self.start < want {
            match self.fill() {
                Fill::More => {}
                Fill::Aside(slack) => self.stash(slack),
                Fill::End => return,
            }
        }
    }

    /// Moves bytes to `out`; 0 only at the end. Slack waits in the queue meanwhile.
    pub(crate) fn read(&mut self, out: &mut [u8]) -> usize {
        if self.start == self.end && out.len() >= DIRECT {
            return self.read_direct(out);
        }
        self.need(1.min(out.len()));
        let bytes = self.buffered();
        let length = bytes.len().min(out.len());
        if let (Some(from), Some(to)) = (bytes.get(..length), out.get_mut(..length)) {
            to.copy_from_slice(from);
        }
        self.take(length);
        length
    }

    fn read_direct(&mut self, out: &mut [u8]) -> usize {
        loop {
            match self.step(out) {
                Ok(length) => return length,
                Err(Fill::Aside(slack)) => self.stash(slack),
                Err(_) => return 0,
            }
        }
    }

    /// Moves bytes of the stretch that [`Fill::Aside`] announced to `out`; 0 at its end.
    pub(crate) fn aside(&mut self, out: &mut [u8]) -> usize {
        match self.decoder.aside(&mut self.raw, out) {
            Ok(length) => length,
            Err(problem) => {
                self.fail(problem);
                0
            }
        }
    }

    /// Slack that came up while nobody could take it.
    pub(crate) fn queue(&mut self) -> Vec<(Slack, Vec<u8>)> {
        self.queued = 0;
        std::mem::take(&mut self.queue)
    }

    /// Whether the stream was given up before its end.
    pub(crate) fn failed(&self) -> bool {
        self.failed
    }

    /// Ends the stream here.
    fn fail(&mut self, problem: Problem) {
        self.ended = true;
        self.failed = true;
        let problem = match self.raw.failure() {
            Some(failure) => Problem { kind: ProblemKind::Unreadable, detail: failure.to_owned(), ..problem },
            None => problem,
        };
        self.fault.get_or_insert(problem);
    }

    /// One step that gives bytes: how many, or what came instead.
    fn step(&mut self, out: &mut [u8]) -> Result<usize, Fill> {
        let allowed = self.limits.layer_bytes.saturating_sub(self.produced);
        let most = usize::try_from(allowed).unwrap_or(usize::MAX).min(out.len());
        let out = out.get_mut(..most).unwrap_or_default();
        if allowed == 0 && !self.ended {
            self.limit("layer-bytes", self.limits.layer_bytes);
        }
        while !self.ended {
            match self.decoder.step(&mut self.raw, out) {
                Ok(Step::Out(length)) => return Ok(self.count(out.get(..length).unwrap_or_default())),
                Ok(Step::Aside(slack)) => return Err(Fill::Aside(slack)),
                Ok(Step::Problem(problem)) => self.complain(problem),
                Ok(Step::End) => self.finish(),
                Err(problem) => self.fail(problem),
            }
        }
        Err(Fill::End)
    }

    fn count(&mut self, bytes: &[u8]) -> usize {
        if let Some(hasher) = &mut self.hasher {
            hasher.update(bytes);
        }
        if let Some(tap) = &mut self.tap {
            tap(bytes);
        }
        self.produced += bytes.len() as u64;
        let most = self.raw.offset().saturating_mul(self.limits.ratio).max(self.limits.ratio_from);
        if self.produced > most {
            self.limit("ratio", self.limits.ratio);
        }
        bytes.len()
    }

    fn finish(&mut self) {
        self.ended = true;
        if self.raw.failure().is_some() {
            self.fail(Problem::new(
                ProblemKind::Unreadable,
                format!("byte {} of the blob", self.raw.offset()),
                "",
            ));
        }
    }

    fn limit(&mut self, name: &str, value: u64) {
        let what = format!("byte {} of the decompressed blob", self.produced);
        self.fail(Problem::new(ProblemKind::Limit, what, format!("{name}: more than {value}")));
    }

    fn complain(&mut self, problem: Problem) {
        // One more than is told, so that the walker sees that there were more.
        if (self.problems.len() as u64) <= self.limits.problems {
            self.problems.push(problem);
        }
    }

    /// Keeps a stretch of slack until somebody can take it.
    pub(crate) fn stash(&mut self, slack: Slack) {
        let mut bytes = Vec::new();
        let mut chunk = [0; 4096];
        let mut lost = 0;
        // What one piece costs beside its bytes counts too: a million empty pieces are not free.
        self.queued += 64;
        loop {
            let length = self.aside(&mut chunk);
            if length == 0 {
                break;
            }
            if self.queued + length as u64 > self.limits.queue_bytes {
                lost += length as u64;
            } else {
                self.queued += length as u64;
                bytes.extend_from_slice(chunk.get(..length).unwrap_or_default());
            }
        }
        if lost > 0 {
            let what = format!("byte {} of the blob", slack.offset);
            let detail = format!("queue-bytes: more than {}", self.limits.queue_bytes);
            self.complain(Problem::new(ProblemKind::Limit, what, detail).with_bytes(lost));
        }
        if !bytes.is_empty() {
            self.queue.push((slack, bytes));
        }
    }
}
