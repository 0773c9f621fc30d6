//! Comments and all other text of a Dockerfile are published too.
//!
//! Provenance with `mode=max` carries the whole Dockerfile, comments included, and so does the record that the builder
//! keeps of every build; whoever can read the repository has it anyway. What `WORKDIR`, `USER`, `MAINTAINER` and
//! others say is kept in the configuration and the history of the image.
//!
//! ```bad Dockerfile
//! # token for testing: ghp_{base62:36}
//! FROM alpine:3.22
//! ```
//!
//! ```good Dockerfile
//! # The token comes from: docker build --secret id=token
//! FROM alpine:3.22
//! ```

use tightlip_dockerfile::{Kind, Span};
use tightlip_report::Level;

use crate::lint::Lint;
use crate::lint::project::{Dockerfile, Project};
use crate::lint::sink::Sink;

/// See the top of the file.
pub(crate) static LINT: Lint = Lint {
    id: "secret-in-comment",
    title: "Secret in the text of a Dockerfile",
    level: Level::Deny,
    mechanism: "provenance-source",
    recover: "docker buildx imagetools inspect --format '{{json .Provenance}}' IMAGE",
    aliases: &[],
    source: include_str!("secret_in_comment.rs"),
    check,
};

fn check(project: &Project<'_>, sink: &mut Sink<'_>) {
    for dockerfile in &project.dockerfiles {
        let told = told_elsewhere(dockerfile);
        let whole = Span::new(0, dockerfile.file.source.len());
        for literal in dockerfile.literals(whole) {
            if told.iter().any(|span| span.contains(literal.span)) {
                continue;
            }
            let comment = dockerfile.document.comments().iter().any(|one| one.span.contains(literal.span));
            let title =
                if comment { "a secret stands in a comment" } else { "a secret stands in the Dockerfile" };
            sink.report(sink.literal(dockerfile, literal).says(title));
        }
    }
}

/// The instructions that have a lint of their own.
fn told_elsewhere(dockerfile: &Dockerfile<'_>) -> Vec<Span> {
    let own = |kind: &Kind| {
        matches!(
            kind,
            Kind::Arg(_)
                | Kind::Env(_)
                | Kind::Label(_)
                | Kind::Run(_)
                | Kind::Copy(_)
                | Kind::Add(_)
                | Kind::Cmd(_)
                | Kind::Entrypoint(_)
                | Kind::Healthcheck(_)
        )
    };
    dockerfile.instructions().filter(|(_, one)| own(&one.kind)).map(|(_, one)| one.span).collect()
}
