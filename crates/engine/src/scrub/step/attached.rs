//! Signatures and other artifacts of an image that changes, or that hold a value themselves, go: a signature says
//! something about one digest and about no other.

use tightlip_image::model::ImageKind;

use super::{Step, Work};
use crate::scrub::outline::Attached;

pub(super) static STEP: Step = Step {
    name: "attached",
    about: "leaves out signatures and artifacts that leak, or whose image changes",
    work: Work::Manifest(run),
};

fn run(about: &Attached<'_>) -> Option<&'static str> {
    match about.image.kind {
        ImageKind::Attestation { .. } | ImageKind::Cache => None,
        // A signature in the old way looks like an image; its name says what it is.
        ImageKind::Image if about.subject.is_none() => None,
        _ => about.why(),
    }
}
