//! A step that looks for a mounted secret where it is not.
//!
//! `--mount=type=secret,id=T,env=T` sets a variable and makes no file: `cat /run/secrets/T` finds nothing. Without
//! `env=` there is a file and no variable: `$T` is empty. A step that goes on without the secret often falls back to
//! something worse, and the mount is taken for the protection that it is not.
//!
//! ```bad Dockerfile
//! FROM alpine:3.22
//! RUN --mount=type=secret,id=T,env=T,required=true wget -q --header="X-Token: $(cat /run/secrets/T)" https://api.example.com/x
//! ```
//!
//! ```good Dockerfile
//! FROM alpine:3.22
//! RUN --mount=type=secret,id=T,required=true wget -q --header="X-Token: $(cat /run/secrets/T)" https://api.example.com/x
//! ```

use tightlip_dockerfile::flow::uses;
use tightlip_dockerfile::{Mount, MountKind, Span};
use tightlip_report::{Confidence, Level};

use crate::lint::Lint;
use crate::lint::project::{Dockerfile, Project};
use crate::lint::sink::Sink;
use crate::lint::story::Step;

/// See the top of the file.
pub(crate) static LINT: Lint = Lint {
    id: "mount-misread",
    title: "Mounted secret read where it is not",
    level: Level::Warn,
    mechanism: "build-argument",
    recover: "",
    aliases: &[],
    source: include_str!("mount_misread.rs"),
    check,
};

fn check(project: &Project<'_>, sink: &mut Sink<'_>) {
    for dockerfile in &project.dockerfiles {
        for step in &dockerfile.story.steps {
            let Some(instruction) = dockerfile.document.instructions().get(step.instruction) else {
                continue;
            };
            let mounts = instruction.innermost().mounts();
            for mount in mounts.iter().filter(|mount| mount.kind == MountKind::Secret) {
                let found = no_file(dockerfile, instruction.span, mount)
                    .or_else(|| no_variable(dockerfile, step, (mount, mounts)));
                let Some((span, title, remedy)) = found else { continue };
                let issue = sink.mount(dockerfile, mount, span).says(title).remedy(remedy);
                sink.report(issue.confidence(Confidence::Medium));
            }
        }
    }
}

/// The file of a mount that makes none, in the text of the step.
fn no_file(dockerfile: &Dockerfile<'_>, step: Span, mount: &Mount) -> Option<(Span, String, String)> {
    let (None, Some(env), Some(id)) = (mount.target(), mount.env(), mount.secret_id()) else { return None };
    let path = format!("/run/secrets/{id}");
    let text = dockerfile.document.text(step);
    let ends = |at: usize| {
        let next = text.get(at + path.len()..).and_then(|rest| rest.chars().next());
        !next.is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/'))
    };
    let at = text.match_indices(&path).map(|(at, _)| at).find(|at| ends(*at))?;
    let span = Span::new(step.start + at, step.start + at + path.len());
    let title = format!("there is no file {path}: env= gives the secret as ${env}");
    Some((span, title, format!("Read ${env}, or leave env= out.")))
}

/// The variable of a mount that sets none: only when nothing else sets it either.
fn no_variable(
    dockerfile: &Dockerfile<'_>,
    step: &Step,
    (mount, mounts): (&Mount, &[Mount]),
) -> Option<(Span, String, String)> {
    let id = mount.secret_id().filter(|_| mount.env().is_none())?;
    let path = mount.secret_file()?;
    let scope = dockerfile.scopes.at(step.instruction);
    let set =
        scope.get(id).is_some() || mounts.iter().any(|other| other.env().is_some_and(|env| *env == *id));
    let assigned = |text: &str| text.contains(&format!("{id}=")) || text.contains(&format!("read {id}"));
    let text = dockerfile.document.text(dockerfile.document.instructions().get(step.instruction)?.span);
    let capitals = id.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    if set
        || !capitals
        || assigned(&text.replace(&format!("id={id}"), ""))
        || text.contains(&format!("{path})"))
    {
        return None;
    }
    let used = uses(&step.script, id).first()?.span;
    let title = format!("${id} is empty: the secret is the file {path}");
    Some((used, title, format!("Add env={id} to the mount, or read {path}.")))
}
