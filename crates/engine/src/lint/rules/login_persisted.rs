//! A login is written down.
//!
//! `docker login`, `aws configure set`, `gcloud auth activate-service-account`, `az login`, `npm login`,
//! `cargo login` and the like store what they are told in the home of the user, to find it next time. In a build the
//! next time is in the image: the file stays in the layer of the step.
//!
//! Anyone who can pull the image gets it with `docker save IMAGE`.
//!
//! Give the tool its credentials where it looks for them, for one step: a mounted file
//! (`target=/root/.docker/config.json`, `target=/root/.aws/credentials`) or the variable that it reads.
//!
//! ```bad Dockerfile
//! FROM amazon/aws-cli:2.27.0
//! RUN --mount=type=secret,id=aws_secret,env=KEY,required=true aws configure set aws_secret_access_key "$KEY"
//! ```
//!
//! ```good Dockerfile
//! FROM amazon/aws-cli:2.27.0
//! RUN --mount=type=secret,id=aws,target=/root/.aws/credentials,required=true aws s3 cp s3://bucket/x /x
//! ```

use tightlip_report::Level;

use super::secret_persisted::{issue, kept, of_a_tool, written};
use crate::lint::Lint;
use crate::lint::project::Project;
use crate::lint::sink::Sink;

/// See the top of the file.
pub(crate) static LINT: Lint = Lint {
    id: "login-persisted",
    title: "Login that stays in the image",
    level: Level::Deny,
    mechanism: "visible-file",
    recover: "docker save IMAGE | tar -x, then unpack the layer",
    aliases: &[],
    source: include_str!("login_persisted.rs"),
    check,
};

fn check(project: &Project<'_>, sink: &mut Sink<'_>) {
    for dockerfile in &project.dockerfiles {
        for (gone, stored) in written(dockerfile) {
            if of_a_tool(stored).is_some_and(|call| !call.starts_with("git ")) {
                let told = format!(
                    "this login keeps {} in {}, which stays in {}",
                    gone.secret.name(),
                    stored.path,
                    kept(stored)
                );
                sink.report(issue(dockerfile, (gone, stored), sink).says(told));
            }
        }
    }
}
