//! A value in the headers of an entry (its name, a link's target, an extended attribute, an owner's name) is masked, and
//! the checksum of the header is made to hold again. All layers get the same filler, so that whiteouts still fit.

use super::{Step, Work};
use crate::scrub::case::{LayerCase, LayerWork};

pub(super) static STEP: Step = Step {
    name: "entry-header",
    about: "masks a value in a name, a link target, an attribute or another header field",
    work: Work::Layer(run),
};

fn run(case: &LayerCase<'_>, work: &mut LayerWork) {
    for part in &case.located.parts {
        let headers = part.headers();
        for hit in case.hits(&headers) {
            work.mask(hit.range.start.max(headers.start)..hit.range.end.min(headers.end));
            work.note(case, Some(case.path(part)), "the value in its headers is masked, same length");
        }
    }
}
