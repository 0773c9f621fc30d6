//! Masks what is secret in the reasons of allowances: whoever wrote one may have named the value.

use std::collections::HashSet;
use std::ops::Range;

use tightlip_detect::MASK;
use tightlip_report::Report;

use crate::identity::IdentityKey;
use crate::redact::Redactor;

/// A value of more words is not looked for in a reason.
const MOST_WORDS: usize = 8;

/// Masks the reasons of a report: what the redactor masks, and the very values that the report is about. It does not
/// hold these any more, but knows them again.
pub fn mask_reasons(report: &mut Report, key: &IdentityKey, redactor: &Redactor) {
    let allowed = report.allowed.iter().map(|one| &one.finding.identity);
    let known: HashSet<String> =
        report.findings.iter().map(|finding| &finding.identity).chain(allowed).cloned().collect();
    for one in &mut report.allowed {
        let is_known = |text: &str| known.contains(&key.identity(text.as_bytes()));
        one.reason = without(&redactor.text(&one.reason), &is_known);
    }
}

/// A text in which every stretch of words that is known is masked.
fn without(text: &str, is_known: &dyn Fn(&str) -> bool) -> String {
    let mut out = String::new();
    let mut at = 0;
    while let Some(found) = first(text, at, is_known) {
        out.push_str(text.get(at..found.start).unwrap_or_default());
        out.push_str(MASK);
        at = found.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

/// The first such stretch, the longest of those that begin at one place.
fn first(text: &str, from: usize, is_known: &dyn Fn(&str) -> bool) -> Option<Range<usize>> {
    let borders = borders(text, from);
    let words: Vec<Range<usize>> = borders.windows(2).map(|pair| pair[0]..pair[1]).collect();
    (0..words.len()).find_map(|start| {
        let most = (start + 4 * MOST_WORDS).min(words.len());
        (start..most).rev().find_map(|end| {
            let range = words.get(start)?.start..words.get(end)?.end;
            is_known(text.get(range.clone())?).then_some(range)
        })
    })
}

/// Where words and what stands between them begin: between every two characters of which one belongs to no word.
fn borders(text: &str, from: usize) -> Vec<usize> {
    let mut borders = vec![from];
    let mut before: Option<char> = None;
    for (at, c) in text.char_indices().filter(|(at, _)| *at >= from) {
        let joins = |c: char| c.is_alphanumeric();
        if before.is_some_and(|before| !(joins(before) && joins(c))) {
            borders.push(at);
        }
        before = Some(c);
    }
    borders.push(text.len());
    borders.dedup();
    borders
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_masked_however_it_stands_in_the_reason() {
        let known = |text: &str| ["orchid-42", "two words", "x$y"].contains(&text);
        for (reason, masked) in [
            ("the password is orchid-42.", "the password is ‹masked›."),
            ("PASSWORD=orchid-42, PASSPHRASE='two words'", "PASSWORD=‹masked›, PASSPHRASE='‹masked›'"),
            ("x$y opens nothing", "‹masked› opens nothing"),
            ("a test key of ours", "a test key of ours"),
            ("", ""),
        ] {
            assert_eq!(without(reason, &known), masked);
        }
    }
}
