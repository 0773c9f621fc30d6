//! The hooks, run by pre-commit in a repository of its own.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use tightlip_e2e::{ci_tools, github_token, lend, program};

use crate::project::ours;

#[test]
fn a_dockerfile_that_will_leak_cannot_be_committed() -> Result<()> {
    let Some(pre_commit) = ci_tools()? else { return Ok(()) };
    let folder = tempfile::tempdir()?;
    let (hooks, project) = (folder.path().join("hooks"), folder.path().join("project"));
    repository(&hooks, ".pre-commit-hooks.yaml", &ours(".pre-commit-hooks.yaml")?)?;
    let revision = git(&hooks, &["rev-parse", "HEAD"])?;
    let configuration = format!(
        "repos:\n- repo: {}\n  rev: {}\n  hooks: [{{id: tightlip-lint}}]\n",
        hooks.display(),
        revision.trim()
    );
    repository(&project, ".pre-commit-config.yaml", &configuration)?;
    let commit = |name: &str, text: &str| -> Result<(bool, String)> {
        fs::write(project.join(name), text)?;
        git(&project, &["add", "--all"])?;
        let mut command = Command::new(&pre_commit);
        command.arg("run").current_dir(&project).env("PRE_COMMIT_HOME", folder.path().join("home"));
        let output = lend(&mut command, &program()?).output().context("cannot start pre-commit")?;
        let log = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        git(&project, &["commit", "--quiet", "--no-verify", "--message", name])?;
        Ok((output.status.success(), log))
    };

    let secret = github_token();
    let (passed, log) = commit("Dockerfile", &format!("FROM scratch\nENV GITHUB_TOKEN={secret}\n"))?;
    ensure!(!passed && log.contains("secret-in-env") && !log.contains(&secret), "{log}");
    let (passed, log) = commit("notes.md", "nothing that builds\n")?;
    ensure!(passed && log.contains("no files to check"), "{log}");
    for name in ["Dockerfile", "web.Dockerfile", "Dockerfile.dev", "compose.prod.yaml"] {
        let text = if name.ends_with("yaml") { "services: {}\n" } else { "FROM scratch\n" };
        let (passed, log) = commit(name, text)?;
        ensure!(passed && log.contains("Passed"), "{name}: {log}");
    }
    Ok(())
}

fn repository(folder: &Path, file: &str, text: &str) -> Result<()> {
    fs::create_dir(folder)?;
    fs::write(folder.join(file), text)?;
    git(folder, &["init", "--quiet"])?;
    git(folder, &["add", "--all"])?;
    git(folder, &["commit", "--quiet", "--message", "first"]).map(drop)
}

fn git(folder: &Path, arguments: &[&str]) -> Result<String> {
    let names = ["AUTHOR", "COMMITTER"];
    let mut command = Command::new("git");
    for who in names {
        command.env(format!("GIT_{who}_NAME"), "test").env(format!("GIT_{who}_EMAIL"), "test@localhost");
    }
    let output = command.args(arguments).current_dir(folder).output().context("cannot start git")?;
    ensure!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}
