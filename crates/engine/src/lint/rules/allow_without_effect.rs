//! A comment that allows something allows nothing.
//!
//! `# tightlip: allow LINT -- why` needs the name of a lint or of a rule, and a reason. Without them nothing is allowed, and
//! what it was meant for is still reported. One that matches nothing any more can go: it would hide the next secret at this
//! place.
//!
//! Name what the report names, and say why; or take the comment out.
//!
//! ```bad Dockerfile
//! FROM node:22
//! # tightlip: allow secret-in-arg
//! ARG NPM_TOKEN
//! RUN npm ci
//! ```
//!
//! ```bad Dockerfile
//! FROM node:22
//! # tightlip: allow secret-in-argh -- a token of a test account
//! ARG NODE_ENV
//! ```
//!
//! ```bad Dockerfile
//! FROM node:22
//! # tightlip: allow secret-in-arg -- a token of a test account
//! ARG NODE_ENV
//! ```
//!
//! ```good Dockerfile
//! FROM node:22
//! # tightlip: allow secret-in-arg -- a token of a test account
//! ARG NPM_TOKEN
//! RUN npm ci
//! ```

use tightlip_report::Level;

use crate::lint::allow::{Permit, Whose, is_of};
use crate::lint::project::Project;
use crate::lint::sink::Sink;
use crate::lint::text::FileId;
use crate::lint::{LINTS, Lint};

/// See the top of the file.
pub(crate) static LINT: Lint = Lint {
    id: "allow-without-effect",
    title: "Comment that allows nothing",
    level: Level::Note,
    mechanism: "build-argument",
    recover: "",
    aliases: &[],
    source: include_str!("allow_without_effect.rs"),
    check,
};

/// Looks at what all other lints said: it is the last one.
fn check(project: &Project<'_>, sink: &mut Sink<'_>) {
    for (file, allowed) in project.allowed() {
        for vain in &allowed.vain {
            let says = format!("this allows nothing: {}", vain.why);
            report(sink, (file, vain.span), says);
        }
        for permit in allowed.permits.iter().filter(|permit| permit.by == Whose::Ours) {
            for name in &permit.names {
                let Some(why) = why(project, permit, (file, name), sink) else { continue };
                report(sink, (file, permit.span), format!("this does not allow {name}: {why}"));
            }
        }
    }
}

fn report(sink: &mut Sink<'_>, (file, span): (FileId, tightlip_dockerfile::Span), says: String) {
    let issue = sink.issue(file, span).says(says.clone()).subject(says);
    sink.report(issue.remedy("Name what the report names, and say why; or take the comment out."));
}

/// Why a name allows nothing.
fn why(
    project: &Project<'_>,
    permit: &Permit,
    (file, name): (FileId, &str),
    sink: &Sink<'_>,
) -> Option<String> {
    let known = LINTS.iter().any(|lint| is_of(lint, name)) || project.is_rule(name);
    if !known {
        let near = LINTS.iter().map(|lint| (strsim::damerau_levenshtein(lint.id, name), lint.id)).min();
        let hint = near.filter(|(slips, _)| *slips <= 3).map(|(_, id)| format!(" (is it {id}?)"));
        return Some(format!("there is no lint or rule of that name{}", hint.unwrap_or_default()));
    }
    let used = sink.issues.iter().any(|issue| issue.file == file && permit.covers_as(name, issue));
    (!used).then(|| "nothing here needs it".to_owned())
}
