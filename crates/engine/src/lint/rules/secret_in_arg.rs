//! A build argument is no place for a secret.
//!
//! The builder writes the value of an `ARG` into the history of the image, at the `ARG` itself and at every `RUN` that
//! follows, whether the step uses it or not. The value also goes into provenance, into the record that the builder
//! keeps of every build, and into the log wherever a `RUN` mentions it: a stage that is thrown away does not help.
//!
//! Anyone who can pull the image gets it with `docker history --no-trunc IMAGE`.
//!
//! Hand the secret to the one step that needs it: `docker build --secret id=NPM_TOKEN` with a secret mount. Nothing of
//! it is kept.
//!
//! ```bad Dockerfile
//! FROM node:22
//! ARG NPM_TOKEN
//! COPY package.json package-lock.json ./
//! RUN npm ci
//! ```
//!
//! ```bad Dockerfile
//! FROM alpine:3.22
//! ARG DEPLOY={alnum:4}
//! ARG API_KEY=k3y-{base62:20}
//! ```
//!
//! ```good Dockerfile
//! FROM node:22
//! COPY package.json package-lock.json ./
//! RUN --mount=type=secret,id=NPM_TOKEN,env=NPM_TOKEN,required=true npm ci
//! ```

use tightlip_dockerfile::Origin;
use tightlip_report::{Confidence, Level};

use crate::lint::Lint;
use crate::lint::mend;
use crate::lint::name::Says;
use crate::lint::project::{Dockerfile, Project};
use crate::lint::sink::{Issue, Sink};
use crate::lint::variable::{SecretVariable, Value};

/// See the top of the file.
pub(crate) static LINT: Lint = Lint {
    id: "secret-in-arg",
    title: "Secret in a build argument",
    level: Level::Deny,
    mechanism: "build-argument",
    recover: "docker history --no-trunc IMAGE",
    aliases: &["SecretsUsedInArgOrEnv", "DL3064", "DS-0031", "AVD-DS-0031", "DS031"],
    source: include_str!("secret_in_arg.rs"),
    check,
};

fn check(project: &Project<'_>, sink: &mut Sink<'_>) {
    for dockerfile in &project.dockerfiles {
        for secret in dockerfile.secrets.iter().filter(|secret| secret.origin == Origin::Arg) {
            let issue = match &secret.value {
                Value::Literal(literal) => Some(
                    sink.literal(dockerfile, literal)
                        .says(format!("the default of the build argument {} is a secret", secret.name)),
                ),
                Value::Outside | Value::Copied(_) => passed(dockerfile, secret, sink),
            };
            let issue = issue.map(|issue| match secret.is_published(issue.level) {
                true => issue,
                false => issue.fix(mend::fix(project, dockerfile, secret)),
            });
            issue.into_iter().for_each(|issue| sink.report(issue.subject(&secret.name)));
        }
    }
}

/// A secret that whoever builds passes. Stages that are thrown away have a lint of their own.
fn passed(dockerfile: &Dockerfile<'_>, secret: &SecretVariable, sink: &Sink<'_>) -> Option<Issue> {
    if !dockerfile.is_shipped(secret.instruction) {
        return None;
    }
    let issue = sink
        .variable(dockerfile, secret, secret.span)
        .says(format!("{} is a build argument: its value is kept in the history of the image", secret.name))
        .label("kept in the history of the image");
    Some(match secret.says {
        Says::Secret => issue,
        _ => issue.at_most(Level::Warn).confidence(Confidence::Medium),
    })
}
