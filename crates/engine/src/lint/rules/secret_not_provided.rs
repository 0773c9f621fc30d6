//! A Dockerfile mounts a secret that a build does not provide.
//!
//! Without `required=true` the step runs all the same: with an empty variable, or without the file. It then falls back to
//! whatever it finds, or builds something half-done that looks right; nobody notices that the secret never arrived, and
//! the next person passes it as a build argument. With `required=true` the build stops.
//!
//! Provide the secret where the build is started, and mark the mount as required.
//!
//! ```bad build.sh
//! docker build -t app .
//! ```
//! ```and Dockerfile
//! FROM node:22
//! RUN --mount=type=secret,id=NPM_TOKEN,env=NPM_TOKEN npm ci
//! ```
//!
//! ```good build.sh
//! docker build --secret id=NPM_TOKEN,env=NPM_TOKEN -t app .
//! ```
//! ```and Dockerfile
//! FROM node:22
//! RUN --mount=type=secret,id=NPM_TOKEN,env=NPM_TOKEN,required=true npm ci
//! ```

use tightlip_callers::{Call, Tool};
use tightlip_report::{Confidence, Level};

use crate::lint::Lint;
use crate::lint::caller::{self, CallerFile};
use crate::lint::project::Project;
use crate::lint::sink::Sink;

/// See the top of the file.
pub(crate) static LINT: Lint = Lint {
    id: "secret-not-provided",
    title: "Secret that the Dockerfile mounts and the build does not provide",
    level: Level::Warn,
    mechanism: "build-argument",
    recover: "",
    aliases: &[],
    source: include_str!("secret_not_provided.rs"),
    check,
};

fn check(project: &Project<'_>, sink: &mut Sink<'_>) {
    for file in &project.callers {
        for call in file.callers.calls.iter().filter(|call| says_all(file, call)) {
            let Some(dockerfile) = file.dockerfile(call, project) else { continue };
            for id in caller::mounted(dockerfile) {
                // Passed as an argument is the worse mistake, and is told.
                if call.secret(id).is_some() || call.argument(id).is_some() {
                    continue;
                }
                let title = format!(
                    "{} mounts the secret {id}, which this build does not provide",
                    dockerfile.file.name
                );
                let issue = sink
                    .given(file, id, file.head(call))
                    .says(title)
                    .label(format!("without {id}"))
                    .remedy("Provide the secret here (docker build --secret id=…), and mark the mount as required.")
                    .confidence(Confidence::Medium);
                sink.report(issue);
            }
        }
    }
}

/// Whether the call itself says which secrets it provides, and builds all of the Dockerfile.
fn says_all(file: &CallerFile<'_>, call: &Call) -> bool {
    let computed = call.secrets.iter().any(|secret| secret.id.plain().is_none());
    let hidden = file.callers.problems.iter().any(|problem| call.span.contains(problem.span));
    // A target leaves stages out; a bake file may be completed by another one.
    !computed && !hidden && call.target.is_none() && call.tool != Tool::BakeFile
}
