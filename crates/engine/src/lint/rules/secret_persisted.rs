//! A step that writes a secret into a file of the image.
//!
//! A secret mount itself leaves nothing behind. What the step makes of it does: `cp /run/secrets/npmrc ~/.npmrc`,
//! `echo "…$TOKEN" > .npmrc` and `npm config set` write the value into a file, and the file into the layer of the step.
//! A file that the same step deletes for certain is in no layer. A bind mount of the build context is like that too: the
//! key that it brings is in no layer, and what is copied of it is.
//!
//! Anyone who can pull the image gets it with `docker save IMAGE`; a stage that is thrown away keeps it in the build
//! cache, and in every cache that is exported with `mode=max`. What is built there from a source with the secret in it has
//! the secret as well.
//!
//! A cache mount is in no layer, but the builder keeps it: what is written there, every later build on that builder can
//! read, whoever it belongs to.
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
//! ```bad Dockerfile
//! FROM node:22 AS build
//! WORKDIR /app
//! COPY . .
//! RUN --mount=type=secret,id=PAY_KEY,env=PAY_KEY,required=true \
//!     sed -i "s|@PAY_KEY@|$PAY_KEY|" src/pay.js && npm run build
//! FROM nginx:1.29
//! COPY --from=build /app/dist /usr/share/nginx/html
//! ```
//!
//! ```bad Dockerfile
//! FROM maven:3.9
//! RUN --mount=type=secret,id=settings,required=true --mount=type=cache,target=/root/.m2 \
//!     cp /run/secrets/settings /root/.m2/settings.xml && mvn package
//! ```
//!
//! ```good Dockerfile
//! FROM maven:3.9
//! RUN --mount=type=cache,target=/root/.m2 \
//!     --mount=type=secret,id=settings,target=/root/.m2/settings.xml,required=true mvn package
//! RUN --mount=type=secret,id=settings,required=true --mount=type=tmpfs,target=/root/.m2 \
//!     cp /run/secrets/settings /root/.m2/settings.xml && mvn package
//! ```
//!
//! ```good Dockerfile
//! FROM node:22
//! RUN --mount=type=secret,id=npmrc,target=/root/.npmrc,required=true npm ci
//! RUN --mount=type=secret,id=npmrc,required=true \
//!     cp /run/secrets/npmrc .npmrc && npm ci && rm .npmrc
//! ```

use tightlip_dockerfile::flow::{Fate, Flow, Sink as Goes, Stored, Writer};
use tightlip_dockerfile::{Instruction, Kind};
use tightlip_report::{Confidence, Level};

use crate::lint::Lint;
use crate::lint::project::{Dockerfile, Project};
use crate::lint::sink::{Issue, Sink};
use crate::lint::story::{Gone, is_kept, stays};

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

/// The secrets that are written into files which stay, in a layer or in a cache mount.
pub(super) fn written<'d>(dockerfile: &'d Dockerfile<'_>) -> impl Iterator<Item = (&'d Gone, &'d Stored)> {
    dockerfile.story.gone.iter().filter_map(|gone| match &gone.flow.sink {
        Goes::Stored(stored) if is_kept(stored) => Some((gone, stored)),
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

/// What keeps a file that a tool writes.
pub(super) fn kept(stored: &Stored) -> &'static str {
    if stored.fate == Fate::Cached { "a cache mount" } else { "a layer" }
}

/// What is to be said of a secret that is written into a file.
pub(super) fn issue(dockerfile: &Dockerfile<'_>, (gone, stored): (&Gone, &Stored), sink: &Sink<'_>) -> Issue {
    let shipped = dockerfile.is_shipped(gone.instruction);
    let built = !shipped && stays(stored) && is_built(dockerfile, (gone, stored));
    let place = match (stored.fate, shipped, built) {
        (Fate::Cached, ..) => "a cache mount, where later builds on this builder can read it",
        (_, true, _) => "a layer of the image",
        (_, _, true) => "what is built from it for the image",
        _ => "the build cache",
    };
    let name = gone.secret.name();
    let issue = sink
        .secret(dockerfile, &gone.secret, gone.flow.span)
        .says(format!("this step writes {name} into {}, which stays in {place}", stored.path))
        .label(format!("ends up in {}", stored.path))
        .subject(format!("{name} {}", stored.path));
    let issue = if shipped || built { issue } else { issue.at_most(Level::Warn) };
    match stored.fate {
        Fate::Cached => issue
            .at_most(Level::Warn)
            .recover("RUN --mount=type=cache with the same id, in any build on this builder")
            .remedy("Mount the secret in the place of the file (target=…), or mount a tmpfs where the tool writes it."),
        Fate::RemovedPerhaps(_) => issue.confidence(Confidence::Medium),
        _ => issue,
    }
}

/// Whether the file is a source, something is built after it was written, and the image gets something of the stage.
fn is_built(dockerfile: &Dockerfile<'_>, (gone, stored): (&Gone, &Stored)) -> bool {
    let name = stored.path.rsplit('/').next().unwrap_or("");
    let source = name.rsplit_once('.').is_some_and(|(stem, end)| {
        // What tools read to build is not built.
        SOURCES.contains(&end) && !stem.is_empty() && !stem.ends_with(".config")
    });
    let Some(stage) = dockerfile.stages().holding(gone.instruction).filter(|_| source) else { return false };
    let inside =
        |index: usize| dockerfile.stages().holding(index).is_some_and(|one| one.index == stage.index);
    let later = dockerfile.instructions().filter(|(index, _)| *index >= gone.instruction && inside(*index));
    let mut texts = later.filter(|(_, one)| matches!(one.kind, Kind::Run(_)));
    let builds = texts.any(|(_, one)| {
        let mut words = dockerfile.document.text(one.span).split_whitespace();
        words.any(|word| BUILDERS.contains(&word.trim_end_matches([';', '"', '\''])))
    });
    let taken = |(index, one): (usize, &Instruction)| match &one.kind {
        Kind::Copy(transfer) => {
            let from = transfer.from.as_deref().and_then(|from| dockerfile.stages().find(from));
            dockerfile.is_shipped(index) && from == Some(stage.index)
        }
        _ => false,
    };
    builds && dockerfile.instructions().any(taken)
}

/// How sources end that are compiled, or bundled.
const SOURCES: &[&str] = &[
    "js", "mjs", "cjs", "jsx", "ts", "mts", "tsx", "vue", "svelte", "html", "go", "rs", "java", "kt", "cs",
    "swift", "dart", "c", "cc", "cpp", "h", "hpp",
];

/// Words of commands that build.
const BUILDERS: &[&str] =
    &["build", "publish", "package", "webpack", "vite", "rollup", "esbuild", "make", "gcc", "javac"];
