//! What could not be read of an image, and why.

/// The kind of a problem: the words of the report's gaps that an image can cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
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
    /// A layer that lies elsewhere.
    ForeignLayer,
    /// A compression that this version does not read.
    UnknownCompression,
    /// A media type that this version does not understand.
    UnknownMediaType,
    /// A limit of ours was hit.
    Limit,
    /// A read from the source failed.
    Unreadable,
}

/// Something that was not read as it should have been.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Problem {
    /// Why.
    pub kind: ProblemKind,
    /// What: a digest, a member, a document.
    pub what: String,
    /// For a person: what happened.
    pub detail: String,
    /// How many bytes were not read, where known.
    pub bytes: Option<u64>,
}
