//! Scans input of any length in windows that overlap, so that memory does not grow with it.
//!
//! A match belongs to the window in whose middle it starts. The margins (half the overlap at either end) are there
//! so that a match in the middle sees its neighbourhood. So every match is told once, and where the windows lie
//! makes no difference.

use std::cell::Cell;
use std::io::{self, Read};
use std::ops::Range;

use memchr::memchr_iter;

use crate::candidate::{Candidate, Rank};
use crate::scanner::{Scanner, is_binary};
use crate::{Cause, Hint, Match, Secret, Sink, Skipped, Text};

/// As much of what stands around a match is told with it, on either side, in bytes.
const AROUND: usize = 8 << 10;

/// What was read of a stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Bytes of the stream.
    pub bytes: u64,
    /// Bytes that came out of encodings and containers inside it.
    pub decoded: u64,
}

/// Where a stretch of bytes lies in the whole input.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    /// Offset of its first byte.
    base: u64,
    /// Number of the line on which it starts, from 1.
    line: u64,
    /// Matches that start here are told; others belong to a neighbour.
    owned: Range<usize>,
    /// Where bytes were left out, and how many up to there since the window begins.
    left_out: Vec<(usize, u64)>,
}

/// How reading a window ended.
enum Filled {
    /// There is more.
    Full,
    /// The stream is over, or broke off.
    Last(io::Result<()>),
}

/// Takes a window that was scanned, for a look at what is written in it.
pub(crate) type Within<'w> = dyn FnMut(&[u8], &Window) + 'w;

impl Scanner {
    /// Scans a stream: as a whole if it fits into a window, else window by window.
    ///
    /// # Errors
    /// When reading fails. What was read before is scanned and told first.
    pub fn stream(&self, hint: Hint<'_>, source: &mut dyn Read, sink: &mut dyn Sink) -> io::Result<Counted> {
        self.stream_with((hint, source), sink, &mut |_, _| {})
    }

