//! What extension headers say about the entry that follows them.

use super::header::Header;
use super::pax::{self, Record};

/// Extensions that wait for their entry.
#[derive(Default)]
pub(super) struct Pending {
    /// Offset of the first extension header.
    pub(super) start: Option<u64>,
    pub(super) pax: Vec<Record>,
    /// GNU `L`.
    pub(super) name: Option<Vec<u8>>,
    /// GNU `K`.
    pub(super) link: Option<Vec<u8>>,
    /// Bytes of all of them.
    pub(super) bytes: u64,
    /// Texts of header blocks that something else overrides, with the offset of their block.
    shadowed: Vec<(u64, Vec<u8>)>,
}

impl Pending {
    /// Notes the header block of an extension: its own texts name no entry, but they can be read.
    pub(super) fn extension(&mut self, header: &Header, offset: u64) {
        self.start.get_or_insert(offset);
        self.bytes += 512;
        if !matches!(header.name.as_slice(), b"././@LongLink" | b"pax_global_header") {
            self.shadow(offset, &header.name);
        }
        for text in [&header.link, &header.user, &header.group] {
            self.shadow(offset, text);
        }
    }

    /// Overrides what the entry's own header says.
    pub(super) fn apply(&mut self, header: &mut Header, offset: u64) {
        // The order is that of GNU tar and libarchive: pax over GNU names over the header.
        let sparse = self.value(b"GNU.sparse.name");
        let names = [self.name.take(), self.value(b"path"), sparse];
        let links = [self.link.take(), self.value(b"linkpath")];
        let (user, group) = (self.value(b"uname"), self.value(b"gname"));
        for name in names.into_iter().flatten() {
            self.replace(offset, &mut header.name, name);
        }
        for link in links.into_iter().flatten() {
            self.replace(offset, &mut header.link, link);
        }
        user.into_iter().for_each(|user| self.replace(offset, &mut header.user, user));
        group.into_iter().for_each(|group| self.replace(offset, &mut header.group, group));
    }

    /// The keys of records that should be numbers and are not; the others override the header.
    pub(super) fn numbers(&self, header: &mut Header) -> Vec<&'static str> {
        let mut bad = Vec::new();
        let mut unsigned = |key: &'static str| {
            let value = pax::value(&self.pax, key.as_bytes())?;
            let number = pax::number(value).and_then(|number| u64::try_from(number).ok());
            if number.is_none() {
                bad.push(key);
            }
            number
        };
        header.size = unsigned("size").or(header.size);
        header.uid = unsigned("uid").unwrap_or(header.uid);
        header.gid = unsigned("gid").unwrap_or(header.gid);
        if let Some(value) = pax::value(&self.pax, b"mtime") {
            match pax::number(value) {
                Some(seconds) => header.mtime = seconds,
                None => bad.push("mtime"),
            }
        }
        bad
    }

    /// The overridden texts that say something which the entry's own texts do not.
    pub(super) fn unseen(&mut self, header: &Header) -> Vec<(u64, Vec<u8>)> {
        let known = [&header.name, &header.link, &header.user, &header.group];
        let mut shadowed = std::mem::take(&mut self.shadowed);
        shadowed.retain(|(_, text)| {
            let mut parts = text.split(|byte| *byte == b'/');
            !parts.all(|part| is_usual(part) || known.iter().any(|text| contains(text, part)))
        });
        shadowed
    }

    /// Everything that was said, as text, for extensions that no entry follows.
    pub(super) fn orphaned(&mut self) -> Option<(u64, Vec<u8>)> {
        let pending = std::mem::take(self);
        let offset = pending.start?;
        let mut text = Vec::new();
        for (key, value) in &pending.pax {
            text.extend([key.as_slice(), b"=", value, b"\n"].concat());
        }
        let texts = pending.name.into_iter().chain(pending.link);
        for part in texts.chain(pending.shadowed.into_iter().map(|(_, text)| text)) {
            text.extend(part);
            text.push(b'\n');
        }
        Some((offset, text))
    }

    fn value(&self, key: &[u8]) -> Option<Vec<u8>> {
        pax::value(&self.pax, key).map(<[u8]>::to_vec)
    }

    fn replace(&mut self, offset: u64, old: &mut Vec<u8>, new: Vec<u8>) {
        let old = std::mem::replace(old, new);
        self.shadow(offset, &old);
    }

    fn shadow(&mut self, offset: u64, text: &[u8]) {
        if !text.is_empty() {
            self.shadowed.push((offset, text.to_vec()));
        }
    }
}

/// The parts that writers put into the names of extension headers and sparse files: `PaxHeaders.123`.
fn is_usual(part: &[u8]) -> bool {
    const WORDS: [&[u8]; 3] = [b"PaxHeaders", b"PaxHeader", b"GNUSparseFile"];
    let rest = WORDS.iter().find_map(|word| part.strip_prefix(*word));
    let is_number = |rest: &[u8]| {
        let digits = rest.strip_prefix(b".").unwrap_or(rest);
        digits.len() <= 10 && digits.iter().all(u8::is_ascii_digit)
    };
    part.is_empty() || part == b"." || rest.is_some_and(is_number)
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(text, part).is_some()
}
