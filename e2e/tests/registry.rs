//! Images that a real Docker pushes to a real registry say there what `docker save` says.

use std::process::Command;

use anyhow::{Context, Result, ensure};
use tightlip_e2e::{
    Build, Docker, Found, LockedRegistry, Scan, clients, github_token, lend, registry, scan, scan_by,
    tightlip,
};

#[test]
fn a_pushed_image_tells_the_story_of_the_saved_one() -> Result<()> {
    let (Some(docker), Some(registry)) = (Docker::get()?, registry()?) else { return Ok(()) };
    let secret = github_token();
    let text = "FROM bb\nARG TOKEN\nCOPY key /app/key\nRUN rm /app/key\nENV A=1\n";
    let build = Build::new(text).arg("TOKEN", &secret).file("key", format!("token={secret}\n"));
    let image = docker.build(&build)?;
    let name = format!("{registry}/e2e/pushed:1");
    docker.run(["tag", image.tag(), &name])?;
    docker.run(["push", "--quiet", &name])?;
    docker.run(["image", "rm", &name])?;
    let saved = scan(&image.save()?.to_string_lossy(), &secret)?;
    for target in [format!("registry:{name}"), name] {
        let pushed = scan(&target, &secret)?;
        assert_eq!((pushed.code, pushed.verdict()), (1, "leaking"), "{pushed:#?}");
        assert_eq!(story(&pushed), story(&saved));
        assert_eq!(pushed.report["gaps"], saved.report["gaps"]);
    }
    Ok(())
}

#[test]
fn anyone_can_fetch_the_secret_from_the_registry() -> Result<()> {
    let (Some(docker), Some(registry)) = (Docker::get()?, registry()?) else { return Ok(()) };
    let secret = github_token();
    let build = Build::new("FROM bb\nARG TOKEN\nCOPY key /app/key\nRUN rm /app/key\n");
    let build = build.arg("TOKEN", &secret).file("key", format!("token={secret}\n"));
    let image = docker.build(&build)?;
    let name = format!("{registry}/e2e/recovered:1");
    docker.run(["tag", image.tag(), &name])?;
    docker.run(["push", "--quiet", &name])?;
    docker.run(["image", "rm", &name])?;
    let scan = scan(&name, &secret)?;
    let folder = docker.path("recovered");
    std::fs::create_dir(&folder)?;
    for leak in [
        scan.leak("file", "/place/path", "app/key")?,
        scan.leak("history", "/introduced_by/instruction", "ARG")?,
    ] {
        let recovered = leak.recover(&folder)?;
        assert!(recovered.contains(&secret), "`{}` gives something else", leak.text("/recover"));
    }
    Ok(())
}

#[test]
fn who_may_log_in_can_fetch_the_secret_with_crane() -> Result<()> {
    let (Some(docker), Some(registry)) = (Docker::get()?, LockedRegistry::get()?) else { return Ok(()) };
    let Some([crane, _]) = clients()? else { return Ok(()) };
    let secret = github_token();
    let build = Build::new("FROM bb\nARG TOKEN\nCOPY key /app/key\nRUN rm /app/key\n");
    let image = docker.build(&build.arg("TOKEN", &secret).file("key", format!("token={secret}\n")))?;
    let name = format!("{}/e2e/locked:1", registry.host());
    docker.run(["tag", image.tag(), &name])?;
    let login = registry.login();
    let pushed = docker.run(["--config", &login.to_string_lossy(), "push", "--quiet", &name]);
    docker.run(["image", "rm", &name])?;
    pushed?;
    let refused = scan_by(tightlip(&[&name])?.env("DOCKER_CONFIG", docker.path("nowhere")), &secret)?;
    assert!(refused.code == 2 && refused.stderr.contains("docker login"), "{refused:#?}");
    let scan = scan_by(tightlip(&[&name])?.env("DOCKER_CONFIG", &login), &secret)?;
    for leak in [
        scan.leak("file", "/place/path", "app/key")?,
        scan.leak("history", "/introduced_by/instruction", "ARG")?,
    ] {
        assert!(leak.text("/recover").starts_with("crane "), "{}", leak.text("/recover"));
        let mut shell = Command::new("sh");
        lend(&mut shell, &crane).env("DOCKER_CONFIG", &login);
        assert!(leak.recover_by(&mut shell)?.contains(&secret), "`{}`", leak.text("/recover"));
    }
    Ok(())
}

