//! The components are what the other tests take them for.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;

use anyhow::{Context, Result};
use tightlip_e2e::{Build, Buildah, Docker, registry};

#[test]
fn docker_save_writes_an_oci_layout_with_attestations() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let image = docker.build(&Build::new("FROM bb\nRUN true\n"))?;
    let archive = image.save()?;
    let names = names(&archive)?;
    assert!(names.contains("oci-layout") && names.contains("index.json") && names.contains("manifest.json"));
    let index = read(&archive, "index.json")?;
    let nested =
        index.pointer("/manifests/0/digest").and_then(|digest| digest.as_str()).context("no digest")?;
    let images = read(&archive, &format!("blobs/{}", nested.replace(':', "/")))?;
    let platforms: Vec<_> = (0..2).map(|i| images["manifests"][i]["platform"]["os"].clone()).collect();
    assert_eq!(platforms, ["linux", "unknown"]);
    Ok(())
}

#[test]
fn an_image_can_be_pushed_to_the_registry() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let Some(registry) = registry()? else { return Ok(()) };
    let image = docker.build(&Build::new("FROM bb\nRUN true\n"))?;
    let name = format!("{registry}/e2e/components:1");
    docker.run(["tag", image.tag(), &name])?;
    docker.run(["push", "--quiet", &name])?;
    docker.run(["image", "rm", &name])?;
    Ok(())
}

#[test]
fn buildah_builds_without_a_daemon() -> Result<()> {
    let Some(buildah) = Buildah::get()? else { return Ok(()) };
    let archives = buildah.build("RUN true\n", &[], &["oci-archive", "docker-archive"])?;
    let [oci, docker] = archives.as_slice() else { anyhow::bail!("two formats give two archives") };
    assert!(names(oci)?.contains("oci-layout"));
    assert!(names(docker)?.contains("manifest.json"));
    Ok(())
}

fn names(archive: &Path) -> Result<BTreeSet<String>> {
    let mut tar = tar::Archive::new(File::open(archive)?);
    tar.entries()?.map(|entry| Ok(entry?.path()?.to_string_lossy().into_owned())).collect()
}

fn read(archive: &Path, name: &str) -> Result<serde_json::Value> {
    let mut tar = tar::Archive::new(File::open(archive)?);
    for entry in tar.entries()? {
        let entry = entry?;
        if entry.path()?.to_string_lossy() == name {
            return Ok(serde_json::from_reader(entry)?);
        }
    }
    anyhow::bail!("no {name} in {}", archive.display())
}
