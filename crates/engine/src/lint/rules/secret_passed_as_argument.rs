//! A secret is passed to a build as an argument.
//!
//! Whoever starts the build decides where the secret goes. As a build argument it is in the history of the image, in
//! provenance with `mode=max`, in the record that the builder keeps of every build (which docker/build-push-action
//! uploads for everybody who can see the workflow), in the metadata file, and on the command line.
//!
//! Pass it as a secret, and mount it in the step that needs it: `--secret id=NPM_TOKEN,env=NPM_TOKEN`, the input
//! `secrets` of the action, `secrets` of a compose or bake file.
//!
//! ```bad .github/workflows/image.yml
//! jobs:
//!   image:
//!     steps:
//!       - uses: docker/build-push-action@v6
//!         with:
//!           context: .
//!           build-args: |
//!             NPM_AUTH=${{ secrets.NPM }}
//! ```
//!
//! ```bad build.sh
//! docker build --build-arg NPM_TOKEN="$NPM_TOKEN" -t app .
//! ```
//!
//! ```bad compose.yaml
//! services:
//!   app:
//!     build:
//!       context: .
//!       args:
//!         NPM_TOKEN: ${NPM_TOKEN}
//! ```
//!
//! ```good .github/workflows/image.yml
//! jobs:
//!   image:
//!     steps:
//!       - uses: docker/build-push-action@v6
//!         with:
//!           context: .
//!           build-args: |
//!             NODE_ENV=production
//!           secrets: |
//!             "NPM_TOKEN=${{ secrets.NPM_TOKEN }}"
//! ```

use tightlip_callers::{Move, Tool};
use tightlip_report::{Confidence, Level};

use crate::lint::caller::{self, CallerFile, Secret, Why};
use crate::lint::name::{self, Says};
use crate::lint::project::{Dockerfile, Project};
use crate::lint::sink::{Issue, Sink};
use crate::lint::text::Literal;
use crate::lint::{Fix, Lint, Safety};

/// See the top of the file.
pub(crate) static LINT: Lint = Lint {
    id: "secret-passed-as-argument",
    title: "Secret passed to a build as an argument",
    level: Level::Deny,
    mechanism: "build-argument",
    recover: "docker history --no-trunc IMAGE",
    aliases: &["GL059", "ZC1638"],
    source: include_str!("secret_passed_as_argument.rs"),
    check,
};

fn check(project: &Project<'_>, sink: &mut Sink<'_>) {
    for file in &project.callers {
        for secret in file.secrets() {
            let dockerfile = file.dockerfile(secret.call, project);
            let name = secret.argument.name.as_str();
            // What no Dockerfile declares is another lint's.
            if dockerfile.is_none_or(|one| caller::declares(one, name)) {
                sink.report(said(file, &secret, sink));
                if let Why::Default(literal) = &secret.why {
                    sink.report(written(file, literal, (name, sink)));
                }
            }
        }
    }
}

fn said(file: &CallerFile<'_>, secret: &Secret<'_>, sink: &Sink<'_>) -> Issue {
    let name = secret.argument.name.as_str();
    let tool = secret.call.tool;
    let issue = match &secret.why {
        Why::Literal(literal) => written(file, literal, (name, sink)),
        Why::Default(literal) => sink
            .given(file, name, secret.argument.span)
            .at_most(literal.level)
            .label("a build argument whose value stands in this file"),
        Why::FromCi => {
            let issue = sink.given(file, name, secret.argument.span).label("a secret of the CI");
            // Bundlers compile such values into what everybody loads: often it is meant to be public.
            if name::without_public_prefix(name).is_some() { issue.at_most(Level::Warn) } else { issue }
        }
        Why::FromStore => sink.given(file, name, secret.argument.span).label("from a store of secrets"),
        Why::Login => sink.given(file, name, secret.argument.span).label("a URL with a password in it"),
        Why::Named(says) => {
            let issue = sink.given(file, name, secret.argument.span).label("a build argument");
            if *says == Says::Secret {
                issue
            } else {
                issue.at_most(Level::Warn).confidence(Confidence::Medium)
            }
        }
    };
    let issue = match &secret.why {
        Why::Literal(_) => issue,
        _ => issue.says(format!("{name} is passed as a build argument: {}", kept(tool))),
    };
    // Kaniko writes no values of arguments into the history.
    if tool == Tool::Kaniko { issue.at_most(Level::Warn).recover("") } else { issue }
}

/// The value, where it stands.
fn written(file: &CallerFile<'_>, literal: &Literal, (name, sink): (&str, &Sink<'_>)) -> Issue {
    let title = format!("the value of the build argument {name} is a secret, and it stands here");
    sink.in_file(file.id, literal).says(title).subject(name)
}

fn kept(tool: Tool) -> &'static str {
    match tool {
        Tool::Kaniko => "steps see it, and the command line and the log of the job show it",
        Tool::BuildPushAction | Tool::BakeAction => {
            "the history of the image and the record that is uploaded keep its value"
        }
        _ => "the history of the image and the records of the build keep its value",
    }
}

/// The edit of a caller whose Dockerfile mounts the secret already and takes no argument of that name any more.
pub(super) fn fix(file: &CallerFile<'_>, secret: &Secret<'_>, dockerfile: &Dockerfile<'_>) -> Option<Fix> {
    let name = secret.argument.name.as_str();
    if !caller::mounted(dockerfile).contains(&name) {
        return None;
    }
    let title = format!("pass {name} to the build as a secret");
    Some(match file.to_secret(secret.call, &Move { argument: name, id: name }) {
        Ok(edits) => Fix { title, safety: Safety::Safe, edits },
        Err(why) => Fix { title, safety: Safety::Refused(why), edits: Vec::new() },
    })
}
