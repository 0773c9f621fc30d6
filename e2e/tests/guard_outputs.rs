//! `tightlip build` with every place that a result can go to, each with a real Docker.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use tightlip_e2e::{Build, Docker, Tmux, clients, crane, github_token, program, registry, scan, told};

/// A build whose result holds the secret, which no lint can see.
fn leaking(secret: &str) -> Build {
    let text = "FROM bb AS made\nCOPY step.sh /\nRUN --mount=type=secret,id=key sh /step.sh\nFROM scratch\nCOPY --from=made /app /app\n";
    Build::new(text).file("step.sh", "cp /run/secrets/key /app/kept\n").secret("key", secret)
}

fn clean() -> Build {
    let text = "FROM bb AS made\nRUN echo hello > /app/greeting; ln -s greeting /app/link; chmod 750 /app/greeting\n\
        FROM scratch\nCOPY --from=made /app /app\n";
    Build::new(text)
}

#[test]
fn files_come_where_they_belong_when_nothing_in_them_leaks() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let secret = github_token();
    let (folder, archive) = (docker.path("out"), docker.path("out.tar"));
    let place = |path: &Path| path.display().to_string();
    let outputs = [
        place(&folder),
        format!("type=local,dest={}", place(&folder)),
        format!("type=tar,dest={}", place(&archive)),
    ];
    for output in &outputs {
        let told = docker.guard(&leaking(&secret), &["--progress=plain", "-o", output])?;
        assert_eq!(told.code, 1, "{told:#?}");
        assert!(told.err.contains("app/kept") && !told.all().contains(&secret), "{told:#?}");
        assert!(!folder.exists() && !archive.exists(), "{output}");
    }
    // What lies there already stays.
    std::fs::create_dir_all(folder.join("app"))?;
    std::fs::write(folder.join("app/mine"), "mine")?;
    for output in &outputs {
        let told = docker.guard(&clean(), &["-q", "-o", output])?;
        assert_eq!((told.code, told.all().as_str()), (0, ""), "{told:#?}");
    }
    let read = |name: &str| std::fs::read_to_string(folder.join("app").join(name));
    assert_eq!(
        (read("greeting")?, read("link")?, read("mine")?),
        ("hello\n".into(), "hello\n".into(), "mine".into())
    );
    assert!(!folder.join("provenance.json").exists());
    let mut members: Vec<String> = Vec::new();
    for entry in tar::Archive::new(std::fs::File::open(&archive)?).entries()? {
        members.push(entry?.path()?.display().to_string());
    }
    assert!(members.iter().any(|name| name == "app/greeting"), "{members:?}");
    assert_eq!(std::fs::read_dir(docker.guard_folder()?)?.count(), 0);
    Ok(())
}

#[test]
fn what_a_check_and_an_outline_print_is_masked() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let token = github_token();
    let build = Build::new("FROM bb\nARG API_KEY\nARG VERSION\nRUN echo $VERSION > /app/v\n");
    let build = build.arg("API_KEY", &token).arg("VERSION", "1.2.3");
    let outline = docker.guard(&build, &["--call=outline,format=json"])?;
    assert_eq!(outline.code, 0, "{outline:#?}");
    let json: serde_json::Value =
        serde_json::from_str(&outline.out).with_context(|| format!("{outline:#?}"))?;
    assert!(json["args"].to_string().contains("1.2.3"), "{json:#}");
    assert!(!outline.all().contains(&token), "{outline:#?}");
    let short = Build::new("FROM bb\nARG API_KEY\n").arg("API_KEY", "secret123");
    let outline = docker.guard(&short, &["--call=outline"])?;
    assert!(
        outline.code == 0 && outline.out.contains("API_KEY") && !outline.all().contains("secret123"),
        "{outline:#?}"
    );
    let check = docker.guard(&build, &["--check"])?;
    assert!(check.code == 2 && check.out.contains("SecretsUsedInArgOrEnv"), "{check:#?}");
    let good = docker.guard(&Build::new("FROM bb\n"), &["--check"])?;
    assert!(good.code == 0 && good.out.contains("no warnings found"), "{good:#?}");
    Ok(())
}

