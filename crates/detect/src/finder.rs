//! The seam for what a pattern cannot say: finders written in code, one file each.
//!
//! A finder either knows files by their path (`.npmrc`, kubeconfig) or looks around its keywords (private keys,
//! assignments by name, credentials in URLs).

use std::borrow::Cow;
use std::ops::Range;

use tightlip_report::{Confidence, Level};

use crate::{Hint, Rule, Text};

/// Recognises one form in which secrets are written.
pub struct Finder {
    /// Kebab-case identifier of the form: `npmrc`, `pem`.
    pub id: &'static str,
    /// The kinds of secret it can report.
    pub rules: &'static [&'static Rule],
    /// Whether it wants these bytes at all, judged by the hint. Cheap: it is asked for every file.
    pub wants: fn(&Hint<'_>) -> bool,
    /// Lower-case words, one of which must stand in the bytes (any case); none: `wants` alone decides.
    pub keywords: &'static [&'static str],
    /// Finds them, in order of place.
    pub find: for<'b> fn(&Text<'b>, &mut dyn FnMut(Found<'b>)),
    /// Texts in which it finds exactly one secret of the rule named.
    pub hits: &'static [Example],
    /// Texts in which it finds nothing.
    pub misses: &'static [Example],
}

/// A text for the law that finders find what they say. `{base62:36}` is expanded from a seeded generator; other
/// braces stay as they are.
pub struct Example {
    /// The path of the file, or none for a bare text.
    pub path: &'static str,
    /// The template of the text.
    pub text: &'static str,
    /// The rule that finds it; ignored in `misses`.
    pub rule: &'static str,
}

/// What a finder found.
#[derive(Clone, Debug)]
pub struct Found<'b> {
    /// The kind.
    pub rule: &'static Rule,
    /// The value: borrowed where it stands as it is, owned where it had to be decoded.
    pub secret: Cow<'b, [u8]>,
    /// Where the value, or its encoded form, stands in `Text::bytes`.
    pub span: Range<usize>,
    /// Instead of the rule's.
    pub level: Option<Level>,
    /// Instead of the rule's.
    pub confidence: Option<Confidence>,
    /// What may be said of the value in public: a prefix that is no secret, its length, what was checked.
    pub shape: String,
    /// Encodings undone, outermost first: `base64`.
    pub decoded_from: &'static [&'static str],
}

/// Every finder: the rooms `key`, `file` and `context` in this order.
pub static FINDERS: &[&[&Finder]] = &[crate::key::FINDERS, crate::file::FINDERS, crate::context::FINDERS];
