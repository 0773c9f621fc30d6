//! Every kind of place in an image that somebody else could read, one file each.
//!
//! A *document surface* claims strings of JSON documents by their pointer; an *entry surface* takes strings from
//! tar headers. File bodies and slack are streams and have a function of their own.

use tightlip_detect::Hint;
use tightlip_image::Entry;
use tightlip_report::Surface;

use crate::json::{self, Scalar};

mod annotation;
mod attestation;
mod build_record;
mod cache;
mod cmd;
mod config;
mod entrypoint;
mod env;
mod file;
mod file_name;
mod healthcheck;
mod history;
mod label;
mod link_target;
mod manifest;
mod metadata_file;
mod onbuild;
mod referrer;
mod slack;
mod tar_header;
mod xattr;

pub(crate) use file::{With, read as read_file, read_held};
pub(crate) use slack::read as read_slack;

/// What a JSON document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Paper {
    /// An image configuration.
    Config,
    /// A manifest, an index, `manifest.json`, `oci-layout`, `repositories`.
    Manifest,
    /// An in-toto statement.
    Statement,
    /// A build cache's records.
    Cache,
    /// Anything attached to an image that is none of these.
    Artifact,
    /// What buildx wrote about a build.
    Metadata,
    /// A part of a build record.
    Record,
}

impl Paper {
    /// What a document is that nothing names: by the members it has.
    pub(crate) fn guess(bytes: &[u8]) -> Self {
        let mut keys = Vec::new();
        // As far as it is JSON.
        let _ = json::walk(bytes, &mut |path, scalar, key| {
            if path.len() == 1 && scalar == Scalar::Key {
                keys.push(key.to_owned());
            }
        });
        let has = |wanted: &[&str]| keys.iter().any(|key| wanted.contains(&key.as_str()));
        match () {
            () if has(&["predicateType", "predicate"]) => Self::Statement,
            () if has(&["records"]) && has(&["layers"]) => Self::Cache,
            () if has(&["rootfs", "history", "container_config"]) => Self::Config,
            () if has(&["manifests", "layers", "fsLayers"]) => Self::Manifest,
            () => Self::Artifact,
        }
    }
}

/// A string of a document.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leaf<'l> {
    pub(crate) paper: Paper,
    pub(crate) path: &'l [String],
    pub(crate) scalar: Scalar,
    pub(crate) text: &'l str,
}

impl<'l> Leaf<'l> {
    /// The step of the pointer at `index`, counted from the front.
    pub(crate) fn step(&self, index: usize) -> &'l str {
        self.path.get(index).map_or("", String::as_str)
    }

    /// The member's name, or the name of the array it is an item of.
    pub(crate) fn key(&self) -> &'l str {
        let number = |step: &&String| !step.is_empty() && step.bytes().all(|b| b.is_ascii_digit());
        self.path.iter().rev().find(|step| !number(step)).map_or("", String::as_str)
    }

    /// Whether it is an item of an array.
    pub(crate) fn is_item(&self) -> bool {
        self.path.last().is_some_and(|step| !step.is_empty() && step.bytes().all(|b| b.is_ascii_digit()))
    }

    /// Whether the pointer starts with these steps below `config` or the older `container_config`.
    pub(crate) fn below_config(&self, name: &str) -> bool {
        matches!(self.step(0), "config" | "container_config" | "ContainerConfig" | "Config")
            && self.step(1) == name
    }
}

/// A stretch of a leaf to look at, with what is known about it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Piece<'p> {
    pub(crate) hint: Hint<'p>,
    pub(crate) text: &'p str,
    /// Where it stands in the leaf, in bytes.
    pub(crate) offset: usize,
}

/// Receives the pieces of a leaf.
pub(crate) type Give<'g> = dyn FnMut(Piece<'_>) + 'g;

/// A kind of string in documents.
pub(crate) struct DocumentSurface {
    pub(crate) surface: Surface,
    pub(crate) claims: fn(&Leaf<'_>) -> bool,
    pub(crate) read: fn(&Leaf<'_>, &mut Give<'_>),
}

/// Receives the strings of a header, each with its name if it has one.
pub(crate) type GiveField<'g> = dyn FnMut(Option<&str>, &[u8]) + 'g;

/// A kind of string in tar headers.
pub(crate) struct EntrySurface {
    pub(crate) surface: Surface,
    pub(crate) read: fn(&Entry, &mut GiveField<'_>),
}

/// Every document surface. The first that claims a leaf has it; the last ones claim what is left.
pub(crate) static DOCUMENTS: &[&DocumentSurface] = &[
    &history::SURFACE,
    &env::SURFACE,
    &label::SURFACE,
    &cmd::SURFACE,
    &entrypoint::SURFACE,
    &healthcheck::SURFACE,
    &onbuild::SURFACE,
    &annotation::SURFACE,
    &attestation::SURFACE,
    &cache::SURFACE,
    &metadata_file::SURFACE,
    &build_record::SURFACE,
    &referrer::SURFACE,
    &manifest::SURFACE,
    &config::SURFACE,
];

/// Every entry surface.
pub(crate) static ENTRIES: &[&EntrySurface] =
    &[&file_name::SURFACE, &link_target::SURFACE, &xattr::SURFACE, &tar_header::SURFACE];

/// The surface of bytes that stand in a document but in none of its strings.
pub(crate) fn fallback(paper: Paper) -> Surface {
    match paper {
        Paper::Config => Surface::Config,
        Paper::Manifest => Surface::Manifest,
        Paper::Statement => Surface::Attestation,
        Paper::Cache => Surface::Cache,
        Paper::Artifact => Surface::Referrer,
        Paper::Metadata => Surface::MetadataFile,
        Paper::Record => Surface::BuildRecord,
    }
}

/// The whole leaf without a name.
pub(crate) fn as_text(leaf: &Leaf<'_>, give: &mut Give<'_>) {
    give(Piece { hint: Hint::Text, text: leaf.text, offset: 0 });
}

/// The whole leaf under a name; also without it, for what stands inside.
pub(crate) fn as_named(name: &str, leaf: &Leaf<'_>, give: &mut Give<'_>) {
    if leaf.scalar == Scalar::Text || leaf.scalar == Scalar::Number {
        give(Piece { hint: Hint::Named(name), text: leaf.text, offset: 0 });
    }
    as_text(leaf, give);
}

/// `NAME=value`, as in environments.
pub(crate) fn as_variable(leaf: &Leaf<'_>, give: &mut Give<'_>) {
    if let Some((name, value)) = variable(leaf.text) {
        give(Piece { hint: Hint::Named(name), text: value, offset: name.len() + 1 });
    }
    as_text(leaf, give);
}

/// Splits `NAME=value` at its first equals sign. Values may hold more of them.
pub(crate) fn variable(text: &str) -> Option<(&str, &str)> {
    let (name, value) = text.split_once('=')?;
    let word = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    (!name.is_empty() && name.bytes().all(word)).then_some((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_may_hold_equals_signs() {
        assert_eq!(variable("URL=a?b=c=="), Some(("URL", "a?b=c==")));
        assert_eq!(variable("no variable=x"), None);
    }

    #[test]
    fn an_item_has_the_name_of_its_array() {
        let path = ["config".to_owned(), "Env".to_owned(), "3".to_owned()];
        let leaf = Leaf { paper: Paper::Config, path: &path, scalar: Scalar::Text, text: "" };
        assert_eq!(leaf.key(), "Env");
        assert!(leaf.is_item() && leaf.below_config("Env"));
    }
}