#[test]
fn an_image_is_pushed_under_its_digest_alone() -> Result<()> {
    let (Some(docker), Some(registry), Some([tool, _])) = (Docker::get()?, registry()?, clients()?) else {
        return Ok(());
    };
    let repository = format!("{registry}/{}", docker.repository("bare"));
    let output = format!("type=image,name={repository},push-by-digest=true,name-canonical=true,push=true");
    let told = docker.guard(&clean(), &["-q", "-o", &output])?;
    assert_eq!(told.code, 0, "{told:#?}");
    assert_eq!(
        crane(&tool, &["digest", &format!("{repository}@{}", told.out.trim())])?.as_deref(),
        Some(told.out.trim())
    );
    assert_eq!(crane(&tool, &["ls", &repository])?.unwrap_or_default(), "");
    Ok(())
}

#[test]
fn layers_of_every_compression_are_scanned_and_stay_as_they_are() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let secret = github_token();
    for (compression, kind) in
        [("zstd", "tar+zstd"), ("uncompressed", "layer.v1.tar\""), ("gzip", "tar+gzip")]
    {
        let archive = docker.path("compressed.tar");
        let output =
            format!("type=oci,dest={},compression={compression},force-compression=true", archive.display());
        let told = docker.guard(&leaking(&secret), &["--progress=plain", "-o", &output])?;
        assert!(told.code == 1 && told.err.contains("app/kept") && !archive.exists(), "{told:#?}");
        let told = docker.guard(&clean(), &["-q", "-o", &output])?;
        assert_eq!(told.code, 0, "{told:#?}");
        let mut text = String::new();
        for entry in tar::Archive::new(std::fs::File::open(&archive)?).entries()? {
            let mut entry = entry?;
            if entry.size() < 10_000 {
                let mut bytes = Vec::new();
                std::io::Read::read_to_end(&mut entry, &mut bytes)?;
                text.push_str(&String::from_utf8_lossy(&bytes));
            }
        }
        assert!(text.contains(kind), "{compression}: {text}");
        assert_eq!(scan(&archive.display().to_string(), "nothing")?.verdict(), "clean");
    }
    Ok(())
}

#[test]
fn all_platforms_of_a_build_are_scanned_and_published_together() -> Result<()> {
    let (Some(docker), Some(registry), Some([tool, _])) = (Docker::get()?, registry()?, clients()?) else {
        return Ok(());
    };
    // Without a step nothing has to run for a platform that this machine is not.
    let token = github_token();
    let text = "FROM scratch\nARG TARGETARCH\nCOPY $TARGETARCH /app/\n";
    let build = |arm: &str| {
        let body = format!("token = {arm}\n");
        Build::new(text)
            .file("amd64/conf", "nothing\n")
            .file("arm64/conf", body)
            .option("--platform=linux/amd64,linux/arm64")
    };
    let tag = format!("{registry}/{}:1", docker.repository("platforms"));
    let told = docker.guard(&build(&token), &["--push", "--progress=plain", "--tag", &tag])?;
    assert!(told.code == 1 && told.err.contains("app/conf") && !told.all().contains(&token), "{told:#?}");
    assert_eq!(crane(&tool, &["digest", &tag])?, None);
    let told = docker.guard(&build("nothing"), &["--push", "--load", "-q", "--tag", &tag])?;
    assert_eq!(told.code, 0, "{told:#?}");
    let index = crane(&tool, &["manifest", &tag])?.unwrap_or_default();
    assert!(index.contains("\"arm64\"") && index.contains("\"amd64\""), "{index}");
    assert_eq!(docker.inspect(&tag, "{{.Id}}").as_deref(), Some(told.out.trim()));
    docker.run(["image", "rm", &tag])?;
    Ok(())
}

