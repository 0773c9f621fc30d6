//! Walks a decompressed stream block by block and tells a visitor everything that is in it.

use std::io::Read;

use super::body::{Body, Junk, Until};
use super::entry::{self, Entry, EntryKind, normalise};
use super::header::{Header, numbers};
use super::pax::{self, Record};
use super::pending::Pending;
use super::{BLOCK, is_header};
use crate::compress::{self, Compression, Stream};
use crate::layer::{Slack, SlackKind, Visit, Within};
use crate::limits::Limits;
use crate::problem::{Problem, ProblemKind};

/// A walk through one blob.
pub(crate) struct Walker<'w, 'a> {
    pub(crate) stream: Stream<'a>,
    pub(crate) entries: u64,
    /// The archive has no end-of-archive blocks.
    pub(crate) unended: bool,
    pub(super) visit: &'w mut dyn Visit,
    pub(super) limits: &'a Limits,
    pending: Pending,
    /// The last block was zero.
    zero: bool,
    /// End-of-archive blocks were seen, now or ever.
    past_end: bool,
    pub(super) problems: u64,
    pub(super) unreadable: bool,
    pub(super) stopped: bool,
    pub(super) told: u64,
}

impl<'w, 'a> Walker<'w, 'a> {
    pub(crate) fn new(stream: Stream<'a>, visit: &'w mut dyn Visit, limits: &'a Limits) -> Walker<'w, 'a> {
        Walker {
            stream,
            entries: 0,
            unended: false,
            visit,
            limits,
            pending: Pending::default(),
            zero: false,
            past_end: false,
            problems: 0,
            unreadable: false,
            stopped: false,
            told: 0,
        }
    }

    /// Walks the whole archive.
    pub(crate) fn archive(&mut self) {
        self.unended = true;
        while self.next() {}
        self.orphans();
    }

    /// The next block and what belongs to it; false at the end.
    fn next(&mut self) -> bool {
        self.attend();
        if self.stopped {
            return false;
        }
        self.need(BLOCK);
        let offset = self.stream.offset();
        let Some(block) = self.stream.buffered().first_chunk::<BLOCK>() else { return self.tail() };
        if is_zero(block) {
            self.end_block();
            return true;
        }
        match Header::read(block) {
            Some(_) if self.entries >= self.limits.entries => self.too_many(),
            Some(header) => self.header(header, offset),
            None => self.junk(),
        }
        true
    }

    fn end_block(&mut self) {
        self.stream.take(BLOCK);
        self.orphans();
        if self.zero {
            self.past_end = true;
            self.unended = false;
        }
        self.zero = true;
    }

    /// The bytes behind the last whole block.
    fn tail(&mut self) -> bool {
        let bytes = self.stream.buffered().to_vec();
        if is_zero(&bytes) {
            self.stream.take(bytes.len());
            return false;
        }
        if self.stream.offset() == 0 || self.past_end {
            self.junk();
            return false;
        }
        if self.stream.fault.is_none() {
            let detail = "the archive ends in the middle of a header";
            self.report(Problem::new(ProblemKind::Truncated, self.here(), detail));
        }
        self.give(SlackKind::Unparsed, self.stream.offset(), &bytes);
        self.stream.take(bytes.len());
        false
    }

    /// Bytes where a header should be.
    fn junk(&mut self) {
        self.orphans();
        self.zero = false;
        if self.past_end {
            return self.give_junk(SlackKind::AfterEnd, Until::Header);
        }
        let problem = self.not_a_header();
        self.report(problem);
        self.give_junk(SlackKind::Unparsed, Until::Header);
    }

    fn not_a_header(&self) -> Problem {
        if self.stream.offset() > 0 {
            return Problem::new(
                ProblemKind::Corrupt,
                self.here(),
                "this is no tar header (its checksum is wrong)",
            );
        }
        let unread = compress::unread(self.stream.buffered());
        match unread.filter(|_| self.stream.compression == Compression::None) {
            Some(name) => {
                let detail = format!("{name} is not a compression that is read");
                Problem::new(ProblemKind::UnknownCompression, "the blob", detail)
            }
            None => Problem::new(ProblemKind::Corrupt, "the blob", "this is no tar archive"),
        }
    }

    fn too_many(&mut self) {
        let detail = format!("entries: more than {}", self.limits.entries);
        self.report(Problem::new(ProblemKind::Limit, self.here(), detail));
        self.orphans();
        self.give_junk(SlackKind::Unparsed, Until::End);
    }

