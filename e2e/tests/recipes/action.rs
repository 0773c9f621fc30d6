//! The GitHub Action: its steps with the variables that a runner gives them.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use saphyr::{LoadableYamlNode as _, YamlOwned};
use tightlip_e2e::{ci_tools, program};

use crate::project::{Leaks, Project, Ran, ours};

#[test]
fn the_action_stops_a_leak_between_build_and_push() -> Result<()> {
    let Some(project) = Project::new("action-leaks", Leaks::Yes)? else { return Ok(()) };
    let build = "docker buildx build --quiet --output type=oci,dest=app.tar .";
    project.run(&mut project.shell(build)?)?;
    let ran = action(
        &project,
        &[
            ("scan", "app.tar"),
            ("arguments", "--dockerfile\nDockerfile\n"),
            ("sarif", "leaks.sarif"),
            ("html", "leaks.html"),
        ],
    )?;
    ensure!(ran.code == 1 && ran.log.contains("::error file=Dockerfile,line=2"), "{ran:#?}");
    ensure!(project.file("GITHUB_OUTPUT")? == "verdict=leaking\n");
    ensure!(project.file("GITHUB_STEP_SUMMARY")?.contains("Dockerfile"), "no summary");
    let sarif: serde_json::Value = serde_json::from_str(&project.file("leaks.sarif")?)?;
    ensure!(sarif["runs"][0]["results"].as_array().is_some_and(|results| !results.is_empty()), "{sarif:#}");
    ensure!(project.file("leaks.html")?.contains("<html"));
    Ok(())
}

#[test]
fn the_action_lets_pass_what_is_clean() -> Result<()> {
    let Some(project) = Project::new("action-clean", Leaks::No)? else { return Ok(()) };
    let build = "docker buildx build --quiet --output type=oci,dest=app.tar .";
    project.run(&mut project.shell(build)?)?;
    let ran = action(&project, &[("scan", "app.tar")])?;
    ensure!(ran.code == 0 && project.file("GITHUB_OUTPUT")? == "verdict=clean\n", "{ran:#?}");
    // Without an image it lints.
    let ran = action(&project, &[])?;
    ensure!(ran.code == 0, "{ran:#?}");
    let ran = action(&project, &[("scan", "no-such.tar")])?;
    ensure!(ran.code == 2 && ran.log.contains("no-such.tar"), "{ran:#?}");
    Ok(())
}

#[test]
fn the_action_takes_a_release_that_its_checksum_names_and_no_other() -> Result<()> {
    if ci_tools()?.is_none() {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let release = folder.path().join("releases/download/v1.2.3");
    let name = format!("tightlip-1.2.3-{}-unknown-linux-musl", std::env::consts::ARCH);
    fs::create_dir_all(release.join(&name))?;
    fs::copy(program()?, release.join(&name).join("tightlip"))?;
    let pack = format!("tar -czf {name}.tar.gz {name} && sha256sum {name}.tar.gz > SHA256SUMS");
    ensure!(Command::new("sh").args(["-c", &pack]).current_dir(&release).status()?.success());

    let (code, log) = install(folder.path(), "v1.2.3")?;
    ensure!(code == 0 && log.contains("tightlip "), "{log}");
    let added = fs::read_to_string(folder.path().join("GITHUB_PATH"))?;
    ensure!(Path::new(added.trim()).join("tightlip").exists(), "{added}");

    let (code, log) = install(folder.path(), "main")?;
    ensure!(code == 2 && log.contains("::error::name a release"), "{log}");

    fs::write(release.join("SHA256SUMS"), format!("{}  {name}.tar.gz\n", "0".repeat(64)))?;
    let (code, log) = install(folder.path(), "v1.2.3")?;
    ensure!(code != 0 && log.contains("FAILED"), "{log}");
    fs::write(release.join("SHA256SUMS"), "")?;
    let (code, log) = install(folder.path(), "v1.2.3")?;
    ensure!(code != 0, "a list without the archive: {log}");
    Ok(())
}

/// Runs the step that installs, where no tightlip is on the path and releases come from a folder.
fn install(folder: &Path, version: &str) -> Result<(i32, String)> {
    let mut command = Command::new("bash");
    command.args(["-c", &step(0)?.0]).current_dir(folder).env("PATH", "/usr/bin:/bin");
    command.env("GITHUB_ACTION_PATH", root()?).env("RUNNER_TEMP", folder);
    command.env("GITHUB_PATH", folder.join("GITHUB_PATH")).env("TIGHTLIP_VERSION", version);
    let output = command.env("TIGHTLIP_SOURCE", format!("file://{}", folder.display())).output()?;
    let log = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    Ok((output.status.code().context("a signal ended it")?, log))
}

/// Runs all steps, each with what it says of its environment.
fn action(project: &Project, inputs: &[(&str, &str)]) -> Result<Ran> {
    let mut last = None;
    for number in 0..2 {
        let (script, variables) = step(number)?;
        let mut shell = project.shell(&script)?;
        shell.env("GITHUB_ACTION_PATH", root()?).env("RUNNER_TEMP", project.path());
        for name in ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_PATH"] {
            fs::write(project.path().join(name), "")?;
            shell.env(name, project.path().join(name));
        }
        shell.envs(variables.iter().map(|(name, value)| (name, expand(value, inputs))));
        let ran = project.run(&mut shell)?;
        if ran.code != 0 {
            return Ok(ran);
        }
        last = Some(ran);
    }
    last.context("an action without steps")
}

/// The script of a step and its variables.
fn step(number: usize) -> Result<(String, HashMap<String, String>)> {
    let documents = YamlOwned::load_from_str(&ours("action.yml")?)?;
    let file = documents.first().context("an empty file")?;
    let step = file["runs"]["steps"].as_vec().and_then(|steps| steps.get(number)).context("no such step")?;
    ensure!(step["shell"].as_str() == Some("bash"));
    let variables = step["env"].as_mapping().context("a step without variables")?;
    let text = |value: &YamlOwned| value.as_str().unwrap_or_default().to_owned();
    Ok((
        step["run"].as_str().context("a step that runs nothing")?.to_owned(),
        variables.iter().map(|(name, value)| (text(name), text(value))).collect(),
    ))
}

/// Puts the inputs into an expression. What the runner knows of the action itself is not used here.
fn expand(value: &str, inputs: &[(&str, &str)]) -> String {
    let input = value.strip_prefix("${{ inputs.").and_then(|rest| rest.strip_suffix(" }}"));
    let given = input.and_then(|name| inputs.iter().find(|(given, _)| *given == name));
    given.map(|(_, value)| (*value).to_owned()).unwrap_or_default()
}

fn root() -> Result<&'static Path> {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("no repository")
}
