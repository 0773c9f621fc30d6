//! Fixes are right when the build says so: before them the image leaks, after them the step still gets the value and
//! nothing of it is left. Each tool of an ecosystem is stood in for by a script that reads the secret where the tool's
//! documentation says that the tool does, and that writes down what the tool would.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use tightlip_e2e::files::{COPIED, Copied, reader};
use tightlip_e2e::idioms::{CARRIED, STEPS, TOOLS, stand_in};
use tightlip_e2e::{Build, Docker, abreast, github_token, program, scan_with};

/// What the stand-ins do with the value: it is compared later.
const RECORD: &str = "grep -o 'ghp_[A-Za-z0-9]*' | head -n 1 | tr -d '\\n' | sha256sum > /app/got";

#[test]
fn what_leaks_before_a_fix_is_kept_after_it_and_the_step_still_gets_it() -> Result<()> {
    all_are_kept(STEPS.iter())
}

#[test]
fn what_one_step_writes_for_the_next_is_kept_and_the_next_still_gets_it() -> Result<()> {
    all_are_kept(CARRIED.iter())
}

fn all_are_kept(steps: impl Iterator<Item = &'static &'static str> + Send) -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let token = github_token();
    let known = docker.path("known");
    std::fs::write(&known, &token)?;
    abreast(steps, |step| {
        let before = dockerfile(step);
        let build = Build::new(&before).file("tool", stand_in(RECORD)).arg("NPM_TOKEN", &token);
        let leaking = docker.build_oci(&build, "compression=gzip")?;
        let verdict = verdict(&leaking, &known, &token)?;
        assert_eq!(verdict, "leaking", "before: {step}");
        let after = mended(&docker, &before).with_context(|| format!("mending {step}"))?;
        keeps(&docker, &after, (&known, &token)).with_context(|| format!("{step} became\n{after}"))
    })
}

/// Old frontends are not at hand; what they understand, those of today do too.
#[test]
fn a_mount_as_a_file_for_an_old_frontend_serves_the_step_as_well() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let token = github_token();
    let known = docker.path("known");
    std::fs::write(&known, &token)?;
    abreast(STEPS.iter(), |step| {
        let before = format!("# syntax=docker/dockerfile:1.4\n{}", dockerfile(step));
        let after = mended(&docker, &before).with_context(|| format!("mending {step}"))?;
        ensure!(!after.contains("env=") && after.contains("/run/secrets/NPM_TOKEN"), "{after}");
        let after = after.lines().skip(1).map(|line| format!("{line}\n")).collect::<String>();
        keeps(&docker, &after, (&known, &token)).with_context(|| format!("{step} became\n{after}"))
    })
}

/// An image with the stand-ins in which a step gets its secret as an argument.
fn dockerfile(step: &str) -> String {
    format!(
        "FROM bb\nCOPY --chmod=755 tool /bin/tool\nRUN for t in {TOOLS}; do ln -s tool /bin/$t; done\n\
        ENV HOME=/root\nWORKDIR /app\nARG NPM_TOKEN\nRUN {step}\n"
    )
}