    fn give_junk(&mut self, kind: SlackKind, until: Until) {
        let slack = Slack { kind, offset: self.stream.offset(), within: Within::Tar };
        let mut junk = Junk::new(&mut self.stream, until);
        self.visit.slack(&slack, &mut junk);
        let mut chunk = [0; 4096];
        while junk.read(&mut chunk).is_ok_and(|length| length > 0) {}
    }

    fn header(&mut self, header: Header, offset: u64) {
        let block = self.stream.buffered().first_chunk::<BLOCK>().copied().unwrap_or([0; BLOCK]);
        self.stream.take(BLOCK);
        self.zero = false;
        self.unended = true;
        for range in &header.leftovers {
            self.give(SlackKind::HeaderPadding, offset + range.start as u64, &block[range.clone()]);
        }
        match header.flag {
            b'x' | b'X' | b'g' | b'L' | b'K' => self.extension(&header, offset),
            _ => self.entry(header, offset),
        }
    }

    fn extension(&mut self, header: &Header, offset: u64) {
        let size = header.size.unwrap_or_else(|| self.no_size(&header.name));
        if self.pending.bytes + BLOCK as u64 + size > self.limits.extension_bytes {
            return self.long_extension(size);
        }
        if header.flag == b'g' {
            return self.global(header, offset, size);
        }
        self.pending.extension(header, offset);
        self.pending.bytes += size;
        let body_offset = self.stream.offset();
        let Some(body) = self.extension_body(size) else { return };
        if header.flag == b'L' || header.flag == b'K' {
            return self.long_name(header.flag, &body, body_offset);
        }
        let records = self.records(&body, body_offset);
        self.pending.pax.extend(records);
    }

    fn long_name(&mut self, flag: u8, body: &[u8], offset: u64) {
        let used = body.iter().position(|byte| *byte == 0).unwrap_or(body.len());
        let (name, rest) = body.split_at(used);
        if !is_zero(rest) {
            self.give(SlackKind::HeaderPadding, offset + used as u64, rest);
        }
        let slot = if flag == b'L' { &mut self.pending.name } else { &mut self.pending.link };
        if let Some(earlier) = slot.replace(name.to_vec()) {
            self.give(SlackKind::Unparsed, offset, &earlier);
        }
    }

    /// PAX records; what cannot be read of them is slack.
    fn records(&mut self, body: &[u8], offset: u64) -> Vec<Record> {
        let (records, bad) = pax::records(body);
        if let Some(rest) = bad.and_then(|bad| body.get(bad..)) {
            let at = offset + (body.len() - rest.len()) as u64;
            let what = format!("byte {at} of the decompressed blob");
            self.report(Problem::new(ProblemKind::Corrupt, what, "a PAX record cannot be read"));
            self.give(SlackKind::Unparsed, at, rest);
        }
        records
    }

    /// An extension that is longer than anything reasonable: its bytes are given out, its meaning is lost.
    fn long_extension(&mut self, size: u64) {
        let detail = format!("extension-bytes: more than {}", self.limits.extension_bytes);
        self.report(Problem::new(ProblemKind::Limit, self.here(), detail));
        self.orphans();
        let slack = Slack { kind: SlackKind::Unparsed, offset: self.stream.offset(), within: Within::Tar };
        let left = self.give_body(size, |visit, body| visit.slack(&slack, body));
        self.check_body(left, b"an extension header");
        self.padding(size);
    }

    fn extension_body(&mut self, size: u64) -> Option<Vec<u8>> {
        let offset = self.stream.offset();
        let mut bytes = Vec::new();
        let _ = Body { stream: &mut self.stream, left: size }.read_to_end(&mut bytes);
        let left = size - bytes.len() as u64;
        if left > 0 {
            self.give(SlackKind::Unparsed, offset, &bytes);
            self.check_body(left, b"an extension header");
            return None;
        }
        self.padding(size);
        Some(bytes)
    }

    /// A global PAX header: an entry of its own.
    fn global(&mut self, header: &Header, offset: u64, size: u64) {
        let body_offset = self.stream.offset();
        let Some(body) = self.extension_body(size) else { return };
        let records = self.records(&body, body_offset);
        let entry = Entry { size, pax: records, ..self.describe(header, (offset, body_offset)) };
        self.entries += 1;
        self.visit.entry(&entry, &mut std::io::empty());
    }

