//! What was not read, and why.

use serde::{Deserialize, Serialize};

use crate::place::{Place, words};

words! {
    /// The reason that something was not read. `--allow-gaps` takes these words.
    GapKind {
        /// A blob that a manifest names is not in the store.
        MissingBlob = "missing-blob",
        /// The stream ended before its end.
        Truncated = "truncated",
        /// The bytes are not what their format allows.
        Corrupt = "corrupt",
        /// The bytes do not have the digest that names them.
        DigestMismatch = "digest-mismatch",
        /// The bytes are more or fewer than stated.
        SizeMismatch = "size-mismatch",
        /// A layer that only a key opens.
        EncryptedLayer = "encrypted-layer",
        /// A layer that lies elsewhere (`urls`), not in the image.
        ForeignLayer = "foreign-layer",
        /// A compression that this version does not read.
        UnknownCompression = "unknown-compression",
        /// A media type that this version does not understand.
        UnknownMediaType = "unknown-media-type",
        /// A container inside a file that only a password opens.
        EncryptedMember = "encrypted-member",
        /// A nested container in a form that this version does not read.
        UnreadMember = "unread-member",
        /// A limit of ours was hit: nesting, ratio, count, size, time.
        Limit = "limit",
        /// A source that cannot list what is attached to an image.
        NoReferrers = "no-referrers",
        /// A read from the source failed.
        Unreadable = "unreadable",
    }
}

/// Something that was not read. A scan with a gap is never clean.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Gap {
    /// Why.
    pub kind: GapKind,
    /// What.
    pub place: Place,
    /// For a person: what happened, and the limit's name if it was one.
    pub reason: String,
    /// How many bytes were not read, where known.
    pub bytes: Option<u64>,
}