    /// The same, and shows every window.
    pub(crate) fn stream_with(
        &self,
        (hint, source): (Hint<'_>, &mut dyn Read),
        sink: &mut dyn Sink,
        within: &mut Within<'_>,
    ) -> io::Result<Counted> {
        self.with_window(|bytes| {
            self.windows(hint, &mut Source { source, bytes, length: 0 }, &mut |text, window| {
                self.tell(text, window, sink);
                within(text.bytes, window);
            })
        })
    }

    fn windows(
        &self,
        hint: Hint<'_>,
        source: &mut Source<'_>,
        look: &mut dyn FnMut(&Text<'_>, &Window),
    ) -> io::Result<Counted> {
        let half = self.options.overlap / 2;
        let mut window = Window::whole();
        let mut binary = None;
        loop {
            let filled = source.fill();
            let bytes = source.bytes.get(..source.length).unwrap_or_default();
            let binary = *binary.get_or_insert_with(|| is_binary(bytes));
            let last = matches!(filled, Filled::Last(_));
            window.owned.end = if last { usize::MAX } else { source.length.saturating_sub(half) };
            look(&Text { bytes, hint, binary, at: &[] }, &window);
            if let Filled::Last(result) = filled {
                let read = window.base.saturating_add(length(bytes.len()));
                return result.map(|()| Counted { bytes: read, decoded: 0 });
            }
            let gone = source.length.saturating_sub(self.options.overlap);
            window.pass(bytes.get(..gone).unwrap_or_default());
            window.owned.start = self.options.overlap.saturating_sub(half);
            source.keep_from(gone);
        }
    }

    /// Tells what is found in a window, and what could not be looked for.
    pub(crate) fn tell(&self, text: &Text<'_>, window: &Window, sink: &mut dyn Sink) {
        let unjudged = self.with_scratch(|scratch| {
            window.tell(self.look(text, scratch), text.bytes, sink);
            scratch.unjudged.take()
        });
        let left = (unjudged > 0).then(|| Skipped {
            cause: Cause::Limit,
            limit: "values",
            what: format!("{unjudged} values were not judged: too many stand close together"),
            bytes: None,
            member: None,
        });
        self.unseen(text, window).into_iter().chain(left).for_each(|gap| sink.gap(gap));
    }

    /// What cannot be looked for because the stream is longer than its first window.
    fn unseen(&self, text: &Text<'_>, window: &Window) -> Option<Skipped> {
        if window.base > 0 || window.is_last() {
            return None;
        }
        // No key fills a window.
        let files = self.whole_file_finders(&text.hint).filter(|(_, rank)| *rank == Rank::File);
        let ids: Vec<_> = files.map(|(finder, _)| finder.id).collect();
        (!ids.is_empty()).then(|| Skipped {
            cause: Cause::Limit,
            limit: "window",
            what: format!("only the first {} bytes were read as {}", text.bytes.len(), ids.join(", ")),
            bytes: None,
            member: None,
        })
    }
}

/// Scans what a decoder reads, window by window, as it reads it.
pub(crate) struct Tee<'t> {
    scanner: &'t Scanner,
    /// Whether what is read is scanned elsewhere: the content of a member that is stored as it is.
    elsewhere: &'t Cell<bool>,
    hint: Hint<'t>,
    inner: &'t mut dyn Read,
    sink: &'t mut dyn Sink,
    within: &'t mut Within<'t>,
    bytes: Vec<u8>,
    window: Window,
    binary: Option<bool>,
}

impl<'t> Tee<'t> {
    pub(crate) fn new(
        scanner: &'t Scanner,
        (hint, inner): (Hint<'t>, &'t mut dyn Read),
        (sink, within): (&'t mut dyn Sink, &'t mut Within<'t>),
        elsewhere: &'t Cell<bool>,
    ) -> Self {
        let (bytes, window) = (Vec::new(), Window::whole());
        Self { scanner, elsewhere, hint, inner, sink, within, bytes, window, binary: None }
    }

    /// Reads and scans what the decoder left, and says how many bytes there were.
    pub(crate) fn finish(mut self) -> io::Result<u64> {
        let mut chunk = vec![0; 64 << 10];
        let result = loop {
            match self.read(&mut chunk) {
                Ok(0) => break Ok(()),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => break Err(error),
            }
        };
        self.window.owned.end = usize::MAX;
        self.look();
        result.map(|()| self.window.offset(self.bytes.len()))
    }

    fn look(&mut self) {
        let binary = *self.binary.get_or_insert_with(|| is_binary(&self.bytes));
        let text = Text { bytes: &self.bytes, hint: self.hint, binary, at: &[] };
        self.scanner.tell(&text, &self.window, self.sink);
        (self.within)(&self.bytes, &self.window);
    }

    /// Leaves bytes out. A line break stands for them, so that what lies before and behind is not read as one.
    fn leave_out(&mut self, count: usize) {
        let count = length(count);
        match self.window.left_out.last_mut() {
            Some((place, sum)) if *place == self.bytes.len() => *sum = sum.saturating_add(count),
            _ if count > 0 => {
                self.take(b"\n");
                let before = self.window.left_out.last().map_or(0, |(_, sum)| *sum);
                let sum = before.saturating_add(count.saturating_sub(1));
                self.window.left_out.push((self.bytes.len(), sum));
            }
            _ => {}
        }
    }

    /// Takes bytes in; a full window is scanned, and its end kept for the next one.
    fn take(&mut self, mut read: &[u8]) {
        let Scanner { options, .. } = self.scanner;
        while !read.is_empty() {
            let room = options.window.saturating_sub(self.bytes.len()).min(read.len());
            let (now, later) = read.split_at(room);
            self.bytes.extend_from_slice(now);
            read = later;
            if self.bytes.len() >= options.window && !read.is_empty() {
                let half = options.overlap / 2;
                self.window.owned.end = self.bytes.len().saturating_sub(half);
                self.look();
                let gone = self.bytes.len().saturating_sub(options.overlap);
                self.window.pass(self.bytes.get(..gone).unwrap_or_default());
                self.window.owned.start = options.overlap.saturating_sub(half);
                self.bytes.drain(..gone);
            }
        }
    }
}

impl Read for Tee<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        match self.elsewhere.get() {
            true => self.leave_out(count),
            false => self.take(buffer.get(..count).unwrap_or_default()),
        }
        Ok(count)
    }
}

