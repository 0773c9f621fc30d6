//! Images and containers in a real Docker and a real Podman say what their archives say.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};
use tightlip_e2e::{Build, Docker, Podman, Scan, github_token, scan, scan_by, tightlip};

/// A scan of a target in this engine.
fn ask(docker: &Docker, target: &str, secret: &str) -> Result<Scan> {
    scan_by(docker.lend(&mut tightlip(&[target])?), secret)
}

/// Every place of every finding, without what depends on how the target was named.
fn story(scan: &Scan) -> Vec<String> {
    let texts = [
        "rule",
        "identity",
        "place/surface",
        "place/path",
        "place/pointer",
        "place/exposure",
        "place/layer/digest",
    ];
    let tell = |found: tightlip_e2e::Found<'_>| texts.map(|name| found.text(&format!("/{name}"))).join(" ");
    let mut story: Vec<String> = scan.findings().into_iter().map(tell).collect();
    story.sort();
    story
}

#[test]
fn an_image_in_docker_tells_the_story_of_the_saved_one() -> Result<()> {
    Docker::get()?.map_or(Ok(()), |docker| same_story(&docker))
}

#[test]
fn so_does_an_image_in_the_store_from_before_containerd() -> Result<()> {
    Docker::classic()?.map_or(Ok(()), |docker| same_story(&docker))
}

fn same_story(docker: &Docker) -> Result<()> {
    let secret = github_token();
    let build = Build::new("FROM bb\nARG TOKEN\nCOPY key /app/key\nRUN rm /app/key\nENV A=1\n");
    let image = docker.build(&build.arg("TOKEN", &secret).file("key", format!("token={secret}\n")))?;
    let saved = scan(&image.save()?.to_string_lossy(), &secret)?;
    let asked = ask(docker, &format!("docker:{}", image.tag()), &secret)?;
    assert_eq!((asked.code, asked.verdict()), (1, "leaking"), "{asked:#?}");
    assert_eq!(story(&asked), story(&saved));
    assert_eq!(asked.report["gaps"], saved.report["gaps"]);
    for leak in
        [asked.leak("file", "/place/path", "app/key")?, asked.leak("history", "/recover", "docker save")?]
    {
        let recovered = leak.recover_by(docker.lend(&mut Command::new("sh")))?;
        assert!(recovered.contains(&secret), "`{}`", leak.text("/recover"));
    }
    Ok(())
}

#[test]
fn what_docker_does_not_have_is_an_error_and_nobody_else_is_asked() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let scan = ask(&docker, "docker:never-built:1", "no secret at all")?;
    assert_eq!(scan.code, 2);
    assert!(
        scan.stderr.contains("has no image `never-built:1`") && scan.stderr.contains("help: "),
        "{}",
        scan.stderr
    );
    let scan = ask(&docker, "container:never-made", "no secret at all")?;
    assert_eq!(scan.code, 2);
    assert!(scan.stderr.contains("has no container `never-made`"), "{}", scan.stderr);
    let dead = scan_by(
        tightlip(&["docker:bb"])?.env("DOCKER_HOST", "unix:///nobody/listens.sock"),
        "no secret at all",
    )?;
    assert_eq!(dead.code, 2);
    assert!(dead.stderr.contains("cannot reach Docker at unix:///nobody/listens.sock"), "{}", dead.stderr);
    Ok(())
}

#[test]
fn a_platform_that_was_never_pulled_is_named_and_no_gap() -> Result<()> {
    let (Some(docker), Some(registry)) = (Docker::get()?, tightlip_e2e::registry()?) else { return Ok(()) };
    let name = format!("{registry}/e2e/platforms:1");
    let build = Build::new("FROM scratch\nCOPY Dockerfile /x\n").option("--platform=linux/amd64,linux/arm64");
    docker.build(&build.option(format!("--output=type=registry,name={name}")))?;
    docker.run(["pull", "--quiet", "--platform=linux/amd64", &name])?;
    let scan = ask(&docker, &format!("docker:{name}"), "no secret at all");
    docker.run(["image", "rm", "--force", &name])?;
    let scan = scan?;
    assert_eq!((scan.code, scan.verdict()), (0, "clean"), "{scan:#?}");
    assert!(scan.report.to_string().contains("linux/arm64"), "{scan:#?}");
    Ok(())
}

