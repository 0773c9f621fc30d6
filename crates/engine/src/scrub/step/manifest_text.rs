//! A value in a manifest or an index: annotations, addresses, names.

use super::{Step, Work};
use crate::surface::{Leaf, Paper};

pub(super) static STEP: Step = Step {
    name: "manifest-text",
    about: "masks a value in an annotation or another field of a manifest or index",
    work: Work::Text(claims),
};

fn claims(leaf: &Leaf<'_>) -> bool {
    leaf.paper == Paper::Manifest
}