#[test]
fn what_is_attached_to_an_image_is_read_with_it() -> Result<()> {
    let (Some(docker), Some(registry)) = (Docker::get()?, registry()?) else { return Ok(()) };
    let Some([_, oras]) = clients()? else { return Ok(()) };
    let secret = github_token();
    let name = format!("{registry}/e2e/attached:1");
    let image = docker.build(&Build::new("FROM bb\nENV A=1\n"))?;
    docker.run(["tag", image.tag(), &name])?;
    docker.run(["push", "--quiet", &name])?;
    docker.run(["image", "rm", &name])?;
    assert_eq!(scan(&name, &secret)?.code, 0);
    let folder = docker.path("report");
    std::fs::create_dir(&folder)?;
    std::fs::write(folder.join("report.json"), format!(r#"{{"results": [{{"line": "token={secret}"}}]}}"#))?;
    let mut attach = Command::new(&oras);
    attach.args(["attach", "--plain-http", "--artifact-type=application/sarif+json", &name]);
    let attached = attach.arg("report.json:application/sarif+json").current_dir(&folder).output()?;
    ensure!(attached.status.success(), "{}", String::from_utf8_lossy(&attached.stderr));
    let scan = scan(&name, &secret)?;
    let leak = scan.leak("referrer", "/place/pointer", "/results/0/line")?;
    assert!(leak.recover(&folder)?.contains(&secret), "`{}`", leak.text("/recover"));
    Ok(())
}

#[test]
fn a_discarded_stage_is_found_in_the_cache_that_was_pushed() -> Result<()> {
    let (Some(docker), Some(registry)) = (Docker::get()?, registry()?) else { return Ok(()) };
    for form in ["image-manifest=true", "image-manifest=false"] {
        let secret = github_token();
        let cache = format!("{registry}/e2e/cache-{form}:1").replace('=', "-");
        let text = "FROM bb AS early\nCOPY key /w/key\nFROM bb\nCOPY --from=early /bin/sh /sh\n";
        let build = Build::new(text).file("key", format!("token={secret}\n"));
        let build = build.option(format!("--cache-to=type=registry,ref={cache},mode=max,{form}"));
        let image = docker.build(&build)?;
        let saved = scan(&image.save()?.to_string_lossy(), &secret)?;
        assert!(saved.leaks("file").is_empty(), "the image itself is clean: {saved:#?}");
        let pushed = scan(&cache, &secret)?;
        let leak = pushed.leak("file", "/place/path", "w/key")?;
        assert_eq!((pushed.code, leak.text("/place/exposure")), (1, "visible"), "{form}");
        assert_eq!(pushed.report["gaps"].as_array().map(Vec::len), Some(0), "{form}: {pushed:#?}");
    }
    Ok(())
}

#[test]
fn a_name_that_is_not_there_is_said_so() -> Result<()> {
    let Some(registry) = registry()? else { return Ok(()) };
    let scan = scan(&format!("{registry}/e2e/never-pushed:1"), "no secret at all")?;
    assert_eq!(scan.code, 2);
    assert!(scan.stderr.contains("never-pushed") && scan.stderr.contains("help: "), "{}", scan.stderr);
    Ok(())
}

/// Everything that was found, without the names of the image.
fn story(scan: &Scan) -> Vec<String> {
    let mut story: Vec<String> = scan.findings().into_iter().map(tell).collect();
    story.sort();
    story
}

fn tell(found: Found<'_>) -> String {
    let texts = [
        "rule",
        "identity",
        "place/surface",
        "place/path",
        "place/pointer",
        "place/exposure",
        "place/layer/digest",
    ];
    let told = texts.map(|name| found.text(&format!("/{name}")));
    format!("{} {:?}", told.join(" "), found.number("/place/layer/index"))
}

#[test]
fn the_registry_keeps_what_a_tag_no_longer_names() -> Result<()> {
    let (Some(docker), Some(registry)) = (Docker::get()?, registry()?) else { return Ok(()) };
    let secret = github_token();
    let name = format!("{registry}/e2e/replaced:1");
    let mut digests = Vec::new();
    for text in [format!("FROM bb\nENV TOKEN={secret}\n"), "FROM bb\nENV TOKEN=\n".to_owned()] {
        let image = docker.build(&Build::new(text))?;
        docker.run(["tag", image.tag(), &name])?;
        docker.run(["push", "--quiet", &name])?;
        docker.run(["image", "rm", &name])?;
        let report = scan(&name, &secret)?.report;
        digests.push(report["target"]["digest"].as_str().context("a digest")?.to_owned());
    }
    assert_eq!(scan(&name, &secret)?.code, 0);
    let old = format!("{registry}/e2e/replaced@{}", digests.first().context("two digests")?);
    assert_eq!(scan(&old, &secret)?.code, 1);
    Ok(())
}
