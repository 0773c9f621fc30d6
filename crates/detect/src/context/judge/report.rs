//! The common way in which finders of values report one.

use tightlip_report::{Confidence, Level};

use super::value::{Worth, worth};
use crate::read::Part;
use crate::{Found, Rule};

/// A credential that stands where its format keeps credentials: reported unless nothing is there, or only a
/// reference or a blank to fill in. Words that everybody knows (`changeme`) count less.
pub(crate) fn credential<'b>(rule: &'static Rule, value: Part<'b>, what: &str) -> Option<Found<'b>> {
    let found = Found::here(rule, value, length_of(what, value.len()));
    match worth(value.bytes()) {
        Worth::Nothing | Worth::Reference | Worth::Hollow | Worth::Trivial => None,
        // `optional; leave empty if not used.`
        Worth::Prose if value.bytes().ends_with(b".") => None,
        Worth::Default => Some(found.at(Level::Warn, Confidence::Low)),
        _ => Some(found),
    }
}

/// The same where nothing but a password can stand: a word of configuration is one there, and counts as one that everybody
/// knows.
pub(crate) fn placed<'b>(rule: &'static Rule, value: Part<'b>, what: &str) -> Option<Found<'b>> {
    let word = || Found::here(rule, value, length_of(what, value.len())).at(Level::Warn, Confidence::Low);
    match worth(value.bytes()) {
        Worth::Trivial => Some(word()),
        _ => credential(rule, value, what),
    }
}

/// `password, 9 characters`.
pub(crate) fn length_of(what: &str, length: usize) -> String {
    let noun = if length == 1 { "character" } else { "characters" };
    format!("{what}, {length} {noun}")
}
