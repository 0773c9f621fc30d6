//! One pass over an archive: which members it has, where they lie, and whether it is whole.

use std::io::{self, Read, Seek, SeekFrom};

use tar::{EntryType, Header};

use super::header::{BLOCK, Extension, body_size, normal, padded, readable, relative, until_zero};
use super::input::{Exactly, Opened};
use crate::tar::is_header;
use crate::{Problem, ProblemKind};

/// The most members of an archive that are indexed.
const MAX_MEMBERS: usize = 1_000_000;
/// The longest extension header that is read, in bytes; names are shorter than this.
const MAX_EXTENSION: u64 = 64 << 10;
/// The most bytes that the names of all members may take together.
const MAX_NAMES: usize = 64 << 20;
/// The largest document of a compressed archive that is kept, in bytes.
const KEEP_UP_TO: u64 = 4 << 20;
/// The most bytes of a compressed archive's documents that are kept together.
const KEEP_TOTAL: u64 = 32 << 20;
/// The most first blocks of other members that are kept.
const KEEP_HEADS: usize = 20_000;

/// A member of the archive.
pub(super) struct Member {
    /// Its name without `./` and leading slashes.
    pub(super) name: String,
    /// Its name as the archive spells it, or nothing for bytes that belong to no member.
    pub(super) raw: String,
    pub(super) body: Body,
}

/// What a member is.
pub(super) enum Body {
    /// A file, at this offset of the (uncompressed) archive.
    File { offset: u64, size: u64, kept: Kept },
    /// A link relative to the member's directory.
    Symlink(String),
    /// A link relative to the archive's root.
    HardLink(String),
    /// A directory or a device.
    Other,
}

/// What was kept of a file while a compressed archive passed by.
pub(super) enum Kept {
    Nothing,
    Head(Vec<u8>),
    Whole(Vec<u8>),
}

impl Member {
    /// Whether it is a member at all, and not bytes outside of all members.
    pub(super) fn is_named(&self) -> bool {
        !self.raw.is_empty()
    }

    /// The name that a link leads to, if it leads to a place in the archive.
    pub(super) fn target(&self) -> Option<String> {
        match &self.body {
            Body::Symlink(target) => relative(&self.name, target),
            Body::HardLink(target) => Some(normal(target)),
            _ => None,
        }
    }
}

/// What an archive holds.
pub(super) struct Index {
    pub(super) members: Vec<Member>,
    pub(super) problems: Vec<Problem>,
}

impl Index {
    /// Indexes a file, jumping over the bodies.
    pub(super) fn of_file(file: &mut Opened) -> io::Result<Self> {
        let length = file.seek(SeekFrom::End(0))?;
        file.seek(SeekFrom::Start(0))?;
        let mut tape = Tape { source: Source::File { file, length }, at: 0 };
        Ok(Pass::new(Keep::Nothing, &mut |_| {}).run(&mut tape))
    }

    /// Indexes a stream, keeping small members.
    pub(super) fn of_stream(stream: &mut dyn Read) -> Self {
        Self::of_pipe(stream, &mut |_| {})
    }

    /// Indexes a stream that comes only once: what is not kept is shown as it passes.
    pub(super) fn of_pipe(stream: &mut dyn Read, show: &mut Show<'_>) -> Self {
        let mut tape = Tape { source: Source::Stream(stream), at: 0 };
        Pass::new(Keep::Small, show).run(&mut tape)
    }
}

/// A member of a stream as it passes.
pub struct Passing<'p> {
    /// Its position among the members, for [`Archive::blob_at`](super::Archive::blob_at).
    pub member: usize,
    /// Its name, empty for bytes that belong to no member.
    pub name: &'p str,
    /// Its size in bytes, where the archive says so.
    pub size: Option<u64>,
    /// Its bytes. Fewer than its size is an error of the reader.
    pub body: &'p mut (dyn Read + 'p),
}

/// Is shown what passes.
pub type Show<'s> = dyn FnMut(Passing<'_>) + 's;

