//! A line of the ignore file looks as if it kept a secret out, and does not.
//!
//! Patterns start at the root of the context: `.env` does not match `app/.env`. A typing error matches nothing. A line
//! with `!` puts back what an earlier one left out. The builder says nothing in any of these cases.
//!
//! Look at what is sent: `docker build --no-cache --progress=plain -f - . <<< $'FROM busybox\nCOPY . /c\nRUN find /c'`.
//!
//! ```bad Dockerfile
//! FROM node:22
//! COPY . /app
//! ```
//! ```and config/.env
//! API_KEY=k3y-{base62:20}
//! ```
//! ```and .dockerignore
//! .env
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

use tightlip_dockerfile::{Edit, Effect, Ignore, Rule, Span};
use tightlip_report::Level;

use crate::lint::Lint;
use crate::lint::context::{Context, Sent};
use crate::lint::fix::{Fix, Safety};
use crate::lint::project::Project;
use crate::lint::sink::{Issue, Sink};

/// See the top of the file.
pub(crate) static LINT: Lint = Lint {
    id: "ignore-rule-misses",
    title: "A line of the ignore file does not keep a secret out",
    level: Level::Warn,
    mechanism: "visible-file",
    recover: "docker save IMAGE | tar -x, then unpack the layer of the COPY",
    aliases: &[],
    source: include_str!("ignore_rule_misses.rs"),
    check,
};

/// Words that differ in so many letters may be the same, mistyped.
const SLIPS: usize = 2;

fn check(project: &Project<'_>, sink: &mut Sink<'_>) {
    for (context, _) in project.dockerfiles.iter().flat_map(|dockerfile| &dockerfile.contexts) {
        for sent in context.files.iter().filter(|sent| !sent.literals.is_empty()) {
            if let Some(issue) = issue(project, context, sent, sink) {
                sink.report(issue.subject(&sent.path));
            }
        }
    }
}

fn issue(project: &Project<'_>, context: &Context, sent: &Sent, sink: &Sink<'_>) -> Option<Issue> {
    let path = sent.path.as_str();
    let at = |rule: &Rule| sink.issue(context.ignore, rule.span).label(format!("{path} is sent"));
    let rules = context.rules.rules();
    if let Some(rule) = context.rules.decides(path).filter(|rule| rule.effect == Effect::Include) {
        return Some(at(rule).says(format!("`!{}` puts {path} back, which holds a secret", rule.pattern)));
    }
    let excluding =
        || rules.iter().filter(|rule| rule.effect == Effect::Exclude && !rule.pattern.contains("**"));
    if let Some(rule) = excluding().find(|rule| matches_deeper(&rule.pattern, path)) {
        let says = format!("`{}` is only the one at the root of the context: {path} is sent", rule.pattern);
        let text = project.file(context.ignore).map_or("", |file| file.source.as_str());
        return Some(at(rule).says(says).fix(anywhere(context, rule, text)));
    }
    let mistyped = excluding().find(|rule| is_mistyped(&rule.pattern, path))?;
    Some(at(mistyped).says(format!("`{}` is not {path}: is it mistyped?", mistyped.pattern)))
}

/// Whether a pattern would match if it did not start at the root.
fn matches_deeper(pattern: &str, path: &str) -> bool {
    Ignore::parse(&format!("**/{pattern}")).excludes(path)
}

fn is_mistyped(pattern: &str, path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let like = |word: &str| {
        let slips = strsim::damerau_levenshtein(pattern, word);
        slips <= SLIPS && slips * 3 <= word.len() && pattern.len() > 3
    };
    !pattern.contains('*') && (like(path) || like(name))
}

/// The same pattern, wherever a file lies.
fn anywhere(context: &Context, rule: &Rule, text: &str) -> Fix {
    let line = text.get(rule.span.range()).unwrap_or_default();
    let lead = line.len() - line.trim_start_matches([' ', '\t', '\u{feff}']).len();
    let root = line.get(lead..).is_some_and(|line| line.starts_with('/'));
    let start = rule.span.start + lead;
    let edit = Edit::replace(Span::new(start, start + usize::from(root)), "**/");
    Fix {
        title: format!("make `{}` match in every directory", rule.pattern),
        safety: Safety::Unsafe,
        edits: vec![(context.ignore, edit)],
    }
}
