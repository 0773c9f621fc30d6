//! Changes stored bytes as little as possible: a layer by stretches of its tar stream, a document by spans of its text.
//!
//! Nothing is written anew from a parsed form. What no edit names stays as it is, byte for byte.

mod edit;
mod json;
mod layer;
mod pack;
mod patch;
#[cfg(test)]
mod tests;
mod unpack;

pub use edit::{Change, Edit, Edits};
pub use json::{Kind, Member, Node, Splices, quote};
pub use layer::{Rewritten, layer, patched, patched_walk};
pub use patch::{FILLER, fill};
pub use unpack::{RewriteError, Unpacked, unpack};
