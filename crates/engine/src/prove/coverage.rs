//! Which instructions ran as they run for anybody, in builds that came to their end and were looked through.

use std::collections::BTreeSet;

use tightlip_report::proof::Way;

use super::attempt::Tried;
use super::plan::{Plan, Taken};
use crate::builder::Kind;

/// What ran.
pub(crate) struct Coverage {
    instructions: BTreeSet<usize>,
    /// Stages of which everything ran.
    stages: BTreeSet<usize>,
}

impl Coverage {
    /// What a builder of this kind ran, and gave out afterwards.
    pub(crate) fn of(plan: &Plan, kind: Kind, tried: &[Tried]) -> Self {
        let (mut instructions, mut reached) = (BTreeSet::new(), BTreeSet::new());
        for one in tried {
            let Some(built) = one.built else { continue };
            let stages: Vec<usize> = match kind {
                Kind::Buildx => plan.stages.needed(built).into_iter().collect(),
                Kind::Podman | Kind::Buildah => plan.stages.lineage(built),
            };
            for stage in stages.iter().filter_map(|stage| plan.stages.all().get(*stage)) {
                instructions.extend(stage.instructions.clone().filter(|index| one.ran(plan, *index)));
                reached.insert(stage.index);
            }
        }
        let whole = |stage: &usize| {
            let all = plan.stages.all().get(*stage).map(|stage| stage.instructions.clone());
            all.is_some_and(|mut all| all.all(|index| instructions.contains(&index)))
        };
        let stages = reached.into_iter().filter(whole).collect();
        Self { instructions, stages }
    }

    /// The instructions that take a secret and of which it is not known what they do with it. An argument is given to
    /// all of its stage.
    pub(crate) fn missing(&self, plan: &Plan, taken: &Taken) -> BTreeSet<usize> {
        let seen = |index: &usize| match taken.way {
            Way::Argument => plan.home(*index).is_none_or(|stage| self.stages.contains(&stage)),
            Way::Mount | Way::Ssh => self.instructions.contains(index),
        };
        taken.instructions.iter().copied().filter(|index| !seen(index)).collect()
    }
}

/// Whether an instruction has its effect on another.
pub(crate) fn is_before(plan: &Plan, one: usize, other: usize) -> bool {
    match (plan.home(one), plan.home(other)) {
        (Some(first), Some(second)) if first == second => one < other,
        (Some(first), Some(second)) => plan.stages.needed(second).contains(&first),
        _ => false,
    }
}
