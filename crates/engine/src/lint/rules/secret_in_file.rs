//! What `COPY` and `ADD` write into the image stays in the image.
//!
//! The content of a heredoc becomes a file of a layer, and the source of `ADD` stands in the history with the
//! credentials of its URL.
//!
//! Anyone who can pull the image gets it: `docker history --no-trunc IMAGE`, or the file from the layer with
//! `docker save`.
//!
//! ```bad Dockerfile
//! FROM alpine:3.22
//! COPY <<EOF /app/.env
//! API_KEY=k3y-{base62:20}
//! EOF
//! ```
//!
//! ```bad Dockerfile
//! FROM alpine:3.22
//! ADD https://deploy:pw-{base62:20}@files.example.com/app.tar.gz /app/
//! ```
//!
//! ```good Dockerfile
//! FROM alpine:3.22
//! COPY <<EOF /app/config.toml
//! api_key_file = "/run/secrets/api_key"
//! EOF
//! ADD https://files.example.com/app.tar.gz /app/
//! ```

use tightlip_dockerfile::Kind;
use tightlip_report::Level;

use crate::lint::Lint;
use crate::lint::project::Project;
use crate::lint::sink::Sink;

/// See the top of the file.
pub(crate) static LINT: Lint = Lint {
    id: "secret-in-file",
    title: "Secret in a file that the Dockerfile writes",
    level: Level::Deny,
    mechanism: "visible-file",
    recover: "docker save IMAGE | tar -x, then unpack the layer",
    aliases: &[],
    source: include_str!("secret_in_file.rs"),
    check,
};

fn check(project: &Project<'_>, sink: &mut Sink<'_>) {
    for dockerfile in &project.dockerfiles {
        for (_, instruction) in dockerfile.instructions() {
            if !matches!(instruction.kind, Kind::Copy(_) | Kind::Add(_)) {
                continue;
            }
            let name = instruction.name.to_ascii_uppercase();
            for literal in dockerfile.literals(instruction.span) {
                let issue = sink.literal(dockerfile, literal);
                let issue = if instruction.arguments.span().contains(literal.span) {
                    issue
                        .says(format!("this {name} names a secret"))
                        .recover("docker history --no-trunc IMAGE")
                } else {
                    issue.says(format!("this {name} writes a secret into the image"))
                };
                sink.report(issue);
            }
        }
    }
}
