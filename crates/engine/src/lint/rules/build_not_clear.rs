//! A part of a build that is known only when it runs.
//!
//! A command whose words come from variables, a build argument whose name is computed, an option that is not known, a name
//! that stands in another file: what it hands to the build was not seen, and may be a secret. The rest of the build was
//! looked at. A file that cannot be read at all is not this: then nothing is said to be clean.
//!
//! Look at it yourself, or write the options out.
//!
//! ```bad build.sh
//! docker build $BUILD_OPTIONS -t app .
//! ```
//!
//! ```good build.sh
//! docker build --build-arg VERSION="$VERSION" -t app .
//! ```

use tightlip_callers::{Fault, Problem};
use tightlip_report::{Confidence, Level};

use crate::lint::Lint;
use crate::lint::project::Project;
use crate::lint::sink::Sink;

/// See the top of the file.
pub(crate) static LINT: Lint = Lint {
    id: "build-not-clear",
    title: "Part of a build that is known only when it runs",
    level: Level::Note,
    mechanism: "build-argument",
    recover: "",
    aliases: &[],
    source: include_str!("build_not_clear.rs"),
    check,
};

/// Whether the file was not read from here on: a gap, and no note.
pub(crate) fn is_gap(problem: &Problem) -> bool {
    matches!(problem.fault, Fault::Syntax(_) | Fault::TooDeep | Fault::Language(_))
}

fn check(project: &Project<'_>, sink: &mut Sink<'_>) {
    for file in &project.callers {
        let mut lines = std::collections::BTreeSet::new();
        for problem in file.callers.problems.iter().filter(|problem| !is_gap(problem)) {
            if lines.insert(file.file.line(problem.span.start)) {
                let issue = sink
                    .issue(file.id, problem.span)
                    .says(format!("{}: what it hands to the build was not seen", problem.fault))
                    .confidence(Confidence::Low)
                    .remedy("Write the options out, or see for yourself that no secret is among them.");
                sink.report(issue);
            }
        }
    }
}
