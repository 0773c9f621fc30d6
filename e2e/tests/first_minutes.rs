//! What people do in their first minutes, with real Docker: look into an image, let the machine be checked, watch the
//! demo.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};
use serde_json::Value;
use tightlip_e2e::{Build, Docker, Tmux, github_token, program, scan};

/// The program with a home of its own, and with this Docker.
fn command(docker: &Docker, home: &Path) -> Result<Command> {
    let mut command = Command::new(program()?);
    docker.lend(&mut command).env("HOME", home).env_remove("NO_COLOR").env_remove("XDG_CONFIG_HOME");
    Ok(command)
}

#[test]
fn an_image_is_looked_into_in_a_terminal() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let home = tempfile::tempdir()?;
    let token = github_token();
    let dockerfile = format!("FROM bb\nRUN echo \"TOKEN={token}\" > /app/.env\nRUN rm /app/.env\n");
    let image = docker.build(&Build::new(dockerfile))?;
    let like = command(&docker, home.path())?;
    let Some(screen) = Tmux::start((80, 24), &like)? else { return Ok(()) };
    let program = program()?;
    screen.enter("echo before")?;
    screen.enter(&format!("{} explore docker:{}; echo ended $?", program.display(), image.tag()))?;
    let start = screen.wait("Layers (5)")?;
    ensure!(start.starts_with("leaking  "), "{start}");

    screen.press(&["n"])?;
    let found = screen.wait("!D")?;
    ensure!(found.contains(".env") && found.contains("deleted by layer 4"), "{found}");
    screen.press(&["Enter"])?;
    let details = screen.wait("Details, Esc: back")?;
    ensure!(details.contains("docker save"), "{details}");
    // Escape and a letter right behind it are another key to a terminal.
    screen.press(&["Escape"])?;
    screen.wait("Layers (5)")?;
    screen.press(&["2", "G"])?;
    let history = screen.wait("RUN /bin/sh -c rm /app/.env")?;
    screen.resize((40, 16))?;
    let narrow = screen.wait("[2 History]")?;
    for shown in [&start, &found, &details, &history, &narrow] {
        ensure!(!shown.contains(&token[..20]), "the screen shows the secret:\n{shown}");
    }

    // Whatever ends it, the terminal is as it was.
    screen.resize((80, 24))?;
    screen.press(&["q"])?;
    let after = screen.wait("ended 1")?;
    ensure!(after.contains("before") && !after.contains("Layers"), "{after}");
    screen.enter(&format!("{} explore docker:{}; echo ended by $?", program.display(), image.tag()))?;
    screen.wait("Layers (5)")?;
    screen.press(&["C-c"])?;
    screen.wait("ended by 1")?;
    screen.enter("stty -a | grep -q ' icanon' && echo cooked $((1 + 1))")?;
    let cooked = screen.wait("cooked 2")?;
    ensure!(!cooked.contains("Layers"), "{cooked}");
    Ok(())
}

#[test]
fn signals_and_panics_give_the_terminal_back() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let home = tempfile::tempdir()?;
    let image = docker.build(&Build::new("FROM bb\nRUN true\n"))?;
    let archive = image.save()?;
    let like = command(&docker, home.path())?;
    let Some(screen) = Tmux::start((80, 24), &like)? else { return Ok(()) };
    let call = format!("{} explore {}", program()?.display(), archive.display());
    screen.enter("echo before")?;
    for (number, signal) in ["TERM", "HUP"].iter().enumerate() {
        let pid = home.path().join(signal);
        screen
            .enter(&format!("sh -c 'echo $$ > {}; exec {call}'; echo ended {number} by $?", pid.display()))?;
        screen.wait("Layers (")?;
        let pid = std::fs::read_to_string(pid)?;
        Command::new("kill").args([&format!("-{signal}"), pid.trim()]).status()?;
        screen.wait(&format!("ended {number} by 130"))?;
        is_as_before(&screen, number)?;
    }
    screen.enter(&format!("TIGHTLIP_TEST_PANIC=1 {call}; echo ended 2 by $?"))?;
    let after = screen.wait("ended 2 by 2")?;
    ensure!(after.contains("explore/mod.rs") && !after.contains("a test asks"), "{after}");
    is_as_before(&screen, 2)
}

