//! A value in the blob but not in its tar stream: header fields of gzip, skippable frames, bytes behind the compressed
//! stream. Compressing the same tar stream anew leaves them behind.

use tightlip_report::Surface;

use super::{Step, Work};
use crate::scrub::case::{LayerCase, LayerWork};

pub(super) static STEP: Step = Step {
    name: "envelope",
    about: "compresses a layer anew, without what lies around its tar stream",
    work: Work::Layer(run),
};

fn run(case: &LayerCase<'_>, work: &mut LayerWork) {
    if case.spots.iter().any(|spot| spot.surface == Surface::Slack && !spot.in_tar) {
        work.repack = true;
        work.note(case, None, "what lies around the compressed files is left behind");
    }
}
