//! What no tool fills in by itself is written, used and removed within one step: the layer never has it.

use tightlip_dockerfile::shell::{Command, Simple, Target};
use tightlip_dockerfile::{Command as Written, Edit, Kind};

use super::{Mending, Recipe, Scene, nothing};
use crate::lint::fix::Safety;

pub(super) static RECIPE: Recipe = Recipe { id: "removal", programs: &[], reads: nothing, mend };

fn mend(scene: &Scene<'_>, command: &Command, _: &Simple) -> Option<Mending> {
    let target = command.redirects.iter().find_map(|redirect| match &redirect.target {
        Target::Word(word) if redirect.descriptor.is_none_or(|number| number == 1) => Some(word),
        _ => None,
    })?;
    let (_, instruction) = scene.dockerfile.instructions().nth(scene.index)?;
    let Kind::Run(run) = &instruction.kind else { return None };
    let Written::Shell(text) = &run.command else { return None };
    // Behind a here-document or a comment nothing can follow on the line.
    if !instruction.heredocs.is_empty() || text.contains('#') {
        return None;
    }
    let source = scene.source(target);
    let end = scene.script.list.span.end;
    // A later step may read the file.
    Some(Mending { edits: vec![Edit::insert(end, format!(" && rm -f {source}"))], safety: Safety::Unsafe })
}
