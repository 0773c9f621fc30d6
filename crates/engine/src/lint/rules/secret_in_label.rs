//! A label is published with the image.
//!
//! Labels are stored in the configuration of the image; registries and other tools show them to everybody.
//!
//! Anyone who can pull the image gets it with `docker inspect --format '{{json .Config.Labels}}' IMAGE`.
//!
//! ```bad Dockerfile
//! FROM alpine:3.22
//! LABEL build.password=hunter-{alnum:8}
//! ```
//!
//! ```bad Dockerfile
//! FROM alpine:3.22
//! ARG CI_JOB_TOKEN
//! LABEL build.job=$CI_JOB_TOKEN
//! ```
//!
//! ```good Dockerfile
//! FROM alpine:3.22
//! LABEL org.opencontainers.image.source=https://github.com/example/app
//! ```

use tightlip_dockerfile::{Kind, Pair};
use tightlip_report::Level;

use crate::lint::Lint;
use crate::lint::project::Project;
use crate::lint::sink::Sink;
use crate::lint::variable::references;

/// See the top of the file.
pub(crate) static LINT: Lint = Lint {
    id: "secret-in-label",
    title: "Secret in a label",
    level: Level::Deny,
    mechanism: "label",
    recover: "docker inspect --format '{{json .Config.Labels}}' IMAGE",
    aliases: &[],
    source: include_str!("secret_in_label.rs"),
    check,
};

fn check(project: &Project<'_>, sink: &mut Sink<'_>) {
    for dockerfile in &project.dockerfiles {
        for (index, instruction) in dockerfile.instructions() {
            let Kind::Label(pairs) = &instruction.kind else { continue };
            for (pair, literal) in
                pairs.iter().flat_map(|pair| dockerfile.literals(pair.span()).map(move |l| (pair, l)))
            {
                let name = &pair.name;
                let issue =
                    sink.literal(dockerfile, literal).says(format!("the label {name} holds a secret"));
                sink.report(issue.subject(name.as_str()));
            }
            for secret in dockerfile.secrets_at(index) {
                for span in references(instruction, dockerfile.document.escape(), &secret.name) {
                    let label = pairs.iter().find(|pair| pair.span().contains(span)).map_or("", label_name);
                    let title = format!("the label {label} publishes the secret {}", secret.name);
                    sink.report(sink.variable(dockerfile, secret, span).says(title));
                }
            }
        }
    }
}

fn label_name(pair: &Pair) -> &str {
    &pair.name
}
