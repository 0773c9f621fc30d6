//! Container images as they are stored: blobs, manifests, layers, tar entries.
//!
//! A [`store`] hands out bytes by digest and never verifies or decompresses them; [`model`] finds out which
//! images, documents and layers a store holds, and what of it could not be had.

mod digest;
pub mod model;
mod problem;
pub mod store;

#[doc(hidden)]
pub mod fuzz_model;

pub use digest::{Algorithm, Digest, ParseDigestError};
pub use problem::{Problem, ProblemKind};
