//! A step that shows a secret in the log of the build.
//!
//! No builder masks what a step prints, whether the secret was mounted or not. The log goes to everybody who can see
//! the build, and the builder keeps it.
//!
//! `echo`, `cat` of the mounted file, `env` and `printenv`, `set -x`, and clients that show what they send
//! (`curl -v`) print it.
//!
//! ```bad Dockerfile
//! FROM alpine:3.22
//! RUN --mount=type=secret,id=token,required=true cat /run/secrets/token
//! ```
//!
//! ```bad Dockerfile
//! FROM alpine:3.22
//! RUN --mount=type=secret,id=T,env=T,required=true set -x && wget -q --header="X-Token: $T" https://api.example.com/x
//! ```
//!
//! ```good Dockerfile
//! FROM alpine:3.22
//! RUN --mount=type=secret,id=T,env=T,required=true wget -q --header="X-Token: $T" https://api.example.com/x
//! ```

use tightlip_dockerfile::flow::{Shown, Sink as Goes};
use tightlip_report::{Confidence, Level};

use crate::lint::Lint;
use crate::lint::project::Project;
use crate::lint::sink::Sink;

/// See the top of the file.
pub(crate) static LINT: Lint = Lint {
    id: "secret-in-log",
    title: "Secret in the log of the build",
    level: Level::Deny,
    mechanism: "log-output",
    recover: "docker buildx history logs BUILD",
    aliases: &[],
    source: include_str!("secret_in_log.rs"),
    check,
};

fn check(project: &Project<'_>, sink: &mut Sink<'_>) {
    for dockerfile in &project.dockerfiles {
        for gone in &dockerfile.story.gone {
            let Goes::Log(shown) = gone.flow.sink else { continue };
            let name = gone.secret.name();
            let how = match shown {
                Shown::Printed => "this step prints",
                Shown::Listed => "this step prints its whole environment, with",
                Shown::Traced => "set -x shows this command with",
                Shown::Verbose => "this client shows what it sends, with",
                Shown::TracedScript => "-x shows every command of this script, and where one uses it",
            };
            let issue = sink
                .secret(dockerfile, &gone.secret, gone.flow.span)
                .says(format!("{how} {name} in the log of the build"))
                .remedy("Do not print it: no echo, set -x or verbose option in a step that has the secret.");
            sink.report(match shown {
                Shown::Verbose => issue.confidence(Confidence::Medium),
                Shown::TracedScript => issue.at_most(Level::Warn).confidence(Confidence::Medium),
                _ => issue,
            });
        }
    }
}
