//! Provenance that publishes the build arguments, one of which is a secret.
//!
//! With `mode=max`, and with `true` as well, provenance holds every build argument with its value, whether a step uses
//! it or not. It is attached to the image: whoever can pull the image reads it, even when the stage is thrown away.
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

use tightlip_callers::ProvenanceMode;
use tightlip_report::Level;

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
            let Some(provenance) = &secret.call.provenance else { continue };
            let name = secret.argument.name.as_str();
            if provenance.mode == ProvenanceMode::Max && seen.insert((provenance.span, name)) {
                let issue = sink
                    .given(file, name, provenance.span)
                    .says(format!("this provenance holds every build argument, {name} among them"))
                    .label("publishes the build arguments");
                sink.report(issue);
            }
        }
    }
}
