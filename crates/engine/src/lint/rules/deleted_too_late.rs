//! A secret that a later instruction deletes is still in the image.
//!
//! Every instruction makes a layer. `RUN rm` makes another one on top, which says that the file is hidden; the layer
//! that wrote the file still holds it.
//!
//! Anyone who can pull the image gets it with `docker save IMAGE`.
//!
//! Never let the secret into a layer: mount it for the step that needs it, or write, use and delete it in one `RUN`.
//!
//! ```bad Dockerfile
//! FROM alpine:3.22
//! RUN echo "API_KEY=k3y-{base62:20}" > /app/.env
//! RUN ./build.sh
//! RUN rm /app/.env
//! ```
//!
//! ```bad Dockerfile
//! FROM alpine/git
//! COPY .netrc /root/.netrc
//! RUN git clone https://github.com/example/private.git /src
//! RUN rm -f /root/.netrc
//! ```
//!
//! ```good Dockerfile
//! FROM alpine/git
//! RUN --mount=type=secret,id=netrc,target=/root/.netrc,required=true \
//!     git clone https://github.com/example/private.git /src
//! ```

use tightlip_report::{Confidence, Level};

use crate::lint::Lint;
use crate::lint::files::Holds;
use crate::lint::project::Project;
use crate::lint::sink::Sink;
use crate::lint::story::Secret;

/// See the top of the file.
pub(crate) static LINT: Lint = Lint {
    id: "deleted-too-late",
    title: "Secret deleted in another layer than the one that has it",
    level: Level::Deny,
    mechanism: "deleted-file",
    recover: "docker save IMAGE | tar -x, then unpack the layer",
    aliases: &[],
    source: include_str!("deleted_too_late.rs"),
    check,
};

fn check(project: &Project<'_>, sink: &mut Sink<'_>) {
    for dockerfile in &project.dockerfiles {
        let instructions = dockerfile.document.instructions();
        for held in &dockerfile.story.held {
            let Some(deleted) = held.deleted_by.and_then(|index| instructions.get(index)) else { continue };
            let (path, line, name) = (&held.path, deleted.line, held.secret.name());
            let shipped = dockerfile.is_shipped(held.instruction);
            let place = if shipped { "a layer of the image" } else { "the build cache" };
            let issue = sink
                .secret(dockerfile, &held.secret, held.span)
                .says(format!("line {line} deletes {path} too late: {name} stays in {place}"))
                .subject(format!("{name} {path}"));
            let issue = if shipped { issue } else { issue.at_most(Level::Warn) };
            sink.report(match &held.secret {
                Secret::File(_, Holds::Maybe) => issue.at_most(Level::Warn).confidence(Confidence::Medium),
                Secret::Variable { .. } => issue.confidence(Confidence::High),
                _ => issue,
            });
        }
    }
}
