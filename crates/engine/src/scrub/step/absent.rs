//! An index that changes names only what comes along: not what the user did not choose, and not what its source never had.

use super::{Step, Work};

pub(super) static STEP: Step = Step {
    name: "absent",
    about: "leaves out of an index that changes what was not chosen, or is not there",
    work: Work::Absent,
};
