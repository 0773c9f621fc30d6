//! A cache with the layers of every stage, one of which holds a secret.
//!
//! With `mode=max` a build exports the layers of all stages to the cache, also of those that are thrown away. A secret that
//! a step of such a stage writes into a file, or that `COPY` puts there, is then in the cache: in a registry, whoever can
//! pull the cache has it; in the cache of a CI, whoever can start a job.
//!
//! Keep the secret out of the layers of the stage, as in any other: a secret mount, and nothing written down. Until then,
//! `mode=min` exports the layers of the result alone. Caches that were exported keep what they have.
//!
//! ```bad .github/workflows/image.yml
//! jobs:
//!   image:
//!     steps:
//!       - uses: docker/build-push-action@v6
//!         with:
//!           context: .
//!           cache-to: type=registry,ref=registry.example/app:cache,mode=max
//! ```
//! ```and Dockerfile
//! FROM alpine:3.22 AS build
//! COPY deploy/id_rsa /root/.ssh/id_rsa
//! RUN git clone git@github.com:example/private.git /src
//! FROM scratch
//! COPY --from=build /src/app /app
//! ```
//!
//! ```bad .github/workflows/image.yml
//! jobs:
//!   image:
//!     steps:
//!       - uses: docker/build-push-action@v6
//!         with:
//!           context: .
//!           cache-to: type=registry,ref=registry.example/app:cache,mode=max
//! ```
//! ```and Dockerfile
//! FROM node:22 AS build
//! COPY . /src
//! FROM scratch
//! COPY --from=build /src/dist /
//! ```
//! ```and config/.env
//! API_KEY=k3y-{base62:20}
//! ```
//!
//! ```good .github/workflows/image.yml
//! jobs:
//!   image:
//!     steps:
//!       - uses: docker/build-push-action@v6
//!         with:
//!           context: .
//!           cache-to: type=registry,ref=registry.example/app:cache,mode=max
//!           ssh: default
//! ```
//! ```and Dockerfile
//! FROM alpine:3.22 AS build
//! RUN --mount=type=ssh git clone git@github.com:example/private.git /src
//! FROM scratch
//! COPY --from=build /src/app /app
//! ```

use std::collections::{BTreeMap, BTreeSet};

use tightlip_callers::{Call, Options};
use tightlip_report::{Confidence, Level};

use crate::lint::Lint;
use crate::lint::caller::CallerFile;
use crate::lint::context::{Sent, Take};
use crate::lint::files::Holds;
use crate::lint::project::{Dockerfile, Project};
use crate::lint::sink::{Issue, Sink};
use crate::lint::story::{Held, Secret};

/// See the top of the file.
pub(crate) static LINT: Lint = Lint {
    id: "cache-publishes-stage",
    title: "Cache with the layers of a stage that holds a secret",
    level: Level::Deny,
    mechanism: "visible-file",
    recover: "regctl manifest get CACHE, then unpack its layers",
    aliases: &[],
    source: include_str!("cache_publishes_stage.rs"),
    check,
};

fn check(project: &Project<'_>, sink: &mut Sink<'_>) {
    for file in &project.callers {
        for call in &file.callers.calls {
            let Some(dockerfile) = file.dockerfile(call, project) else { continue };
            for cache in exported(call) {
                report((file, cache), dockerfile, sink);
                taken((file, cache), dockerfile, sink);
            }
        }
    }
}

/// The caches that get every layer.
fn exported(call: &Call) -> impl Iterator<Item = &Options> {
    call.cache_to.iter().filter(|cache| cache.plain("mode") == Some("max"))
}

fn report((file, cache): (&CallerFile<'_>, &Options), dockerfile: &Dockerfile<'_>, sink: &mut Sink<'_>) {
    let mut seen = BTreeSet::new();
    for held in dockerfile.story.held.iter().filter(|held| !dockerfile.is_shipped(held.instruction)) {
        if seen.insert((held.secret.name(), held.path.clone())) {
            let line = dockerfile.document.instructions().get(held.instruction).map_or(0, |one| one.line);
            let told = format!(
                "this cache gets the layers of all stages, also that of line {line} of {}, in which {} lies as {}",
                dockerfile.file.name,
                held.secret.name(),
                held.path
            );
            let issue = issue(dockerfile, held, cache, sink).says(told).label("exports every layer");
            sink.report(Issue { file: file.id, ..issue });
        }
    }
}

/// What a broad `COPY` takes into a stage that is thrown away: one issue for each such instruction. At the `COPY` it is
/// told that the layer has it; here, that somebody else gets the layer.
fn taken((file, cache): (&CallerFile<'_>, &Options), dockerfile: &Dockerfile<'_>, sink: &mut Sink<'_>) {
    for (instruction, files) in carried(dockerfile) {
        let literals = files.iter().flat_map(|sent| &sent.literals);
        let worst = literals.max_by_key(|one| (one.level, one.confidence));
        let (Some(first), Some(worst)) = (files.first(), worst) else { continue };
        let line = dockerfile.document.instructions().get(instruction).map_or(0, |one| one.line);
        let more = match files.len() {
            1 => String::new(),
            count => format!(" and {} more with secrets", count - 1),
        };
        let told = format!(
            "this cache gets the layers of all stages, also that of line {line} of {}, which takes {}{more}",
            dockerfile.file.name, first.path
        );
        let issue =
            sink.secret_file(dockerfile, &first.path, cache.span).says(told).label("exports every layer");
        let issue = read_by(cache, issue.at_most(worst.level).confidence(worst.confidence));
        sink.report(Issue { file: file.id, shape: format!("{}: {}", first.path, worst.shape), ..issue });
    }
}

/// The files with secrets that broad instructions take into stages that are thrown away.
fn carried<'d>(dockerfile: &'d Dockerfile<'_>) -> BTreeMap<usize, Vec<&'d Sent>> {
    let mut carried: BTreeMap<usize, Vec<&Sent>> = BTreeMap::new();
    for (context, takes) in &dockerfile.contexts {
        for sent in context.files.iter().filter(|sent| !sent.literals.is_empty()) {
            let take = takes.iter().find(|take| take.takes(&sent.path));
            let take = take.filter(|take| !dockerfile.is_shipped(take.instruction));
            if let Some(take) = take.filter(|take| !is_held(dockerfile, take)) {
                carried.entry(take.instruction).or_default().push(sent);
            }
        }
    }
    carried
}

/// Whether the story knows the file by its name already.
fn is_held(dockerfile: &Dockerfile<'_>, take: &Take) -> bool {
    dockerfile.story.held.iter().any(|held| held.instruction == take.instruction && held.span == take.span)
}

fn issue(dockerfile: &Dockerfile<'_>, held: &Held, cache: &Options, sink: &Sink<'_>) -> Issue {
    let issue = sink.secret(dockerfile, &held.secret, cache.span);
    let issue = issue.subject(format!("{} {}", held.secret.name(), held.path));
    let issue = match held.secret {
        Secret::File(_, Holds::Maybe) => issue.at_most(Level::Warn).confidence(Confidence::Medium),
        _ => issue,
    };
    read_by(cache, issue)
}

fn read_by(cache: &Options, issue: Issue) -> Issue {
    // What lies in a registry is read by whoever may pull; of other caches only their owner knows who reads them.
    match cache.plain("type") {
        Some("registry") => issue,
        _ => issue.at_most(Level::Warn),
    }
}
