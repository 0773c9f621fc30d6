//! Provenance and SBOMs of an image that changes, or that hold a value themselves, go. An edited one would be a forgery.

use tightlip_image::model::ImageKind;

use super::{Step, Work};
use crate::scrub::outline::Attached;

pub(super) static STEP: Step = Step {
    name: "attestation",
    about: "leaves out provenance and SBOMs that leak, or whose image changes",
    work: Work::Manifest(run),
};

fn run(about: &Attached<'_>) -> Option<&'static str> {
    if !matches!(about.image.kind, ImageKind::Attestation { .. }) {
        return None;
    }
    about.why()
}
