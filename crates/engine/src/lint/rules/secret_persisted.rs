//! A step that writes a secret into a file of the image.
//!
//! A secret mount itself leaves nothing behind. What the step makes of it does: `cp /run/secrets/npmrc ~/.npmrc`,
//! `echo "…$TOKEN" > .npmrc` and `npm config set` write the value into a file, and the file into the layer of the step.
//! A file that the same step deletes for certain is in no layer. A bind mount of the build context is like that too: the
//! key that it brings is in no layer, and what is copied of it is.
//!
//! Anyone who can pull the image gets it with `docker save IMAGE`; a stage that is thrown away keeps it in the build
//! cache, and in every cache that is exported with `mode=max`.
//!
//! Mount the secret where the tool looks for it (`target=/root/.npmrc`), or give the tool the variable that it reads.
//!
//! ```bad Dockerfile
//! FROM node:22
//! RUN --mount=type=secret,id=npmrc,required=true cp /run/secrets/npmrc /root/.npmrc && npm ci
//! ```
//!
//! ```bad Dockerfile
//! FROM node:22
//! RUN --mount=type=secret,id=NPM_TOKEN,env=NPM_TOKEN,required=true \
//!     npm config set //registry.npmjs.org/:_authToken=$NPM_TOKEN && npm ci
//! ```
//!
//! ```bad Dockerfile
//! FROM nginx:1.29
//! RUN --mount=type=bind,source=tls,target=/tls cp /tls/server.key /etc/nginx/server.key
//! ```
//!
//! ```good Dockerfile
//! FROM node:22
//! RUN --mount=type=secret,id=npmrc,target=/root/.npmrc,required=true npm ci
//! RUN --mount=type=secret,id=npmrc,required=true \
//!     cp /run/secrets/npmrc .npmrc && npm ci && rm .npmrc
//! ```

use tightlip_dockerfile::flow::{Fate, Flow, Sink as Goes, Stored, Writer};
use tightlip_report::{Confidence, Level};

use crate::lint::Lint;
use crate::lint::project::{Dockerfile, Project};
use crate::lint::sink::{Issue, Sink};
use crate::lint::story::{Gone, stays};

/// See the top of the file.
pub(crate) static LINT: Lint = Lint {
    id: "secret-persisted",
    title: "Secret written into a file of the image",
    level: Level::Deny,
    mechanism: "visible-file",
    recover: "docker save IMAGE | tar -x, then unpack the layer",
    aliases: &[],
    source: include_str!("secret_persisted.rs"),
    check,
};

fn check(project: &Project<'_>, sink: &mut Sink<'_>) {
    for dockerfile in &project.dockerfiles {
        for (gone, stored) in written(dockerfile) {
            if of_a_tool(stored).is_none() {
                sink.report(issue(dockerfile, (gone, stored), sink));
            }
        }
        for gone in dockerfile.story.gone.iter().filter(|gone| is_linked(dockerfile, gone)) {
            let name = gone.secret.name();
            let told = format!("this compiles {name} into the program: strings(1) shows it");
            sink.report(sink.secret(dockerfile, &gone.secret, gone.flow.span).says(told));
        }
    }
}

/// Whether a linker is told to write the value into a program: `go build -ldflags "-X main.token=$TOKEN"`.
fn is_linked(dockerfile: &Dockerfile<'_>, gone: &Gone) -> bool {
    links(dockerfile.document.text(gone.flow.command), &gone.flow)
}

/// Whether this is such a command, and the value goes to it.
pub(in crate::lint) fn links(command: &str, flow: &Flow) -> bool {
    matches!(flow.sink, Goes::Program(_))
        && command.contains("-ldflags")
        && ["go build", "go install"].iter().any(|program| command.contains(program))
}

/// The secrets that are written into files which stay.
pub(super) fn written<'d>(dockerfile: &'d Dockerfile<'_>) -> impl Iterator<Item = (&'d Gone, &'d Stored)> {
    dockerfile.story.gone.iter().filter_map(|gone| match &gone.flow.sink {
        Goes::Stored(stored) if stays(stored) => Some((gone, stored)),
        _ => None,
    })
}

/// The call of a tool that has a lint of its own.
pub(super) fn of_a_tool(stored: &Stored) -> Option<&'static str> {
    let Writer::Tool(tool) = stored.by else { return None };
    let own = tool.call.starts_with("git ")
        || ["login", "auth", "configure"].iter().any(|word| tool.call.contains(word));
    own.then_some(tool.call)
}

/// What is to be said of a secret that is written into a file.
pub(super) fn issue(dockerfile: &Dockerfile<'_>, (gone, stored): (&Gone, &Stored), sink: &Sink<'_>) -> Issue {
    let shipped = dockerfile.is_shipped(gone.instruction);
    let place = if shipped { "a layer of the image" } else { "the build cache" };
    let name = gone.secret.name();
    let issue = sink
        .secret(dockerfile, &gone.secret, gone.flow.span)
        .says(format!("this step writes {name} into {}, which stays in {place}", stored.path))
        .label(format!("ends up in {}", stored.path))
        .subject(format!("{name} {}", stored.path));
    let issue = if shipped { issue } else { issue.at_most(Level::Warn) };
    match stored.fate {
        Fate::RemovedPerhaps(_) => issue.confidence(Confidence::Medium),
        _ => issue,
    }
}