enum Source<'a> {
    File { file: &'a mut Opened, length: u64 },
    Stream(&'a mut dyn Read),
}

/// The archive as it passes, and how far it has.
struct Tape<'a> {
    source: Source<'a>,
    at: u64,
}

impl Tape<'_> {
    /// Reads `size` bytes, or fewer where the archive ends.
    fn take_up_to(&mut self, size: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let read = match &mut self.source {
            Source::File { file, .. } => (&mut **file).take(size).read_to_end(&mut bytes),
            Source::Stream(stream) => (&mut **stream).take(size).read_to_end(&mut bytes),
        };
        self.at = self.at.saturating_add(bytes.len() as u64);
        read.map(|_| bytes)
    }

    /// Passes over `size` bytes; says how many there were.
    fn skip(&mut self, size: u64) -> io::Result<u64> {
        let skipped = match &mut self.source {
            Source::File { file, length } => {
                let step = size.min(length.saturating_sub(self.at));
                file.seek(SeekFrom::Start(self.at.saturating_add(step)))?;
                step
            }
            Source::Stream(stream) => io::copy(&mut (&mut **stream).take(size), &mut io::sink())?,
        };
        self.at = self.at.saturating_add(skipped);
        Ok(skipped)
    }
}

impl Read for Tape<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match &mut self.source {
            Source::File { file, .. } => file.read(buffer),
            Source::Stream(stream) => stream.read(buffer),
        }?;
        self.at = self.at.saturating_add(read as u64);
        Ok(read)
    }
}

/// Why the pass ended.
enum End {
    /// At the block of zeros that marks the end.
    Marker,
    /// Before it.
    Cut(String),
    /// Where the file or its compression could not be read further.
    Failed(io::Error),
    /// At bytes that are no header; they start here.
    Corrupt(u64),
    /// A limit of ours; the rest starts here.
    Limit(u64, String),
}

/// Whether to keep what is small.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Keep {
    Nothing,
    Small,
}

/// What passes so far.
struct Pass<'p, 's> {
    show: &'p mut Show<'s>,
    /// The block that was read last.
    block: Vec<u8>,
    members: Vec<Member>,
    problems: Vec<Problem>,
    global: Extension,
    extension: Extension,
    names: usize,
    keep: Keep,
    keep_left: u64,
    heads_left: usize,
}

impl<'p, 's> Pass<'p, 's> {
    fn new(keep: Keep, show: &'p mut Show<'s>) -> Self {
        Self {
            show,
            block: Vec::new(),
            members: Vec::new(),
            problems: Vec::new(),
            global: Extension::default(),
            extension: Extension::default(),
            names: 0,
            keep,
            keep_left: KEEP_TOTAL,
            heads_left: KEEP_HEADS,
        }
    }

    fn run(mut self, tape: &mut Tape<'_>) -> Index {
        let end = loop {
            match self.step(tape) {
                Ok(None) => {}
                Ok(Some(end)) => break end,
                Err(e) => break End::Failed(e),
            }
        };
        self.finish(end, tape);
        Index { members: self.members, problems: self.problems }
    }

    /// Takes one header and what belongs to it.
    fn step(&mut self, tape: &mut Tape<'_>) -> io::Result<Option<End>> {
        let start = tape.at;
        self.block = tape.take_up_to(BLOCK)?;
        let Ok(block) = <[u8; BLOCK as usize]>::try_from(self.block.as_slice()) else {
            return Ok(Some(End::Cut(format!("it ends after {} bytes, without an end marker", tape.at))));
        };
        if block.iter().all(|b| *b == 0) {
            return Ok(Some(End::Marker));
        }
        if !is_header(&block) {
            return Ok(Some(End::Corrupt(start)));
        }
        let header = Header::from_byte_slice(&block);
        match header.entry_type() {
            EntryType::XHeader
            | EntryType::XGlobalHeader
            | EntryType::GNULongName
            | EntryType::GNULongLink => self.extend(header, tape, start),
            _ => self.member(header, tape, start),
        }
    }

