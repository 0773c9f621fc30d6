//! `tightlip build` with a real Docker: what leaks stays here, what is clean goes out as it was scanned.

use std::process::Command;

use anyhow::{Context, Result, ensure};
use tightlip_e2e::{Build, Docker, clients, github_token, program, registry, told};

const SECRET: &str = "secret123";
/// Uses a secret as it should be used.
const CLEAN: &str = "FROM bb\nRUN --mount=type=secret,id=api_key,required=true wc -c < /run/secrets/api_key > /app/size\n\
    CMD [\"cat\", \"/app/size\"]\n";

#[test]
fn the_first_two_original_examples_are_refused_with_the_fix() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let deleted =
        Build::new(format!("FROM bb\nRUN echo \"API_KEY={SECRET}\" > /app/.env\nRUN rm /app/.env\n"));
    let argument = Build::new("FROM bb\nARG API_KEY\nRUN true\n").arg("API_KEY", SECRET);
    for (build, fix) in [(deleted, "RUN --mount=type=secret"), (argument, "--secret id=API_KEY,env=API_KEY")]
    {
        let tag = docker.repository("refused");
        let told = docker.guard(&build, &["--tag", &tag])?;
        assert_eq!(told.code, 1, "{told:#?}");
        assert!(told.err.contains(fix) && told.err.contains("the build was not started"), "{told:#?}");
        assert!(!told.all().contains(SECRET), "{told:#?}");
        assert_eq!(docker.inspect(&tag, "{{.Id}}"), None);
    }
    Ok(())
}

#[test]
fn what_a_step_prints_is_masked_and_stops_the_image_unless_that_is_accepted() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let text = "FROM bb\nRUN --mount=type=secret,id=api_key cat /run/secrets/api_key; echo; echo went on\n";
    let build = Build::new(text).secret("api_key", SECRET);
    let tag = docker.repository("printed");
    for progress in ["plain", "rawjson", "tty"] {
        let told = docker.guard(&build, &["--no-cache", "--progress", progress, "--tag", &tag])?;
        assert_eq!(told.code, 1, "{told:#?}");
        assert!(!told.all().contains(SECRET), "{told:#?}");
        assert!(!told.all().contains("c2VjcmV0MTIz"), "{told:#?}");
        assert!(told.err.contains("RUN --mount=type=secret,id=api_key cat"), "{told:#?}");
        assert!(told.err.contains("the builder removed its record of this build"), "{told:#?}");
        assert_eq!(docker.inspect(&tag, "{{.Id}}"), None);
    }
    // The step does not run again, and it printed the secret all the same.
    let again = docker.guard(&build, &["--tag", &tag])?;
    assert_eq!((again.code, docker.inspect(&tag, "{{.Id}}")), (1, None), "{again:#?}");
    let accepted =
        docker.guard(&build, &["--accept-log-leak", "--progress=plain", "--no-cache", "--tag", &tag])?;
    assert_eq!(accepted.code, 0, "{accepted:#?}");
    assert!(accepted.err.contains("went on") && !accepted.all().contains(SECRET), "{accepted:#?}");
    assert!(docker.inspect(&tag, "{{.Id}}").is_some());
    docker.run(["image", "rm", &tag])?;
    Ok(())
}

