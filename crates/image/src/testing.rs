//! What the tests of this crate share: a tar writer that can also write wrongly, and a visitor that notes everything.

use std::io::{Read, Write};

use crate::{Entry, Expected, Facts, Limits, Problem, ProblemKind, Slack, SlackKind, Visit, walk};

/// A tar archive under construction.
#[derive(Clone, Default)]
pub(crate) struct Tar(pub(crate) Vec<u8>);

impl Tar {
    pub(crate) fn file(self, path: &str, body: impl AsRef<[u8]>) -> Tar {
        self.entry(b'0', path.as_bytes(), body.as_ref())
    }

    pub(crate) fn dir(self, path: &str) -> Tar {
        self.entry(b'5', path.as_bytes(), b"")
    }

    pub(crate) fn link(self, flag: u8, path: &str, target: &str) -> Tar {
        let mut block = header(flag, path.as_bytes(), 0);
        put(&mut block, 157, target.as_bytes());
        self.block(block)
    }

    pub(crate) fn pax(self, flag: u8, records: &[(&str, &str)]) -> Tar {
        let body: String = records.iter().map(|(key, value)| record(key, value)).collect();
        self.entry(flag, b"PaxHeaders.0/x", body.as_bytes())
    }

    pub(crate) fn entry(self, flag: u8, path: &[u8], body: &[u8]) -> Tar {
        self.block(header(flag, path, body.len() as u64)).body(body)
    }

    /// A header block, its checksum made right.
    pub(crate) fn block(self, mut block: [u8; 512]) -> Tar {
        seal(&mut block);
        self.raw(&block)
    }

    /// A body and its padding.
    pub(crate) fn body(self, body: &[u8]) -> Tar {
        let padding = vec![0; (512 - body.len() % 512) % 512];
        self.raw(body).raw(&padding)
    }

    pub(crate) fn raw(mut self, bytes: &[u8]) -> Tar {
        self.0.extend_from_slice(bytes);
        self
    }

    pub(crate) fn end(self) -> Vec<u8> {
        self.raw(&[0; 1024]).0
    }
}

pub(crate) fn header(flag: u8, path: &[u8], size: u64) -> [u8; 512] {
    let mut block = [0; 512];
    put(&mut block, 0, path);
    put(&mut block, 100, b"0000644\0");
    put(&mut block, 108, b"0001750\0");
    put(&mut block, 116, b"0000144\0");
    put(&mut block, 124, format!("{size:011o}\0").as_bytes());
    put(&mut block, 136, b"14512345670\0");
    block[156] = flag;
    put(&mut block, 257, b"ustar\x0000");
    put(&mut block, 265, b"user");
    put(&mut block, 297, b"group");
    block
}

pub(crate) fn put(block: &mut [u8; 512], at: usize, bytes: &[u8]) {
    block[at..at + bytes.len()].copy_from_slice(bytes);
}

pub(crate) fn seal(block: &mut [u8; 512]) {
    put(block, 148, b"        ");
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    put(block, 148, format!("{sum:06o}\0 ").as_bytes());
}

/// A PAX record; its length counts its own digits.
pub(crate) fn record(key: &str, value: &str) -> String {
    let rest = format!(" {key}={value}\n");
    let mut length = rest.len();
    while length != rest.len() + length.to_string().len() {
        length = rest.len() + length.to_string().len();
    }
    format!("{length}{rest}")
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    gzip_with(flate2::GzBuilder::new(), bytes)
}

pub(crate) fn gzip_with(builder: flate2::GzBuilder, bytes: &[u8]) -> Vec<u8> {
    let mut writer = builder.write(Vec::new(), flate2::Compression::default());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

pub(crate) fn zstd(bytes: &[u8]) -> Vec<u8> {
    let mut writer = zstd::Encoder::new(Vec::new(), 3).unwrap();
    writer.include_checksum(true).unwrap();
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

pub(crate) fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut writer = liblzma::write::XzEncoder::new(Vec::new(), 1);
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

pub(crate) fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut writer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

/// Everything that a walk told.
#[derive(Clone, Default, Debug, PartialEq)]
pub(crate) struct Tape {
    pub(crate) entries: Vec<(Entry, Vec<u8>)>,
    pub(crate) slack: Vec<(Slack, Vec<u8>)>,
    pub(crate) problems: Vec<Problem>,
}

impl Visit for Tape {
    fn entry(&mut self, entry: &Entry, body: &mut dyn Read) {
        let mut bytes = Vec::new();
        body.read_to_end(&mut bytes).unwrap();
        self.entries.push((entry.clone(), bytes));
    }

    fn slack(&mut self, slack: &Slack, bytes: &mut dyn Read) {
        let mut read = Vec::new();
        bytes.read_to_end(&mut read).unwrap();
        self.slack.push((slack.clone(), read));
    }

    fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }
}

impl Tape {
    pub(crate) fn paths(&self) -> Vec<String> {
        self.entries.iter().map(|(entry, _)| String::from_utf8_lossy(&entry.path).into_owned()).collect()
    }

    pub(crate) fn body(&self, path: &str) -> &[u8] {
        &self.entries.iter().find(|(entry, _)| entry.path == path.as_bytes()).unwrap().1
    }

    pub(crate) fn one(&self) -> &Entry {
        assert_eq!(self.entries.len(), 1, "{self:?}");
        &self.entries[0].0
    }

    pub(crate) fn kinds(&self) -> Vec<ProblemKind> {
        self.problems.iter().map(|problem| problem.kind).collect()
    }

    pub(crate) fn slack_of(&self, kind: SlackKind) -> Vec<&[u8]> {
        self.slack.iter().filter(|(slack, _)| slack.kind == kind).map(|(_, bytes)| bytes.as_slice()).collect()
    }

    /// Whether these bytes were told anywhere: in a body, in slack, in a name or in a record.
    pub(crate) fn tells(&self, needle: &str) -> bool {
        let within = |bytes: &[u8]| bytes.windows(needle.len()).any(|window| window == needle.as_bytes());
        self.slack.iter().any(|(_, bytes)| within(bytes))
            || self.entries.iter().any(|(entry, body)| {
                within(body)
                    || within(&entry.name)
                    || within(entry.link.as_deref().unwrap_or_default())
                    || within(&entry.user)
                    || within(&entry.group)
                    || entry.pax.iter().any(|(key, value)| within(key) || within(value))
            })
    }
}

/// Walks a blob of which nothing is known.
pub(crate) fn read(blob: &[u8]) -> (Tape, Facts) {
    read_with(blob, &Expected::default(), &Limits::default())
}

pub(crate) fn read_with(mut blob: &[u8], expected: &Expected, limits: &Limits) -> (Tape, Facts) {
    let mut tape = Tape::default();
    let facts = walk(&mut blob, expected, limits, &mut tape);
    (tape, facts)
}

/// A source that gives few bytes at a time.
pub(crate) struct Slices<'b>(pub(crate) &'b [u8], pub(crate) usize);

impl Read for Slices<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let most = out.len().min(self.1);
        self.0.read(&mut out[..most])
    }
}
