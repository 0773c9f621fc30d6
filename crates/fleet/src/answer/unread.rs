//! What the overview says of images that were not read as a whole.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tightlip_report::{Gap, GapKind};

use super::{Ask, counted, unpack};
use crate::error::SweepError;
use crate::results::Results;

/// As many kinds of gaps stand in the overview.
const TOP: usize = 20;
/// As many images are looked into.
const IMAGES: i64 = 1_000;

/// Rows for the overview, those of most images first, and a line where there is more to tell.
pub(super) fn gaps(
    results: &dyn Results,
    ask: &Ask,
) -> Result<(Vec<Vec<Value>>, Option<String>), SweepError> {
    let question = format!(
        "SELECT reference, report FROM image WHERE gone IS NULL AND state = 'done' AND gaps > 0
        AND report IS NOT NULL ORDER BY reference LIMIT {IMAGES}"
    );
    // For what was not read, in which images.
    let mut told: BTreeMap<(GapKind, String, String), Vec<String>> = BTreeMap::new();
    for row in results.rows(&question, &[])? {
        let [reference, report] = row.as_slice() else { continue };
        for gap in ask.policy.apply(unpack(report)?).gaps {
            let images = told.entry((gap.kind, place(&gap), gap.reason)).or_default();
            if images.last().is_none_or(|last| last != reference.text()) {
                images.push(reference.text().to_owned());
            }
        }
    }
    let mut all: Vec<_> = told.into_iter().collect();
    all.sort_by_key(|(_, images)| std::cmp::Reverse(images.len()));
    let more = all.len().saturating_sub(TOP);
    let line = format!("{} more; `images --format json` has all", counted(more as u64, "gap is", "gaps are"));
    let row = |((kind, place, reason), images): ((GapKind, String, String), Vec<String>)| {
        let first = images.first().cloned().unwrap_or_default();
        let others = match images.len() {
            0 | 1 => String::new(),
            many => format!(" and {}", counted(many as u64 - 1, "other image", "other images")),
        };
        vec![json!(format!("{first}{others}")), json!(format!("{}: {place}{reason}", kind.name()))]
    };
    Ok((all.into_iter().take(TOP).map(row).collect(), (more > 0).then_some(line)))
}

/// Where in an image, with a mark behind it; nothing where that is the image itself.
fn place(gap: &Gap) -> String {
    let layer = gap.place.layer.as_ref().map(|layer| layer.digest.clone().unwrap_or_default());
    let parts = [layer.as_ref(), gap.place.document.as_ref(), gap.place.path.as_ref()];
    let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
    if parts.is_empty() { String::new() } else { format!("{}: ", parts.join(" ")) }
}
