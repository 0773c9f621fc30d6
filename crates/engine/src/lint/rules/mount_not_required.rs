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
use tightlip_dockerfile::{Edit, Mount, MountKind};
use tightlip_report::{Confidence, Level};

use crate::lint::Lint;
use crate::lint::fix::{Fix, Safety};
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
                    .fix(require(dockerfile, id, mount))
                    .remedy("Add required=true to the mount: the build then fails and says why.")
                    .confidence(Confidence::Medium);
                sink.report(issue);
            }
        }
    }
}

/// Builds that come without the secret fail then: that is the point, and somebody has to want it.
fn require(dockerfile: &Dockerfile<'_>, id: &str, mount: &Mount) -> Fix {
    let explicit = mount.options.iter().find(|option| option.key.eq_ignore_ascii_case("required"));
    let edit = match explicit {
        Some(option) => {
            let whole =
                option.value.as_ref().map_or(option.key.span(), |value| option.key.span().to(value.span()));
            Edit::replace(whole, "required=true")
        }
        None => {
            let end = mount
                .options
                .iter()
                .map(|option| option.value.as_ref().unwrap_or(&option.key).span().end)
                .max();
            Edit::insert(end.unwrap_or(mount.span.end), ",required=true")
        }
    };
    Fix {
        title: format!("require the secret {id}"),
        safety: Safety::Unsafe,
        edits: vec![(dockerfile.id, edit)],
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
