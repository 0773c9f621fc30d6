//! Container images as they are stored: blobs, manifests, layers, tar entries.
//!
//! A [`store`] hands out bytes by digest and never verifies or decompresses them; [`model`] finds out which images,
//! documents and layers a store holds, and what of it could not be had; [`walk`] reads one layer from its first byte
//! to its last, verifies it, and gives every entry and every byte between entries to a [`Visit`].
//!
//! ```
//! use std::io::Read;
//! use tightlip_image::model::{DescribeLimits, Selection, describe};
//! use tightlip_image::store::{Archive, Store};
//! use tightlip_image::{Entry, Expected, Limits, Problem, Sketch, Slack, Visit, walk};
//!
//! #[derive(Default)]
//! struct Names(Vec<String>);
//!
//! impl Visit for Names {
//!     fn entry(&mut self, entry: &Entry, _body: &mut dyn Read) {
//!         self.0.push(String::from_utf8_lossy(&entry.path).into_owned());
//!     }
//!
//!     fn slack(&mut self, _slack: &Slack, _bytes: &mut dyn Read) {}
//!
//!     fn problem(&mut self, problem: Problem) {
//!         panic!("not read: {}", problem.detail);
//!     }
//! }
//!
//! let saved = Sketch::new("app:1").file("COPY app /", "app", b"x").delete("RUN rm /app", "app").archive();
//! let archive = Archive::from_bytes(saved)?;
//! let description = describe(&archive, &Selection::default(), &DescribeLimits::default())?;
//! let mut names = Names::default();
//! for layer in &description.images[0].layers {
//!     let expected = Expected { digest: layer.digest.clone(), size: layer.size, diff_id: layer.diff_id.clone() };
//!     walk(&mut archive.open(&layer.blob)?, &expected, &Limits::default(), &mut names);
//! }
//! assert_eq!(names.0, ["app", ".wh.app"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

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
pub mod rewrite;
mod sketch;
pub mod store;
mod tar;
#[cfg(test)]
mod testing;
mod verify;
pub mod write;

pub use compress::Compression;
pub use digest::{Algorithm, Digest, ParseDigestError};
pub use layer::{
    Content, End, Expected, Facts, Slack, SlackKind, Visit, Within, plain, sniff, walk, walk_tapped,
};
pub use limits::Limits;
pub use names::{Fate, LayerNames, Stack, Trail};
pub use problem::{Problem, ProblemKind};
pub use reference::{ParseReferenceError, Reference};
pub use relay::walk_beside;
pub use sketch::Sketch;
pub use tar::{Entry, EntryKind, Record, is_header as is_tar_header, normalise};
pub use verify::Hasher;