    fn extend(&mut self, header: &Header, tape: &mut Tape<'_>, start: u64) -> io::Result<Option<End>> {
        let Ok(size) = header.entry_size() else { return Ok(Some(End::Corrupt(start))) };
        if size > MAX_EXTENSION {
            return Ok(Some(End::Limit(start, format!("a name of more than {MAX_EXTENSION} bytes"))));
        }
        let padded = padded(size).unwrap_or(size);
        let mut value = tape.take_up_to(padded)?;
        if (value.len() as u64) < padded {
            return Ok(Some(End::Cut("it ends inside a header".to_owned())));
        }
        value.truncate(usize::try_from(size).unwrap_or(usize::MAX));
        match header.entry_type() {
            EntryType::XGlobalHeader => self.global.take_pax(&value),
            EntryType::XHeader => self.extension.take_pax(&value),
            EntryType::GNULongName => self.extension.path = Some(until_zero(&value)),
            _ => self.extension.link = Some(until_zero(&value)),
        }
        Ok(None)
    }

    fn member(&mut self, header: &Header, tape: &mut Tape<'_>, start: u64) -> io::Result<Option<End>> {
        let extension = std::mem::take(&mut self.extension).or(&self.global);
        let Some((size, padded)) = body_size(header, &extension).and_then(|s| Some((s, padded(s)?))) else {
            return Ok(Some(End::Corrupt(start)));
        };
        let raw = readable(extension.path.as_deref().unwrap_or(&header.path_bytes()));
        self.names = self.names.saturating_add(raw.len());
        if self.members.len() >= MAX_MEMBERS || self.names > MAX_NAMES {
            return Ok(Some(End::Limit(start, format!("more than {MAX_MEMBERS} members"))));
        }
        if header.entry_type().is_gnu_sparse() {
            let detail = format!("the member at byte {start} is stored with holes, as no image tool does");
            self.problem(ProblemKind::Corrupt, detail, None);
        }
        let body = match header.entry_type() {
            EntryType::Symlink => Body::Symlink(link(header, &extension)),
            EntryType::Link => Body::HardLink(link(header, &extension)),
            EntryType::Directory | EntryType::Char | EntryType::Block | EntryType::Fifo => Body::Other,
            _ => Body::File { offset: tape.at, size, kept: Kept::Nothing },
        };
        let file = matches!(body, Body::File { .. });
        self.members.push(Member { name: normal(&raw), raw, body });
        if file { self.pass_body(tape, size, padded) } else { Ok(None) }
    }

    /// Passes over a body and keeps what is worth keeping of it.
    fn pass_body(&mut self, tape: &mut Tape<'_>, size: u64, padded: u64) -> io::Result<Option<End>> {
        let start = tape.at;
        if self.keep == Keep::Small {
            let kept = self.kept_of(tape, size)?;
            self.show_body(tape, size, &kept);
            if let Some(Member { body: Body::File { kept: place, .. }, .. }) = self.members.last_mut() {
                *place = kept;
            }
        }
        tape.skip(padded.saturating_sub(tape.at.saturating_sub(start)))?;
        let held = tape.at.saturating_sub(start);
        if held < size {
            return Ok(Some(End::Cut(format!("it ends {} bytes before the end of a member", size - held))));
        }
        Ok(None)
    }

    /// Shows a body that is not kept, from its first byte on.
    fn show_body(&mut self, tape: &mut Tape<'_>, size: u64, kept: &Kept) {
        let head: &[u8] = match kept {
            Kept::Whole(_) => return,
            Kept::Head(head) => head,
            Kept::Nothing => &self.block,
        };
        let left = size.saturating_sub(head.len() as u64);
        let mut body = head.chain(Exactly::new(tape, left));
        let member = self.members.len().saturating_sub(1);
        let name = self.members.last().map_or("", |member| member.name.as_str());
        (self.show)(Passing { member, name, size: Some(size), body: &mut body });
    }

