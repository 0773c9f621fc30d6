//! Reads documents from the store, within limits, and checks them against what names them.

use std::io::{self, Read};

use super::describe::Walk;
use super::descriptor::Descriptor;
use super::{Document, DocumentKind};
use crate::store::{BlobId, StoreError};
use crate::{Digest, Problem, ProblemKind};

/// A document that was read.
pub(super) struct Fetched {
    pub(super) blob: BlobId,
    pub(super) bytes: Vec<u8>,
}

impl Walk<'_> {
    /// Reads what a descriptor names: from the store, or else from the descriptor itself. What is not as stated
    /// becomes a problem, and is used all the same. `role` says what it is for: `manifest of platform linux/arm64`.
    pub(super) fn fetch(&mut self, descriptor: &Descriptor, role: &str) -> Option<Fetched> {
        let Some(digest) = &descriptor.digest else {
            // What was written instead is not repeated: it could be anything.
            let detail = "it is named by something that is no digest".to_owned();
            self.problem(ProblemKind::Corrupt, role, detail);
            return self.embedded(descriptor, BlobId::Name(role.to_owned()));
        };
        let blob = BlobId::Digest(digest.clone());
        if !self.store.holds(&blob) {
            if let Some(embedded) = self.embedded(descriptor, blob) {
                self.check(descriptor, digest, &embedded.bytes);
                return Some(embedded);
            }
            let detail = format!("the {role} is not here: it was not read");
            self.missing(digest.to_string(), detail, descriptor.size);
            return None;
        }
        let bytes = self.read(&blob, role)?;
        self.check(descriptor, digest, &bytes);
        self.check_embedded(descriptor, digest);
        Some(Fetched { blob, bytes })
    }

    fn embedded(&mut self, descriptor: &Descriptor, blob: BlobId) -> Option<Fetched> {
        let bytes = descriptor.data.clone()?;
        self.spend(bytes.len() as u64, &blob).then_some(Fetched { blob, bytes })
    }

    fn check(&mut self, descriptor: &Descriptor, digest: &Digest, bytes: &[u8]) {
        let whole = self.store.whole(&digest.clone().into());
        let held = whole.as_ref().map_or(bytes.len() as u64, |whole| whole.size);
        if let Some(size) = descriptor.size.filter(|size| *size != held) {
            let detail = format!("it has {held} bytes where {size} are stated");
            self.problem(ProblemKind::SizeMismatch, &digest.to_string(), detail);
        }
        self.check_size(descriptor, &digest.to_string());
        let same = match whole {
            Some(whole) => whole.digest == *digest,
            None => digest.matches(bytes) || super::schema1::payload_matches(digest, bytes),
        };
        if !same {
            let detail = "the document does not have the digest that names it".to_owned();
            self.problem(ProblemKind::DigestMismatch, &digest.to_string(), detail);
        }
    }

    /// Checks that a size that is stated is one. What was written instead is not repeated: it could be anything.
    pub(super) fn check_size(&mut self, descriptor: &Descriptor, what: &str) {
        if descriptor.odd_size {
            let detail = "the size that is stated for it is no number of bytes".to_owned();
            self.problem(ProblemKind::SizeMismatch, what, detail);
        }
    }

    /// Checks the copy of a blob that a descriptor holds.
    pub(super) fn check_embedded(&mut self, descriptor: &Descriptor, digest: &Digest) {
        if descriptor.data.as_ref().is_some_and(|data| !digest.matches(data)) {
            let detail = "the copy in the descriptor does not have the digest that names it".to_owned();
            self.problem(ProblemKind::DigestMismatch, &digest.to_string(), detail);
        }
    }

    /// Reads a whole small blob, as far as it goes.
    pub(super) fn read(&mut self, blob: &BlobId, role: &str) -> Option<Vec<u8>> {
        let limit = self.limits.document;
        let mut bytes = Vec::new();
        let read = match self.store.open(blob) {
            Ok(stream) => stream.take(limit.saturating_add(1)).read_to_end(&mut bytes),
            Err(StoreError::Read { source, .. }) => Err(source),
            Err(e) => Err(io::Error::other(e)),
        };
        if let Err(e) = read {
            let kind = match e.kind() {
                io::ErrorKind::UnexpectedEof => ProblemKind::Truncated,
                _ => ProblemKind::Unreadable,
            };
            self.problem(kind, &blob.to_string(), format!("the {role} could not be read to its end: {e}"));
        }
        let size = bytes.len() as u64;
        if size > limit {
            let detail = format!("the {role} is larger than {limit} bytes (limit `document`)");
            self.problem(ProblemKind::Limit, &blob.to_string(), detail);
            return None;
        }
        if !self.spend(size, blob) {
            return None;
        }
        self.reach(blob);
        Some(bytes)
    }

    fn spend(&mut self, size: u64, blob: &BlobId) -> bool {
        if size > self.left {
            let limit = self.limits.documents;
            let detail = format!("all documents together have more than {limit} bytes (limit `documents`)");
            self.problem(ProblemKind::Limit, &blob.to_string(), detail);
            return false;
        }
        self.left -= size;
        true
    }

    /// Keeps a document; gives its position.
    pub(super) fn keep(&mut self, document: Document) -> usize {
        self.documents.push(document);
        self.documents.len() - 1
    }

    /// Keeps a fetched document; gives its position.
    pub(super) fn keep_fetched(
        &mut self,
        kind: DocumentKind,
        media_type: Option<String>,
        it: Fetched,
    ) -> usize {
        let (blob, bytes) = (it.blob, it.bytes);
        let whole = self.store.whole(&blob);
        let size = whole.as_ref().map_or(bytes.len() as u64, |whole| whole.size);
        let digest = Some(whole.map_or_else(|| Digest::of(&bytes), |whole| whole.digest));
        self.keep(Document {
            kind,
            name: blob.to_string(),
            blob: Some(blob),
            digest,
            media_type,
            size,
            bytes,
        })
    }

    pub(super) fn problem(&mut self, kind: ProblemKind, what: &str, detail: String) {
        self.tell(Problem { kind, what: what.to_owned(), detail, bytes: None });
    }

    pub(super) fn missing(&mut self, what: String, detail: String, bytes: Option<u64>) {
        self.tell(Problem { kind: ProblemKind::MissingBlob, what, detail, bytes });
    }

    pub(super) fn tell(&mut self, problem: Problem) {
        let limit = self.limits.problems;
        match self.problems.len() {
            n if n < limit => self.problems.push(problem),
            n if n == limit => self.problems.push(Problem {
                kind: ProblemKind::Limit,
                what: "this image".to_owned(),
                detail: format!("more than {limit} problems (limit `problems`); the others are not listed"),
                bytes: None,
            }),
            _ => {}
        }
    }

    /// Notes that something names this blob.
    pub(super) fn reach(&mut self, blob: &BlobId) {
        if let Some(end) = self.store.resolve(blob) {
            self.reached.insert(end);
        }
        self.reached.insert(blob.clone());
    }
}
