//! Makes everything that starts a build pass the secret in the place of the argument.

use tightlip_callers::{Call, Grant, Move, Tool};
use tightlip_dockerfile::{Edit, Span};

use super::Refusal;
use crate::lint::caller::{CallerFile, declares};
use crate::lint::project::{Dockerfile, Project};
use crate::lint::text::FileId;

/// The edits in all files that pass the argument to this Dockerfile.
pub(super) fn moved(
    project: &Project<'_>,
    dockerfile: &Dockerfile<'_>,
    root: &str,
) -> Result<Vec<(FileId, Edit)>, Refusal> {
    let wanted = Move { argument: root, id: root };
    let mut edits = Vec::new();
    for caller in &project.callers {
        let passing: Vec<_> =
            caller.callers.calls.iter().filter(|call| call.argument(root).is_some()).collect();
        let (mine, others): (Vec<_>, Vec<_>) =
            passing.into_iter().partition(|call| builds(project, caller, call, (dockerfile, root)));
        let refused = |why: String| format!("{} cannot be changed along: {why}", caller.file.name);
        match (mine.as_slice(), others.is_empty()) {
            ([], _) => {}
            ([call], _) => edits.extend(caller.to_secret(call, &wanted).map_err(refused)?),
            (_, true) => edits.extend(caller.all_to_secret(&wanted).map_err(refused)?),
            (_, false) => return Err(refused("it passes the argument to several Dockerfiles".to_owned())),
        }
    }
    Ok(edits)
}

/// Whether a call builds this Dockerfile: because it says so, or because no other takes the argument.
fn builds(
    project: &Project<'_>,
    caller: &CallerFile<'_>,
    call: &tightlip_callers::Call,
    (dockerfile, root): (&Dockerfile<'_>, &str),
) -> bool {
    match caller.dockerfile(call, project) {
        Some(built) => built.id == dockerfile.id,
        None => project.dockerfiles.iter().filter(|one| declares(one, root)).count() == 1,
    }
}

/// What gives everything that starts a build of a Dockerfile a file.
pub(super) struct Given {
    pub(super) edits: Vec<(FileId, Edit)>,
    /// Whether all builds get it: one is known, and none may be another that is not.
    pub(super) all: bool,
}

/// The edits in all files that build this Dockerfile.
pub(super) fn granted(
    project: &Project<'_>,
    dockerfile: &Dockerfile<'_>,
    wanted: &Grant<'_>,
) -> Result<Given, Refusal> {
    let mut given = Given { edits: Vec::new(), all: true };
    let mut known = 0;
    for caller in &project.callers {
        let builds =
            |call: &Call| caller.dockerfile(call, project).is_some_and(|built| built.id == dockerfile.id);
        let calls = &caller.callers.calls;
        let mine = calls.iter().filter(|call| builds(call)).count();
        given.all &= !calls.iter().any(|call| may_build(caller, call, project));
        known += mine;
        if mine > 0 {
            let refused = |why: String| format!("{} cannot be changed along: {why}", caller.file.name);
            given.edits.extend(caller.granted(&builds, wanted).map_err(refused)?);
        }
    }
    given.all &= known > 0;
    Ok(given)
}

/// Whether a call builds a Dockerfile that it does not name plainly.
fn may_build(caller: &CallerFile<'_>, call: &Call, project: &Project<'_>) -> bool {
    let computed =
        |value: &Option<tightlip_callers::Value>| value.as_ref().is_some_and(|one| one.plain().is_none());
    let by_file = matches!(call.tool, Tool::Bake | Tool::BakeAction | Tool::Compose);
    !by_file
        && call.inline.is_none()
        && caller.dockerfile(call, project).is_none()
        && (computed(&call.dockerfile) || computed(&call.context))
}

/// One edit that turns a text into another.
pub(crate) fn difference(before: &str, after: &str) -> Edit {
    let same = before.bytes().zip(after.bytes()).take_while(|(one, other)| one == other).count();
    let start =
        (0..=same).rev().find(|at| before.is_char_boundary(*at) && after.is_char_boundary(*at)).unwrap_or(0);
    let (old, new) = (before.get(start..).unwrap_or_default(), after.get(start..).unwrap_or_default());
    let tail = old.bytes().rev().zip(new.bytes().rev()).take_while(|(one, other)| one == other).count();
    let fits =
        |tail: &usize| old.is_char_boundary(old.len() - tail) && new.is_char_boundary(new.len() - tail);
    let tail = (0..=tail).rev().find(fits).unwrap_or(0);
    let replacement = new.get(..new.len() - tail).unwrap_or_default();
    Edit::replace(Span::new(start, before.len() - tail), replacement)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tightlip_dockerfile::apply;

    use super::*;

    proptest! {
        #[test]
        fn a_difference_makes_one_text_the_other(before in "[abä]{0,12}", after in "[abä]{0,12}") {
            prop_assert_eq!(apply(&before, &[difference(&before, &after)]).unwrap(), after);
        }
    }
}
