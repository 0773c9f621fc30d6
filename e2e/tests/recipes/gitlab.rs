//! The template for GitLab CI: each job's script, as a runner runs it.

use anyhow::{Context, Result, ensure};
use saphyr::{LoadableYamlNode as _, YamlOwned};

use crate::project::{Leaks, Project, Ran, ours};

#[test]
fn gitlab_pushes_what_is_clean_and_reports() -> Result<()> {
    let Some(project) = Project::new("gitlab-clean", Leaks::No)? else { return Ok(()) };
    let ran = job(&project, "tightlip-lint")?;
    ensure!(ran.code == 0, "{ran:#?}");
    ensure!(project.file("gl-code-quality-report.json")?.trim() == "[]");
    let ran = job(&project, "tightlip-image")?;
    ensure!(ran.code == 0 && project.pushed()?, "{ran:#?}");
    Ok(())
}

#[test]
fn gitlab_pushes_nothing_that_leaks() -> Result<()> {
    let Some(project) = Project::new("gitlab-leaks", Leaks::Yes)? else { return Ok(()) };
    let ran = job(&project, "tightlip-lint")?;
    ensure!(ran.code == 1 && project.file("gl-code-quality-report.json")?.contains("fingerprint"));
    let ran = job(&project, "tightlip-image")?;
    ensure!(ran.code == 1 && !project.pushed()?, "{ran:#?}");
    let report: serde_json::Value = serde_json::from_str(&project.file("gl-secret-detection-report.json")?)?;
    ensure!(report["scan"]["type"] == "secret_detection", "{report:#}");
    ensure!(report["vulnerabilities"].as_array().is_some_and(|list| !list.is_empty()), "{report:#}");
    ensure!(project.file("tightlip.html")?.contains("<html"));
    Ok(())
}

/// Runs the lines of a job, with the variables of the file and of GitLab.
fn job(project: &Project, name: &str) -> Result<Ran> {
    let documents = YamlOwned::load_from_str(&ours("packaging/gitlab/tightlip.yml")?)?;
    let file = documents.first().context("an empty file")?;
    let lines = file[name]["script"].as_vec().context("a job without a script")?;
    let script: Vec<&str> = lines.iter().filter_map(YamlOwned::as_str).collect();
    let mut shell = project.shell(&script.join("\n"))?;
    shell.env("CI_REGISTRY_IMAGE", &project.repository).env("CI_COMMIT_SHORT_SHA", "1");
    for (key, value) in file["variables"].as_mapping().context("no variables")? {
        let (key, value) = (key.as_str().unwrap_or_default(), value.as_str().unwrap_or_default());
        let value =
            value.replace("$CI_REGISTRY_IMAGE", &project.repository).replace("$CI_COMMIT_SHORT_SHA", "1");
        shell.env(key, value);
    }
    project.run(&mut shell)
}
