//! A file with secrets that is copied into the image stays in it.
//!
//! `COPY .env .` puts the file into a layer. A later `RUN rm .env` only hides it: the layer still holds it. In a stage
//! that is thrown away the file is in the build cache, in caches that are exported with `mode=max`, and in the image of
//! that stage when somebody pushes it.
//!
//! Anyone who can pull the image gets it with `docker save IMAGE`, deleted or not.
//!
//! Mount the file for the step that needs it, and name it in `.dockerignore`.
//!
//! Files such as `.npmrc` or `settings.xml` are judged by what they hold, if they lie in the build context: one that only
//! refers to a variable (`${NPM_TOKEN}`) is fine. Otherwise their names are all that is known.
//!
//! ```bad Dockerfile
//! FROM node:22
//! WORKDIR /app
//! COPY .env package.json ./
//! RUN npm run build
//! ```
//!
//! ```bad Dockerfile
//! FROM alpine:3.22
//! COPY deploy/id_rsa /root/.ssh/id_rsa
//! RUN git clone git@github.com:example/private.git /src
//! ```
//!
//! ```bad Dockerfile
//! FROM node:22
//! COPY .npmrc /root/
//! ```
//!
//! ```good Dockerfile
//! FROM node:22
//! COPY .npmrc /root/
//! RUN --mount=type=secret,id=NPM_TOKEN,env=NPM_TOKEN,required=true npm ci
//! ```
//! ```and .npmrc
//! //registry.npmjs.org/:_authToken=${NPM_TOKEN}
//! ```
//!
//! ```good Dockerfile
//! FROM node:22
//! WORKDIR /app
//! COPY package.json .env.example ./
//! RUN --mount=type=secret,id=env,target=/app/.env,required=true npm run build
//! ```

use tightlip_dockerfile::{Instruction, Kind, Source, Span, Text, Transfer};
use tightlip_report::{Confidence, Level};

use crate::lint::Lint;
use crate::lint::files::{Holds, holds, is_sample};
use crate::lint::mend;
use crate::lint::project::{Dockerfile, Project};
use crate::lint::sink::{Issue, Sink};

/// See the top of the file.
pub(crate) static LINT: Lint = Lint {
    id: "secret-file-copied",
    title: "File with secrets copied into the image",
    level: Level::Deny,
    mechanism: "visible-file",
    recover: "docker save IMAGE | tar -x, then unpack the layer",
    aliases: &[],
    source: include_str!("secret_file_copied.rs"),
    check,
};

fn check(project: &Project<'_>, sink: &mut Sink<'_>) {
    for dockerfile in &project.dockerfiles {
        for (index, instruction) in dockerfile.instructions() {
            let (Kind::Copy(transfer) | Kind::Add(transfer)) = &instruction.kind else { continue };
            if transfer.from.is_some() {
                continue;
            }
            for (path, says) in secrets(transfer) {
                let seen = dockerfile.copied(path.span());
                let clean =
                    seen.is_some_and(|sent| sent.literals.is_empty()) || is_left_out(dockerfile, path);
                // Files that hold credentials as often as not are judged by what they hold, if they lie there.
                if !(clean && says == Holds::Maybe) {
                    let issue = issue(dockerfile, (index, instruction), (path, says, clean), sink);
                    let fix =
                        named(transfer, path).map(|source| mend::file(project, dockerfile, (index, source)));
                    sink.report(Issue { fix, ..issue });
                }
            }
        }
    }
}

/// The sources that are files with secrets, by their own name or by that of their place in the image.
fn secrets(transfer: &Transfer) -> Vec<(&Text, Holds)> {
    let paths = transfer.sources.iter().filter_map(|source| match source {
        Source::Path(path) if !path.contains("://") && !path.contains('$') => Some(path),
        _ => None,
    });
    let mut found: Vec<(&Text, Holds)> =
        paths.map(|path| (path, holds(path))).filter(|(_, says)| *says > Holds::Nothing).collect();
    let alone = transfer.sources.len() == 1 && found.is_empty();
    if let (true, Some(Source::Path(_)), Some(to)) = (alone, transfer.sources.first(), &transfer.destination)
        && holds(to) == Holds::Secret
        && !to.ends_with('/')
        && !transfer.sources.iter().any(|source| matches!(source, Source::Path(path) if is_sample(path)))
    {
        found.push((to, Holds::Secret));
    }
    found
}

/// Whether the ignore file keeps what a folder with secrets is there for out of what is copied.
fn is_left_out(dockerfile: &Dockerfile<'_>, path: &Text) -> bool {
    let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or("");
    let Some((_, files)) = FOLDERS.iter().find(|(folder, _)| *folder == name) else { return false };
    let mut contexts = dockerfile
        .contexts
        .iter()
        .filter_map(|(context, takes)| Some((context, takes.iter().find(|take| take.span == path.span())?)));
    contexts.any(|(context, take)| {
        files.iter().all(|file| context.rules.excludes(&format!("{}/{file}", take.source)))
    })
}

/// Folders, and the files in them that hold secrets.
const FOLDERS: &[(&str, &[&str])] = &[
    (".aws", &["credentials"]),
    (".kube", &["config"]),
    (".docker", &["config.json"]),
    (".ssh", &["id_rsa", "id_ed25519", "id_ecdsa"]),
];

/// The source that a finding is about, which may stand at the destination.
fn named(transfer: &Transfer, path: &Text) -> Option<Span> {
    let sources = transfer.sources.iter().filter_map(|source| match source {
        Source::Path(source) => Some(source.span()),
        Source::Heredoc(_) => None,
    });
    let all: Vec<Span> = sources.collect();
    all.iter().find(|span| **span == path.span()).or(all.first()).copied()
}

fn issue(
    dockerfile: &Dockerfile<'_>,
    (index, instruction): (usize, &Instruction),
    (path, says, clean): (&Text, Holds, bool),
    sink: &Sink<'_>,
) -> Issue {
    let shipped = dockerfile.is_shipped(index);
    let place = if shipped { "a layer of the image" } else { "a layer of the build, and in its cache" };
    let holds = if says == Holds::Secret { "holds secrets" } else { "often holds secrets" };
    let issue = sink
        .secret_file(dockerfile, path, path.span())
        .says(format!("{} puts {path}, which {holds}, into {place}", instruction.name.to_ascii_uppercase()));
    match says {
        Holds::Secret if clean => issue
            .at_most(Level::Warn)
            .confidence(Confidence::Medium)
            .label("the one that lies here holds none that is known"),
        Holds::Secret if shipped => issue,
        Holds::Secret => issue.at_most(Level::Warn),
        _ => issue.at_most(Level::Warn).confidence(Confidence::Medium),
    }
}
