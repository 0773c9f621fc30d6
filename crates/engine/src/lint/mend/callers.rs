//! Makes everything that starts a build pass the secret in the place of the argument.

use tightlip_callers::Move;
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
