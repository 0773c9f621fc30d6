//! A value in the body of a file is masked: same length, so that headers, order and links stay what they are.

use tightlip_image::EntryKind;
use tightlip_report::Surface;

use super::{Step, Work};
use crate::scrub::case::{LayerCase, LayerWork};

pub(super) static STEP: Step =
    Step { name: "file-value", about: "masks a value in the body of a file", work: Work::Layer(run) };

fn run(case: &LayerCase<'_>, work: &mut LayerWork) {
    for spot in case.spots.iter().filter(|s| s.surface == Surface::File && s.member.is_none()) {
        let Some(part) = case.part(spot) else { continue };
        let start = part.body + spot.offset;
        let end = (start + spot.length).min(part.bytes().end);
        if start < end {
            work.mask(start..end);
            work.note(case, Some(case.path(part)), MASKED);
        }
    }
    for part in case.located.parts.iter().filter(|part| part.kind != EntryKind::Other(b'g')) {
        let body = part.bytes();
        for hit in case.hits(&body) {
            work.mask(hit.range.start.max(body.start)..hit.range.end.min(body.end));
            work.note(case, Some(case.path(part)), MASKED);
        }
    }
}

const MASKED: &str = "the value is masked, same length";