#[test]
fn a_clean_image_is_loaded_as_it_was_scanned_and_runs() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let build = Build::new(CLEAN).secret("api_key", SECRET).arg("VERSION", "1.2.3");
    let (tag, other) = (docker.repository("clean"), docker.repository("other"));
    let (id_file, metadata) = (docker.path("id"), docker.path("metadata.json"));
    let (id, meta) = (id_file.display().to_string(), metadata.display().to_string());
    let told = docker
        .guard(&build, &["-q", "-t", &tag, "-t", &other, "--iidfile", &id, "--metadata-file", &meta])?;
    assert_eq!((told.code, told.err.as_str()), (0, ""), "{told:#?}");
    let digest = told.out.trim().to_owned();
    assert_eq!(docker.inspect(&tag, "{{.Id}}"), Some(digest.clone()));
    assert_eq!(docker.inspect(&other, "{{.Id}}"), Some(digest.clone()));
    assert_eq!(std::fs::read_to_string(&id_file)?, digest);
    let metadata = std::fs::read_to_string(&metadata)?;
    assert!(metadata.contains(&digest) && !metadata.contains("1.2.3"), "{metadata}");
    let ran = docker.run(["run", "--rm", "--network=none", &tag])?;
    assert_eq!(String::from_utf8_lossy(&ran).trim(), SECRET.len().to_string());
    docker.run(["image", "rm", &tag, &other])?;
    // Nothing is left where it was scanned.
    assert_eq!(std::fs::read_dir(docker.guard_folder()?)?.count(), 0);
    Ok(())
}

#[test]
fn a_clean_image_is_pushed_with_the_digest_that_was_scanned() -> Result<()> {
    let (Some(docker), Some(registry), Some([crane, _])) = (Docker::get()?, registry()?, clients()?) else {
        return Ok(());
    };
    let tag = format!("{registry}/{}:1", docker.repository("pushed"));
    let archive = docker.path("pushed.tar");
    let output = format!("type=oci,dest={}", archive.display());
    let build = Build::new(CLEAN).secret("api_key", SECRET);
    let told = docker.guard(&build, &["--push", "-o", &output, "-q", "--tag", &tag])?;
    assert_eq!(told.code, 0, "{told:#?}");
    let digest = Command::new(&crane).args(["digest", &tag]).output()?;
    assert_eq!(String::from_utf8_lossy(&digest.stdout), told.out);
    let scan = tightlip_e2e::scan(&format!("oci-archive:{}", archive.display()), SECRET)?;
    assert_eq!(scan.report["target"]["digest"].as_str(), Some(told.out.trim()), "{scan:#?}");
    let ran = docker.run(["run", "--rm", "--network=none", &tag])?;
    assert_eq!(String::from_utf8_lossy(&ran).trim(), SECRET.len().to_string());
    docker.run(["image", "rm", &tag])?;
    Ok(())
}

/// Hides from every lint what it does.
fn leaking() -> Build {
    let script = "head -c 100 /run/secrets/api_key > /app/state\n";
    let text = "FROM bb\nCOPY step.sh /\nRUN --mount=type=secret,id=api_key sh /step.sh\n";
    Build::new(text).file("step.sh", script).secret("api_key", SECRET)
}

#[test]
fn of_a_leaking_image_the_registry_gets_no_blob_and_the_engine_no_tag() -> Result<()> {
    let (Some(docker), Some(registry), Some([crane, _])) = (Docker::get()?, registry()?, clients()?) else {
        return Ok(());
    };
    let repository = docker.repository("leaking");
    let tag = format!("{registry}/{repository}:1");
    let told = docker.guard(&leaking(), &["--push", "--load", "--progress=plain", "--tag", &tag])?;
    assert_eq!(told.code, 1, "{told:#?}");
    assert!(told.err.contains("app/state") && told.err.contains("Dockerfile:3"), "{told:#?}");
    assert!(told.err.contains("nothing was loaded, tagged or pushed"), "{told:#?}");
    assert!(!told.all().contains(SECRET), "{told:#?}");
    assert_eq!(docker.inspect(&tag, "{{.Id}}"), None);
    // A registry knows a repository from its first blob on.
    let known = Command::new(&crane).args(["catalog", &registry]).output()?;
    ensure!(known.status.success(), "crane: {}", String::from_utf8_lossy(&known.stderr));
    assert!(!String::from_utf8_lossy(&known.stdout).contains(&repository));
    Ok(())
}

