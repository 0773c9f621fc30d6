//! Skaffold: the artifacts of a `skaffold.yaml` and of its profiles that a Dockerfile makes (`docker`, `kaniko`).

use tightlip_dockerfile::Edit;

use super::{Format, file_name, is_yaml};
use crate::convert::variable_of;
use crate::dialect::Dialect;
use crate::fields::{arguments, computed_names, options, secrets, values};
use crate::tree::rewrite::Rewrite;
use crate::tree::{At, Entry, Layout, yaml};
use crate::{Call, Callers, Grant, Granted, Move, Refusal, Source, Tool};

pub(super) static FORMAT: Format =
    Format { name: "skaffold", what: "a file of Skaffold", claims, read, to_secret, grant };

fn claims(source: &Source<'_>) -> bool {
    let first = |line: &&str| !line.trim().is_empty() && !line.starts_with(['#', '-']);
    let head = source.text.lines().find(first).unwrap_or_default();
    is_yaml(source.path)
        && (file_name(source.path).starts_with("skaffold") || head.starts_with("apiVersion: skaffold/"))
}

fn read(source: &Source<'_>) -> Callers {
    let tree = yaml(source.text);
    let mut callers = Callers::default();
    for root in tree.documents() {
        for artifact in artifacts(root) {
            read_artifact(artifact, &mut callers);
        }
    }
    callers.problems.extend(tree.problems);
    callers
}

/// What a document builds, and what its profiles build instead.
fn artifacts(root: At<'_>) -> Vec<At<'_>> {
    let profiles = root.get("profiles").map(|all| all.items()).unwrap_or_default();
    let parts = [root].into_iter().chain(profiles);
    parts.filter_map(|part| part.get("build")?.get("artifacts")).flat_map(|all| all.items()).collect()
}

/// What makes an artifact of a Dockerfile. Without a word about it Skaffold takes docker.
fn builder(artifact: At<'_>) -> Option<(Tool, Option<Entry<'_>>)> {
    const OTHERS: [&str; 6] = ["bazel", "buildpacks", "custom", "jib", "jibMaven", "ko"];
    if let Some(kaniko) = artifact.own_entry("kaniko") {
        return Some((Tool::Kaniko, Some(kaniko)));
    }
    let other = OTHERS.iter().any(|other| artifact.get(other).is_some());
    (!other).then(|| (Tool::Skaffold, artifact.own_entry("docker")))
}

fn read_artifact(artifact: At<'_>, callers: &mut Callers) {
    let Some((tool, settings)) = builder(artifact) else { return };
    let mut call = Call::new(tool, artifact.stands);
    call.name = artifact.text_of("image").cloned();
    call.tags = artifact.get("image").map(|image| values(image, Dialect::Braces)).unwrap_or_default();
    call.context = artifact.get("context").and_then(|context| context.value(Dialect::Braces));
    for entry in settings.map(|settings| settings.value.entries()).unwrap_or_default() {
        let value = entry.value;
        match entry.key.as_str().unwrap_or_default() {
            "dockerfile" => call.dockerfile = value.value(Dialect::Braces),
            "target" => call.target = value.value(Dialect::Braces),
            "buildArgs" => call.arguments = arguments(value, Dialect::Braces),
            "label" => call.labels = arguments(value, Dialect::Braces),
            "ssh" => call.ssh = values(value, Dialect::Braces),
            // A list since `v2beta14`, one before.
            "secrets" | "secret" => {
                callers.problems.extend(secrets(&mut call, &options(value, Dialect::Braces)));
            }
            _ => {}
        }
    }
    callers.problems.extend(computed_names(&call.arguments));
    callers.calls.push(call);
}

/// The settings of the builder of a call, if it is docker, with the artifact that they are of.
fn settings<'t>(roots: Vec<At<'t>>, call: &Call) -> Result<(At<'t>, Option<Entry<'t>>), Refusal> {
    let elsewhere = || Refusal::Elsewhere("the artifact".to_owned());
    let mut all = roots.into_iter().flat_map(artifacts);
    let artifact = all.find(|one| one.stands == call.span && one.is_here()).ok_or_else(elsewhere)?;
    match builder(artifact) {
        Some((Tool::Skaffold, settings)) if settings.is_none_or(|one| one.value.is_here()) => {
            Ok((artifact, settings))
        }
        Some((Tool::Kaniko, _)) => Err(Refusal::NoSecrets("kaniko")),
        _ => Err(elsewhere()),
    }
}

