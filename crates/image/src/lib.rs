//! Container images as they are stored: blobs, manifests, layers, tar entries.

mod compress;
mod digest;
pub mod fuzz;
mod layer;
mod limits;
mod names;
mod problem;
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
pub use tar::{Entry, EntryKind, Record, normalise};
pub use verify::Hasher;
