//! A secret mount that every user of the step can read.
//!
//! By default only the owner can read the file of a secret mount (`mode=0400`). With `mode=0444` every program of the
//! step reads it, whatever user it runs as: the scripts of the packages that are installed, too.
//!
//! Give the file to the user that needs it, with `uid=`, or take `env=`.
//!
//! ```bad Dockerfile
//! FROM node:22
//! RUN --mount=type=secret,id=npmrc,target=/root/.npmrc,mode=0444,required=true npm ci
//! ```
//!
//! ```good Dockerfile
//! FROM node:22
//! USER node
//! RUN --mount=type=secret,id=npmrc,target=/home/node/.npmrc,uid=1000,required=true npm ci
//! ```

use tightlip_dockerfile::{Edit, Mount, MountKind, Span};
use tightlip_report::Level;

use crate::lint::Lint;
use crate::lint::fix::{Fix, Safety};
use crate::lint::project::{Dockerfile, Project};
use crate::lint::sink::Sink;

/// See the top of the file.
pub(crate) static LINT: Lint = Lint {
    id: "mount-world-readable",
    title: "Secret mount that every user of the step can read",
    level: Level::Warn,
    mechanism: "log-output",
    recover: "",
    aliases: &[],
    source: include_str!("mount_world_readable.rs"),
    check,
};

fn check(project: &Project<'_>, sink: &mut Sink<'_>) {
    for dockerfile in &project.dockerfiles {
        for (_, instruction) in dockerfile.instructions() {
            for mount in instruction.mounts().iter().filter(|mount| is_open(mount)) {
                let Some(mode) = mount.mode() else { continue };
                let id = mount.secret_id().unwrap_or_default();
                let issue = sink
                    .mount(dockerfile, mount, mode.span())
                    .says(format!("every user of the step can read the secret {id}"))
                    .fix(owner_only(dockerfile, id, mode.span()))
                    .remedy(
                        "Leave the mode out (0400), and give the file to the user that needs it with uid=.",
                    );
                sink.report(issue);
            }
        }
    }
}

/// Which user the step runs as may be said by the base image: somebody has to look.
fn owner_only(dockerfile: &Dockerfile<'_>, id: &str, mode: Span) -> Fix {
    let edits = vec![(dockerfile.id, Edit::replace(mode, "0400"))];
    Fix { title: format!("let only its owner read the secret {id}"), safety: Safety::Unsafe, edits }
}

fn is_open(mount: &Mount) -> bool {
    let mode = mount.mode().and_then(|mode| u32::from_str_radix(mode.trim_start_matches("0o"), 8).ok());
    matches!(mount.kind, MountKind::Secret | MountKind::Ssh) && mode.is_some_and(|mode| mode & 0o004 != 0)
}