#[test]
fn a_json_report_says_where_the_secret_lies() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let told = docker.guard(&leaking(), &["--format", "json", "--progress=quiet"])?;
    let report: serde_json::Value = serde_json::from_str(&told.out).with_context(|| format!("{told:#?}"))?;
    assert_eq!((told.code, report["verdict"].as_str()), (1, Some("leaking")), "{report:#}");
    assert_eq!(report.pointer("/findings/0/place/path").and_then(|p| p.as_str()), Some("app/state"));
    assert!(!report.to_string().contains("tightlip-build-"), "{report:#}");
    Ok(())
}

#[test]
fn arguments_become_mounts_when_that_is_asked_for() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let token = github_token();
    let text = "FROM bb\nARG TOKEN\nRUN wget --header \"X: $TOKEN\" http://127.0.0.1:1/ || echo tried > /app/tried\n";
    let tag = docker.repository("converted");
    let build = Build::new(text).arg("TOKEN", &token);
    let told = docker.guard(&build, &["--convert", "--progress=plain", "--tag", &tag])?;
    assert_eq!(told.code, 0, "{told:#?}");
    assert!(
        told.err.contains("-ARG TOKEN") && told.err.contains("--mount=type=secret,id=TOKEN"),
        "{told:#?}"
    );
    assert!(!told.all().contains(&token), "{told:#?}");
    let history = docker.run(["history", "--no-trunc", &tag])?;
    assert!(!String::from_utf8_lossy(&history).contains(&token));
    docker.run(["image", "rm", &tag])?;
    Ok(())
}

#[test]
fn a_builder_that_fails_says_why_and_keeps_the_secret() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let text = "FROM bb\nRUN --mount=type=secret,id=api_key x=$(cat /run/secrets/api_key); ls /nowhere/$x\n";
    let told = docker.guard(&Build::new(text).secret("api_key", SECRET), &["--progress=plain"])?;
    assert_eq!(told.code, 2, "{told:#?}");
    assert!(told.err.contains("No such file") && told.err.contains("ERROR: failed to build"), "{told:#?}");
    assert!(!told.all().contains(SECRET), "{told:#?}");
    Ok(())
}

#[test]
fn without_docker_it_says_what_to_install() -> Result<()> {
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join("Dockerfile"), "FROM scratch\n")?;
    let mut command = Command::new(program()?);
    let told = told(command.args(["build", "."]).current_dir(folder.path()).env("PATH", folder.path()))?;
    assert_eq!(told.code, 2, "{told:#?}");
    assert!(told.err.contains("there is no docker here") && told.err.contains("Install Docker"), "{told:#?}");
    Ok(())
}

#[test]
fn what_cannot_be_guarded_is_refused_by_name() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let build = Build::new("FROM bb\n");
    for (option, says) in [
        ("--output=-", "standard output has no name"),
        ("--invoke=on-error", "--invoke cannot be used"),
        ("--frobnicate", "--frobnicate is no option"),
        ("--build-context=x=https://me:word@host.example/x.git", "GIT_AUTH_TOKEN.host.example"),
        ("--output=type=oci,dest=x,compression=estargz", "eStargz"),
    ] {
        let told = docker.guard(&build, &[option])?;
        assert!(told.code == 2 && told.err.contains(says), "{option}: {told:#?}");
    }
    Ok(())
}

