//! The formats, one file each.

mod bake;
mod compose;
mod devcontainer;
mod gitlab;
mod jenkinsfile;
mod kubernetes;
mod makefile;
mod package_json;
mod pipeline;
mod shell;
mod skaffold;
mod workflow;

use tightlip_dockerfile::Edit;

use crate::{Call, Callers, Grant, Move, Refusal, Source};

/// A kind of file that starts builds.
#[derive(Debug)]
pub struct Format {
    /// Its name.
    pub name: &'static str,
    /// What it is, in a few words.
    pub what: &'static str,
    /// Whether a file is one, by its path and what it holds.
    pub(crate) claims: fn(&Source<'_>) -> bool,
    /// Reads one.
    pub(crate) read: fn(&Source<'_>) -> Callers,
    /// Moves a build argument to a secret. The argument is there.
    pub(crate) to_secret: fn(&Source<'_>, &Call, &Move<'_>) -> Result<Vec<Edit>, Refusal>,
    /// Gives a build a secret from a file, or a key for SSH. It has none of that name.
    pub(crate) grant: fn(&Source<'_>, &Call, &Grant<'_>) -> Result<Vec<Edit>, Refusal>,
}

/// All formats. The first that claims a file reads it, so those that look only at the path come first.
pub static FORMATS: &[&Format] = &[
    &workflow::FORMAT,
    &gitlab::FORMAT,
    &pipeline::FORMAT,
    &compose::FORMAT,
    &skaffold::FORMAT,
    &bake::FORMAT,
    &package_json::FORMAT,
    &devcontainer::FORMAT,
    &makefile::FORMAT,
    &jenkinsfile::FORMAT,
    &shell::FORMAT,
    &kubernetes::FORMAT,
];

/// The format of a file, by its path (relative to the project) and what it holds.
#[must_use]
pub fn recognise(path: &str, text: &str) -> Option<&'static Format> {
    let source = Source { path, text };
    FORMATS.iter().copied().find(|format| (format.claims)(&source))
}

/// The last part of a path.
fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// Whether the path ends with an extension of YAML.
fn is_yaml(path: &str) -> bool {
    path.ends_with(".yml") || path.ends_with(".yaml")
}
