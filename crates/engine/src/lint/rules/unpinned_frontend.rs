//! A frontend of somebody else that gets the secrets of the build.
//!
//! `# syntax=` names the program that reads the Dockerfile. It runs as part of the build and can ask for every secret
//! that the build was given. A tag can be moved to another program at any time; a digest cannot.
//!
//! The frontends of Docker (`docker/dockerfile`) count as known.
//!
//! ```bad Dockerfile
//! # syntax=example.com/frontends/fancy:1
//! FROM node:22
//! RUN --mount=type=secret,id=NPM_TOKEN,env=NPM_TOKEN,required=true npm ci
//! ```
//!
//! ```good Dockerfile
//! # syntax=docker/dockerfile:1
//! FROM node:22
//! RUN --mount=type=secret,id=NPM_TOKEN,env=NPM_TOKEN,required=true npm ci
//! ```

use tightlip_dockerfile::{DirectiveKind, MountKind};
use tightlip_report::Level;

use crate::lint::Lint;
use crate::lint::project::{Dockerfile, Project};
use crate::lint::sink::Sink;

/// See the top of the file.
pub(crate) static LINT: Lint = Lint {
    id: "unpinned-frontend",
    title: "Frontend that can change and gets the secrets",
    level: Level::Warn,
    mechanism: "build-record",
    recover: "",
    aliases: &[],
    source: include_str!("unpinned_frontend.rs"),
    check,
};

/// Where Docker publishes its frontends.
const KNOWN: &[&str] = &["docker/dockerfile", "docker/dockerfile-upstream", "docker/buildkit-syft-scanner"];

fn check(project: &Project<'_>, sink: &mut Sink<'_>) {
    for dockerfile in &project.dockerfiles {
        let Some(syntax) = dockerfile.document.directive(DirectiveKind::Syntax) else { continue };
        if !has_secrets(dockerfile) || syntax.value.contains("@sha256:") || is_known(&syntax.value) {
            continue;
        }
        let issue = sink
            .issue(dockerfile.id, syntax.value.span())
            .says(format!(
                "the frontend {} can change at any time, and gets the secrets of the build",
                syntax.value
            ))
            .remedy("Name the frontend by its digest: # syntax=IMAGE@sha256:…")
            .subject(syntax.value.as_str());
        sink.report(issue);
    }
}

fn has_secrets(dockerfile: &Dockerfile<'_>) -> bool {
    let is_secret = |kind: MountKind| matches!(kind, MountKind::Secret | MountKind::Ssh);
    dockerfile.instructions().any(|(_, one)| one.mounts().iter().any(|mount| is_secret(mount.kind)))
}

fn is_known(image: &str) -> bool {
    let name = image.split_whitespace().next().unwrap_or("");
    let name =
        ["docker.io/", "index.docker.io/"].iter().find_map(|host| name.strip_prefix(host)).unwrap_or(name);
    KNOWN.contains(&name.split([':', '@']).next().unwrap_or(""))
}