    /// Reads the first block of a body, or all of it if it starts like a document.
    fn kept_of(&mut self, tape: &mut Tape<'_>, size: u64) -> io::Result<Kept> {
        let mut bytes = tape.take_up_to(size.min(BLOCK))?;
        let document = bytes.iter().find(|b| !b.is_ascii_whitespace()).is_some_and(|b| b"{[".contains(b));
        if document && size > BLOCK && size <= KEEP_UP_TO.min(self.keep_left) {
            self.keep_left -= size;
            bytes.extend(tape.take_up_to(size - BLOCK)?);
        }
        let whole = bytes.len() as u64 == size;
        if !document {
            if self.heads_left == 0 {
                self.block = bytes;
                return Ok(Kept::Nothing);
            }
            self.heads_left -= 1;
        }
        Ok(if whole { Kept::Whole(bytes) } else { Kept::Head(bytes) })
    }

    fn finish(&mut self, end: End, tape: &mut Tape<'_>) {
        match end {
            End::Marker => self.after_marker(tape),
            End::Cut(why) => {
                self.problem(ProblemKind::Truncated, format!("the archive is truncated: {why}"), None);
            }
            End::Failed(error) => self.damaged(tape.at, &error),
            End::Corrupt(from) => {
                let detail =
                    format!("at byte {from} there is no tar header; the rest is read as plain bytes");
                let lead = std::mem::take(&mut self.block);
                self.outside(from, lead, tape);
                self.problem(ProblemKind::Corrupt, detail, Some(tape.at.saturating_sub(from)));
            }
            End::Limit(from, limit) => {
                let detail = format!("{limit}; the rest is read as plain bytes");
                let lead = std::mem::take(&mut self.block);
                self.outside(from, lead, tape);
                self.problem(ProblemKind::Limit, detail, Some(tape.at.saturating_sub(from)));
            }
        }
    }

    /// Bytes after the end marker are padding, unless they are something.
    fn after_marker(&mut self, tape: &mut Tape<'_>) {
        loop {
            let start = tape.at;
            match tape.take_up_to(64 << 10) {
                Ok(bytes) if bytes.is_empty() => return,
                Ok(bytes) => {
                    if let Some(at) = bytes.iter().position(|b| *b != 0) {
                        let lead = bytes.get(at..).unwrap_or_default().to_vec();
                        return self.outside(start.saturating_add(at as u64), lead, tape);
                    }
                }
                Err(e) => return self.damaged(tape.at, &e),
            }
        }
    }

    /// Lists the bytes from here to the end as a blob of their own; `lead` of them were read already.
    fn outside(&mut self, offset: u64, lead: Vec<u8>, tape: &mut Tape<'_>) {
        if self.keep == Keep::Small {
            let mut body = lead.as_slice().chain(&mut *tape);
            (self.show)(Passing { member: self.members.len(), name: "", size: None, body: &mut body });
        }
        if let Err(e) = tape.skip(u64::MAX) {
            self.damaged(tape.at, &e);
        }
        let (size, name) = (tape.at.saturating_sub(offset), "(bytes outside of members)".to_owned());
        if size > 0 {
            let body = Body::File { offset, size, kept: Kept::Nothing };
            self.members.push(Member { name, raw: String::new(), body });
        }
    }

    fn damaged(&mut self, at: u64, error: &io::Error) {
        let (kind, how) = match error.kind() {
            io::ErrorKind::UnexpectedEof => (ProblemKind::Truncated, "truncated"),
            _ => (ProblemKind::Corrupt, "damaged"),
        };
        self.problem(
            kind,
            format!("the archive is {how}: it can be read up to byte {at} only: {error}"),
            None,
        );
    }

    fn problem(&mut self, kind: ProblemKind, detail: String, bytes: Option<u64>) {
        self.problems.push(Problem { kind, what: String::new(), detail, bytes });
    }
}

fn link(header: &Header, extension: &Extension) -> String {
    let plain = || header.link_name_bytes().map(|name| name.to_vec()).unwrap_or_default();
    readable(&extension.link.clone().unwrap_or_else(plain))
}
