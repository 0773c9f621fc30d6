//! A secret is passed as a build argument that the Dockerfile does not declare.
//!
//! No step gets the value, but the build has it: it is in the builder's record of the build, in the metadata file, and in
//! provenance with `mode=max`. This is often what is left when a Dockerfile was changed to secret mounts and its callers
//! were not.
//!
//! Take the argument out. If the Dockerfile mounts a secret of this name, pass it as that: `tightlip lint --fix` does.
//!
//! ```bad build.sh
//! docker build --build-arg NPM_TOKEN="$NPM_TOKEN" .
//! ```
//! ```and Dockerfile
//! FROM node:22
//! RUN --mount=type=secret,id=NPM_TOKEN,env=NPM_TOKEN,required=true npm ci
//! ```
//!
//! ```good build.sh
//! docker build --secret id=NPM_TOKEN,env=NPM_TOKEN .
//! ```
//! ```and Dockerfile
//! FROM node:22
//! RUN --mount=type=secret,id=NPM_TOKEN,env=NPM_TOKEN,required=true npm ci
//! ```

use tightlip_report::Level;

use super::secret_passed_as_argument::fix;
use crate::lint::Lint;
use crate::lint::caller::{self, Why};
use crate::lint::project::Project;
use crate::lint::sink::{Issue, Sink};

/// See the top of the file.
pub(crate) static LINT: Lint = Lint {
    id: "argument-not-declared",
    title: "Secret passed as an argument that the Dockerfile does not declare",
    level: Level::Warn,
    mechanism: "build-record",
    recover: "docker buildx history inspect BUILD",
    aliases: &[],
    source: include_str!("argument_not_declared.rs"),
    check,
};

fn check(project: &Project<'_>, sink: &mut Sink<'_>) {
    for file in &project.callers {
        for secret in file.secrets() {
            let name = secret.argument.name.as_str();
            let Some(dockerfile) = file.dockerfile(secret.call, project) else { continue };
            if caller::declares(dockerfile, name) {
                continue;
            }
            let issue = match &secret.why {
                Why::Literal(literal) => sink.in_file(file.id, literal).subject(name),
                _ => sink.given(file, name, secret.argument.span),
            };
            let declared = format!(
                "{} declares no argument {name}: only the records of the build keep it",
                dockerfile.file.name
            );
            let issue = issue.says(declared).label("reaches no step");
            let fix = fix(file, &secret, dockerfile);
            sink.report(Issue { fix, ..issue });
        }
    }
}
