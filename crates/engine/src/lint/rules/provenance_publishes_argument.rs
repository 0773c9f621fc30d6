//! Provenance that publishes the build arguments, one of which is a secret.
//!
//! With `mode=max`, and with `true` as well, provenance holds every build argument with its value, whether a step uses
//! it or not. It is attached to the image: whoever can pull the image reads it, even when the stage is thrown away.
//!
//! docker/build-push-action and docker/bake-action ask for `mode=max` by themselves when the repository is public and
//! nothing is said about provenance. A file does not tell whether it is, so that this is a warning, at what pushes the
//! image.
//!
//! Pass the secret as a secret. Until then, `mode=min` leaves arguments out; images that were pushed keep what they have.
//!
//! ```bad .github/workflows/image.yml
//! jobs:
//!   image:
//!     steps:
//!       - uses: docker/build-push-action@v6
//!         with:
//!           push: true
//!           provenance: mode=max
//!           build-args: |
//!             NPM_AUTH=${{ secrets.NPM }}
//! ```
//!
//! ```bad .github/workflows/image.yml
//! jobs:
//!   image:
//!     steps:
//!       - uses: docker/build-push-action@v6
//!         with:
//!           push: true
//!           build-args: |
//!             NPM_AUTH=${{ secrets.NPM }}
//! ```
//!
//! ```good .github/workflows/image.yml
//! jobs:
//!   image:
//!     steps:
//!       - uses: docker/build-push-action@v6
//!         with:
//!           push: true
//!           provenance: mode=max
//!           secrets: |
//!             NPM_AUTH=${{ secrets.NPM }}
//! ```

use std::collections::BTreeSet;

use tightlip_callers::{Call, ProvenanceMode, Tool};
use tightlip_dockerfile::Span;
use tightlip_report::{Confidence, Level};

use crate::lint::Lint;
use crate::lint::project::Project;
use crate::lint::sink::Sink;

/// See the top of the file.
pub(crate) static LINT: Lint = Lint {
    id: "provenance-publishes-argument",
    title: "Provenance with the build arguments, a secret among them",
    level: Level::Deny,
    mechanism: "provenance",
    recover: "docker buildx imagetools inspect IMAGE --format '{{json .Provenance}}'",
    aliases: &[],
    source: include_str!("provenance_publishes_argument.rs"),
    check,
};

fn check(project: &Project<'_>, sink: &mut Sink<'_>) {
    for file in &project.callers {
        let mut seen = BTreeSet::new();
        for secret in file.secrets() {
            let name = secret.argument.name.as_str();
            let Some(said) = publishes(secret.call).filter(|said| seen.insert((said.span(), name))) else {
                continue;
            };
            let issue = sink.given(file, name, said.span());
            sink.report(match said {
                Said::Here(_) => issue
                    .says(format!("this provenance holds every build argument, {name} among them"))
                    .label("publishes the build arguments"),
                Said::ByDefault(_) => issue
                    .says(format!(
                        "in a public repository this pushes provenance with every build argument, {name} among them"
                    ))
                    .label("with provenance, as nothing else is said")
                    .at_most(Level::Warn)
                    .confidence(Confidence::Medium),
            });
        }
    }
}

/// What asks for provenance with everything in it.
enum Said {
    /// What stands here.
    Here(Span),
    /// The action itself, in a public repository; this pushes it.
    ByDefault(Span),
}

impl Said {
    fn span(&self) -> Span {
        match self {
            Self::Here(span) | Self::ByDefault(span) => *span,
        }
    }
}

fn publishes(call: &Call) -> Option<Said> {
    match &call.provenance {
        Some(said) => (said.mode == ProvenanceMode::Max).then_some(Said::Here(said.span)),
        None if asks_by_itself(call) => Some(Said::ByDefault(pushed(call)?)),
        None => None,
    }
}

/// Whether the action asks for provenance by itself: not when the environment forbids it, or the image is only loaded.
fn asks_by_itself(call: &Call) -> bool {
    let forbidden = call.variable("BUILDX_NO_DEFAULT_ATTESTATIONS").is_some();
    let loaded = call.outputs.iter().any(|output| output.plain("type") == Some("docker"));
    matches!(call.tool, Tool::BuildPushAction | Tool::BakeAction) && !forbidden && !loaded
}

/// What pushes the image; a condition may.
fn pushed(call: &Call) -> Option<Span> {
    if let Some(push) = call.push.as_ref().filter(|push| push.plain() != Some("false")) {
        return Some(push.span());
    }
    let to_registry = |output: &&tightlip_callers::Options| {
        output.plain("type") == Some("registry") || output.plain("push") == Some("true")
    };
    call.outputs.iter().find(to_registry).map(|output| output.span)
}
