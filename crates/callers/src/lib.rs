//! Everything that starts an image build, read from text into one model, and the edits that turn a build
//! argument into a secret.
//!
//! Takes text and the name of the file, never touches the disk, and never fails: what cannot be understood is a
//! [`Problem`] with its place.
//!
//! ```
//! use tightlip_callers::{Move, Source, convert, read, recognise};
//!
//! let (path, text) = ("build.sh", "docker build --build-arg TOKEN=\"$TOKEN\" -t app .\n");
//! let format = recognise(path, text).unwrap();
//! let callers = read(format, path, text);
//! assert_eq!(callers.calls[0].tool.name(), "docker build");
//! assert_eq!(callers.calls[0].arguments[0].name.as_str(), "TOKEN");
//!
//! let wanted = Move { argument: "TOKEN", id: "token" };
//! let (mended, refused) = convert(format, &Source { path, text }, &[wanted]);
//! assert!(refused.is_empty() && mended.contains("--secret") && !mended.contains("--build-arg"));
//! ```

mod call;
mod command;
mod convert;
mod dialect;
mod fields;
mod format;
mod grant;
mod problem;
mod script;
mod sound;
mod task;
mod tree;
mod value;
mod written;

pub use call::{
    Argument, Call, Callers, Checkout, Credentials, Elsewhere, Options, Provenance, ProvenanceMode,
    SecretSource, SecretUse, Tool,
};
pub use convert::{Move, convert, to_secret};
pub use format::{FORMATS, Format, recognise};
pub use grant::{Grant, Granted, grant_all};
pub use problem::{Fault, Problem, Refusal};
pub use sound::reads_as_well;
pub use value::{Origin, Part, Piece, Value, is_token};
pub use written::Written;

/// Reads a file of a format.
#[must_use]
pub fn read(format: &Format, path: &str, text: &str) -> Callers {
    (format.read)(&Source { path, text })
}

/// A file as it was handed in.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// Its path, relative to the project, with `/` between the parts.
    pub path: &'a str,
    /// What it holds.
    pub text: &'a str,
}
