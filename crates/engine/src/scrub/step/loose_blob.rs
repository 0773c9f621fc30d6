//! Blobs that no manifest names do not come along: nobody needs them, and somebody could read them.

use super::{Step, Work};

pub(super) static STEP: Step =
    Step { name: "loose-blob", about: "leaves out blobs that no manifest names", work: Work::Loose };
