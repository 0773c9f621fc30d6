//! The model of a Dockerfile, compared with what BuildKit says about the same file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tightlip_dockerfile::{Document, Kind, MountKind, Scopes};
use tightlip_e2e::Docker;

const FILES: &[&str] = &[
    "ARG G=1\nARG BASE=scratch\nFROM $BASE AS one\nARG G\nARG A=x$G\nRUN --mount=type=secret,id=s,required true\n\
     FROM one AS two\nARG B\nRUN --mount=type=secret,id=t,env=T --mount=type=secret,target=/root/.npmrc echo <<X\na\nX\n\
     FROM scratch\nCOPY --from=two / /\n",
    "ARG UNUSED=1\nARG V=3\nARG W=b$V\nFROM scratch AS a\nARG IN_A=1\nENV X=1\nFROM scratch AS lone\nARG LONE=9\n\
     RUN --mount=type=secret,id=lone true\nFROM a\nARG V\nARG W=own\nARG Q=\"a b\"\nENV E=$Q\nARG R=$E-$IN_A\n\
     COPY --from=a / /\nONBUILD RUN --mount=type=secret,id=on true\nRUN --mount=type=secret,id=k,target=/x/$V true\n",
    "# escape=`\nFROM scratch AS Up\nARG A=`\n 1 B='x y' C=\"${A:+set}\"\nENV X=1\nFROM up\nARG D=${C}${NO:-none}\nRUN `\n# note\n --mount=type=secret,id=q,required=true x\n",
    "FROM scratch\nCOPY <<A <<\"B\" /d/\nARG NOT=1\nA\n$NOT\nB\nARG YES=2\nRUN <<E\nFROM not-a-stage\nE\n",
    "FROM scratch AS a\nFROM scratch AS b\nARG M=1\nRUN --mount=from=a,target=/m --mount=type=secret,id=x true\nFROM scratch\nRUN --mount=type=bind,from=b,target=/m true\n",
];

#[test]
fn stages_arguments_and_secrets_are_those_that_buildkit_sees() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    for source in FILES {
        let folder = tempfile::tempdir()?;
        std::fs::write(folder.path().join("Dockerfile"), source)?;
        let targets = call(&docker, "targets", folder.path())?;
        ensure!(stages(source) == listed_stages(&targets), "{source}\n{targets:#}");
        let outline = call(&docker, "outline", folder.path())?;
        ensure!(
            arguments(source) == listed_arguments(&outline),
            "{source}\n{outline:#}\n{:?}",
            arguments(source)
        );
        ensure!(secrets(source) == listed_secrets(&outline), "{source}\n{outline:#}\n{:?}", secrets(source));
    }
    Ok(())
}

fn call(docker: &Docker, what: &str, folder: &Path) -> Result<Value> {
    let option = format!("--call={what},format=json");
    let folder = folder.to_str().context("a path in UTF-8")?;
    let output = docker.run(["buildx", "build", &option, folder])?;
    Ok(serde_json::from_slice(&output)?)
}

fn scopes(document: &Document) -> Scopes<'_> {
    Scopes::of(document, BTreeMap::new())
}

/// Names and lines of the stages.
fn stages(source: &str) -> Vec<(String, u64)> {
    let document = Document::parse(source);
    let scopes = scopes(&document);
    let line = |from: usize| document.instructions()[from].line as u64;
    let all = scopes.stages().all();
    all.iter().map(|stage| (stage.name.clone().unwrap_or_default(), line(stage.from))).collect()
}

fn listed_stages(targets: &Value) -> Vec<(String, u64)> {
    let all = targets["targets"].as_array().into_iter().flatten();
    all.map(|one| (text(&one["name"]).to_lowercase(), line(one))).collect()
}

/// The instructions that building the last stage runs.
fn needed(document: &Document) -> Vec<usize> {
    let scopes = scopes(document);
    let stages = scopes.stages();
    let last = stages.all().len() - 1;
    stages.needed(last).into_iter().flat_map(|index| stages.all()[index].instructions.clone()).collect()
}

/// The arguments that count and their values; of several of one name the last.
fn arguments(source: &str) -> BTreeMap<String, String> {
    let document = Document::parse(source);
    let scopes = scopes(&document);
    let mut found = BTreeMap::new();
    for index in needed(&document) {
        let Kind::Arg(pairs) = &document.instructions()[index].kind else { continue };
        for pair in pairs {
            let value = scopes.at(index + 1).value(&pair.name).and_then(|value| value.text);
            found.insert(pair.name.to_string(), value.unwrap_or_default());
        }
    }
    // Those of the image's name count too.
    for (index, one) in document.instructions().iter().enumerate() {
        let Kind::From(from) = &one.kind else { continue };
        let Some(name) = from.image.strip_prefix('$') else { continue };
        let value = scopes.at(index).value(name).and_then(|value| value.text);
        found.insert(name.to_owned(), value.unwrap_or_default());
    }
    found
}

fn listed_arguments(outline: &Value) -> BTreeMap<String, String> {
    let all = outline["args"].as_array().into_iter().flatten();
    all.map(|one| (text(&one["name"]), text(&one["value"]))).collect()
}

/// The secrets and whether they are required.
fn secrets(source: &str) -> BTreeSet<(String, bool)> {
    let document = Document::parse(source);
    let mounts =
        needed(&document).into_iter().flat_map(|index| document.instructions()[index].mounts().to_vec());
    let secrets = mounts.filter(|mount| mount.kind == MountKind::Secret);
    secrets.map(|one| (one.secret_id().unwrap_or_default().to_owned(), one.is_required())).collect()
}

fn listed_secrets(outline: &Value) -> BTreeSet<(String, bool)> {
    let all = outline["secrets"].as_array().into_iter().flatten();
    all.map(|one| (text(&one["name"]), one["required"].as_bool().unwrap_or(false))).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn line(value: &Value) -> u64 {
    value["location"]["ranges"][0]["start"]["line"].as_u64().unwrap_or_default()
}
