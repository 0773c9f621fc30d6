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
//! ```bad build.sh
//! docker build --label "build.token=$CI_JOB_TOKEN" -t app .
//! ```
//!
//! ```bad .github/workflows/image.yml
//! jobs:
//!   image:
//!     steps:
//!       - uses: docker/build-push-action@v6
//!         with:
//!           context: .
//!           labels: |
//!             com.example.admin=${{ secrets.ADMIN_KEY }}
//! ```
//!
//! ```good build.sh
//! docker build --label "org.opencontainers.image.revision=$GITHUB_SHA" --label token.issuer=ci -t app .
//! ```
//!
//! ```good Dockerfile
//! FROM alpine:3.22
//! LABEL org.opencontainers.image.source=https://github.com/example/app
//! ```

use tightlip_dockerfile::{Kind, Pair};
use tightlip_report::{Confidence, Level};

use crate::lint::Lint;
use crate::lint::caller::{CallerFile, Secret, Why};
use crate::lint::name::Says;
use crate::lint::project::Project;
use crate::lint::sink::{Issue, Sink};
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
    for file in &project.callers {
        for secret in file.labels() {
            sink.report(given(file, &secret, (sink, "the label")));
        }
    }
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

/// What whoever starts a build sets in the configuration of the image.
pub(super) fn given(file: &CallerFile<'_>, secret: &Secret<'_>, (sink, what): (&Sink<'_>, &str)) -> Issue {
    let name = secret.argument.name.as_str();
    let issue = match &secret.why {
        Why::Literal(literal) => {
            let title = format!("{what} {name} holds a secret");
            return sink.in_file(file.id, literal).says(title).subject(name);
        }
        Why::Default(literal) => sink.given(file, name, secret.argument.span).at_most(literal.level),
        Why::FromCi => sink.given(file, name, secret.argument.span).label("a secret of the CI"),
        Why::FromStore => sink.given(file, name, secret.argument.span).label("from a store of secrets"),
        Why::Login => sink.given(file, name, secret.argument.span).label("a URL with a password in it"),
        Why::Named(Says::Secret) => sink.given(file, name, secret.argument.span),
        Why::Named(_) => {
            let issue = sink.given(file, name, secret.argument.span);
            issue.at_most(Level::Warn).confidence(Confidence::Medium)
        }
    };
    issue.says(format!("{what} {name} publishes a secret"))
}

fn label_name(pair: &Pair) -> &str {
    &pair.name
}
