//! Findings gathered to leaks: one secret that stands in several places is one leak.

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::{Finding, Level};

/// The findings of one secret, the most important first.
pub(super) type Leak<'r> = Vec<&'r Finding>;

/// The findings by their identity, the worst leak first, otherwise in order of first appearance.
pub(super) fn leaks(findings: &[Finding]) -> Vec<Leak<'_>> {
    let mut leaks: Vec<Leak<'_>> = Vec::new();
    let mut index = HashMap::new();
    for finding in findings {
        let at = *index.entry(finding.identity.as_str()).or_insert(leaks.len());
        match leaks.get_mut(at) {
            Some(leak) => leak.push(finding),
            None => leaks.push(vec![finding]),
        }
    }
    leaks.sort_by_key(|leak| Reverse(level(leak)));
    leaks
}

/// How much a leak counts: as the worst of its places.
pub(super) fn level(leak: &[&Finding]) -> Level {
    leak.iter().map(|finding| finding.level).max().unwrap_or(Level::Note)
}

/// The place that says most about a leak. Of those that are equally bad, the first is where it begins.
pub(super) fn worst<'r>(leak: &[&'r Finding]) -> Option<&'r Finding> {
    leak.iter().copied().min_by_key(|finding| Reverse((finding.level, finding.confidence)))
}
