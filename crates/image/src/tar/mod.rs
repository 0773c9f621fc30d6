//! Turns a tar stream into entries, whiteouts included, and gives out every byte between them.
//!
//! The formats: v7, POSIX.1-1988 (ustar), POSIX.1-2001 (pax) and GNU, as the GNU tar manual ("Basic Tar Format")
//! and POSIX `pax` describe them; the whiteouts: OCI image-spec `layer.md`.

mod body;
mod entry;
mod flow;
mod header;
mod pax;
mod pending;
mod walk;

pub use entry::{Entry, EntryKind, normalise};
pub use header::is_header;
pub use pax::Record;
pub(crate) use pax::records;
pub(crate) use walk::Walker;

/// Everything in a tar stream comes in blocks of this many bytes.
const BLOCK: usize = 512;

#[cfg(test)]
mod tests;
