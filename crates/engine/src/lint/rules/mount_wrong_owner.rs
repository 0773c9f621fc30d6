//! A mounted secret that the user of the step cannot read.
//!
//! The file of a secret mount belongs to root and only its owner can read it. After `USER app` the step cannot open it:
//! it fails, or goes on without the secret.
//!
//! Give the file to the user with `uid=`, or take `env=`.
//!
//! ```bad Dockerfile
//! FROM node:22
//! USER node
//! RUN --mount=type=secret,id=npmrc,target=/home/node/.npmrc,required=true npm ci
//! ```
//!
//! ```good Dockerfile
//! FROM node:22
//! USER node
//! RUN --mount=type=secret,id=npmrc,target=/home/node/.npmrc,uid=1000,required=true npm ci
//! ```

use tightlip_dockerfile::{Mount, MountKind};
use tightlip_report::{Confidence, Level};

use crate::lint::Lint;
use crate::lint::project::Project;
use crate::lint::sink::Sink;

/// See the top of the file.
pub(crate) static LINT: Lint = Lint {
    id: "mount-wrong-owner",
    title: "Mounted secret that the step cannot read",
    level: Level::Note,
    mechanism: "build-argument",
    recover: "",
    aliases: &[],
    source: include_str!("mount_wrong_owner.rs"),
    check,
};

fn check(project: &Project<'_>, sink: &mut Sink<'_>) {
    for dockerfile in &project.dockerfiles {
        for (index, instruction) in dockerfile.instructions() {
            let mounts = instruction.mounts().iter().filter(|mount| belongs_to_root(mount));
            for mount in mounts {
                let Some(user) = dockerfile.user_at(index).filter(|user| !is_root(user)) else { continue };
                let id = mount.secret_id().unwrap_or_default();
                let issue = sink
                    .mount(dockerfile, mount, mount.span)
                    .says(format!("the secret {id} belongs to root, and this step runs as {user}"))
                    .remedy("Add uid= with the number of the user, or take the secret with env=.")
                    .confidence(Confidence::Medium);
                sink.report(issue);
            }
        }
    }
}

fn belongs_to_root(mount: &Mount) -> bool {
    let given = |key: &str| mount.options.iter().any(|option| option.key.eq_ignore_ascii_case(key));
    mount.kind == MountKind::Secret
        && mount.secret_file().is_some()
        && !["uid", "gid", "mode"].into_iter().any(given)
}

fn is_root(user: &str) -> bool {
    let name = user.split(':').next().unwrap_or("");
    matches!(name, "root" | "0" | "") || name.contains('$')
}