fn to_secret(source: &Source<'_>, call: &Call, wanted: &Move<'_>) -> Result<Vec<Edit>, Refusal> {
    let tree = yaml(source.text);
    let rewrite = Rewrite::of(source.text);
    let gone = || Refusal::Elsewhere(format!("the build argument {}", wanted.argument));
    let argument = call.argument(wanted.argument).ok_or_else(gone)?;
    let variable = variable_of(argument)?;
    let (_, settings) = settings(tree.documents(), call)?;
    let docker = settings.ok_or_else(gone)?.value;
    let args = docker.own_entry("buildArgs").filter(|args| args.value.is_here()).ok_or_else(gone)?;
    let entry = args.value.own_entry(wanted.argument).ok_or_else(gone)?;
    if tree.is_shared(argument.span) {
        return Err(Refusal::Shared(format!("the build argument {}", wanted.argument)));
    }
    let last = args.value.own().len() == 1;
    let item = format!("{{id: {}, env: {variable}}}", wanted.id);
    let mut edits = Vec::new();
    match call.secret(wanted.id) {
        None if last && docker.own_entry("secrets").is_none() => {
            return Ok(vec![rewrite.replace_entry(args, &listed("secrets", &item, docker))]);
        }
        None => edits.push(add(&rewrite, docker, ("secrets", &item))?),
        Some(_) => {}
    }
    match last {
        true => edits.extend(rewrite.remove_entry(docker, args)),
        false => edits.extend(rewrite.remove_entry(args.value, entry)),
    }
    Ok(edits)
}

/// A list of one item, as an entry.
fn listed(key: &str, item: &str, around: At<'_>) -> String {
    match around.layout() {
        Some(Layout::Flow) => format!("{key}: [{item}]"),
        _ => format!("{key}:\n  - {item}"),
    }
}

/// Adds an item to a list of a table.
fn add(rewrite: &Rewrite<'_>, table: At<'_>, (key, item): (&str, &str)) -> Result<Edit, Refusal> {
    match table.own_entry(key).filter(|entry| !entry.value.is_null()) {
        Some(list) if list.value.is_list() => rewrite.add_item(list.value, item),
        Some(_) => Err(Refusal::Form("one secret in the place of a list")),
        None => rewrite.add_entry(table, &listed(key, item, table)),
    }
}

fn grant(source: &Source<'_>, call: &Call, wanted: &Grant<'_>) -> Result<Vec<Edit>, Refusal> {
    let tree = yaml(source.text);
    let rewrite = Rewrite::of(source.text);
    let path = wanted.path(call)?;
    let (artifact, settings) = settings(tree.documents(), call)?;
    let item = format!("{{id: {}, src: {path}}}", wanted.id);
    // Its `ssh` is one text: `default`, or a name with a path.
    let ssh = format!("ssh: {}={path}", wanted.id);
    let edit = match (settings, wanted.what) {
        (Some(docker), Granted::Secret) => add(&rewrite, docker.value, ("secrets", &item)),
        (Some(docker), Granted::Ssh) if docker.value.get("ssh").is_some() => {
            Err(Refusal::Taken("ssh".to_owned()))
        }
        (Some(docker), Granted::Ssh) => rewrite.add_entry(docker.value, &ssh),
        (None, Granted::Secret) => rewrite.add_entry(artifact, &format!("docker: {{secrets: [{item}]}}")),
        (None, Granted::Ssh) => rewrite.add_entry(artifact, &format!("docker: {{{ssh}}}")),
    };
    Ok(vec![edit?])
}
