//! Fixes are right when the build says so: before them the image leaks, after them the step still gets the value and
//! nothing of it is left. Each tool of an ecosystem is stood in for by a script that reads the secret where the tool's
//! documentation says that the tool does, and that writes down what the tool would.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use tightlip_e2e::idioms::{STEPS, TOOLS, stand_in};
use tightlip_e2e::{Build, Docker, Image, github_token, program, scan_with};

/// What the stand-ins do with the value: it is compared later.
const RECORD: &str = "grep -o 'ghp_[A-Za-z0-9]*' | head -n 1 | tr -d '\\n' | sha256sum > /app/got";

#[test]
fn what_leaks_before_a_fix_is_kept_after_it_and_the_step_still_gets_it() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let token = github_token();
    let known = docker.path("known");
    std::fs::write(&known, &token)?;
    for step in STEPS {
        let before = format!(
            "FROM bb\nCOPY --chmod=755 tool /bin/tool\nRUN for t in {TOOLS}; do ln -s tool /bin/$t; done\n\
            ENV HOME=/root\nWORKDIR /app\nARG NPM_TOKEN\nRUN {step}\n"
        );
        let leaking =
            docker.build(&Build::new(&before).file("tool", stand_in(RECORD)).arg("NPM_TOKEN", &token))?;
        let verdict = verdict(&leaking, &known, &token)?;
        assert_eq!(verdict, "leaking", "before: {step}");
        let after = mended(&docker, &before).with_context(|| format!("mending {step}"))?;
        let build = Build::new(&after)
            .file("tool", stand_in(RECORD))
            .secret("NPM_TOKEN", &token)
            .option("--no-cache");
        let kept = docker.build(&build).with_context(|| format!("{step} became\n{after}"))?;
        assert_eq!(self::verdict(&kept, &known, &token)?, "clean", "{step} became\n{after}");
        let got = docker.run(["run", "--rm", "--network=none", kept.tag(), "cat", "/app/got"])?;
        assert_eq!(String::from_utf8_lossy(&got).trim(), digest(&token)?, "{step} became\n{after}");
    }
    Ok(())
}

/// The Dockerfile as `lint --fix` leaves it.
fn mended(docker: &Docker, dockerfile: &str) -> Result<String> {
    let folder = docker.path("project");
    std::fs::create_dir(&folder)?;
    let path = folder.join("Dockerfile");
    std::fs::write(&path, dockerfile)?;
    let output = Command::new(program()?).args(["lint", "--fix=unsafe"]).arg(&path).output()?;
    let after = std::fs::read_to_string(&path)?;
    let told = String::from_utf8_lossy(&output.stderr);
    ensure!(!after.contains("ARG NPM_TOKEN"), "it was not mended: {told}\n{after}");
    Ok(after)
}

fn verdict(image: &Image<'_>, known: &Path, token: &str) -> Result<String> {
    let archive = image.save()?;
    let scan = scan_with(&["--known-file", &known.to_string_lossy(), &archive.to_string_lossy()], token)?;
    Ok(scan.verdict().to_owned())
}

/// What `sha256sum` says of a text.
fn digest(text: &str) -> Result<String> {
    let script = format!("printf %s {text} | sha256sum");
    let output = Command::new("sh").args(["-c", &script]).output().context("cannot start sh")?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
