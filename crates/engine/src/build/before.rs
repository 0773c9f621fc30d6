//! Before the build: would it leak by what is written? Dockerfile, context and command line.

use std::path::{Path, PathBuf};

use tightlip_report::{Finding, Level, Report};

use super::plan::Plan;
use super::{Given, Guard, GuardError, Role, disk};
use crate::builder::Kind;
use crate::lint::{Contexts, Input, LintRequest, Linted, lint};
use crate::request::{DockerfileText, Request};

/// What the command line is called in reports; its ending says how it is to be read.
pub(crate) const LINE: &str = "the-command-line.sh";
/// Lints about build arguments: they say something about this build only when it passes the argument.
const ARGUMENTS: &[&str] = &["secret-in-arg", "secret-arg-in-run"];

/// What is written, as far as it can be read before the build.
#[derive(Clone, Debug, Default)]
pub(crate) struct Written {
    /// The Dockerfile: the name for reports, where it lies, what it holds.
    pub(crate) dockerfile: Option<(String, Option<PathBuf>, Vec<u8>)>,
    /// The directory that the build is sent, if it is one.
    pub(crate) context: Option<PathBuf>,
}

/// What was found before the build.
#[derive(Default)]
pub(crate) struct Seen {
    /// Findings for which the build does not start.
    pub(crate) refused: Option<Report>,
    /// What else there is to say.
    pub(crate) said: Vec<Finding>,
    /// What steps would print: it counts where the log itself cannot tell.
    pub(crate) printed: Vec<Finding>,
}

impl Written {
    /// Finds the Dockerfile as the builder does. Source: buildx `build/dockerfile.go`, buildah `pkg/util/util.go`.
    pub(crate) fn of(plan: &Plan, input: &Given, kind: Kind) -> Self {
        let folder = PathBuf::from(&plan.context);
        let context = disk::is_folder(&folder).then_some(folder);
        let from_input = || match input {
            Given::Dockerfile(bytes) => Some(bytes.clone()),
            Given::Nothing | Given::Archive(_) => None,
        };
        let dockerfile = match (plan.dockerfile.as_deref(), &context) {
            (Some("-"), _) => from_input().map(|bytes| {
                ("Dockerfile".to_owned(), context.as_ref().map(|folder| folder.join("Dockerfile")), bytes)
            }),
            (None, None) if plan.context == "-" => {
                from_input().map(|bytes| ("Dockerfile".to_owned(), None, bytes))
            }
            (Some(path), Some(folder)) => {
                let own = read(Path::new(path));
                own.or_else(|| read(&folder.join(path)).filter(|_| kind != Kind::Buildx))
            }
            (None, Some(folder)) => names(kind).iter().find_map(|name| read(&folder.join(name))),
            _ => None,
        };
        Self { dockerfile, context }
    }

    /// The Dockerfile, to name its lines.
    pub(crate) fn text(&self) -> Option<DockerfileText> {
        let (name, _, bytes) = self.dockerfile.as_ref()?;
        Some(DockerfileText { name: name.clone(), text: String::from_utf8_lossy(bytes).into_owned() })
    }
}

/// What a Dockerfile is called that nobody names.
fn names(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Buildx => &["Dockerfile", "dockerfile"],
        Kind::Podman | Kind::Buildah => &["Containerfile", "Dockerfile"],
    }
}

fn read(path: &Path) -> Option<(String, Option<PathBuf>, Vec<u8>)> {
    let bytes = disk::bytes(path).ok()?;
    let name = path.display().to_string();
    let name = name.strip_prefix("./").unwrap_or(&name).to_owned();
    Some((name, Some(path.to_owned()), bytes))
}