#[test]
fn an_engine_with_the_old_store_names_an_image_when_it_is_clean() -> Result<()> {
    let Some(docker) = Docker::classic()? else { return Ok(()) };
    let secret = github_token();
    let network = "--network=none";
    let (bad, good) = (docker.repository("bad"), docker.repository("good"));
    let images = || -> Result<Vec<u8>> { docker.run(["images", "--all", "--quiet", "--no-trunc"]) };
    let before = images()?;
    let told = docker.guard(&leaking(&secret), &[network, "--progress=plain", "--tag", &bad])?;
    assert!(told.code == 1 && told.err.contains("app/kept") && !told.all().contains(&secret), "{told:#?}");
    assert_eq!((docker.inspect(&bad, "{{.Id}}"), images()?), (None, before), "{told:#?}");
    let told = docker.guard(&clean(), &[network, "-q", "--tag", &good])?;
    assert_eq!(told.code, 0, "{told:#?}");
    assert_eq!(docker.inspect(&good, "{{.Id}}").as_deref(), Some(told.out.trim()));
    let folder = docker.path("files");
    let told = docker.guard(&clean(), &[network, "-q", "-o", &folder.display().to_string()])?;
    assert!(told.code == 0 && folder.join("app/greeting").exists(), "{told:#?}");
    for option in ["--push", "--output=type=oci,dest=x", "--cache-to=type=local,dest=x"] {
        let told = docker.guard(&clean(), &[network, option, "--tag=r.example/x"])?;
        assert!(told.code == 2 && told.err.contains("containerd image store"), "{option}: {told:#?}");
    }
    Ok(())
}

#[test]
fn caches_that_the_builder_would_send_are_refused_with_what_to_use_instead() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    for (cache, instead) in [
        ("type=gha,mode=max", "type=registry,ref=ghcr.io/OWNER/NAME:cache"),
        ("type=s3,bucket=b,region=r,secret_access_key=abcdefgh12345678", "type=local,dest=DIR"),
        ("type=azblob,account_url=u", "type=local,dest=DIR"),
    ] {
        let told = docker.guard(&clean(), &["--cache-to", cache])?;
        assert!(told.code == 2 && told.err.contains(instead), "{cache}: {told:#?}");
        assert!(!told.all().contains("abcdefgh12345678"));
    }
    Ok(())
}

#[test]
fn after_docker_build_and_docker_push_a_hook_says_what_may_come_next() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let config = docker.path("hooks");
    let template = "{{range .ClientInfo.Plugins}}{{if eq .Name \"buildx\"}}{{.Path}}{{end}}{{end}}";
    let buildx = docker.run(["info", "--format", template])?;
    std::fs::create_dir_all(config.join("cli-plugins"))?;
    let place = config.join("cli-plugins/docker-buildx");
    std::os::unix::fs::symlink(String::from_utf8_lossy(&buildx).trim(), place)?;
    let mut install = Command::new(program()?);
    let installed = told(install.args(["install-plugin", "--hooks"]).env("DOCKER_CONFIG", &config))?;
    assert_eq!(installed.code, 0, "{installed:#?}");
    let context = docker.path("hooked");
    std::fs::create_dir(&context)?;
    std::fs::write(context.join("Dockerfile"), "FROM bb\n")?;
    let mut like = Command::new("sh");
    docker.lend(&mut like).env("DOCKER_CONFIG", &config).env_remove("DOCKER_CLI_HINTS");
    let Some(screen) = Tmux::start((100, 40), &like)? else { return Ok(()) };
    screen.enter(&format!("docker build -q {}; echo over=$?", context.display()))?;
    let built = screen.wait("over=0")?;
    assert!(built.contains("What's next:") && built.contains("docker tightlip scan IMAGE"), "{built}");
    screen.enter("clear; docker push 127.0.0.1:1/nowhere; echo over=$?")?;
    let failed = screen.wait("over=1")?;
    assert!(!failed.contains("What's next:"), "{failed}");
    Ok(())
}
