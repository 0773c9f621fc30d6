//! A file of the build context that holds a secret goes into the image with `COPY` or `ADD`.
//!
//! `COPY . .` takes everything that lies in the context and that the ignore file does not leave out, also what Git
//! ignores: the `.env` of whoever builds, keys, tokens of package managers. A later `RUN rm` does not help, because the
//! file stays in the layer of the `COPY`.
//!
//! Anyone who can pull the image unpacks that layer: `docker save IMAGE | tar -x`.
//!
//! Leave the file out: a line in `.dockerignore`, counted from the root of the context (`.env` is only the one at the
//! root, `**/.env` is every one). What a step needs of it comes from a secret mount:
//! `RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci`.
//!
//! ```bad Dockerfile
//! FROM node:22
//! COPY . /app
//! ```
//! ```and config/.env
//! API_KEY=k3y-{base62:20}
//! ```
//!
//! ```good Dockerfile
//! FROM node:22
//! COPY . /app
//! ```
//! ```and config/.env
//! API_KEY=k3y-{base62:20}
//! ```
//! ```and .dockerignore
//! **/.env
//! ```

use tightlip_dockerfile::{Edit, Kind};
use tightlip_report::Level;

use crate::lint::Lint;
use crate::lint::context::{Context, Sent, Take};
use crate::lint::fix::{Fix, Safety};
use crate::lint::mend;
use crate::lint::project::{Dockerfile, Project};
use crate::lint::sink::{Issue, Sink};

/// See the top of the file.
pub(crate) static LINT: Lint = Lint {
    id: "secret-in-context",
    title: "A file with a secret is copied into the image",
    level: Level::Deny,
    mechanism: "visible-file",
    recover: "docker save IMAGE | tar -x, then unpack the layer",
    aliases: &[],
    source: include_str!("secret_in_context.rs"),
    check,
};

fn check(project: &Project<'_>, sink: &mut Sink<'_>) {
    for dockerfile in &project.dockerfiles {
        for (context, takes) in &dockerfile.contexts {
            for sent in &context.files {
                for take in each_instruction(takes, &sent.path) {
                    let Some(issue) = issue(dockerfile, (context, sent), take, sink) else { continue };
                    sink.report(issue.fix(match take.is_broad(&sent.path) {
                        false => mend::file(project, dockerfile, (take.instruction, take.span)),
                        true => fix(project, context, takes),
                    }));
                }
            }
        }
    }
}

/// The sources that take a file, one for each instruction: what another stage took first is in the layers of this one too.
fn each_instruction<'t>(takes: &'t [Take], path: &str) -> Vec<&'t Take> {
    let mut taking: Vec<&Take> = takes.iter().filter(|take| take.takes(path)).collect();
    taking.dedup_by_key(|take| take.instruction);
    taking
}

fn issue(
    dockerfile: &Dockerfile<'_>,
    (context, sent): (&Context, &Sent),
    take: &Take,
    sink: &Sink<'_>,
) -> Option<Issue> {
    let worst = sent.literals.iter().max_by_key(|literal| (literal.level, literal.confidence))?;
    let instruction = dockerfile.instruction(take.instruction)?;
    let name = match instruction.kind {
        Kind::Add(_) => "ADD",
        _ => "COPY",
    };
    let issue =
        sink.secret_file(dockerfile, &sent.path, take.span).at_most(worst.level).confidence(worst.confidence);
    let issue = issue
        .says(format!("this {name} takes {}, which holds a secret: {}", sent.path, worst.rule.title))
        .label(format!("takes {}", sent.path))
        .remedy(remedy(context, &sent.path));
    let issue = Issue {
        shape: format!("{}: {}", sent.path, worst.shape),
        rotate: worst.rule.rotate,
        found_by: Some(worst.rule.id),
        ..issue
    };
    Some(match dockerfile.is_shipped(take.instruction) {
        true => issue,
        false => issue.at_most(Level::Warn).recover("read the cache of the builder, or an exported cache"),
    })
}

fn remedy(context: &Context, path: &str) -> String {
    let folder = if context.name.is_empty() { String::new() } else { format!("{}/", context.name) };
    format!(
        "Leave it out: the line `{}` in {folder}.dockerignore. What a step needs of it comes from a secret mount. \
        Rotate the secret if the image was pushed.",
        pattern(path)
    )
}

/// A line of the ignore file for each file that a broad `COPY` takes.
fn fix(project: &Project<'_>, context: &Context, takes: &[Take]) -> Fix {
    let named = |sent: &&Sent| takes.iter().any(|take| take.takes(&sent.path) && !take.is_broad(&sent.path));
    let leaking: Vec<&Sent> = context.files.iter().filter(|sent| !sent.literals.is_empty()).collect();
    let name = project.file(context.ignore).map_or("", |file| file.name.as_str());
    let title = format!("leave {} out of the build with {name}", counted(leaking.len()));
    if let Some(sent) = leaking.iter().find(|sent| named(sent)) {
        let why =
            format!("an instruction names {}: mount it as a secret in the step that needs it", sent.path);
        return Fix { title, safety: Safety::Refused(why), edits: Vec::new() };
    }
    let lines: String = leaking.iter().map(|sent| format!("{}\n", pattern(&sent.path))).collect();
    let text = project.file(context.ignore).map_or("", |file| file.source.as_str());
    let open = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    let edit = Edit::insert(text.len(), format!("{open}{lines}"));
    // A step may read the file, knowingly or not.
    Fix { title, safety: Safety::Unsafe, edits: vec![(context.ignore, edit)] }
}

fn counted(files: usize) -> String {
    if files == 1 { "a file".to_owned() } else { format!("{files} files") }
}

/// A path as a pattern that matches nothing else.
pub(crate) fn pattern(path: &str) -> String {
    let mut pattern = String::new();
    for character in path.chars() {
        if matches!(character, '*' | '?' | '[' | '\\') {
            pattern.push('\\');
        }
        // What stands for bytes that are no text matches them only so.
        pattern.push(if character == char::REPLACEMENT_CHARACTER { '*' } else { character });
    }
    if pattern.starts_with(['#', '!', ' ']) { format!("./{pattern}") } else { pattern }
}