/// A stream with the window that is being read.
struct Source<'s> {
    source: &'s mut dyn Read,
    bytes: &'s mut [u8],
    length: usize,
}

impl Source<'_> {
    /// Reads until the window is full or the stream is over.
    fn fill(&mut self) -> Filled {
        loop {
            let Some(room) = self.bytes.get_mut(self.length..).filter(|room| !room.is_empty()) else {
                return Filled::Full;
            };
            match self.source.read(room) {
                Ok(0) => return Filled::Last(Ok(())),
                Ok(read) => self.length = self.length.saturating_add(read).min(self.bytes.len()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Filled::Last(Err(error)),
            }
        }
    }

    /// Moves the end of the window to its start.
    fn keep_from(&mut self, gone: usize) {
        self.bytes.copy_within(gone.min(self.length)..self.length, 0);
        self.length = self.length.saturating_sub(gone);
    }
}

impl Window {
    /// The whole input.
    pub(crate) fn whole() -> Self {
        Self { base: 0, line: 1, owned: 0..usize::MAX, left_out: Vec::new() }
    }

    /// Moves on behind bytes.
    fn pass(&mut self, bytes: &[u8]) {
        self.base = self.offset(bytes.len());
        let passed = self.left_out_before(bytes.len());
        self.left_out.retain(|(place, _)| *place > bytes.len());
        for (place, sum) in &mut self.left_out {
            *place = place.saturating_sub(bytes.len());
            *sum = sum.saturating_sub(passed);
        }
        self.line = self.line.saturating_add(newlines(bytes));
    }

    /// Tells the matches that belong to this window, in order of place.
    pub(crate) fn tell(&self, found: Vec<Candidate<'_>>, bytes: &[u8], sink: &mut dyn Sink) {
        let mut line = self.line;
        let mut counted = 0;
        for candidate in found {
            let start = candidate.span.start;
            if !self.owns(start) {
                continue;
            }
            line = line.saturating_add(newlines(bytes.get(counted..start).unwrap_or_default()));
            counted = start;
            sink.hit(&Match {
                rule: candidate.rule,
                secret: Secret::new(&candidate.secret),
                span: self.offset(start)..self.offset(candidate.span.end),
                line,
                level: candidate.level,
                confidence: candidate.confidence,
                shape: candidate.shape,
                decoded_from: candidate.decoded_from.to_vec(),
                member: None,
                opened: Vec::new(),
                around: Secret::new(around(bytes, &candidate.span)),
                before: start.min(AROUND),
                encoded: None,
            });
        }
    }

    /// Whether what starts here is told in this window.
    pub(crate) fn owns(&self, start: usize) -> bool {
        self.owned.contains(&start)
    }

    /// Whether there is more behind this window.
    pub(crate) fn is_last(&self) -> bool {
        self.owned.end == usize::MAX
    }

    /// The line of its first byte, from 1.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }

    /// Where a place of the window lies in the whole input.
    pub(crate) fn offset(&self, place: usize) -> u64 {
        self.base.saturating_add(length(place)).saturating_add(self.left_out_before(place))
    }

    /// How many bytes were left out up to a place of the window.
    fn left_out_before(&self, place: usize) -> u64 {
        let count = self.left_out.partition_point(|(at, _)| *at <= place);
        count.checked_sub(1).and_then(|last| self.left_out.get(last)).map_or(0, |(_, sum)| *sum)
    }
}

/// What stands around a match, itself included.
fn around<'b>(bytes: &'b [u8], span: &Range<usize>) -> &'b [u8] {
    let end = span.end.saturating_add(AROUND).min(bytes.len());
    bytes.get(span.start.saturating_sub(AROUND)..end).unwrap_or_default()
}

pub(crate) fn newlines(bytes: &[u8]) -> u64 {
    length(memchr_iter(b'\n', bytes).count())
}

fn length(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
