//! A value in the history of an image: instructions of every builder, comments, authors, histories inside comments.

use super::{Step, Work};
use crate::surface::{Leaf, Paper};

pub(super) static STEP: Step = Step {
    name: "history-text",
    about: "masks a value in the history of an image",
    work: Work::Text(claims),
};

fn claims(leaf: &Leaf<'_>) -> bool {
    leaf.paper == Paper::Config && leaf.step(0) == "history"
}
