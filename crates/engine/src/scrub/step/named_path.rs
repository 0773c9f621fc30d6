//! Files and directories that the user named go from every layer, whatever is in them. Whiteouts stay.

use tightlip_image::EntryKind;
use tightlip_image::normalise;

use super::{Step, Work};
use crate::scrub::case::{LayerCase, LayerWork};
use crate::scrub::standing::Standing;

pub(super) static STEP: Step = Step {
    name: "named-path",
    about: "cuts a named file or directory out of every layer",
    work: Work::Layer(run),
};

fn run(case: &LayerCase<'_>, work: &mut LayerWork) {
    for path in case.paths {
        let path = normalise(path.as_bytes());
        for part in case.located.parts.iter().filter(|part| is_at(&part.path, &path)) {
            if matches!(
                part.kind,
                EntryKind::Whiteout { .. } | EntryKind::Opaque { .. } | EntryKind::Other(b'g')
            ) {
                continue;
            }
            // Every layer's copy goes, so that none shows again.
            let standing = match case.stacks.standing(case.blob, &part.path) {
                Standing::Linked if part.kind == EntryKind::File => Standing::Linked,
                _ => Standing::Free,
            };
            work.take_away(case, part, standing);
        }
    }
}

/// Whether a path is the named one or lies below it.
pub(crate) fn is_at(path: &[u8], named: &[u8]) -> bool {
    path.strip_prefix(named).is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
}
