//! What no tool fills in by itself is written, used and removed within one step: the layer never has it.

use tightlip_dockerfile::shell::{Command, Simple, Target};

use super::{Mending, Recipe, Scene, nothing};
use crate::lint::fix::Safety;

pub(super) static RECIPE: Recipe = Recipe { id: "removal", programs: &[], reads: nothing, mend };

fn mend(scene: &Scene<'_>, command: &Command, _: &Simple) -> Option<Mending> {
    let target = command.redirects.iter().find_map(|redirect| match &redirect.target {
        Target::Word(word) if redirect.descriptor.is_none_or(|number| number == 1) => Some(word),
        _ => None,
    })?;
    if !scene.goes_on(command) {
        return None;
    }
    let removal = scene.at_end(&format!("rm -f {}", scene.source(target)))?;
    // A later step may read the file.
    Some(Mending { safety: Safety::Unsafe, ..Mending::safe(vec![removal]) })
}
