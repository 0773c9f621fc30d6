//! A token that the builder sends to every Git host.
//!
//! The builder itself uses the secrets `GIT_AUTH_TOKEN` and `GIT_AUTH_HEADER` for every repository that a Dockerfile
//! names in `ADD`, whoever runs the host. With the name of a host behind it, `GIT_AUTH_TOKEN.github.com`, the token goes
//! to that host alone.
//!
//! ```bad Dockerfile
//! FROM alpine:3.22
//! ADD https://git.example.com/tools.git /tools
//! RUN --mount=type=secret,id=GIT_AUTH_TOKEN,env=TOKEN,required=true ./fetch
//! ```
//!
//! ```good Dockerfile
//! FROM alpine:3.22
//! ADD https://git.example.com/tools.git /tools
//! RUN --mount=type=secret,id=GIT_AUTH_TOKEN.github.com,env=TOKEN,required=true ./fetch
//! ```

use tightlip_dockerfile::MountKind;
use tightlip_report::Level;

use crate::lint::Lint;
use crate::lint::project::Project;
use crate::lint::sink::Sink;

/// See the top of the file.
pub(crate) static LINT: Lint = Lint {
    id: "git-token-unscoped",
    title: "Token that goes to every Git host",
    level: Level::Warn,
    mechanism: "build-record",
    recover: "",
    aliases: &[],
    source: include_str!("git_token_unscoped.rs"),
    check,
};

fn check(project: &Project<'_>, sink: &mut Sink<'_>) {
    for dockerfile in &project.dockerfiles {
        for (_, instruction) in dockerfile.instructions() {
            for mount in instruction.mounts().iter().filter(|mount| mount.kind == MountKind::Secret) {
                let Some(id) =
                    mount.secret_id().filter(|id| matches!(*id, "GIT_AUTH_TOKEN" | "GIT_AUTH_HEADER"))
                else {
                    continue;
                };
                let issue = sink
                    .mount(dockerfile, mount, mount.id().map_or(mount.span, |id| id.span()))
                    .says(format!(
                        "the builder sends the secret {id} to every Git host that this Dockerfile names"
                    ))
                    .remedy(format!("Name the host: id={id}.github.com"));
                sink.report(issue);
            }
        }
    }
}
