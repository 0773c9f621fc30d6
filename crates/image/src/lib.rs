//! Container images as they are stored: blobs, manifests, layers, tar entries.
//!
//! A [`store`] hands out bytes by digest and never verifies or decompresses them; [`model`] finds out which images,
//! documents and layers a store holds, and what of it could not be had; [`walk`] reads one layer from its first byte
//! to its last, verifies it, and gives every entry and every byte between entries to a [`Visit`].

mod compress;
mod digest;
#[doc(hidden)]
pub mod fuzz;
#[doc(hidden)]
pub mod fuzz_model;
mod layer;
mod limits;
pub mod model;
mod names;
mod problem;
mod reference;
mod relay;
mod sketch;
pub mod store;
mod tar;
#[cfg(test)]
mod testing;
mod verify;

pub use compress::Compression;
pub use digest::{Algorithm, Digest, ParseDigestError};
pub use layer::{Content, End, Expected, Facts, Slack, SlackKind, Visit, Within, plain, sniff, walk};
pub use limits::Limits;
pub use names::{Fate, LayerNames, Stack};
pub use problem::{Problem, ProblemKind};
pub use reference::{ParseReferenceError, Reference};
pub use relay::walk_beside;
pub use sketch::Sketch;
pub use tar::{Entry, EntryKind, Record, normalise};
pub use verify::Hasher;
