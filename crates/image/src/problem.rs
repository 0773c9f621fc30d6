//! What went wrong while an image was read: each is something that was not read, or not as it should be.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why something could not be read, or could not be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ProblemKind {
    /// A blob that a manifest names is not in the store.
    MissingBlob,
    /// The stream ended before its end.
    Truncated,
    /// The bytes are not what their format allows.
    Corrupt,
    /// The bytes do not have the digest that names them.
    DigestMismatch,
    /// The bytes are more or fewer than stated.
    SizeMismatch,
    /// A layer that only a key opens.
    EncryptedLayer,
    /// A layer that lies elsewhere (`urls`), not in the image.
    ForeignLayer,
    /// A compression that this version does not read.
    UnknownCompression,
    /// A media type that this version does not understand.
    UnknownMediaType,
    /// A limit of [`Limits`](crate::Limits) was hit.
    Limit,
    /// The source cannot list what is attached to an image.
    NoReferrers,
    /// A read from the source failed.
    Unreadable,
}

impl ProblemKind {
    /// The word for this kind, as reports and `--allow-gaps` spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MissingBlob => "missing-blob",
            Self::Truncated => "truncated",
            Self::Corrupt => "corrupt",
            Self::DigestMismatch => "digest-mismatch",
            Self::SizeMismatch => "size-mismatch",
            Self::EncryptedLayer => "encrypted-layer",
            Self::ForeignLayer => "foreign-layer",
            Self::UnknownCompression => "unknown-compression",
            Self::UnknownMediaType => "unknown-media-type",
            Self::Limit => "limit",
            Self::NoReferrers => "no-referrers",
            Self::Unreadable => "unreadable",
        }
    }
}

impl fmt::Display for ProblemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Something that was not read, or not as it should be. A walk goes on where it can.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Why.
    pub kind: ProblemKind,
    /// Where: the path of an entry, or an offset in the blob or in the tar stream.
    pub what: String,
    /// For a person: what happened, and the limit's name if it was one.
    pub detail: String,
    /// How many bytes were not read, where known.
    pub bytes: Option<u64>,
}

impl Problem {
    /// A problem whose unread bytes nobody can count.
    pub fn new(kind: ProblemKind, what: impl Into<String>, detail: impl Into<String>) -> Problem {
        Problem { kind, what: what.into(), detail: detail.into(), bytes: None }
    }

    /// The same problem, with the number of bytes that were not read.
    pub fn with_bytes(mut self, bytes: u64) -> Problem {
        self.bytes = Some(bytes);
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.kind, self.what, self.detail)
    }
}
