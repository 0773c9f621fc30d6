//! A step that goes on without the secret.
//!
//! A secret mount is optional unless it says `required=true`: without the secret, `env=` sets an empty variable and
//! there is no file. A step that tests for it and goes on builds something else than was meant, and nobody is told.
//!
//! ```bad Dockerfile
//! FROM alpine:3.22
//! RUN --mount=type=secret,id=T,env=T if [ -n "$T" ]; then ./fetch --token-from-env; else ./fetch-public; fi
//! ```
//!
//! ```good Dockerfile
//! FROM alpine:3.22
//! RUN --mount=type=secret,id=T,env=T,required=true ./fetch --token-from-env
//! ```

use tightlip_dockerfile::flow::{Role, uses};
use tightlip_dockerfile::{Mount, MountKind};
use tightlip_report::{Confidence, Level};

use crate::lint::Lint;
use crate::lint::project::{Dockerfile, Project};
use crate::lint::sink::Sink;
use crate::lint::story::Step;

/// See the top of the file.
pub(crate) static LINT: Lint = Lint {
    id: "mount-not-required",
    title: "Step that goes on without its secret",
    level: Level::Note,
    mechanism: "build-argument",
    recover: "",
    aliases: &[],
    source: include_str!("mount_not_required.rs"),
    check,
};

fn check(project: &Project<'_>, sink: &mut Sink<'_>) {
    for dockerfile in &project.dockerfiles {
        for step in &dockerfile.story.steps {
            let Some(instruction) = dockerfile.document.instructions().get(step.instruction) else {
                continue;
            };
            let optional = |mount: &&Mount| mount.kind == MountKind::Secret && !mount.is_required();
            for mount in instruction.innermost().mounts().iter().filter(optional) {
                if !falls_back(dockerfile, step, mount) {
                    continue;
                }
                let id = mount.secret_id().unwrap_or_default();
                let issue = sink
                    .mount(dockerfile, mount, mount.span)
                    .says(format!("without the secret {id} this step goes on and builds something else"))
                    .remedy("Add required=true to the mount: the build then fails and says why.")
                    .confidence(Confidence::Medium);
                sink.report(issue);
            }
        }
    }
}

/// Whether the step tests for the secret.
fn falls_back(dockerfile: &Dockerfile<'_>, step: &Step, mount: &Mount) -> bool {
    let variable =
        mount.env().is_some_and(|env| uses(&step.script, env).iter().any(|one| one.role == Role::Condition));
    let Some(file) = mount.secret_file() else { return variable };
    let instruction = dockerfile.document.instructions().get(step.instruction);
    let text = instruction.map_or("", |one| dockerfile.document.text(one.span)).replace(['"', '\''], "");
    let test = |option: &&str| {
        ["[ ", "[[ ", "test "].iter().any(|word| text.contains(&format!("{word}{option} {file}")))
    };
    let tested = ["-f", "-s", "-e", "-r", "! -f", "! -e"].iter().any(test);
    variable || tested || text.contains(&format!("{file} 2>/dev/null"))
}