#[test]
fn docker_runs_it_as_a_plugin() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let config = docker.path("config");
    let buildx = docker.run([
        "info",
        "--format",
        "{{range .ClientInfo.Plugins}}{{if eq .Name \"buildx\"}}{{.Path}}{{end}}{{end}}",
    ])?;
    std::fs::create_dir_all(config.join("cli-plugins"))?;
    std::os::unix::fs::symlink(
        String::from_utf8_lossy(&buildx).trim(),
        config.join("cli-plugins/docker-buildx"),
    )?;
    let installed =
        told(Command::new(program()?).args(["install-plugin", "--hooks"]).env("DOCKER_CONFIG", &config))?;
    assert_eq!(installed.code, 0, "{installed:#?}");
    let mut shell = Command::new("sh");
    let script = "docker tightlip --version; docker --context default tightlip build --progress=plain \"$0\"";
    let context = docker.path("plugin");
    std::fs::create_dir(&context)?;
    std::fs::write(context.join("Dockerfile"), format!("FROM bb\nRUN echo API_KEY={SECRET} > /app/.env\n"))?;
    docker.lend(&mut shell).args(["-c", script]).arg(&context);
    let ran = told(shell.env("DOCKER_CONFIG", &config).env_remove("DOCKER_CONTEXT"))?;
    assert_eq!(ran.code, 1, "{ran:#?}");
    assert!(ran.out.starts_with("tightlip ") && ran.err.contains("the build was not started"), "{ran:#?}");
    let removed =
        told(Command::new(program()?).args(["install-plugin", "--remove"]).env("DOCKER_CONFIG", &config))?;
    assert_eq!(removed.code, 0, "{removed:#?}");
    let settings = std::fs::read_to_string(config.join("config.json"))?;
    assert!(!settings.contains("tightlip"), "{settings}");
    Ok(())
}

/// A build whose discarded stage keeps the secret.
fn staged(step: &str) -> Build {
    let text = "FROM bb AS first\nCOPY step.sh /\nRUN --mount=type=secret,id=api_key sh /step.sh\n\
        FROM bb\nCOPY --from=first /app/done /app/\n";
    Build::new(text).file("step.sh", step).secret("api_key", SECRET)
}

#[test]
fn a_cache_goes_out_only_when_no_stage_in_it_leaks() -> Result<()> {
    let (Some(docker), Some(registry), Some([crane, _])) = (Docker::get()?, registry()?, clients()?) else {
        return Ok(());
    };
    let leaking = "cp /run/secrets/api_key /app/kept; touch /app/done\n";
    let clean = "wc -c < /run/secrets/api_key > /app/done\n";
    for (step, code) in [(leaking, 1), (clean, 0)] {
        let (repository, folder) = (docker.repository("cache"), docker.path("cache"));
        let remote = format!("type=registry,mode=max,ref={registry}/{repository}:c");
        let local = format!("type=local,mode=max,dest={}", folder.display());
        let options = ["--output=type=cacheonly", "--cache-to", &remote, "--cache-to", &local];
        let told = docker.guard(&staged(step), &options)?;
        assert_eq!(told.code, code, "{told:#?}");
        assert!(!told.all().contains(SECRET));
        let manifest =
            Command::new(&crane).args(["manifest", &format!("{registry}/{repository}:c")]).output()?;
        assert_eq!((manifest.status.success(), folder.join("index.json").exists()), (code == 0, code == 0));
        if code == 0 {
            let again = docker.guard(
                &staged(step),
                &["-q", &format!("--cache-from=type=registry,ref={registry}/{repository}:c")],
            )?;
            assert_eq!(again.code, 0, "{again:#?}");
        }
    }
    Ok(())
}

