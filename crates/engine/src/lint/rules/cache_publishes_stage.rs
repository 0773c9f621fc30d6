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

use std::collections::BTreeSet;

use tightlip_callers::{Call, Options};
use tightlip_report::{Confidence, Level};

use crate::lint::Lint;
use crate::lint::caller::CallerFile;
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

fn issue(dockerfile: &Dockerfile<'_>, held: &Held, cache: &Options, sink: &Sink<'_>) -> Issue {
    let issue = sink.secret(dockerfile, &held.secret, cache.span);
    let issue = issue.subject(format!("{} {}", held.secret.name(), held.path));
    let issue = match held.secret {
        Secret::File(_, Holds::Maybe) => issue.at_most(Level::Warn).confidence(Confidence::Medium),
        _ => issue,
    };
    // What lies in a registry is read by whoever may pull; of other caches only their owner knows who reads them.
    match cache.plain("type") {
        Some("registry") => issue,
        _ => issue.at_most(Level::Warn),
    }
}