/// The screen that was there before, on which lines are edited as usual.
fn is_as_before(screen: &Tmux, number: usize) -> Result<()> {
    screen.enter(&format!(
        "stty -a | grep -q ' icanon' && stty -a | grep -q ' echo ' && echo cooked $(({number} + 40))"
    ))?;
    let after = screen.wait(&format!("cooked {}", number + 40))?;
    ensure!(after.contains("before") && !after.contains("Layers ("), "{after}");
    Ok(())
}

#[test]
fn a_value_is_revealed_on_a_terminal_and_nowhere_else() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let home = tempfile::tempdir()?;
    let token = github_token();
    let image = docker.build(&Build::new(format!("FROM bb\nRUN echo TOKEN={token} > /env\n")))?;
    let archive = image.save()?;
    let scan = scan(&archive.to_string_lossy(), &token)?;
    let print = scan.report["findings"][0]["fingerprint"].as_str().unwrap_or_default().to_owned();
    let call = format!("{} show {} {print}", program()?.display(), archive.display());
    let like = command(&docker, home.path())?;
    let Some(screen) = Tmux::start((120, 40), &like)? else { return Ok(()) };
    screen.enter(&format!("clear; {call}; echo first $?"))?;
    let masked = screen.wait("first 0")?;
    ensure!(masked.contains("masked") && !masked.contains(&token), "{masked}");
    screen.enter(&format!("clear; {call} --reveal; echo second $?"))?;
    let shown = screen.wait("second 0")?;
    ensure!(shown.contains(&token), "{shown}");
    screen.enter(&format!("clear; {call} --reveal | cat; echo third $((1 + 1))"))?;
    let piped = screen.wait("third 2")?;
    ensure!(!piped.contains(&token), "{piped}");
    Ok(())
}

#[test]
fn explore_without_a_terminal_says_what_to_do() -> Result<()> {
    let output = Command::new(program()?).args(["explore", "docker:app"]).output()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(output.status.code() == Some(2) && said.contains("tightlip scan docker:app"), "{said}");
    Ok(())
}

#[test]
fn the_doctor_knows_the_daemon_and_its_store() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let home = tempfile::tempdir()?;
    let output = command(&docker, home.path())?.args(["doctor", "--format", "json"]).output()?;
    let said: Value = serde_json::from_slice(&output.stdout)?;
    let checks = said["checks"].as_array().cloned().unwrap_or_default();
    let line = |check: &str, part: &str| {
        let says =
            |line: &&Value| line["check"] == check && line["says"].as_str().is_some_and(|s| s.contains(part));
        checks.iter().find(says).map(|line| line["state"].as_str().unwrap_or_default().to_owned())
    };
    ensure!(line("daemon", "containerd's store").as_deref() == Some("good"), "{said:#}");
    ensure!(line("daemon", "found by DOCKER_HOST").is_some(), "{said:#}");
    let Some(classic) = Docker::classic()? else { return Ok(()) };
    let output = command(&classic, home.path())?.arg("doctor").output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure!(said.contains("images in the classic store"), "{said}");
    Ok(())
}

#[test]
fn the_demo_builds_its_examples_and_removes_them() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let home = tempfile::tempdir()?;
    let output = command(&docker, home.path())?.args(["demo", "--base", "bb"]).output()?;
    let (said, beside) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    ensure!(output.status.code() == Some(0), "{said}{beside}");
    ensure!(!beside.contains("in memory"), "{beside}");
    let verdicts =
        [said.matches("leaking  docker:tightlip-demo-"), said.matches("clean  docker:tightlip-demo-")];
    ensure!(verdicts.map(Iterator::count) == [2, 1], "{said}");
    ensure!(said.matches("what comes out").count() == 2 && said.contains("API_KEY=orchid-"), "{said}");
    // Other demos may run at the same time.
    let run = said.split("tightlip-demo-").nth(1).and_then(|rest| rest.split(':').next()).unwrap_or_default();
    let left = docker.run(["image", "ls", "--quiet", &format!("tightlip-demo-{run}")])?;
    ensure!(left.is_empty(), "the demo leaves images behind");
    Ok(())
}
