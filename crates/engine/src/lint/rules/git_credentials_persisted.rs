//! Git keeps the credentials that it is told.
//!
//! `git clone https://TOKEN@host/…` writes the URL into the configuration of the new repository,
//! `git config url."https://TOKEN@host/".insteadOf` into that of the user, and credential helpers that store write a
//! file. All of them stay in the layer of the step.
//!
//! Anyone who can pull the image gets it with `docker run IMAGE git config --list --show-origin`.
//!
//! Let Git read the credentials from where they are mounted (`target=/root/.netrc`), or pass the setting by
//! environment, which is never written: `GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=… GIT_CONFIG_VALUE_0=…`. `ADD` of a
//! repository takes `--secret id=GIT_AUTH_TOKEN.github.com`.
//!
//! ```bad Dockerfile
//! FROM golang:1.24
//! RUN --mount=type=secret,id=GH,env=GH,required=true \
//!     git config --global url."https://${GH}@github.com/".insteadOf https://github.com/ && go mod download
//! ```
//!
//! ```good Dockerfile
//! FROM golang:1.24
//! RUN --mount=type=secret,id=netrc,target=/root/.netrc,required=true go mod download
//! ```

use tightlip_report::Level;

use super::secret_persisted::{issue, kept, of_a_tool, written};
use crate::lint::Lint;
use crate::lint::project::Project;
use crate::lint::sink::Sink;

/// See the top of the file.
pub(crate) static LINT: Lint = Lint {
    id: "git-credentials-persisted",
    title: "Credentials in the configuration of Git",
    level: Level::Deny,
    mechanism: "visible-file",
    recover: "docker run --rm IMAGE git config --list --show-origin",
    aliases: &[],
    source: include_str!("git_credentials_persisted.rs"),
    check,
};

fn check(project: &Project<'_>, sink: &mut Sink<'_>) {
    for dockerfile in &project.dockerfiles {
        for (gone, stored) in written(dockerfile) {
            if of_a_tool(stored).is_some_and(|call| call.starts_with("git ")) {
                let (name, path) = (gone.secret.name(), &stored.path);
                let told = format!("Git keeps {name} in {path}, which stays in {}", kept(stored));
                sink.report(issue(dockerfile, (gone, stored), sink).says(told));
            }
        }
    }
}
