//! The text of a step is kept in the history of the image.
//!
//! Every `RUN` line is stored as it is written, with the layer it made; what a heredoc says is stored in provenance and
//! in the records of the build.
//!
//! Anyone who can pull the image gets it with `docker history --no-trunc IMAGE`.
//!
//! ```bad Dockerfile
//! FROM alpine:3.22
//! RUN wget --header="Authorization: Bearer {base62:40}" https://api.example.com/data
//! ```
//!
//! ```bad Dockerfile
//! FROM alpine:3.22
//! RUN <<EOF
//! export DB_PASSWORD=pw-{base62:20}
//! ./migrate
//! EOF
//! ```
//!
//! ```good Dockerfile
//! FROM alpine:3.22
//! RUN --mount=type=secret,id=api,env=API_TOKEN,required=true \
//!     wget -q --header="Authorization: Bearer $API_TOKEN" https://api.example.com/data
//! ```

use tightlip_dockerfile::Kind;
use tightlip_report::Level;

use crate::lint::Lint;
use crate::lint::project::Project;
use crate::lint::sink::Sink;

/// See the top of the file.
pub(crate) static LINT: Lint = Lint {
    id: "secret-in-run",
    title: "Secret in the text of a step",
    level: Level::Deny,
    mechanism: "instruction-text",
    recover: "docker history --no-trunc IMAGE",
    aliases: &[],
    source: include_str!("secret_in_run.rs"),
    check,
};

fn check(project: &Project<'_>, sink: &mut Sink<'_>) {
    for dockerfile in &project.dockerfiles {
        for (_, instruction) in dockerfile.instructions() {
            if !matches!(instruction.kind, Kind::Run(_)) {
                continue;
            }
            for literal in dockerfile.literals(instruction.span) {
                sink.report(
                    sink.literal(dockerfile, literal).says("a secret stands in the text of this RUN"),
                );
            }
        }
    }
}
