//! The history of the repository goes into the image.
//!
//! `.git` holds everything that was ever committed, deleted secrets included, and in `.git/config` often the token
//! that the CI system cloned with.
//!
//! Anyone who can pull the image runs `git log -p` on it.
//!
//! Leave it out: the line `.git` in `.dockerignore`. A version that the build needs is passed as an argument.
//!
//! ```bad Dockerfile
//! FROM node:22
//! COPY . /app
//! ```
//! ```and .git/HEAD
//! ref: refs/heads/main
//! ```
//!
//! ```good Dockerfile
//! FROM node:22
//! COPY . /app
//! ```
//! ```and .git/HEAD
//! ref: refs/heads/main
//! ```
//! ```and .dockerignore
//! .git
//! ```

use tightlip_dockerfile::Edit;
use tightlip_report::Level;

use crate::lint::Lint;
use crate::lint::context::Context;
use crate::lint::fix::{Fix, Safety};
use crate::lint::project::Project;
use crate::lint::sink::Sink;

/// See the top of the file.
pub(crate) static LINT: Lint = Lint {
    id: "git-directory-copied",
    title: "The Git repository is copied into the image",
    level: Level::Warn,
    mechanism: "visible-file",
    recover: "docker cp the .git directory out of a container, then git log -p",
    aliases: &[],
    source: include_str!("git_directory_copied.rs"),
    check,
};

fn check(project: &Project<'_>, sink: &mut Sink<'_>) {
    for dockerfile in &project.dockerfiles {
        let all = dockerfile.contexts.iter();
        let repositories = all.flat_map(|(context, takes)| {
            repositories(context).into_iter().map(move |directory| (context, takes, directory))
        });
        for (context, takes, directory) in repositories {
            let head = format!("{directory}/HEAD");
            let Some(take) = takes.iter().find(|take| take.takes(&head)) else { continue };
            let issue = sink
                .secret_file(dockerfile, &directory, take.span)
                .says(format!("this takes {directory}: the whole history of the repository"))
                .label(format!("takes {directory}"))
                .fix(fix(project, context, &directory));
            let shipped = dockerfile.is_shipped(take.instruction);
            sink.report(if shipped { issue } else { issue.at_most(Level::Note) });
        }
    }
}

/// The `.git` directories that are sent.
fn repositories(context: &Context) -> Vec<String> {
    let heads = context.files.iter().filter_map(|sent| sent.path.strip_suffix("/HEAD"));
    heads.filter(|path| *path == ".git" || path.ends_with("/.git")).map(str::to_owned).collect()
}

fn fix(project: &Project<'_>, context: &Context, directory: &str) -> Fix {
    let text = project.file(context.ignore).map_or("", |file| file.source.as_str());
    let open = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    Fix {
        title: format!("leave {directory} out of the build"),
        // A step may ask Git for a version.
        safety: Safety::Unsafe,
        edits: vec![(context.ignore, Edit::insert(text.len(), format!("{open}{directory}\n")))],
    }
}
