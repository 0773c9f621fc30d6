//! What is copied from another stage brings its secrets along.
//!
//! A stage that is thrown away hides nothing that is copied out of it: `COPY --from=build /app /app` takes the `.env`
//! that lies in `/app`, and `COPY --from=build /root /root` the `.npmrc`.
//!
//! Anyone who can pull the image gets it with `docker save IMAGE`.
//!
//! Copy what the program needs, not the folder it was built in; and let no secret into the stage at all.
//!
//! ```bad Dockerfile
//! FROM node:22 AS build
//! WORKDIR /app
//! COPY .env package.json ./
//! RUN npm run build
//! FROM node:22-slim
//! COPY --from=build /app /app
//! ```
//!
//! ```good Dockerfile
//! FROM node:22 AS build
//! WORKDIR /app
//! COPY package.json ./
//! RUN --mount=type=secret,id=env,target=/app/.env,required=true npm run build
//! FROM node:22-slim
//! COPY --from=build /app/dist /app
//! ```

use tightlip_report::{Confidence, Level};

use crate::lint::Lint;
use crate::lint::files::Holds;
use crate::lint::project::Project;
use crate::lint::sink::Sink;
use crate::lint::story::Secret;

/// See the top of the file.
pub(crate) static LINT: Lint = Lint {
    id: "secret-copied-from-stage",
    title: "Secret copied from another stage",
    level: Level::Deny,
    mechanism: "visible-file",
    recover: "docker save IMAGE | tar -x, then unpack the layer",
    aliases: &[],
    source: include_str!("secret_copied_from_stage.rs"),
    check,
};

fn check(project: &Project<'_>, sink: &mut Sink<'_>) {
    for dockerfile in &project.dockerfiles {
        for brought in &dockerfile.story.brought {
            let (name, path) = (brought.held.secret.name(), &brought.held.path);
            let line = dockerfile.document.line(brought.held.span.start);
            let issue = sink
                .secret(dockerfile, &brought.held.secret, brought.span)
                .says(format!("this brings {path} along, where line {line} put {name}"))
                .subject(format!("{name} {path}"));
            let issue =
                if dockerfile.is_shipped(brought.instruction) { issue } else { issue.at_most(Level::Warn) };
            sink.report(match &brought.held.secret {
                Secret::File(_, Holds::Maybe) => issue.at_most(Level::Warn).confidence(Confidence::Medium),
                _ => issue,
            });
        }
    }
}