/// Lints everything that is written.
pub(crate) fn look(
    (plan, written): (&Plan, &Written),
    guard: &Guard,
    scan: &Request,
) -> Result<Seen, GuardError> {
    let allowed = &guard.policy.arguments;
    let value = |name: &str| match value_of(plan, guard, name) {
        Some(value) => format!("{name}={value}"),
        None => name.to_owned(),
    };
    let linted = linted(written, spelled(plan, guard, &value), scan)?;
    let mut report = guard.policy.project.apply(linted.report);
    let passed = |name: &str| {
        plan.given.iter().any(|(given, _)| given == name) && !allowed.iter().any(|one| one == name)
    };
    let (mut refused, mut said, mut printed) = (Vec::new(), Vec::new(), Vec::new());
    for mut finding in std::mem::take(&mut report.findings) {
        let argument = argument(&finding);
        if finding.place.path.as_deref() == Some(LINE) {
            finding.place.path = Some("the command line".to_owned());
        }
        if finding.mechanism == "log-output" {
            printed.push(finding);
            continue;
        }
        if argument.as_deref().is_some_and(|name| !passed(name)) {
            finding.level = finding.level.min(Level::Warn);
        }
        if finding.level >= Level::Deny { refused.push(finding) } else { said.push(finding) }
    }
    report.findings = refused;
    report.target.given = written.dockerfile.as_ref().map_or("the build", |(name, ..)| name).to_owned();
    let refused = (!report.findings.is_empty()).then_some(report);
    Ok(Seen { refused, said, printed })
}

/// Lints what is written, and this command line.
pub(crate) fn linted(written: &Written, line: String, scan: &Request) -> Result<Linted, GuardError> {
    let mut inputs = Vec::new();
    if let Some((name, path, bytes)) = &written.dockerfile {
        inputs.push(Input::Text { name: name.clone(), path: path.clone(), bytes: bytes.clone() });
    }
    inputs.push(Input::Text { name: LINE.to_owned(), path: None, bytes: line.into_bytes() });
    let mut request = LintRequest::new(inputs, scan.key.clone());
    request.rules.clone_from(&scan.rules);
    request.jobs = scan.jobs;
    request.contexts = match &written.context {
        Some(folder) => Contexts::In(folder.clone()),
        None => Contexts::Unread,
    };
    lint(&request).map_err(GuardError::Lint)
}

/// The command line as one would type it. `argument` writes a build argument: `NAME` or `NAME=value`.
pub(crate) fn spelled(plan: &Plan, guard: &Guard, argument: &dyn Fn(&str) -> String) -> String {
    // What is worked out anew for the builder is looked at as it was typed.
    let typed = guard.line.arguments(|flag, _| {
        matches!(flag.role, Role::Output | Role::Push | Role::CacheTo | Role::MetadataFile | Role::Dockerfile)
    });
    let (arguments, others): (Vec<&String>, Vec<&String>) =
        plan.arguments.iter().partition(|one| one.starts_with("--build-arg="));
    let arguments = arguments.into_iter().map(|one| {
        let name = one.trim_start_matches("--build-arg=").split('=').next().unwrap_or_default();
        format!("--build-arg={}", argument(name))
    });
    let context = Some(plan.context.clone()).into_iter();
    let words = others.into_iter().cloned().chain(arguments).chain(typed).chain(context);
    let words: Vec<String> = words.map(|word| quoted(&word)).collect();
    let program = match guard.builder.kind() {
        Kind::Buildx => "docker buildx",
        kind => kind.name(),
    };
    format!("{program} build {}\n", words.join(" "))
}

/// The value of a build argument, wherever it comes from.
fn value_of(plan: &Plan, guard: &Guard, name: &str) -> Option<String> {
    let (_, value) = plan.given.iter().rev().find(|(given, _)| given == name)?;
    value.clone().or_else(|| guard.environment.text(name).map(str::to_owned))
}

/// A word for a shell, as plainly as possible.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@,+%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// The build argument that a finding is about, where it has no value of its own.
fn argument(finding: &Finding) -> Option<String> {
    if !ARGUMENTS.contains(&finding.rule.as_str()) && finding.rule != "secret-passed-as-argument" {
        return None;
    }
    let excerpt = finding.excerpt.as_ref()?;
    let marked = excerpt.text.get(excerpt.start..excerpt.end)?;
    if finding.rule == "secret-passed-as-argument" {
        // What is marked is the value; its name stands before.
        let before = excerpt.text.get(..excerpt.start)?.trim_end_matches(['=', '\'', '"']);
        let name = before.rsplit(|c: char| !is_name(c)).next()?;
        return (!name.is_empty()).then(|| name.to_owned());
    }
    let name = marked.trim_matches(|c: char| !is_name(c));
    (!name.is_empty() && name.chars().all(is_name)).then(|| name.to_owned())
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}
