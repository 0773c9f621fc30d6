//! The problem that tightlip was written for: three ways to use an API key in a build. Two of them leave it
//! in the image, though neither shows it in a running container.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tightlip_e2e::{Build, Docker, Found, scan};

const SECRET: &str = "secret123";

#[test]
fn a_file_that_a_later_instruction_deletes_leaks() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let build = Build::new(format!("FROM bb\nRUN echo \"API_KEY={SECRET}\" > /app/.env\nRUN rm /app/.env\n"));
    for archive in both_forms(&docker, &build)? {
        let scan = scan(&archive.to_string_lossy(), SECRET)?;
        let leak = scan.leak("file", "/place/path", "app/.env")?;
        assert_eq!((scan.code, scan.verdict()), (1, "leaking"), "{}", archive.display());
        assert_eq!(leak.text("/place/path"), "app/.env");
        assert_eq!(leak.text("/place/exposure"), "deleted");
        // `bb` has three layers: the shell, its links, the directories.
        assert_eq!(leak.number("/place/layer/index"), Some(3));
        assert_eq!(leak.number("/place/hidden_by/index"), Some(4));
        assert!(leak.text("/introduced_by/instruction").starts_with("RUN "));
        assert!(leak.text("/introduced_by/instruction").contains("> /app/.env"));
        anyone_can_recover(leak, &archive)?;
    }
    Ok(())
}

#[test]
fn a_secret_in_the_text_of_an_instruction_leaks_through_the_history() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let build = Build::new(format!("FROM bb\nRUN echo \"API_KEY={SECRET}\" > /app/.env\nRUN rm /app/.env\n"));
    for archive in both_forms(&docker, &build)? {
        let scan = scan(&archive.to_string_lossy(), SECRET)?;
        let leak = scan.leak("history", "/introduced_by/instruction", "> /app/.env")?;
        anyone_can_recover(leak, &archive)?;
    }
    Ok(())
}

#[test]
fn a_build_argument_leaks_through_the_history() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let build = Build::new("FROM bb\nARG API_KEY\nRUN true\n").arg("API_KEY", SECRET);
    for archive in both_forms(&docker, &build)? {
        let scan = scan(&archive.to_string_lossy(), SECRET)?;
        let leak = scan.leak("history", "/introduced_by/instruction", "ARG API_KEY=")?;
        assert_eq!((scan.code, scan.verdict()), (1, "leaking"), "{}", archive.display());
        assert_eq!(leak.text("/place/exposure"), "metadata");
        assert!(leak.text("/place/pointer").starts_with("/history/"));
        anyone_can_recover(leak, &archive)?;
        let run = scan.leak("history", "/introduced_by/instruction", "RUN |1 API_KEY=")?;
        anyone_can_recover(run, &archive)?;
    }
    Ok(())
}

#[test]
fn a_secret_mount_leaves_nothing_behind() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let build = Build::new("FROM bb\nRUN --mount=type=secret,id=api_key cat /run/secrets/api_key\n")
        .secret("api_key", SECRET);
    for archive in both_forms(&docker, &build)? {
        let scan = scan(&archive.to_string_lossy(), SECRET)?;
        assert_eq!((scan.code, scan.verdict()), (0, "clean"), "{scan:#?}");
        assert!(scan.findings().is_empty(), "{scan:#?}");
    }
    Ok(())
}

/// What `docker save` writes, and what a build writes without an engine that stores the image.
fn both_forms(docker: &Docker, build: &Build) -> Result<[PathBuf; 2]> {
    Ok([docker.build(build)?.save()?, docker.build_oci(build, "tar=true")?])
}

/// The finding's own recipe brings the secret back, with public tools and the image alone.
fn anyone_can_recover(leak: Found<'_>, archive: &Path) -> Result<()> {
    let folder = archive.parent().context("the archive lies in a folder")?;
    let recovered = leak.recover(folder)?;
    assert!(recovered.contains(SECRET), "`{}` gives {recovered:?}", leak.text("/recover"));
    Ok(())
}
