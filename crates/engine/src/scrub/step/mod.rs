//! Every way to take something out of an image, one file each.

use crate::surface::Leaf;

use super::case::{LayerCase, LayerWork};
use super::outline::Attached;

mod absent;
mod attached;
mod attestation;
mod config_text;
mod entry_header;
mod envelope;
mod file_value;
mod history_text;
mod inline_cache;
mod lazy_toc;
mod loose_blob;
mod manifest_text;
mod named_path;
mod nested_file;
mod slack;
mod toc_annotation;

pub(crate) use named_path::is_at;

/// A step.
pub(crate) struct Step {
    /// Its name, for plans and receipts.
    pub(crate) name: &'static str,
    /// What it does, in one line.
    pub(crate) about: &'static str,
    pub(crate) work: Work,
}

/// What a step works on.
pub(crate) enum Work {
    /// The tar stream of a layer.
    Layer(fn(&LayerCase<'_>, &mut LayerWork)),
    /// Strings of documents: the values in those that it claims are masked.
    Text(fn(&Leaf<'_>) -> bool),
    /// Members of documents: those that it claims go, if a layer of the image changes.
    Member(fn(&Leaf<'_>) -> bool),
    /// Manifests: says why one goes, if it goes.
    Manifest(fn(&Attached<'_>) -> Option<&'static str>),
    /// Blobs that nothing names: they do not come along.
    Loose,
    /// Entries of an index that changes whose manifests do not come along.
    Absent,
}

/// Every step, in the order of work. The first that claims a string has it.
pub(crate) static STEPS: &[&Step] = &[
    &named_path::STEP,
    &nested_file::STEP,
    &file_value::STEP,
    &entry_header::STEP,
    &slack::STEP,
    &envelope::STEP,
    &lazy_toc::STEP,
    &history_text::STEP,
    &config_text::STEP,
    &manifest_text::STEP,
    &inline_cache::STEP,
    &toc_annotation::STEP,
    &attestation::STEP,
    &attached::STEP,
    &loose_blob::STEP,
    &absent::STEP,
];