#[test]
fn a_container_leaks_what_it_wrote_and_what_it_was_given() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let (written, given) = (github_token(), github_token());
    let image = docker
        .build(&Build::new("FROM bb\nCOPY key /app/key\n").file("key", format!("token={written}\n")))?;
    let container = docker.container("stopped");
    let name = container.name();
    let command = "cp /app/key /root/copy && rm /app/key";
    docker.run([
        "run",
        "--network=none",
        "--name",
        name,
        "--env",
        &format!("TOKEN={given}"),
        image.tag(),
        "sh",
        "-c",
        command,
    ])?;
    let scan = ask(&docker, &format!("container:{name}"), &written)?;
    assert_eq!((scan.code, scan.verdict()), (1, "leaking"), "{scan:#?}");
    assert_eq!(scan.report["gaps"].as_array().map(Vec::len), Some(0), "{scan:#?}");
    let below = scan.leak("file", "/place/path", "app/key")?;
    assert_eq!(below.text("/place/exposure"), "deleted");
    let own = scan.leak("file", "/place/path", "root/copy")?;
    assert_eq!((own.text("/place/exposure"), own.text("/mechanism")), ("visible", "container-file"));
    for leak in [below, own] {
        assert!(leak.recover_by(docker.lend(&mut Command::new("sh")))?.contains(&written));
    }
    let setting = scan.leak("env", "/place/pointer", "/Config/Env/")?;
    assert!(setting.recover_by(docker.lend(&mut Command::new("sh")))?.contains(&given));
    ask(&docker, &format!("container:{name}"), &given)?;
    Ok(())
}

#[test]
fn a_running_container_that_did_nothing_is_clean_but_for_its_mounts() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let container = docker.container("running");
    let name = container.name();
    let folder = docker.path("mounted");
    fs::create_dir(&folder)?;
    fs::write(folder.join("key"), github_token())?;
    docker.run(["run", "--detach", "--network=none", "--name", name, "bb", "sleep", "1000"])?;
    let scan = ask(&docker, &format!("container:{name}"), "no secret at all")?;
    assert_eq!((scan.code, scan.verdict()), (0, "clean"), "{scan:#?}");
    let mounted = docker.container("mounted");
    let mount = format!("--volume={}:/mnt", folder.display());
    docker.run([
        "run",
        "--detach",
        "--network=none",
        "--name",
        mounted.name(),
        &mount,
        "bb",
        "sleep",
        "1000",
    ])?;
    let scan = ask(&docker, &format!("container:{}", mounted.name()), "no secret at all")?;
    assert_eq!((scan.code, scan.verdict()), (3, "unproven"), "{scan:#?}");
    assert!(scan.report["gaps"].to_string().contains("/mnt"), "{scan:#?}");
    Ok(())
}

#[test]
fn an_image_and_a_container_in_podman_are_read_over_its_socket() -> Result<()> {
    let Some(podman) = Podman::get()? else { return Ok(()) };
    let (secret, copied) = (github_token(), github_token());
    let argument = format!("--build-arg=TOKEN={secret}");
    let archive = podman.build("ARG TOKEN\nRUN echo \"$TOKEN\" > /token\n", &[&argument, "--layers"])?;
    let saved = scan(&archive.to_string_lossy(), &secret)?;
    let ask = |target: &str, secret: &str| scan_by(podman.lend(&mut tightlip(&[target])?), secret);
    let asked = ask("podman:leak", &secret)?;
    assert_eq!((asked.code, asked.verdict()), (1, "leaking"), "{asked:#?}");
    assert_eq!(story(&asked), story(&saved));
    let shell = || {
        let mut shell = Command::new("sh");
        // The same storage as the service's: `podman` itself would look at the machine's.
        podman.lend(&mut shell).env("CONTAINERS_STORAGE_CONF", podman.path("storage.conf"));
        shell
    };
    let (root, run) = (podman.path("root"), podman.path("run"));
    let storage = format!("[storage]\ndriver=\"vfs\"\ngraphroot={root:?}\nrunroot={run:?}\n");
    fs::write(podman.path("storage.conf"), storage)?;
    let file = asked.leak("file", "/place/path", "token")?;
    assert!(file.recover_by(&mut shell())?.contains(&secret), "`{}`", file.text("/recover"));
    podman.run(&["create", "--name", "box", "leak", "sh"])?;
    fs::write(podman.path("copied"), &copied)?;
    let source = podman.path("copied").to_str().context("a path in UTF-8")?.to_owned();
    podman.run(&["cp", &source, "box:/copied"])?;
    let scan = ask("container:podman:box", &copied)?;
    let own = scan.leak("file", "/place/path", "copied")?;
    assert!(own.recover_by(&mut shell())?.contains(&copied), "`{}`", own.text("/recover"));
    Ok(())
}
