//! What tightlip reads in bake and compose files is what bake itself reads, and what it makes of them still builds.

use std::fs;

use anyhow::{Context, Result};
use serde_json::Value;
use tightlip_callers::{Call, Move, Source, convert, read, recognise};
use tightlip_e2e::{Docker, github_token};

const BAKE: &str = r#"
variable "NPM_TOKEN" {
  default = ""
}
group "default" {
  targets = ["app", "tool"]
}
target "base" {
  context = "."
  args = {
    LEVEL = "base"
    NPM_TOKEN = NPM_TOKEN
  }
  secret = ["id=first,env=FIRST"]
}
target "app" {
  inherits = ["base"]
  dockerfile = "app.Dockerfile"
  target = "final"
  args = {
    LEVEL = "app"
  }
  cache-to = ["type=registry,ref=r.example/c,mode=max"]
  attest = ["type=provenance,mode=max"]
}
target "tool" {
  args = { NPM_TOKEN = "${NPM_TOKEN}", B = "1" }
  secret = [{ id = "second", env = "SECOND" }]
}
"#;

const COMPOSE: &str = r#"
x-build: &build
  context: .
  target: final
services:
  app:
    build:
      <<: *build
      dockerfile: app.Dockerfile
      args:
        LEVEL: app
        NPM_TOKEN: ${NPM_TOKEN}
      secrets: [first]
  tool:
    extends: {service: app}
    build:
      args:
        - LEVEL=tool
        - B
        - NPM_TOKEN
secrets:
  first: {environment: FIRST}
"#;

/// What bake makes of a file.
fn printed(docker: &Docker, name: &str, text: &str) -> Result<Value> {
    let folder = docker.path("bake");
    fs::create_dir(&folder)?;
    let file = folder.join(name);
    fs::write(&file, text)?;
    let json = docker.run(["buildx", "bake", "--print", "--file", &file.to_string_lossy()])?;
    serde_json::from_slice(&json).context("bake prints JSON")
}

fn names<'v>(target: &'v Value, list: &str) -> Vec<&'v str> {
    let of = |value: &'v Value| value["id"].as_str().unwrap_or_default();
    let mut names: Vec<&str> = match &target[list] {
        Value::Array(items) => items.iter().map(of).collect(),
        Value::Object(table) => table.keys().map(String::as_str).collect(),
        _ => Vec::new(),
    };
    names.sort_unstable();
    names
}

fn ours<'c>(all: impl Iterator<Item = &'c str>) -> Vec<&'c str> {
    let mut names: Vec<&str> = all.collect();
    names.sort_unstable();
    names
}

/// A call says of its target what bake says. Arguments without a value are left out by bake.
fn agrees(call: &Call, target: &Value) {
    let arguments = call.arguments.iter().filter(|one| one.value.is_some());
    assert_eq!(ours(arguments.map(|one| one.name.as_str())), names(target, "args"), "{target:#}");
    assert_eq!(ours(call.secrets.iter().map(|one| one.id.as_str())), names(target, "secret"), "{target:#}");
    let said = |value: &Option<tightlip_callers::Value>| {
        value.as_ref().and_then(|one| one.plain().map(str::to_owned))
    };
    assert_eq!(said(&call.target).as_deref(), target["target"].as_str());
    if let Some(dockerfile) = said(&call.dockerfile) {
        assert_eq!(Some(dockerfile.as_str()), target["dockerfile"].as_str());
    }
    let modes: Vec<Option<&str>> = call.cache_to.iter().map(|one| one.plain("mode")).collect();
    let theirs = target["cache-to"].as_array().into_iter().flatten().map(|one| one["mode"].as_str());
    assert_eq!(modes, theirs.collect::<Vec<_>>());
}

#[test]
fn bake_and_compose_files_say_what_bake_reads_in_them() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    for (name, text) in [("docker-bake.hcl", BAKE), ("compose.yaml", COMPOSE)] {
        let format = recognise(name, text).context("a known format")?;
        let wanted = Move { argument: "NPM_TOKEN", id: "NPM_TOKEN" };
        let (after, _) = convert(format, &Source { path: name, text }, &[wanted]);
        for text in [text, &after] {
            let printed = printed(&docker, name, text)?;
            let targets = printed["target"].as_object().context("targets")?;
            let callers = read(format, name, text);
            assert_eq!(callers.problems, []);
            for (name, target) in targets {
                let call = callers.calls.iter().find(|call| call.name.as_deref() == Some(name));
                agrees(call.with_context(|| format!("no call {name}"))?, target);
            }
        }
        let after = printed(&docker, name, &after)?;
        for target in ["app", "tool"] {
            assert_eq!(after["target"][target]["args"].get("NPM_TOKEN"), None, "{after:#}");
            let secrets = after["target"][target]["secret"].to_string();
            assert!(secrets.contains(r#""env":"NPM_TOKEN""#), "{after:#}");
        }
    }
    Ok(())
}

#[test]
fn a_changed_script_hands_the_secret_to_the_step() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let token = github_token();
    let before = "secret=$NPM_TOKEN\n\
        docker build --progress=plain \\\n  --build-arg \"NPM_TOKEN=$secret\" \\\n  --output type=local,dest=out .\n";
    let format = recognise("build.sh", before).context("a known format")?;
    let wanted = Move { argument: "NPM_TOKEN", id: "NPM_TOKEN" };
    let (after, refusals) = convert(format, &Source { path: "build.sh", text: before }, &[wanted]);
    assert_eq!(refusals, []);
    let dockerfile = "FROM bb\n\
        RUN --mount=type=secret,id=NPM_TOKEN,env=NPM_TOKEN,required=true printf %s \"$NPM_TOKEN\" | wc -c > /length\n";
    let folder = docker.path("script");
    fs::create_dir(&folder)?;
    fs::write(folder.join("Dockerfile"), dockerfile)?;
    docker.script(&folder, &after, ("NPM_TOKEN", &token))?;
    let length = fs::read_to_string(folder.join("out/length"))?;
    assert_eq!(length.trim(), token.len().to_string());
    Ok(())
}