/// The mended image is clean, and its step got the value.
fn keeps(docker: &Docker, after: &str, (known, token): (&Path, &str)) -> Result<()> {
    let build =
        Build::new(after).file("tool", stand_in(RECORD)).secret("NPM_TOKEN", token).option("--no-cache");
    let (kept, files) = docker.build_files(&build)?;
    let verdict = verdict(&kept, known, token)?;
    ensure!(verdict == "clean", "it is {verdict}");
    let got = std::fs::read_to_string(files.join("app/got"))?;
    ensure!(got.trim() == digest(token)?, "the step got something else");
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

fn verdict(archive: &Path, known: &Path, token: &str) -> Result<String> {
    let scan = scan_with(&["--known-file", &known.to_string_lossy(), &archive.to_string_lossy()], token)?;
    Ok(scan.verdict().to_owned())
}

/// What `sha256sum` says of a text.
fn digest(text: &str) -> Result<String> {
    let script = format!("printf %s {text} | sha256sum");
    let output = Command::new("sh").args(["-c", &script]).output().context("cannot start sh")?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// A project in which one file with a secret is copied, and the script that builds it.
fn project(docker: &Docker, copied: &Copied, token: &str) -> Result<PathBuf> {
    let folder = docker.path("copied");
    let dockerfile = format!(
        "FROM bb\nCOPY --chmod=755 tool /bin/tool\nRUN for t in {}; do ln -sf tool /bin/$t; done\n\
        ENV HOME=/root\nWORKDIR /app\nRUN touch keep\n{}\n{}\n",
        tightlip_e2e::files::TOOLS,
        copied.copy,
        copied.steps
    );
    let files = [
        ("Dockerfile", dockerfile),
        ("tool", reader(RECORD)),
        ("keep", String::new()),
        (copied.file, format!("token = {token}\n")),
        ("build.sh", SCRIPT.to_owned()),
    ];
    for (name, text) in files {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().context("a folder")?)?;
        std::fs::write(path, text)?;
    }
    Ok(folder)
}

/// Builds a project as its script does: the archive of its image, and the files of it.
fn built(docker: &Docker, folder: &Path) -> Result<(PathBuf, PathBuf)> {
    let out = docker.path("out");
    std::fs::create_dir(&out)?;
    let script = std::fs::read_to_string(folder.join("build.sh"))?;
    docker.script(folder, &script, ("OUT", &out.to_string_lossy()))?;
    Ok((out.join("oci.tar"), out.join("files")))
}

fn fix(folder: &Path) -> Result<String> {
    let output = Command::new(program()?).args(["lint", "--fix=unsafe"]).arg(folder).output()?;
    Ok(String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn a_file_that_was_copied_is_mounted_and_the_step_still_reads_it() -> Result<()> {
    all_are_mounted(COPIED.iter().step_by(2))
}

#[test]
fn so_is_every_other_file_that_was_copied() -> Result<()> {
    all_are_mounted(COPIED.iter().skip(1).step_by(2))
}

/// How a project is built.
const SCRIPT: &str = "docker build --no-cache --output \"type=oci,dest=$OUT/oci.tar\" \
    --output \"type=local,dest=$OUT/files\" .\n";

fn all_are_mounted(files: impl Iterator<Item = &'static Copied> + Send) -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let token = github_token();
    let known = docker.path("known");
    std::fs::write(&known, &token)?;
    abreast(files, |copied| {
        let folder = project(&docker, copied, &token)?;
        let (leaking, _) = built(&docker, &folder)?;
        assert_eq!(verdict(&leaking, &known, &token)?, "leaking", "before: {}", copied.file);
        let told = fix(&folder)?;
        let after = std::fs::read_to_string(folder.join("Dockerfile"))?;
        ensure!(after.contains("--mount=type=secret"), "{} was not mended: {told}\n{after}", copied.file);
        let (kept, files) =
            built(&docker, &folder).with_context(|| format!("{} became\n{after}", copied.file))?;
        assert_eq!(verdict(&kept, &known, &token)?, "clean", "{} became\n{after}", copied.file);
        let got = std::fs::read_to_string(files.join("app/got"))?;
        assert_eq!(got.trim(), digest(&token)?, "{} became\n{after}", copied.file);
        fix(&folder)?;
        assert_eq!(std::fs::read_to_string(folder.join("Dockerfile"))?, after, "twice is once");
        Ok(())
    })
}

/// Makes a key, and puts the client of the agent with its libraries where `COPY rootfs/ /` finds them.
const CLIENT: &str = "ssh-keygen -q -t ed25519 -N '' -C e2e -f id_rsa\n\
    for f in $(command -v ssh-add) $(ldd $(command -v ssh-add) | grep -o '/[^ ]*'); do\n\
    mkdir -p rootfs$(dirname $f) && cp -L $f rootfs$f\ndone\n";

#[test]
fn a_key_for_ssh_is_forwarded_and_the_step_has_its_agent() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let folder = docker.path("ssh");
    std::fs::create_dir(&folder)?;
    let made = Command::new("sh").args(["-ec", CLIENT]).current_dir(&folder).output()?;
    ensure!(made.status.success(), "OpenSSH is needed: {}", String::from_utf8_lossy(&made.stderr));
    let body = std::fs::read_to_string(folder.join("id_rsa"))?;
    let secret = body.lines().nth(2).context("a line of the key")?;
    let known = docker.path("known");
    std::fs::write(&known, secret)?;
    // Git would ask the agent, or read the file.
    let git = "#!/bin/sh\nif [ -f /root/.ssh/id_rsa ]; then echo file; else ssh-add -L; fi > /app/got\n";
    let dockerfile = "FROM bb\nCOPY rootfs/ /\nCOPY --chmod=755 git /bin/git\nENV HOME=/root\nWORKDIR /app\n\
        COPY id_rsa /root/.ssh/id_rsa\nRUN chmod 600 /root/.ssh/id_rsa && git clone git@h:o/r.git /src\n\
        RUN rm -f /root/.ssh/id_rsa\n";
    for (name, text) in [("git", git), ("Dockerfile", dockerfile), ("build.sh", SCRIPT)] {
        std::fs::write(folder.join(name), text)?;
    }
    let (leaking, _) = built(&docker, &folder)?;
    assert_eq!(verdict(&leaking, &known, secret)?, "leaking");
    let told = fix(&folder)?;
    let after = std::fs::read_to_string(folder.join("Dockerfile"))?;
    ensure!(after.contains("--mount=type=ssh"), "it was not mended: {told}\n{after}");
    let (kept, files) = built(&docker, &folder).with_context(|| format!("it became\n{after}"))?;
    assert_eq!(verdict(&kept, &known, secret)?, "clean", "it became\n{after}");
    let got = std::fs::read_to_string(files.join("app/got"))?;
    let public = std::fs::read_to_string(folder.join("id_rsa.pub"))?;
    let key = public.split_whitespace().nth(1).context("a public key")?;
    assert!(got.contains(key), "{got:?}\n{after}");
    Ok(())
}
