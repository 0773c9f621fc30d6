//! A secret in a stage that is thrown away.
//!
//! The stage is not in the image, but the build leaves more than the image: the log, the record that the builder keeps
//! of every build, provenance with `mode=max` (which docker/build-push-action makes for public repositories), caches
//! that are exported with `mode=max`, and the stage itself when somebody pushes it as a target. A build argument is in
//! all of these.
//!
//! Use a secret mount in the stage as anywhere else.
//!
//! ```bad Dockerfile
//! FROM node:22 AS build
//! ARG NPM_TOKEN
//! RUN npm ci
//! FROM nginx:1.27
//! COPY --from=build /app/dist /usr/share/nginx/html
//! ```
//!
//! ```good Dockerfile
//! FROM node:22 AS build
//! RUN --mount=type=secret,id=NPM_TOKEN,env=NPM_TOKEN,required=true npm ci
//! FROM nginx:1.27
//! COPY --from=build /app/dist /usr/share/nginx/html
//! ```

use tightlip_dockerfile::Origin;
use tightlip_report::{Confidence, Level};

use crate::lint::Lint;
use crate::lint::mend;
use crate::lint::name::Says;
use crate::lint::project::Project;
use crate::lint::sink::Sink;
use crate::lint::variable::Value;

/// See the top of the file.
pub(crate) static LINT: Lint = Lint {
    id: "secret-in-discarded-stage",
    title: "Secret in a stage that is thrown away",
    level: Level::Warn,
    mechanism: "provenance",
    recover: "docker buildx history inspect attachment --type https://slsa.dev/provenance/v1 BUILD",
    aliases: &["SecretsUsedInArgOrEnv", "DL3064"],
    source: include_str!("secret_in_discarded_stage.rs"),
    check,
};

fn check(project: &Project<'_>, sink: &mut Sink<'_>) {
    for dockerfile in &project.dockerfiles {
        for secret in &dockerfile.secrets {
            let passed = !matches!(secret.value, Value::Literal(_));
            if !passed || dockerfile.is_shipped(secret.instruction) {
                continue;
            }
            let (name, global) = (&secret.name, dockerfile.stages().holding(secret.instruction).is_none());
            let title = match (secret.origin, global) {
                (_, true) => format!(
                    "{name} is a build argument of all stages: the records of the build keep its value"
                ),
                (Origin::Arg, _) => {
                    format!("{name} is a build argument: the records of the build keep its value")
                }
                (Origin::Env, _) => {
                    format!("{name} is in the environment of a stage: its cache and its image keep it")
                }
            };
            let issue = sink.variable(dockerfile, secret, secret.span).says(title);
            let issue = issue.fix(mend::fix(project, dockerfile, secret));
            sink.report(if secret.says == Says::Secret {
                issue
            } else {
                issue.confidence(Confidence::Medium)
            });
        }
    }
}
