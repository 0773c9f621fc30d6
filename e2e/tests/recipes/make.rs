//! The Makefile and the compose project.

use std::fs;

use anyhow::{Result, ensure};

use crate::project::{Leaks, Project, ours};

#[test]
fn make_pushes_what_is_clean() -> Result<()> {
    let Some(project) = Project::new("make-clean", Leaks::No)? else { return Ok(()) };
    fs::write(project.path().join("Makefile"), ours("packaging/make/Makefile")?)?;
    let image = format!("{}:1", project.repository);
    let ran = project.run(&mut project.shell(&format!("make push IMAGE={image}"))?)?;
    ensure!(ran.code == 0 && project.pushed()?, "{ran:#?}");
    // What was pushed is what was looked at.
    let same = format!(
        "mkdir seen && tar -xf image.tar -C seen && test \"$(crane digest {image})\" = \"$(sed -E \
         's/.*\"digest\":\"([^\"]*)\".*/\\1/' seen/index.json | tr -d '\\n')\""
    );
    let ran = project.run(&mut project.shell(&same)?)?;
    ensure!(ran.code == 0, "{ran:#?}");
    Ok(())
}

#[test]
fn make_pushes_what_the_context_holds_now() -> Result<()> {
    let Some(project) = Project::new("make-again", Leaks::No)? else { return Ok(()) };
    fs::write(project.path().join("Makefile"), ours("packaging/make/Makefile")?)?;
    fs::write(project.path().join("Dockerfile"), "FROM bb\nCOPY app.txt /app.txt\n")?;
    let image = &project.repository;
    for text in ["first", "second"] {
        fs::write(project.path().join("app.txt"), text)?;
        let ran = project.run(&mut project.shell(&format!("make push IMAGE={image}:{text}"))?)?;
        ensure!(ran.code == 0, "{ran:#?}");
    }
    let differ = format!("test \"$(crane digest {image}:first)\" != \"$(crane digest {image}:second)\"");
    let ran = project.run(&mut project.shell(&differ)?)?;
    ensure!(ran.code == 0, "{ran:#?}");
    Ok(())
}

#[test]
fn make_pushes_nothing_that_leaks() -> Result<()> {
    let Some(project) = Project::new("make-leaks", Leaks::Yes)? else { return Ok(()) };
    fs::write(project.path().join("Makefile"), ours("packaging/make/Makefile")?)?;
    let push = format!("make push IMAGE={}:1", project.repository);
    // As it stands, lint says no before anything is built.
    let ran = project.run(&mut project.shell(&push)?)?;
    ensure!(ran.code == 2 && ran.log.contains("leaking  .") && !project.path().join("image.tar").exists());
    // And the scan does when nobody lints.
    let ran = project.run(&mut project.shell(&format!("{push} --assume-old=lint"))?)?;
    ensure!(ran.code == 2 && ran.log.contains("leaking  image.tar"), "{ran:#?}");
    ensure!(!project.path().join("image.tar").exists() && !project.pushed()?, "{ran:#?}");
    Ok(())
}

#[test]
fn compose_pushes_only_what_is_clean() -> Result<()> {
    for (name, leaks) in [("compose-clean", Leaks::No), ("compose-leaks", Leaks::Yes)] {
        let Some(project) = Project::new(name, leaks)? else { return Ok(()) };
        fs::write(project.path().join("compose.yaml"), ours("packaging/compose/compose.yaml")?)?;
        fs::write(project.path().join("push.sh"), ours("packaging/compose/push.sh")?)?;
        let mut shell = project.shell("sh push.sh")?;
        let image = format!("{}:1", project.repository);
        let ran = project.run(shell.env("IMAGE", &image).env("NPM_TOKEN", &project.secret))?;
        project.run(&mut project.shell(&format!("docker image rm {image}"))?)?;
        let expected = if leaks == Leaks::Yes { (1, false) } else { (0, true) };
        ensure!((ran.code, project.pushed()?) == expected, "{ran:#?}");
    }
    Ok(())
}
