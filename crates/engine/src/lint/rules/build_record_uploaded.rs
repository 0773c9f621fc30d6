//! The record of a build is uploaded, and a secret is in it.
//!
//! docker/build-push-action and docker/bake-action upload the builder's record of every build as an artifact of the
//! workflow, and list the build arguments in its summary, unless they are told not to. The record holds every argument
//! with its value and provenance with `mode=max`. In a public repository everybody who is logged in can download it.
//!
//! Pass the secret as a secret. Until then, set `DOCKER_BUILD_RECORD_UPLOAD: false` and `DOCKER_BUILD_SUMMARY: false`,
//! and delete the artifacts that are there.
//!
//! ```bad .github/workflows/image.yml
//! jobs:
//!   image:
//!     steps:
//!       - uses: docker/build-push-action@v6
//!         with:
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
//!           secrets: |
//!             NPM_AUTH=${{ secrets.NPM }}
//! ```

use std::collections::BTreeSet;

use tightlip_callers::{Call, Tool, Value};
use tightlip_report::Level;

use crate::lint::Lint;
use crate::lint::project::Project;
use crate::lint::sink::Sink;

/// See the top of the file.
pub(crate) static LINT: Lint = Lint {
    id: "build-record-uploaded",
    title: "Record of a build with a secret in it is uploaded",
    level: Level::Warn,
    mechanism: "build-record",
    recover: "gh run download RUN --pattern '*.dockerbuild'",
    aliases: &[],
    source: include_str!("build_record_uploaded.rs"),
    check,
};

fn check(project: &Project<'_>, sink: &mut Sink<'_>) {
    for file in &project.callers {
        let mut seen = BTreeSet::new();
        for secret in file.secrets().filter(|secret| uploads(secret.call)) {
            // One step has one record, however many secrets are in it.
            if seen.insert(secret.call.span) {
                let name = secret.argument.name.as_str();
                let issue = sink
                    .given(file, name, file.head(secret.call))
                    .says(format!(
                        "the record of this build is uploaded to the workflow, with the value of {name}"
                    ))
                    .label("uploads the record of the build");
                sink.report(issue);
            }
        }
    }
}

fn uploads(call: &Call) -> bool {
    let off = |value: &Option<Value>| value.as_ref().and_then(Value::plain) == Some("false");
    matches!(call.tool, Tool::BuildPushAction | Tool::BakeAction)
        && !(off(&call.record_upload) && off(&call.summary))
}
