//! An instruction that names a secret is kept with the value in it.
//!
//! The builder fills in build arguments and variables in `ADD`, `COPY`, `FROM`, `WORKDIR` and others, and stores the
//! result: in the history, in the configuration, in the name of the step that the log shows.
//!
//! Anyone who can pull the image gets it with `docker history --no-trunc IMAGE`.
//!
//! For `ADD https://…` the builder takes credentials of its own: `docker build --secret id=HTTP_AUTH_TOKEN_files.example.com`,
//! and for repositories `--secret id=GIT_AUTH_TOKEN.github.com`; the Dockerfile names neither.
//!
//! ```bad Dockerfile
//! FROM alpine:3.22
//! ARG GITHUB_TOKEN
//! ADD https://${GITHUB_TOKEN}@github.com/example/private.git /src
//! ```
//!
//! ```good Dockerfile
//! FROM alpine:3.22
//! ADD https://github.com/example/private.git /src
//! ```

use tightlip_dockerfile::Kind;
use tightlip_report::Level;

use crate::lint::Lint;
use crate::lint::project::Project;
use crate::lint::sink::Sink;
use crate::lint::variable::references;

/// See the top of the file.
pub(crate) static LINT: Lint = Lint {
    id: "secret-in-instruction",
    title: "Secret named by an instruction",
    level: Level::Deny,
    mechanism: "instruction-text",
    recover: "docker history --no-trunc IMAGE",
    aliases: &[],
    source: include_str!("secret_in_instruction.rs"),
    check,
};

fn check(project: &Project<'_>, sink: &mut Sink<'_>) {
    for dockerfile in &project.dockerfiles {
        for (index, instruction) in dockerfile.instructions() {
            if matches!(instruction.kind, Kind::Arg(_) | Kind::Env(_) | Kind::Label(_) | Kind::Run(_)) {
                continue;
            }
            for secret in dockerfile.secrets_at(index) {
                let name = instruction.name.to_ascii_uppercase();
                for span in references(instruction, dockerfile.document.escape(), &secret.name) {
                    let title =
                        format!("{name} writes the secret {} into the history of the build", secret.name);
                    sink.report(sink.variable(dockerfile, secret, span).says(title));
                }
            }
        }
    }
}