    fn entry(&mut self, mut header: Header, offset: u64) {
        let start = self.pending.start.unwrap_or(offset);
        self.sparse_map(&header);
        self.pending.apply(&mut header, offset);
        for key in self.pending.numbers(&mut header) {
            let what = String::from_utf8_lossy(&header.name).into_owned();
            self.report(Problem::new(ProblemKind::Corrupt, what, format!("PAX record {key} is no number")));
        }
        for (offset, text) in self.pending.unseen(&header) {
            self.give(SlackKind::HeaderPadding, offset, &text);
        }
        let size = header.size.unwrap_or_else(|| self.no_size(&header.name));
        let size = self.body_size(&header, size);
        let pax = std::mem::take(&mut self.pending).pax;
        let sparse = header.flag == b'S' || pax.iter().any(|(key, _)| key.starts_with(b"GNU.sparse."));
        let entry = Entry { size, sparse, pax, ..self.describe(&header, (start, self.stream.offset())) };
        if entry::is_empty_whiteout(&entry.path) {
            let detail = "a whiteout that hides nothing";
            self.report(Problem::new(ProblemKind::Corrupt, String::from_utf8_lossy(&entry.path), detail));
        }
        self.entries += 1;
        let left = self.give_body(size, |visit, body| visit.entry(&entry, body));
        self.check_body(left, &entry.path);
        self.padding(size);
    }

    /// The entry that a header describes; `offsets` are those of its header and of its body.
    fn describe(&self, header: &Header, offsets: (u64, u64)) -> Entry {
        let path = normalise(&header.name);
        let kind = match header.flag {
            b'g' => EntryKind::Other(b'g'),
            flag => entry::kind(flag, &header.name, &path),
        };
        Entry {
            name: header.name.clone(),
            kind,
            path,
            link: (!header.link.is_empty()).then(|| header.link.clone()),
            size: 0,
            mode: header.mode,
            uid: header.uid,
            gid: header.gid,
            user: header.user.clone(),
            group: header.group.clone(),
            mtime: header.mtime,
            pax: Vec::new(),
            header_offset: offsets.0,
            body_offset: offsets.1,
            sparse: false,
            after_end: self.past_end,
        }
    }

    /// The blocks that continue the map of a GNU sparse file.
    fn sparse_map(&mut self, header: &Header) {
        let mut more = header.extended;
        while more && !self.stopped {
            self.need(BLOCK);
            let offset = self.stream.offset();
            let Some(block) = self.stream.buffered().first_chunk::<BLOCK>().copied() else { return };
            self.stream.take(BLOCK);
            if let Some(range) = numbers(&block, 0..BLOCK) {
                self.give(SlackKind::HeaderPadding, offset, &block[range]);
            }
            more = block[504] == 1;
            self.attend();
        }
    }

    /// How many bytes of body follow. Writers disagree whether a link or a directory with a size has a body: if a
    /// header or the end follows at once, there is none. Nothing is lost either way, all of it is given out.
    fn body_size(&mut self, header: &Header, size: u64) -> u64 {
        if size == 0 || !matches!(header.flag, b'1'..=b'6') {
            return size;
        }
        self.need(BLOCK);
        match self.stream.buffered().first_chunk::<BLOCK>() {
            Some(block) if is_header(block) || is_zero(block) => 0,
            None if self.stream.buffered().is_empty() => 0,
            _ => size,
        }
    }

    fn no_size(&mut self, name: &[u8]) -> u64 {
        let name = String::from_utf8_lossy(name).into_owned();
        self.report(Problem::new(ProblemKind::Corrupt, name, "the size in the header is no number"));
        0
    }

    /// The bytes between the end of a body and the next block.
    fn padding(&mut self, size: u64) {
        let used = usize::try_from(size % BLOCK as u64).unwrap_or(0);
        if used == 0 || self.stopped {
            return;
        }
        self.need(BLOCK - used);
        let offset = self.stream.offset();
        let bytes = self.stream.buffered();
        let bytes = bytes.get(..bytes.len().min(BLOCK - used)).unwrap_or_default();
        let length = bytes.len();
        if !is_zero(bytes) {
            let bytes = bytes.to_vec();
            self.give(SlackKind::Padding, offset, &bytes);
        }
        self.stream.take(length);
    }

    /// Extensions that no entry followed.
    fn orphans(&mut self) {
        if let Some((offset, text)) = self.pending.orphaned() {
            let what = format!("byte {offset} of the decompressed blob");
            self.report(Problem::new(ProblemKind::Corrupt, what, "an extension header without an entry"));
            self.give(SlackKind::Unparsed, offset, &text);
        }
    }

    fn here(&self) -> String {
        format!("byte {} of the decompressed blob", self.stream.offset())
    }
}

fn is_zero(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0)
}
