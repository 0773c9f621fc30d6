//! A step that names a secret build argument or variable.
//!
//! The builder prints every step with its variables filled in, and keeps that text in the log and in its record of the
//! build; only the variables of secret mounts are masked. What the step does with the value does not matter.
//!
//! Anyone who can read the log of the build has it, and whoever can pull the image has it from the history.
//!
//! ```bad Dockerfile
//! FROM alpine:3.22
//! ARG API_TOKEN
//! RUN wget -q --header="Authorization: Bearer $API_TOKEN" https://api.example.com/data
//! ```
//!
//! ```good Dockerfile
//! FROM alpine:3.22
//! RUN --mount=type=secret,id=API_TOKEN,env=API_TOKEN,required=true \
//!     wget -q --header="Authorization: Bearer $API_TOKEN" https://api.example.com/data
//! ```

use tightlip_dockerfile::MountKind;
use tightlip_dockerfile::flow::uses;
use tightlip_report::{Confidence, Level};

use crate::lint::Lint;
use crate::lint::name::Says;
use crate::lint::project::{Dockerfile, Project};
use crate::lint::sink::Sink;
use crate::lint::story::Step;
use crate::lint::variable::Value;

/// See the top of the file.
pub(crate) static LINT: Lint = Lint {
    id: "secret-arg-in-run",
    title: "Step that names a secret build argument",
    level: Level::Deny,
    mechanism: "log-step-name",
    recover: "docker buildx history logs BUILD",
    aliases: &[],
    source: include_str!("secret_arg_in_run.rs"),
    check,
};

fn check(project: &Project<'_>, sink: &mut Sink<'_>) {
    for dockerfile in &project.dockerfiles {
        for step in &dockerfile.story.steps {
            for secret in dockerfile.secrets_at(step.instruction) {
                if matches!(secret.value, Value::Literal(_)) || is_mounted(dockerfile, step, &secret.name) {
                    continue;
                }
                let Some(first) = uses(&step.script, &secret.name).first().map(|one| one.span) else {
                    continue;
                };
                let issue = sink.variable(dockerfile, secret, first).says(format!(
                    "the log and the records of the build show this step with {} filled in",
                    secret.name
                ));
                sink.report(match secret.says {
                    Says::Secret => issue,
                    _ => issue.at_most(Level::Warn).confidence(Confidence::Medium),
                });
            }
        }
    }
}

/// Whether the step gets the variable from a secret mount, which hides that of the build.
fn is_mounted(dockerfile: &Dockerfile<'_>, step: &Step, name: &str) -> bool {
    let mounts = dockerfile.document.instructions().get(step.instruction).map(|one| one.innermost().mounts());
    let is = |kind: MountKind| kind == MountKind::Secret;
    mounts.unwrap_or(&[]).iter().any(|mount| is(mount.kind) && mount.env().is_some_and(|env| *env == *name))
}
