//! Reads JSON documents: every string and key, and what is embedded in them.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use tightlip_detect::{Cause, Hint, Skipped};
use tightlip_image::{Problem, ProblemKind};
use tightlip_report::Surface;

use crate::json::{self, Scalar};
use crate::sighting::{Access, Blind, Eye, Sighting, Spot};
use crate::surface::{DOCUMENTS, DocumentSurface, Leaf, Paper, Piece, With, fallback};

/// How deep documents may be embedded in documents (a history in a comment, a config in a manifest).
const EMBEDDED_DEPTH: usize = 6;
/// Base64 shorter than this is not tried: words of that length decode by chance.
const BASE64_SHORTEST: usize = 16;

/// What reading a document came to.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    /// Bytes that decoding made.
    pub(crate) decoded: u64,
    /// Why parts of it were not read as what they are.
    pub(crate) faults: Vec<Fault>,
}

/// Why a part of a document was not read as what it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Fault {
    pub(crate) cause: Cause,
    /// For a person.
    pub(crate) what: String,
}

impl Fault {
    fn of(skipped: &Skipped) -> Self {
        Self { cause: skipped.cause, what: skipped.in_words() }
    }

    /// The same as a problem of a blob or file.
    pub(crate) fn problem(self, at: impl Into<String>) -> Problem {
        let kind = match self.cause {
            Cause::Limit => ProblemKind::Limit,
            Cause::Truncated => ProblemKind::Truncated,
            Cause::Damaged | Cause::Encrypted | Cause::Unsupported => ProblemKind::Corrupt,
        };
        Problem::new(kind, at, self.what)
    }
}

impl Reading {
    fn fault(&mut self, cause: Cause, what: String) {
        self.faults.push(Fault { cause, what });
    }

    /// The faults, with what was not looked into of what is encoded in its strings.
    pub(crate) fn faults_with(&self, blind: &[Blind]) -> Vec<Fault> {
        let unread = blind.iter().map(|blind| Fault::of(&blind.skipped));
        self.faults.iter().cloned().chain(unread).collect()
    }
}

/// A document on its way through the surfaces.
pub(crate) struct Reader<'r, 'e> {
    with: With<'r>,
    eye: &'r mut Eye<'e>,
    paper: Paper,
    /// Pointer and encodings of the documents that this one is embedded in.
    outer: Vec<Outer>,
    reading: Reading,
}

#[derive(Clone)]
struct Outer {
    pointer: String,
    encoding: Option<&'static str>,
}

/// Reads a whole document.
pub(crate) fn read(bytes: &[u8], paper: Paper, with: With<'_>, eye: &mut Eye<'_>) -> Reading {
    let before = eye.seen.len();
    let mut reader = Reader { with, eye, paper, outer: Vec::new(), reading: Reading::default() };
    if let Err(fault) = reader.walk(bytes) {
        reader.reading.fault(Cause::Damaged, format!("not JSON to its end: {fault}"));
        reader.as_bytes(bytes);
    }
    let reading = reader.reading;
    let mut seen = once_each(eye.seen.split_off(before));
    mark_repeated(bytes, &mut seen);
    eye.seen.extend(seen);
    reading
}

impl Reader<'_, '_> {
    fn walk(&mut self, bytes: &[u8]) -> Result<(), serde_json::Error> {
        json::walk(bytes, &mut |path, scalar, text| self.leaf(path, scalar, text))
    }

    /// What is no JSON is still read, byte by byte.
    fn as_bytes(&mut self, bytes: &[u8]) {
        let spot = self.spot(fallback(self.paper), &[]);
        self.deep((Hint::Text, bytes), spot);
    }

