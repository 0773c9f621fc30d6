//! What a real build leaves around it: logs, a metadata file, a record, a cache.

use std::fs;
use std::path::Path;

use anyhow::Result;
use tightlip_e2e::{Build, Docker, Scan, github_token, scan, scan_by, scan_with, tightlip};

#[test]
fn logs_of_every_form_leak_what_a_step_writes() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    for progress in ["plain", "rawjson"] {
        let token = github_token();
        let build = Build::new("FROM bb\nRUN --mount=type=secret,id=t cat /run/secrets/t\n")
            .secret("t", &token)
            // A secret is not in the cache key: another one would not be printed.
            .option("--no-cache")
            .option(format!("--progress={progress}"));
        let log = docker.log(&build)?;
        let scan = leaking(&docker, &log, &token)?;
        let leak = scan.leak("log", "/mechanism", "log-output")?;
        assert!(leak.text("/place/member").contains("RUN --mount=type=secret"), "{progress}: {scan:#?}");
        let recovered = leak.recover(Path::new("/"))?;
        assert!(recovered.contains(&token), "{progress}: {recovered}");
    }
    Ok(())
}

#[test]
fn a_failed_build_shows_the_neighbouring_lines_of_the_dockerfile() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let token = github_token();
    let build = Build::new(format!("FROM bb\nENV NOTE={token}\nRUN false\n"));
    for progress in ["plain", "rawjson"] {
        let log = docker.log(&build.clone().option(format!("--progress={progress}")))?;
        leaking(&docker, &log, &token)?.leak("log", "/mechanism", "log-error")?;
    }
    Ok(())
}

#[test]
fn the_name_of_a_step_shows_its_arguments() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let token = github_token();
    let build = Build::new("FROM bb\nARG NOTE\nRUN true \"$NOTE\"\n").arg("NOTE", &token);
    for progress in ["plain", "rawjson"] {
        let log = docker.log(&build.clone().option(format!("--progress={progress}")))?;
        leaking(&docker, &log, &token)?.leak("log", "/mechanism", "log-step-name")?;
    }
    let legacy = Build::new(format!("FROM bb\nENV NOTE={token}\n")).legacy();
    let log = docker.log(&legacy)?;
    leaking(&docker, &log, &token)?.leak("log", "/mechanism", "log-step-name")?;
    Ok(())
}

#[test]
fn a_metadata_file_lists_build_arguments_without_provenance() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let token = github_token();
    let file = docker.path("metadata.json");
    let build = Build::new("FROM bb\nARG NOTE\nRUN true\n")
        .arg("NOTE", &token)
        .option("--provenance=false")
        .option(format!("--metadata-file={}", file.display()));
    let _image = docker.build(&build)?;
    let scan = scan(&file.to_string_lossy(), &token)?;
    let leak = scan.leak("metadata-file", "/place/pointer", "build-arg:NOTE")?;
    assert!(leak.recover(Path::new("/"))?.contains(&token));
    Ok(())
}

#[test]
fn the_record_of_a_build_leaks_arguments_and_log() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let (token, printed) = (github_token(), github_token());
    let metadata = docker.path("metadata.json");
    let build = Build::new("FROM bb\nARG NOTE\nRUN --mount=type=secret,id=t cat /run/secrets/t\n")
        .arg("NOTE", &token)
        .secret("t", &printed)
        .option("--no-cache")
        .option(format!("--metadata-file={}", metadata.display()));
    let _image = docker.build(&build)?;
    let metadata: serde_json::Value = serde_json::from_slice(&fs::read(metadata)?)?;
    let reference = metadata["buildx.build.ref"].as_str().and_then(|name| name.rsplit('/').next());
    let record = docker.path("r.dockerbuild");
    let output = format!("--output={}", record.display());
    docker.run(["buildx", "history", "export", &output, reference.unwrap_or_default()])?;
    for target in [record.display().to_string(), format!("record:{}", record.display())] {
        let scan = scan(&target, &token)?;
        scan.leak("build-record", "/place/pointer", "/FrontendAttrs/build-arg:NOTE")?;
        assert_eq!(scan.report["gaps"].as_array().map(Vec::len), Some(0), "{scan:#?}");
        let log = scan.leak("build-record", "/place/member", "RUN --mount=type=secret")?;
        assert!(log.recover(Path::new("/"))?.contains(&printed));
    }
    scan(&record.to_string_lossy(), &printed)?;
    // Straight from the builder, without a file.
    let piped = fs::File::open(&record)?;
    let scan = scan_by(tightlip(&["-"])?.stdin(piped), &token)?;
    scan.leak("build-record", "/place/pointer", "/FrontendAttrs/build-arg:NOTE")?;
    Ok(())
}

#[test]
fn a_cache_holds_the_stages_that_the_image_does_not() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let token = github_token();
    let cache = docker.path("cache");
    let build = Build::new("FROM bb AS a\nCOPY key /w/key\nFROM scratch\nCOPY --from=a /bin/sh /sh\n")
        .file("key", token.as_str())
        .option(format!("--cache-to=type=local,dest={},mode=max", cache.display()));
    let image = scan(&docker.build_oci(&build, "tar=true")?.to_string_lossy(), &token)?;
    assert_eq!(image.verdict(), "clean", "{image:#?}");
    let scan = scan(&format!("cache:{}", cache.display()), &token)?;
    scan.leak("file", "/place/path", "w/key")?;
    assert_eq!(scan.report["gaps"].as_array().map(Vec::len), Some(0), "{scan:#?}");
    Ok(())
}

#[test]
fn a_known_value_is_found_where_a_real_build_leaves_it() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let value = format!("plain words {}", &github_token()[8..16]);
    let file = docker.path("known.env");
    fs::write(&file, format!("GREETING=\"{value}\"\n"))?;
    let known = format!("--known-file={}", file.display());
    let build = Build::new("FROM bb\nARG GREETING\nRUN echo \"$GREETING\" | base64 > /greeting\n")
        .arg("GREETING", &value)
        .option("--progress=plain");
    let archive = docker.build_oci(&build, "tar=true")?;
    let scan = scan_with(&[&known, &archive.to_string_lossy()], &value)?;
    assert_eq!(scan.leak("file", "/place/path", "greeting")?.text("/title"), "Known value GREETING");
    scan.leak("history", "/title", "Known value GREETING")?;
    Ok(())
}

/// A scan that must find the log leaking.
fn leaking(docker: &Docker, log: &str, secret: &str) -> Result<Scan> {
    let file = docker.path("build.log");
    fs::write(&file, log)?;
    let scan = scan(&file.to_string_lossy(), secret)?;
    assert_eq!((scan.code, scan.verdict()), (1, "leaking"), "{log}\n{scan:#?}");
    Ok(scan)
}
