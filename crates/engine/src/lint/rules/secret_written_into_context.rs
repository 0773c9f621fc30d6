//! A workflow writes a secret into the build context.
//!
//! No file with secrets lies in the repository, but a step makes one before the build: `.env` from a secret of the CI,
//! the key of a service account. `COPY . .` takes it into the image with everything else, and only images from the CI
//! have it.
//!
//! Anyone who can pull the image gets it with `docker save IMAGE`.
//!
//! Give the secret to the build as one: `secrets` of docker/build-push-action, `--secret id=…,env=…`, with a secret
//! mount in the step that needs it. What the container needs when it runs is given to it then. A file that has to lie
//! there is left out by `.dockerignore`.
//!
//! ```bad .github/workflows/image.yml
//! jobs:
//!   image:
//!     runs-on: ubuntu-latest
//!     steps:
//!       - uses: actions/checkout@v6
//!       - run: echo "DB_PASSWORD=${{ secrets.DB_PASSWORD }}" > .env
//!       - run: docker build -t app .
//! ```
//! ```and Dockerfile
//! FROM node:22
//! WORKDIR /app
//! COPY . .
//! ```
//!
//! ```good .github/workflows/image.yml
//! jobs:
//!   image:
//!     runs-on: ubuntu-latest
//!     steps:
//!       - uses: actions/checkout@v6
//!       - run: echo "DB_PASSWORD=${{ secrets.DB_PASSWORD }}" > .env
//!       - run: docker build -t app .
//! ```
//! ```and Dockerfile
//! FROM node:22
//! WORKDIR /app
//! COPY . .
//! ```
//! ```and .dockerignore
//! .env
//! ```

use tightlip_callers::{Call, Tool, Value, Written};
use tightlip_dockerfile::Edit;
use tightlip_report::Level;

use super::pattern;
use crate::lint::Lint;
use crate::lint::caller::CallerFile;
use crate::lint::context::{Context, Take, clean};
use crate::lint::fix::{Fix, Safety};
use crate::lint::project::{Dockerfile, Project};
use crate::lint::sink::{Issue, Sink};

/// See the top of the file.
pub(crate) static LINT: Lint = Lint {
    id: "secret-written-into-context",
    title: "A secret is written into the build context",
    level: Level::Deny,
    mechanism: "visible-file",
    recover: "docker save IMAGE | tar -x, then unpack the layer",
    aliases: &[],
    source: include_str!("secret_written_into_context.rs"),
    check,
};

fn check(project: &Project<'_>, sink: &mut Sink<'_>) {
    for file in &project.callers {
        for call in &file.callers.calls {
            let Some(dockerfile) = file.dockerfile(call, project) else { continue };
            for written in &call.written {
                if let Some(issue) = issue(project, (file, call, written), dockerfile, sink) {
                    sink.report(issue);
                }
            }
        }
    }
}

fn issue(
    project: &Project<'_>,
    (file, call, written): (&CallerFile<'_>, &Call, &Written),
    dockerfile: &Dockerfile<'_>,
    sink: &Sink<'_>,
) -> Option<Issue> {
    let path = in_context(call, &written.path)?;
    let (context, take) = taken(dockerfile, &path)?;
    let instruction = dockerfile.instruction(take.instruction)?;
    let told = format!(
        "this writes {} into {}, which {} in line {} of {} takes into the image",
        written.secret,
        written.path,
        instruction.name.to_ascii_uppercase(),
        instruction.line,
        dockerfile.file.name
    );
    let issue = sink.given(file, &written.secret, written.span).says(told).label("lies in the build context");
    let issue = issue.subject(format!("{} {path}", written.secret)).fix(fix(project, context, &path));
    Some(if dockerfile.is_shipped(take.instruction) { issue } else { issue.at_most(Level::Warn) })
}

/// The file as the context of a call has it. Without a context, the action builds what Git has.
fn in_context(call: &Call, path: &str) -> Option<String> {
    if matches!(call.tool, Tool::Bake | Tool::BakeAction | Tool::Compose) {
        return None;
    }
    let context = call.context.as_ref().and_then(Value::plain)?;
    if context.contains("://") || context == "-" {
        return None;
    }
    let (root, path) = (clean(context), clean(path));
    let inside = if root.is_empty() { path.as_str() } else { path.strip_prefix(&root)?.strip_prefix('/')? };
    Some(inside.to_owned())
}

/// The instruction that takes it, if it is sent.
fn taken<'d>(dockerfile: &'d Dockerfile<'_>, path: &str) -> Option<(&'d Context, &'d Take)> {
    dockerfile.contexts.iter().find_map(|(context, takes)| {
        let take = takes.iter().find(|take| take.takes(path))?;
        (!context.rules.excludes(path)).then_some((context, take))
    })
}

fn fix(project: &Project<'_>, context: &Context, path: &str) -> Fix {
    let text = project.file(context.ignore).map_or("", |file| file.source.as_str());
    let open = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    Fix {
        title: format!("leave {path} out of the build"),
        // A step or the container may read it.
        safety: Safety::Unsafe,
        edits: vec![(context.ignore, Edit::insert(text.len(), format!("{open}{}\n", pattern(path))))],
    }
}