    /// Looks through a text, and through what is encoded in it.
    fn deep(&mut self, text: (Hint<'_>, &[u8]), spot: Spot) {
        self.reading.decoded += self.with.scanner.deep(text, self.with.budget, self.eye.turn(spot));
    }

    fn leaf(&mut self, path: &[String], scalar: Scalar, text: &str) {
        if text.is_empty() {
            return;
        }
        let leaf = Leaf { paper: self.paper, path, scalar, text };
        let Some(surface) = DOCUMENTS.iter().find(|s| (s.claims)(&leaf)) else { return };
        match scalar {
            Scalar::Key => self.look(surface, &leaf, Piece { hint: Hint::Text, text, offset: 0 }),
            Scalar::Text if self.embedded(&leaf) => {}
            _ => (surface.read)(&leaf, &mut |piece| self.look(surface, &leaf, piece)),
        }
        if scalar == Scalar::Text {
            self.base64(surface, &leaf);
        }
    }

    fn look(&mut self, surface: &DocumentSurface, leaf: &Leaf<'_>, piece: Piece<'_>) {
        let mut spot = self.spot(surface.surface, leaf.path);
        spot.offset = piece.offset as u64;
        if let Hint::Named(name) = piece.hint {
            spot.name = Some(name.to_owned());
        }
        self.deep((piece.hint, piece.text.as_bytes()), spot);
    }

    fn spot(&self, surface: Surface, path: &[String]) -> Spot {
        let here = json::pointer(path);
        let chain: Vec<&str> = self.outer.iter().map(|o| o.pointer.as_str()).chain([here.as_str()]).collect();
        let mut spot = Spot::new(surface, chain.first().copied().unwrap_or_default().as_bytes());
        spot.member = chain.get(1..).filter(|inner| !inner.is_empty()).map(|inner| inner.join("!"));
        spot.decoded_from = self.outer.iter().filter_map(|o| o.encoding.map(str::to_owned)).collect();
        spot
    }

    /// A string that is a JSON document itself. True when it was read as one.
    fn embedded(&mut self, leaf: &Leaf<'_>) -> bool {
        let start = leaf.text.trim_start();
        let opens = start.starts_with('{') || start.starts_with('[');
        opens && json::walk(leaf.text.as_bytes(), &mut |_, _, _| {}).is_ok() && {
            self.inside(leaf, None, leaf.text.as_bytes());
            true
        }
    }

    fn inside(&mut self, leaf: &Leaf<'_>, encoding: Option<&'static str>, bytes: &[u8]) {
        if self.outer.len() >= EMBEDDED_DEPTH {
            let what = format!("documents embedded more than {EMBEDDED_DEPTH} deep (limit)");
            return self.reading.fault(Cause::Limit, what);
        }
        // A manifest of schema 1 carries whole configurations as strings.
        let paper = self.paper;
        if paper == Paper::Manifest && leaf.key() == "v1Compatibility" {
            self.paper = Paper::Config;
        }
        self.outer.push(Outer { pointer: json::pointer(leaf.path), encoding });
        self.reading.decoded += bytes.len() as u64;
        if self.walk(bytes).is_err() {
            self.as_bytes(bytes);
        }
        self.outer.pop();
        self.paper = paper;
    }

    /// A string that is base64 of text: `moby.buildkit.*` keys, the Dockerfile in a provenance, heredoc bodies.
    fn base64(&mut self, surface: &DocumentSurface, leaf: &Leaf<'_>) {
        let Some(bytes) = decode(leaf.text) else { return };
        if bytes.first().is_some_and(|b| matches!(b, b'{' | b'[')) {
            return self.inside(leaf, Some("base64"), &bytes);
        }
        let mut spot = self.spot(surface.surface, leaf.path);
        spot.decoded_from.push("base64".to_owned());
        self.reading.decoded += bytes.len() as u64;
        self.deep((Hint::Text, &bytes), spot);
    }
}

/// Undoes base64 of either alphabet, with or without padding and line breaks.
fn decode(text: &str) -> Option<Vec<u8>> {
    if text.len() < BASE64_SHORTEST || text.bytes().any(|b| matches!(b, b' ' | b':' | b'.')) {
        return None;
    }
    let joined: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    let engines = [&STANDARD, &STANDARD_NO_PAD, &URL_SAFE, &URL_SAFE_NO_PAD];
    engines.iter().find_map(|engine| engine.decode(&joined).ok())
}

/// One sighting per secret and string: a value that is found by its name, in the text and in the joined command
/// line is one leak at the most exact place.
fn once_each(mut seen: Vec<Sighting>) -> Vec<Sighting> {
    let held: Vec<_> = seen.iter().filter(|s| s.member.is_none() && !s.decoded_from.is_empty()).collect();
    let named: Vec<bool> = seen.iter().map(|s| held.iter().any(|inner| is_around(s, inner))).collect();
    let mut named = named.into_iter();
    seen.retain(|_| !named.next().unwrap_or_default());
    seen.sort_by_key(|s| std::cmp::Reverse((s.level, s.confidence, s.at.len(), s.member.is_some())));
    let mut kept: Vec<Sighting> = Vec::new();
    for sighting in seen {
        let again = kept.iter_mut().find(|k| k.identity == sighting.identity && same_string(k, &sighting));
        match again {
            Some(first) => first.name = first.name.take().or(sighting.name),
            None => kept.push(sighting),
        }
    }
    kept.sort_by(|a, b| (&a.at, a.offset).cmp(&(&b.at, b.offset)));
    kept
}

/// Notes where a key above a sighting stands twice in its object.
fn mark_repeated(bytes: &[u8], seen: &mut [Sighting]) {
    let above = |at: &[u8]| -> Vec<Vec<u8>> {
        let ends = at.iter().enumerate().skip(1).filter(|(_, byte)| **byte == b'/').map(|(end, _)| end);
        ends.chain([at.len()]).filter_map(|end| at.get(..end)).map(<[u8]>::to_vec).collect()
    };
    let mut keys: HashMap<Vec<u8>, usize> =
        seen.iter().flat_map(|sighting| above(&sighting.at)).map(|pointer| (pointer, 0)).collect();
    if keys.is_empty() {
        return;
    }
    // A fault was told when it was read.
    let _fault = json::walk(bytes, &mut |path, scalar, _| {
        if scalar == Scalar::Key
            && let Some(count) = keys.get_mut(json::pointer(path).as_bytes())
        {
            *count += 1;
        }
    });
    for sighting in seen {
        let repeated = |pointer: &Vec<u8>| keys.get(pointer).is_some_and(|count| *count > 1);
        if above(&sighting.at).iter().any(repeated) {
            sighting.access = Access::Twice;
        }
    }
}

fn same_string(a: &Sighting, b: &Sighting) -> bool {
    let below = |outer: &[u8], inner: &[u8]| {
        inner.strip_prefix(outer).is_some_and(|rest| rest.first() == Some(&b'/'))
    };
    let joined = a.surface == b.surface && (below(&a.at, &b.at) || below(&b.at, &a.at));
    // An encoded document is read as a document, and as an encoded stretch of the string around it.
    let stretch = |s: &Sighting| s.member.is_none() && !s.decoded_from.is_empty();
    let inside = (&a.member, &a.decoded_from) == (&b.member, &b.decoded_from) || stretch(a) || stretch(b);
    (a.at == b.at && inside) || joined
}

/// Whether the value of a sighting, as it stands, is the encoded stretch that holds another one.
fn is_around(sighting: &Sighting, inner: &Sighting) -> bool {
    let place = |s: &Sighting| s.offset..s.offset.saturating_add(s.length);
    let (outer, inside) = (place(sighting), place(inner));
    let here = sighting.at == inner.at && sighting.member.is_none() && sighting.decoded_from.is_empty();
    here && sighting.level <= inner.level && outer.start >= inside.start && outer.end <= inside.end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_of_every_kind_is_undone() {
        assert_eq!(decode("RlJPTSBzY3JhdGNoCg==").unwrap(), b"FROM scratch\n");
        assert_eq!(decode("RlJPTSBzY3JhdGNoCg").unwrap(), b"FROM scratch\n");
        assert!(decode("a sentence with spaces").is_none());
    }
}
