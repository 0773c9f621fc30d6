//! BuildKit's inline cache says which step made which layer. Of a layer that was changed afterwards that is not true.

use super::{Step, Work};
use crate::surface::{Leaf, Paper};

pub(super) static STEP: Step = Step {
    name: "inline-cache",
    about: "drops the inline build cache of a configuration whose layers change",
    work: Work::Member(claims),
};

fn claims(leaf: &Leaf<'_>) -> bool {
    leaf.paper == Paper::Config && leaf.path.len() == 1 && leaf.step(0).starts_with("moby.buildkit.cache.")
}
