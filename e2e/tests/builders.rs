//! What different builders and their options leave behind, each seen in an image that they really built.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use anyhow::Result;
use tightlip_e2e::{Build, Buildah, Docker, Scan, github_token, scan};

#[test]
fn buildah_writes_build_arguments_into_the_history() -> Result<()> {
    let Some(buildah) = Buildah::get()? else { return Ok(()) };
    let token = github_token();
    let argument = format!("--build-arg=API_KEY={token}");
    let formats = ["oci-archive", "docker-archive"];
    for archive in buildah.build("ARG API_KEY\nRUN true\n", &[&argument], &formats)? {
        let scan = leaking(&archive, &token)?;
        scan.leak("history", "/place/pointer", "/created_by")?;
    }
    Ok(())
}

#[test]
fn a_file_that_buildah_deletes_in_a_later_layer_leaks() -> Result<()> {
    let Some(buildah) = Buildah::get()? else { return Ok(()) };
    let token = github_token();
    let instructions = "ARG TOKEN\nRUN echo \"$TOKEN\" > /token\nRUN /bin/sh -c ': > /token'\n";
    let options = [&*format!("--build-arg=TOKEN={token}"), "--layers"];
    for archive in buildah.build(instructions, &options, &["oci-archive"])? {
        let scan = leaking(&archive, &token)?;
        let leak = scan.leak("file", "/place/path", "token")?;
        assert_eq!(leak.text("/place/exposure"), "overwritten");
    }
    Ok(())
}

#[test]
fn the_legacy_builder_writes_build_arguments_into_the_history() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let token = github_token();
    let build = Build::new("FROM bb\nARG API_KEY\nRUN true\n").arg("API_KEY", &token).legacy();
    let scan = leaking(&docker.build(&build)?.save()?, &token)?;
    scan.leak("history", "/introduced_by/instruction", "|1 API_KEY=")?;
    Ok(())
}

#[test]
fn full_provenance_publishes_the_arguments_of_a_discarded_stage() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let token = github_token();
    let stages = "FROM bb AS build\nARG API_KEY\nRUN true\nFROM scratch\nCOPY --from=build /app /app\n";
    let build = Build::new(stages).arg("API_KEY", &token).option("--provenance=mode=max");
    let scan = leaking(&docker.build_oci(&build, "tar=true")?, &token)?;
    scan.leak("attestation", "/place/pointer", "build-arg:API_KEY")?;
    assert!(scan.leaks("history").is_empty(), "the history of the last stage does not know it: {scan:#?}");
    Ok(())
}

#[test]
fn a_discarded_stage_leaks_nothing_without_full_provenance() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let token = github_token();
    let stages = "FROM bb AS build\nARG API_KEY\nRUN true\nFROM scratch\nCOPY --from=build /app /app\n";
    let build = Build::new(stages).arg("API_KEY", &token).option("--provenance=mode=min");
    let scan = scan_file(&docker.build_oci(&build, "tar=true")?, &token)?;
    assert_eq!((scan.code, scan.verdict()), (0, "clean"), "{scan:#?}");
    Ok(())
}

#[test]
fn a_deleted_file_is_found_under_every_compression() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    // No eStargz: writing it ends an engine that was compiled with Go 1.27 ("footer buffer = 48, not 51").
    for compression in ["uncompressed", "gzip", "zstd"] {
        let token = github_token();
        let build = Build::new("FROM bb\nCOPY key /root/key\nRUN rm /root/key\n").file("key", token.as_str());
        let attributes = format!("compression={compression},force-compression=true,oci-mediatypes=true");
        let scan = leaking(&docker.build_oci(&build, &attributes)?, &token)?;
        let leak = scan.leak("file", "/place/path", "root/key")?;
        assert_eq!(leak.text("/place/exposure"), "deleted", "{compression}");
        assert_eq!(scan.report["gaps"].as_array().map(Vec::len), Some(0), "{compression}: {scan:#?}");
    }
    Ok(())
}

#[test]
fn a_leak_in_one_platform_of_many_is_found_there() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let token = github_token();
    let dockerfile = "FROM --platform=$BUILDPLATFORM bb AS build\n\
        ARG TARGETARCH\n\
        COPY key /key\n\
        RUN mkdir /out && if [ \"$TARGETARCH\" = arm64 ]; then cp /key /out/key; fi\n\
        FROM scratch\n\
        COPY --from=build /out /\n";
    let build =
        Build::new(dockerfile).file("key", token.as_str()).option("--platform=linux/amd64,linux/arm64");
    let scan = leaking(&docker.build_oci(&build, "tar=true")?, &token)?;
    let leaks = scan.leaks("file");
    assert_eq!(leaks.len(), 1, "{scan:#?}");
    assert_eq!(scan.leak("file", "/place/path", "key")?.text("/place/platform"), "linux/arm64");
    Ok(())
}

#[test]
fn a_trigger_for_child_images_leaks() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let token = github_token();
    let build = Build::new(format!("FROM bb\nONBUILD RUN fetch --header 'Authorization: Bearer {token}'\n"));
    let scan = leaking(&docker.build(&build)?.save()?, &token)?;
    scan.leak("onbuild", "/place/pointer", "OnBuild")?;
    Ok(())
}

#[test]
fn annotations_leak_at_all_four_levels() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let token = github_token();
    for level in ["manifest", "manifest-descriptor", "index", "index-descriptor"] {
        let annotation = format!("--annotation={level}:com.example.note={token}");
        // The attestation makes it an index: a single manifest has no place for two of the levels.
        let build = Build::new("FROM bb\n").option(annotation).option("--provenance=mode=min");
        let scan = leaking(&docker.build_oci(&build, "tar=true")?, &token)?;
        scan.leak("annotation", "/place/pointer", "com.example.note").map_err(|e| e.context(level))?;
    }
    Ok(())
}

#[test]
fn an_imported_archive_leaks_through_extended_attributes() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let token = github_token();
    let path = docker.path("xattr.tar");
    let mut archive = tar::Builder::new(File::create(&path)?);
    archive.append_pax_extensions([("SCHILY.xattr.user.token", token.as_bytes())])?;
    append_file(&mut archive, "plain")?;
    archive.into_inner()?;
    let scan = leaking(&docker.import(&path)?.save()?, &token)?;
    scan.leak("xattr", "/place/path", "plain")?;
    Ok(())
}

#[test]
fn an_imported_archive_leaks_through_bytes_after_its_end() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let token = github_token();
    let path = docker.path("slack.tar");
    let mut archive = tar::Builder::new(File::create(&path)?);
    append_file(&mut archive, "plain")?;
    archive.into_inner()?.write_all(token.as_bytes())?;
    let scan = leaking(&docker.import(&path)?.save()?, &token)?;
    assert_eq!(scan.leaks("slack").len(), 1, "{scan:#?}");
    Ok(())
}

fn append_file(archive: &mut tar::Builder<File>, name: &str) -> Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(5);
    header.set_mode(0o644);
    header.set_cksum();
    archive.append_data(&mut header, name, &b"plain"[..])?;
    Ok(())
}

/// A scan that must find the image leaking.
fn leaking(archive: &Path, secret: &str) -> Result<Scan> {
    let scan = scan_file(archive, secret)?;
    assert_eq!((scan.code, scan.verdict()), (1, "leaking"), "{scan:#?}");
    Ok(scan)
}

fn scan_file(archive: &Path, secret: &str) -> Result<Scan> {
    scan(&archive.to_string_lossy(), secret)
}
