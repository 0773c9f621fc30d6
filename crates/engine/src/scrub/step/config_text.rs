//! A value anywhere else in an image's configuration: environment, labels, command, health check, triggers, keys of
//! builders and vendors.

use super::{Step, Work};
use crate::surface::{Leaf, Paper};

pub(super) static STEP: Step = Step {
    name: "config-text",
    about: "masks a value in the environment, labels, command or another field of the configuration",
    work: Work::Text(claims),
};

fn claims(leaf: &Leaf<'_>) -> bool {
    leaf.paper == Paper::Config
}
