//! A secret stands in the inputs of a reusable workflow, or goes through one of them into a build argument.
//!
//! What a job gives another workflow with `with:` is no secret to GitHub: everybody who can read the repository reads it,
//! the log of the run shows it, and nothing masks it. Where the called workflow makes a build argument of it, it is in
//! the history of the image and in the records of the build as well.
//!
//! Keep the value in the secrets of the repository, hand it on with `secrets:`, and let the called workflow pass it to
//! the build as a secret.
//!
//! ```bad .github/workflows/main.yml
//! jobs:
//!   image:
//!     uses: ./.github/workflows/build.yml
//!     with:
//!       npm-token: k3y-{base62:30}
//! ```
//! ```and .github/workflows/build.yml
//! on:
//!   workflow_call:
//!     inputs:
//!       npm-token: {type: string}
//! jobs:
//!   build:
//!     runs-on: ubuntu-latest
//!     steps:
//!       - run: docker build --build-arg NPM_TOKEN="${{ inputs.npm-token }}" .
//! ```
//!
//! ```bad .github/workflows/main.yml
//! jobs:
//!   image:
//!     uses: example/workflows/.github/workflows/docker.yml@v1
//!     with:
//!       build-args: |
//!         NODE_ENV=production
//!         GH_TOKEN=${{ github.token }}
//! ```
//!
//! ```good .github/workflows/main.yml
//! jobs:
//!   image:
//!     uses: ./.github/workflows/build.yml
//!     with:
//!       image: example/app
//!     secrets:
//!       npm-token: ${{ secrets.NPM_TOKEN }}
//! ```

use tightlip_callers::{Argument, Elsewhere};
use tightlip_report::Level;

use crate::lint::Lint;
use crate::lint::caller::CallerFile;
use crate::lint::project::Project;
use crate::lint::sink::Sink;

/// See the top of the file.
pub(crate) static LINT: Lint = Lint {
    id: "secret-in-workflow-input",
    title: "Secret in the input of a reusable workflow",
    level: Level::Deny,
    mechanism: "build-argument",
    recover: "read the workflow, or the log of its run",
    aliases: &[],
    source: include_str!("secret_in_workflow_input.rs"),
    check,
};

fn check(project: &Project<'_>, sink: &mut Sink<'_>) {
    for file in &project.callers {
        for elsewhere in &file.callers.elsewhere {
            for input in &elsewhere.inputs {
                let becomes = becomes(project, file, elsewhere, input);
                literals(file, (input, becomes.as_deref()), sink);
                handed_on(file, (input, becomes.as_deref()), sink);
            }
        }
    }
}

/// Values that stand there.
fn literals(file: &CallerFile<'_>, (input, becomes): (&Argument, Option<&str>), sink: &mut Sink<'_>) {
    let Some(value) = &input.value else { return };
    for literal in file.file.literals_in(value.span()) {
        let name = input.name.as_str();
        let behind = becomes.map(|becomes| format!(", and {becomes}")).unwrap_or_default();
        let issue = sink
            .in_file(file.id, literal)
            .says(format!("the value of the input {name} is a secret, and it stands here{behind}"))
            .remedy("Take it out, rotate it, and hand it on with `secrets:`.")
            .subject(name);
        sink.report(issue);
    }
}

/// Secrets of the CI that become build arguments.
fn handed_on(file: &CallerFile<'_>, (input, becomes): (&Argument, Option<&str>), sink: &mut Sink<'_>) {
    let Some(value) = &input.value else { return };
    let says_arguments = input.name.to_ascii_lowercase().replace(['-', '_'], "").contains("buildarg");
    let lines = if says_arguments { value.lines() } else { Vec::new() };
    let lines = lines.iter().filter(|line| line.holds_secret());
    let named = lines.filter_map(|line| Some((line.cut('=')?.0.as_str().to_owned(), line.span())));
    let whole = (!says_arguments && value.holds_secret() && becomes.is_some())
        .then(|| (input.name.to_string(), input.span));
    for (name, span) in named.chain(whole) {
        let what = becomes.unwrap_or("the called workflow makes a build argument of it");
        let issue = sink
            .given(file, &name, span)
            .says(format!("{name} is handed to another workflow as an input: {what}"))
            .label("a secret of the CI")
            .remedy("Hand it on with `secrets:`, and pass it to the build as a secret.");
        sink.report(issue);
    }
}

/// What the called workflow makes of an input, if it lies here and makes a build argument of it.
fn becomes(
    project: &Project<'_>,
    file: &CallerFile<'_>,
    elsewhere: &Elsewhere,
    input: &Argument,
) -> Option<String> {
    let called = project.called(file, elsewhere)?;
    let (argument, line) = called.made_of(&input.name)?;
    Some(format!("line {line} of {} makes {argument} of it", called.file.name))
}