#[test]
fn targets_of_bake_and_services_of_compose_go_out_together_or_not_at_all() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let folder = docker.path("bake");
    let (good, bad) = (docker.repository("good"), docker.repository("bad"));
    for (part, text) in
        [("good", CLEAN), ("bad", "FROM bb\nCOPY s.sh /\nRUN --mount=type=secret,id=api_key sh /s.sh\n")]
    {
        std::fs::create_dir_all(folder.join(part))?;
        std::fs::write(folder.join(part).join("Dockerfile"), text)?;
        std::fs::write(folder.join(part).join("s.sh"), "cp /run/secrets/api_key /app/k\n")?;
    }
    let target = |part: &str, tag: &str| {
        format!(
            "target \"{part}\" {{\n context = \"{part}\"\n tags = [\"{tag}\"]\n secret = [\"id=api_key,env=KEY\"]\n}}\n"
        )
    };
    let hcl = format!(
        "group \"default\" {{ targets = [\"good\", \"bad\"] }}\n{}{}",
        target("good", &good),
        target("bad", &bad)
    );
    std::fs::write(folder.join("docker-bake.hcl"), hcl)?;
    let services = "services:\n  one:\n    build:\n      context: good\n      secrets: [api_key]\n    image: TAG\n\
        secrets:\n  api_key:\n    environment: KEY\n";
    std::fs::write(folder.join("compose.yaml"), services.replace("TAG", &good))?;
    let run = |words: &[&str]| {
        let mut command = Command::new(program()?);
        command.arg("build").args(words).current_dir(&folder).env("KEY", SECRET);
        told(docker.lend(&mut command))
    };
    let both = run(&["bake", "-f", "docker-bake.hcl", "--progress=plain"])?;
    assert!(both.code == 1 && both.err.contains("app/k") && !both.all().contains(SECRET), "{both:#?}");
    assert_eq!((docker.inspect(&good, "{{.Id}}"), docker.inspect(&bad, "{{.Id}}")), (None, None));
    for words in [&["bake", "-f", "docker-bake.hcl", "good"][..], &["compose", "one"][..]] {
        let one = run(words)?;
        assert_eq!(one.code, 0, "{one:#?}");
        assert!(docker.inspect(&good, "{{.Id}}").is_some());
        docker.run(["image", "rm", &good])?;
    }
    Ok(())
}

#[test]
fn a_statement_that_an_image_is_clean_hangs_on_it_and_changes_nothing_in_it() -> Result<()> {
    let (Some(docker), Some(registry), Some([crane, _])) = (Docker::get()?, registry()?, clients()?) else {
        return Ok(());
    };
    let tag = format!("{registry}/{}:1", docker.repository("stated"));
    let build = Build::new(CLEAN).secret("api_key", SECRET);
    let manifest = |tag: &str| -> Result<serde_json::Value> {
        Ok(serde_json::from_slice(&Command::new(&crane).args(["manifest", tag]).output()?.stdout)?)
    };
    let plain = docker.guard(&build, &["--push", "-q", "--tag", &tag])?;
    let before = manifest(&tag)?;
    let stated = docker.guard(&build, &["--push", "--load", "-q", "--attest", "type=svr", "--tag", &tag])?;
    assert_eq!((plain.code, stated.code), (0, 0), "{stated:#?}");
    let after = manifest(&tag)?;
    assert_eq!(after["manifests"][0]["digest"], before["manifests"][0]["digest"]);
    let last = after["manifests"].as_array().and_then(|all| all.last()).context("no entries")?;
    let (repository, _) = tag.rsplit_once(':').context("no tag")?;
    let statement = manifest(&format!("{repository}@{}", last["digest"].as_str().unwrap_or_default()))?;
    let layer = format!("{repository}@{}", statement["layers"][0]["digest"].as_str().unwrap_or_default());
    let text = Command::new(&crane).args(["blob", &layer]).output()?.stdout;
    let text: serde_json::Value = serde_json::from_slice(&text)?;
    assert_eq!(text["predicateType"], "https://in-toto.io/attestation/svr/v0.2");
    let subject = format!("sha256:{}", text["subject"][0]["digest"]["sha256"].as_str().unwrap_or_default());
    assert_eq!(after["manifests"][0]["digest"], subject.as_str());
    let ran = docker.run(["run", "--rm", "--network=none", &tag])?;
    assert_eq!(String::from_utf8_lossy(&ran).trim(), SECRET.len().to_string());
    let scan = tightlip_e2e::scan(&tag, SECRET)?;
    assert_eq!(scan.verdict(), "clean", "{scan:#?}");
    docker.run(["image", "rm", &tag])?;
    Ok(())
}
