//! An environment variable of the image is no place for a secret.
//!
//! `ENV` is stored in the configuration of the image and given to every process of every container. `ENV T=$T` copies a
//! build argument there, which also publishes it.
//!
//! Anyone who can pull the image gets it with `docker inspect --format '{{json .Config.Env}}' IMAGE`.
//!
//! What the program needs when it runs is set when the container starts (`docker run --env-file`, a secret of the
//! orchestrator). What a build step needs comes from a secret mount.
//!
//! ```bad Dockerfile
//! FROM alpine:3.22
//! ENV API_KEY=k3y-{base62:20}
//! ```
//!
//! ```bad Dockerfile
//! FROM node:22
//! ARG NPM_TOKEN
//! ENV NPM_TOKEN=$NPM_TOKEN
//! ```
//!
//! ```bad build.sh
//! buildah config --env GITHUB_TOKEN="$GITHUB_TOKEN" "$container"
//! ```
//!
//! ```bad release.sh
//! docker commit --change "ENV API_SECRET=k3y-{base62:20}" "$container" app
//! ```
//!
//! ```good build.sh
//! buildah config --env NODE_ENV=production --env API_KEY_FILE=/run/secrets/api_key "$container"
//! ```
//!
//! ```good Dockerfile
//! FROM alpine:3.22
//! ENV API_KEY_FILE=/run/secrets/api_key
//! ```

use tightlip_dockerfile::Origin;
use tightlip_report::Level;

use crate::lint::Lint;
use crate::lint::mend;
use crate::lint::project::Project;
use crate::lint::sink::Sink;
use crate::lint::variable::Value;

use super::secret_in_label;

/// See the top of the file.
pub(crate) static LINT: Lint = Lint {
    id: "secret-in-env",
    title: "Secret in an environment variable of the image",
    level: Level::Deny,
    mechanism: "environment-variable",
    recover: "docker inspect --format '{{json .Config.Env}}' IMAGE",
    aliases: &["SecretsUsedInArgOrEnv", "DL3064", "DS-0031", "AVD-DS-0031", "DS031"],
    source: include_str!("secret_in_env.rs"),
    check,
};

fn check(project: &Project<'_>, sink: &mut Sink<'_>) {
    for file in &project.callers {
        for secret in file.image_environment() {
            sink.report(secret_in_label::given(file, &secret, (sink, "the environment variable")));
        }
    }
    for dockerfile in &project.dockerfiles {
        for secret in dockerfile.secrets.iter().filter(|secret| secret.origin == Origin::Env) {
            let name = &secret.name;
            let issue = match &secret.value {
                Value::Literal(literal) => sink
                    .literal(dockerfile, literal)
                    .says(format!("the environment variable {name} of the image is a secret")),
                Value::Copied(from) if dockerfile.is_shipped(secret.instruction) => sink
                    .variable(dockerfile, secret, secret.span)
                    .says(format!("{name} copies the secret {from} into the environment of the image")),
                Value::Copied(_) | Value::Outside => continue,
            };
            let issue = issue.subject(name);
            sink.report(match secret.is_published(issue.level) {
                true => issue,
                false => issue.fix(mend::fix(project, dockerfile, secret)),
            });
        }
    }
}
