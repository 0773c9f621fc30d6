//! What real builders leave in real images is taken out of them: scanned clean, valid for another tool, and the image
//! still runs.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tightlip_e2e::{
    Build, Buildah, Docker, Podman, busybox, clients, github_token, registry, scan, scan_by, scrub, scrub_by,
    scrubbing, tightlip,
};
use tightlip_testkit::{Layer, digest};

/// Scrubs an archive, checks the result in every way, and says what a container of it prints.
fn run(docker: &Docker, archive: &Path, token: &str, (options, command): (&[&str], &str)) -> Result<String> {
    let target = archive.to_str().context("a path that is text")?;
    let clean = docker.path("clean.tar");
    let output = format!("docker-archive:{}", clean.display());
    let write = ["--write", "--rotated"];
    let before = scan(target, token)?;
    ensure!(before.code == 1, "it does not leak before: {before:#?}");
    let done = scrub(&[&[target, "-o", &output], &write[..], options].concat(), token)?;
    ensure!(done.code == 0, "{done:#?}");
    let after = scan(clean.to_str().context("a path that is text")?, token)?;
    ensure!((after.code, after.verdict()) == (0, "clean"), "{after:#?}");
    valid(&["validate", "--tarball", &clean.to_string_lossy()])?;
    let image = docker.owned("scrubbed");
    let output = format!("docker:{}", image.tag());
    let loaded = scrub(&[&[target, "-o", &output], &write[..], options].concat(), token)?;
    ensure!(loaded.code == 0, "{loaded:#?}");
    let printed = docker.run(["run", "--rm", "--network=none", image.tag(), "/bin/sh", "-c", command])?;
    Ok(String::from_utf8(printed)?)
}

/// Lets crane look at an image.
fn valid(arguments: &[&str]) -> Result<()> {
    let Some([crane, _]) = clients()? else { return Ok(()) };
    let output = Command::new(crane).args(arguments).output()?;
    ensure!(output.status.success(), "crane {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

fn built(docker: &Docker, build: &Build, token: &str, how: (&[&str], &str)) -> Result<String> {
    run(docker, &docker.build(build)?.save()?, token, how)
}

#[test]
fn a_file_that_is_deleted_later() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let token = github_token();
    let build = Build::new("FROM bb\nCOPY .env /app/.env\nRUN echo built > /app/out && rm /app/.env\n")
        .file(".env", format!("TOKEN={token}\nMODE=x\n"));
    let printed = built(&docker, &build, &token, (&[], "cat /app/out; ls /app"))?;
    assert_eq!(printed, "built\nout\n");
    Ok(())
}

#[test]
fn a_file_that_is_overwritten_later_and_one_that_is_linked() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let token = github_token();
    let build = Build::new(
        "FROM bb\nCOPY .env /app/.env\nRUN echo MODE=y > /app/.env\nCOPY .env /app/seen\nRUN ln /app/seen /app/again\n",
    )
    .file(".env", format!("TOKEN={token}\nMODE=x\n"));
    let printed = built(
        &docker,
        &build,
        &token,
        (&[], "cat /app/.env /app/seen; cmp /app/seen /app/again && echo same"),
    )?;
    let masked = "x".repeat(token.len());
    assert_eq!(printed, format!("MODE=y\nTOKEN={masked}\nMODE=x\nsame\n"));
    Ok(())
}

#[test]
fn variables_labels_and_arguments_of_buildkit() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let token = github_token();
    let text = "FROM bb\nARG TOKEN\nENV API_KEY=$TOKEN\nLABEL repo=https://u:$TOKEN@git.example/x\nRUN echo built > /out\n\
        HEALTHCHECK CMD wget http://h/?t=$TOKEN\n";
    let trigger = format!("ONBUILD RUN fetch --header 'Authorization: Bearer {token}'\n");
    let build = Build::new(format!("{text}{trigger}")).arg("TOKEN", &token);
    let printed = built(&docker, &build, &token, (&[], "cat /out; echo $API_KEY"))?;
    assert_eq!(printed, format!("built\n{}\n", "x".repeat(token.len())));
    Ok(())
}

#[test]
fn arguments_of_the_legacy_builder() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let token = github_token();
    let build = Build::new("FROM bb\nARG API_KEY\nRUN echo built > /out\n").arg("API_KEY", &token).legacy();
    assert_eq!(built(&docker, &build, &token, (&[], "cat /out"))?, "built\n");
    Ok(())
}

#[test]
fn arguments_and_files_of_buildah_in_either_format() -> Result<()> {
    let (Some(docker), Some(buildah)) = (Docker::get()?, Buildah::get()?) else { return Ok(()) };
    let token = github_token();
    let instructions = "ARG API_KEY\nRUN echo built > /out\nRUN echo \"k=$API_KEY\" > /key\nRUN : > /key\n";
    let options = [&*format!("--build-arg=API_KEY={token}"), "--layers"];
    for archive in buildah.build(instructions, &options, &["oci-archive", "docker-archive"])? {
        assert_eq!(run(&docker, &archive, &token, (&[], "echo runs"))?, "runs\n");
    }
    Ok(())
}

#[test]
fn provenance_goes_and_the_image_stays_the_same() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let token = github_token();
    let stages =
        "FROM bb AS build\nARG API_KEY\nRUN echo built > /out\nFROM bb\nCOPY --from=build /out /out\n";
    let build = Build::new(stages).arg("API_KEY", &token).option("--provenance=mode=max");
    let archive = docker.build_oci(&build, "tar=true")?;
    assert_eq!(run(&docker, &archive, &token, (&[], "cat /out"))?, "built\n");
    Ok(())
}

/// Everything that an annotation can be on.
const LEVELS: &str = "manifest,manifest-descriptor,index,index-descriptor";

#[test]
fn annotations_of_manifests_and_indexes() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let token = github_token();
    let build = Build::new("FROM bb\nRUN echo built > /out\n")
        .option(format!("--annotation={LEVELS}:source=https://u:{token}@git.example/x"))
        .option("--provenance=mode=min");
    let archive = docker.build_oci(&build, "tar=true")?;
    assert_eq!(run(&docker, &archive, &token, (&[], "cat /out"))?, "built\n");
    Ok(())
}

#[test]
fn a_deleted_file_under_every_compression() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    for compression in ["uncompressed", "gzip", "zstd"] {
        let token = github_token();
        let build = Build::new("FROM bb\nCOPY key /root/key\nRUN rm /root/key\n").file("key", token.as_str());
        let attributes = format!("compression={compression},force-compression=true,oci-mediatypes=true");
        let archive = docker.build_oci(&build, &attributes)?;
        let image = docker.owned("scrubbed-packed");
        let output = format!("docker:{}", image.tag());
        let target = archive.to_str().context("a path that is text")?;
        let done = scrub(&[target, "-o", &output, "--write", "--rotated"], &token)?;
        ensure!(done.code == 0, "{compression}: {done:#?}");
        let after = scan_by(docker.lend(&mut tightlip(&[&output])?), &token)?;
        assert_eq!((after.code, after.verdict()), (0, "clean"), "{compression}: {after:#?}");
        let printed =
            docker.run(["run", "--rm", "--network=none", image.tag(), "/bin/sh", "-c", "ls /root"])?;
        assert_eq!(String::from_utf8(printed)?, "", "{compression}");
    }
    Ok(())
}

#[test]
fn attributes_and_what_follows_the_end_of_an_imported_archive() -> Result<()> {
    let (Some(docker), Some(shell)) = (Docker::get()?, busybox()?) else { return Ok(()) };
    let token = github_token();
    let path = docker.path("imported.tar");
    let mut archive = tar::Builder::new(std::fs::File::create(&path)?);
    archive.append_path_with_name(&shell, "bin/sh")?;
    archive.append_pax_extensions([("SCHILY.xattr.user.token", token.as_bytes())])?;
    let mut header = tar::Header::new_gnu();
    header.set_size(6);
    header.set_mode(0o644);
    header.set_cksum();
    archive.append_data(&mut header, "out", &b"built\n"[..])?;
    archive.into_inner()?.write_all(token.as_bytes())?;
    let saved = docker.import(&path)?.save()?;
    let look = "while read l; do echo $l; done < /out";
    assert_eq!(run(&docker, &saved, &token, (&[], look))?, "built\n");
    Ok(())
}

#[test]
fn a_configuration_of_git_and_an_archive_in_the_image() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let token = github_token();
    let text = "FROM bb\nCOPY config /src/.git/config\nCOPY plain.env /tmp/a/app.env\n\
        RUN mkdir /opt && tar -czf /opt/app.tar.gz -C /tmp a && echo built > /out\n";
    let config = format!("[remote \"origin\"]\n\turl = https://u:{token}@git.example/x.git\n");
    let build = Build::new(text).file("config", config).file("plain.env", format!("TOKEN={token}\n"));
    let archive = docker.build(&build)?.save()?;
    let target = archive.to_str().context("a path that is text")?;
    let refused = scrub(&[target, "-o", "oci:never", "--write", "--rotated"], &token)?;
    assert!(refused.code == 1 && refused.stdout.contains("--nested drop"), "{refused:#?}");
    let printed = run(
        &docker,
        &archive,
        &token,
        (&["--nested", "drop"], "cat /out; ls /opt; grep -c origin /src/.git/config"),
    )?;
    assert_eq!(printed, "built\n1\n");
    Ok(())
}

#[test]
fn one_platform_of_several_changes_and_a_registry_takes_them() -> Result<()> {
    let (Some(docker), Some(shell), Some(host)) = (Docker::get()?, busybox()?, registry()?) else {
        return Ok(());
    };
    let token = github_token();
    let text = "FROM scratch\nARG TARGETARCH\nCOPY --chmod=755 busybox /bin/sh\nCOPY $TARGETARCH.env /app/.env\nCMD [\"/bin/sh\"]\n";
    let build = Build::new(text)
        .file("busybox", std::fs::read(shell)?)
        .file("amd64.env", format!("TOKEN={token}\n"))
        .file("arm64.env", "MODE=x\n")
        .option("--platform=linux/amd64,linux/arm64")
        .option("--provenance=mode=min");
    let archive = docker.build_oci(&build, "tar=true")?;
    let target = archive.to_str().context("a path that is text")?;
    let name = format!("{host}/scrub-e2e:{}", std::process::id());
    let pushed = scrub(&[target, "-o", &format!("registry:{name}"), "--write", "--rotated"], &token)?;
    ensure!(pushed.code == 0, "{pushed:#?}");
    // Of an attestation crane says that it is no gzip, before and after: images alone are asked for.
    for platform in ["linux/amd64", "linux/arm64"] {
        valid(&["validate", "--remote", &name, "--platform", platform])?;
    }
    let after = scan(&format!("registry:{name}"), &token)?;
    assert_eq!((after.code, after.report["target"]["platforms"].as_array().map(Vec::len)), (0, Some(2)));
    same_platform(&archive, &name)?;
    let pulled = docker.owned_as(&name);
    docker.run(["pull", "--quiet", pulled.tag()])?;
    let printed = docker.run([
        "run",
        "--rm",
        "--network=none",
        pulled.tag(),
        "/bin/sh",
        "-c",
        "cat() { while read l; do echo $l; done; }; cat < /app/.env",
    ])?;
    assert_eq!(String::from_utf8(printed)?, format!("TOKEN={}\n", "x".repeat(token.len())));
    Ok(())
}

/// One of the images that the index names is in the archive under its own digest, and one is new.
fn same_platform(archive: &Path, name: &str) -> Result<()> {
    let Some([crane, _]) = clients()? else { return Ok(()) };
    let output = Command::new(crane).args(["manifest", name]).output()?;
    let index: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let mut before = Vec::new();
    for entry in tar::Archive::new(std::fs::File::open(archive)?).entries()? {
        before.push(entry?.path()?.display().to_string());
    }
    let images = index["manifests"].as_array().context("an index")?.iter();
    let images = images.filter(|entry| entry["platform"]["architecture"] != "unknown");
    let digests = images.filter_map(|entry| entry["digest"].as_str()).map(|d| d.replace(':', "/"));
    let (old, new): (Vec<String>, Vec<String>) =
        digests.partition(|digest| before.iter().any(|path| path.ends_with(digest.as_str())));
    ensure!((old.len(), new.len()) == (1, 1), "{old:?} {new:?}");
    // Provenance that says so little is the same for both, and stands in the index once for each.
    let about = index["manifests"].as_array().context("an index")?.iter();
    let about: Vec<String> = about
        .filter_map(|entry| {
            Some(entry["annotations"]["vnd.docker.reference.digest"].as_str()?.replace(':', "/"))
        })
        .collect();
    ensure!(about == old, "{about:?} {old:?}");
    Ok(())
}

#[test]
fn an_image_in_docker_is_scrubbed_where_it_is() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let token = github_token();
    let build =
        Build::new("FROM bb\nCOPY .env /app/.env\nRUN rm /app/.env\n").file(".env", format!("T={token}\n"));
    let image = docker.build(&build)?;
    let clean = docker.owned("scrubbed-here");
    let target = format!("docker:{}", image.tag());
    let output = format!("docker:{}", clean.tag());
    let mut command = scrubbing(&[&target, "-o", &output, "--write", "--rotated"])?;
    let done = scrub_by(docker.lend(&mut command), &token)?;
    ensure!(done.code == 0, "{done:#?}");
    // Who looks at the result has it under this name: it is not written over.
    let again = scrub_by(docker.lend(&mut command), &token)?;
    ensure!(again.code == 2 && again.stderr.contains("exists already"), "{again:#?}");
    let mut command = tightlip(&[&output])?;
    let after = scan_by(docker.lend(&mut command), &token)?;
    assert_eq!(after.code, 0, "{after:#?}");
    Ok(())
}

#[test]
fn an_image_in_the_store_from_before_containerd_is_scrubbed_and_runs_there() -> Result<()> {
    let Some(docker) = Docker::classic()? else { return Ok(()) };
    let token = github_token();
    let text = "FROM bb\nARG TOKEN\nENV API_KEY=$TOKEN\nCOPY .env /app/.env\nRUN echo built > /out\n";
    let build = Build::new(text).arg("TOKEN", &token).file(".env", format!("T={token}\n"));
    let image = docker.build(&build)?;
    let clean = docker.owned("scrubbed-classic");
    let (target, output) = (format!("docker:{}", image.tag()), format!("docker:{}", clean.tag()));
    let mut command = scrubbing(&[&target, "-o", &output, "--write", "--rotated"])?;
    let done = scrub_by(docker.lend(&mut command), &token)?;
    ensure!(done.code == 0, "{done:#?}");
    let after = scan_by(docker.lend(&mut tightlip(&[&output])?), &token)?;
    assert_eq!((after.code, after.verdict()), (0, "clean"), "{after:#?}");
    let look = "cat /out /app/.env; echo $API_KEY";
    let printed = docker.run(["run", "--rm", "--network=none", clean.tag(), "/bin/sh", "-c", look])?;
    let masked = "x".repeat(token.len());
    assert_eq!(String::from_utf8(printed)?, format!("built\nT={masked}\n{masked}\n"));
    Ok(())
}

#[test]
fn of_several_platforms_an_older_docker_names_its_own_and_a_newer_one_has_all() -> Result<()> {
    let (Some(docker), Some(classic), Some(shell)) = (Docker::get()?, Docker::classic()?, busybox()?) else {
        return Ok(());
    };
    let token = github_token();
    let text = "FROM scratch\nARG TARGETARCH\nCOPY --chmod=755 busybox /bin/sh\nCOPY app.env /app/.env\nCOPY $TARGETARCH /platform\n";
    let build = Build::new(text)
        .file("busybox", std::fs::read(shell)?)
        .file("app.env", format!("TOKEN={token}\n"))
        .file("amd64", "amd64\n")
        .file("arm64", "arm64\n")
        .option("--platform=linux/amd64,linux/arm64")
        .option("--provenance=false");
    let archive = docker.build_oci(&build, "tar=true")?;
    let target = archive.to_str().context("a path that is text")?;
    for engine in [&classic, &docker] {
        let image = engine.owned("scrubbed-platforms");
        let output = format!("docker:{}", image.tag());
        let mut command = scrubbing(&[target, "-o", &output, "--write", "--rotated"])?;
        let done = scrub_by(engine.lend(&mut command), &token)?;
        ensure!(done.code == 0, "{done:#?}");
        let look = "while read l; do echo $l; done < /platform";
        let printed = engine.run(["run", "--rm", "--network=none", image.tag(), "/bin/sh", "-c", look])?;
        assert_eq!(String::from_utf8(printed)?, "amd64\n");
        let after = scan_by(engine.lend(&mut tightlip(&[&output])?), &token)?;
        let platforms = after.report["target"]["platforms"].as_array().map(Vec::len);
        let expected = if std::ptr::eq(engine, &classic) { 1 } else { 2 };
        assert_eq!((after.code, platforms), (0, Some(expected)), "{after:#?}");
    }
    Ok(())
}

/// A jar with one compressed member, as `jar` writes it.
fn jar(text: &str) -> Result<Vec<u8>> {
    let mut packer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(text.as_bytes())?;
    let (packed, name) = (packer.finish()?, b"config/app.properties");
    let size = |length: usize| u32::try_from(length).map(u32::to_le_bytes);
    let crc = crc32fast::hash(text.as_bytes()).to_le_bytes();
    let common = [
        &[20, 0, 0, 0, 8, 0, 0, 0, 0x21, 0][..],
        &crc,
        &size(packed.len())?,
        &size(text.len())?,
        &[u8::try_from(name.len())?, 0, 0, 0],
    ]
    .concat();
    let local = [b"PK\x03\x04", &common[..], name, &packed].concat();
    let central = [b"PK\x01\x02\x14\0", &common[..], &[0; 14], name].concat();
    let end = [&b"PK\x05\x06\0\0\0\0\x01\0\x01\0"[..], &size(central.len())?, &size(local.len())?, &[0; 2]]
        .concat();
    Ok([local, central, end].concat())
}

#[test]
fn a_jar_within_an_archive_within_the_image() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let token = github_token();
    let jar = jar(&format!("api.token={token}\n{}", "# a line that says nothing\n".repeat(100)))?;
    let text = "FROM bb\nCOPY lib/app.jar /opt/app.jar\nCOPY lib /tmp/lib\n\
        RUN tar -czf /opt/all.tgz -C /tmp lib && rm -r /tmp/lib && echo built > /out\n";
    let build = Build::new(text).file("lib/app.jar", jar).file("lib/readme", "hello");
    let printed = built(&docker, &build, &token, (&["--nested", "drop"], "cat /out; ls /opt /tmp"))?;
    assert_eq!(printed, "built\n/opt:\n\n/tmp:\n");
    Ok(())
}

#[test]
fn an_image_in_podman_is_scrubbed_and_runs_in_docker() -> Result<()> {
    let (Some(docker), Some(podman)) = (Docker::get()?, Podman::get()?) else { return Ok(()) };
    let token = github_token();
    let options = [&*format!("--build-arg=API_KEY={token}"), "--layers"];
    podman.build("ARG API_KEY\nRUN echo \"k=$API_KEY\" > /key\nRUN echo built > /out\n", &options)?;
    let image = docker.owned("scrubbed-podman");
    let output = format!("docker:{}", image.tag());
    let mut command = scrubbing(&["podman:leak", "-o", &output, "--write", "--rotated"])?;
    let done = scrub_by(docker.lend(podman.lend(&mut command)), &token)?;
    ensure!(done.code == 0, "{done:#?}");
    let after = scan_by(docker.lend(&mut tightlip(&[&output])?), &token)?;
    assert_eq!((after.code, after.verdict()), (0, "clean"), "{after:#?}");
    let printed = docker.run([
        "run",
        "--rm",
        "--network=none",
        image.tag(),
        "/bin/sh",
        "-c",
        "read l < /key; echo $l",
    ])?;
    assert_eq!(String::from_utf8(printed)?, format!("k={}\n", "x".repeat(token.len())));
    Ok(())
}

#[test]
fn a_lazily_pulled_layer_of_podman_becomes_an_ordinary_one_that_runs() -> Result<()> {
    let (Some(docker), Some(podman), Some(host)) = (Docker::get()?, Podman::get()?, registry()?) else {
        return Ok(());
    };
    let token = github_token();
    podman.build(&format!("RUN echo \"k={token}\" > /key\nRUN echo built > /out\n"), &["--layers"])?;
    let name = |what: &str| format!("{host}/scrub-e2e-{what}:{}", std::process::id());
    let (lazy, plain) = (name("lazy"), name("plain"));
    let push = ["push", "--tls-verify=false", "--format=oci", "--compression-format=zstd:chunked", "leak"];
    podman.run(&[&push[..], &[&*format!("docker://{lazy}")]].concat())?;
    let before = manifest(&lazy)?;
    ensure!(before.contains("zstd-chunked"), "podman wrote no table of contents: {before}");
    let output = format!("registry:{plain}");
    let done = scrub(&[&format!("registry:{lazy}"), "-o", &output, "--write", "--rotated"], &token)?;
    ensure!(done.code == 0, "{done:#?}");
    // crane reads no zstd; podman checks every digest.
    podman.run(&["pull", "--quiet", "--tls-verify=false", &format!("docker://{plain}")])?;
    // Layers that hold nothing keep their tables.
    let (tables, kept) = (before.matches("zstd-chunked.manifest-checksum").count(), manifest(&plain)?);
    assert_eq!(kept.matches("zstd-chunked.manifest-checksum").count(), tables - 1, "{kept}");
    let pulled = docker.owned_as(&plain);
    docker.run(["pull", "--quiet", pulled.tag()])?;
    let printed = docker.run([
        "run",
        "--rm",
        "--network=none",
        pulled.tag(),
        "/bin/sh",
        "-c",
        "read l < /key; echo $l",
    ])?;
    assert_eq!(String::from_utf8(printed)?, format!("k={}\n", "x".repeat(token.len())));
    Ok(())
}

fn manifest(name: &str) -> Result<String> {
    let [crane, _] = clients()?.context("crane shows what a registry holds")?;
    Ok(String::from_utf8(Command::new(crane).args(["manifest", name]).output()?.stdout)?)
}

/// In the form of POSIX: of GNU's own header containerd says that it is no layer's.
#[test]
fn a_sparse_file_keeps_its_holes() -> Result<()> {
    let (Some(docker), Some(shell)) = (Docker::get()?, busybox()?) else { return Ok(()) };
    let token = github_token();
    let (root, archive) = (docker.path("root"), docker.path("root.tar"));
    std::fs::create_dir_all(root.join("bin"))?;
    std::fs::copy(&shell, root.join("bin/busybox"))?;
    let mut file = std::fs::File::create(root.join("sparse"))?;
    file.set_len(3 << 20)?;
    std::os::unix::fs::FileExt::write_all_at(&file, format!("TOKEN={token}\n").as_bytes(), 1 << 20)?;
    file.flush()?;
    let mut tar = Command::new("tar");
    tar.args(["--create", "--sparse", "--format=posix", "--file"]).arg(&archive);
    let made = tar.arg("--directory").arg(&root).args(["bin", "sparse"]).status()?;
    ensure!(made.success() && std::fs::metadata(&archive)?.len() < 3 << 20, "tar saw no hole");
    let saved = docker.import(&archive)?.save()?;
    let target = saved.to_str().context("a path that is text")?;
    let image = docker.owned("scrubbed-sparse");
    let output = format!("docker:{}", image.tag());
    let done = scrub(&[target, "-o", &output, "--write", "--rotated"], &token)?;
    ensure!(done.code == 0, "{done:#?}");
    let look = "wc -c < /sparse; tr -d '\\0' < /sparse";
    let busybox = ["/bin/busybox", "sh", "-c", look];
    let printed = docker.run([&["run", "--rm", "--network=none", image.tag()][..], &busybox].concat())?;
    let masked = format!("3145728\nTOKEN={}\n", "x".repeat(token.len()));
    assert_eq!(String::from_utf8(printed)?, masked);
    Ok(())
}

/// Files as an eStargz layer: its blob, the digest of its tar stream, and the digest of its table of contents.
///
/// Source: stargz-snapshotter `docs/estargz.md`. No builder is asked for it: BuildKit in an engine that was compiled with
/// Go 1.27 ends the engine instead.
fn lazy_layer(files: &[(&str, &[u8])]) -> Result<(Vec<u8>, String, String)> {
    let (mut blob, mut stream, mut entries) = (Vec::new(), Vec::new(), Vec::new());
    let mut add = |piece: &[u8]| -> Result<usize> {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(piece)?;
        stream.extend_from_slice(piece);
        blob.extend(packer.finish()?);
        Ok(blob.len())
    };
    let header = |name: &str, body: &[u8]| -> Result<Vec<u8>> {
        let mut header = tar::Header::new_ustar();
        header.set_path(name)?;
        header.set_size(body.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        Ok(header.as_bytes().to_vec())
    };
    let padded = |body: &[u8]| [body, &vec![0; body.len().next_multiple_of(512) - body.len()]].concat();
    for (name, body) in files {
        let offset = add(&header(name, body)?)?;
        add(&padded(body))?;
        let digest = digest(body);
        entries.push(
            json!({"name": name, "type": "reg", "size": body.len(), "mode": 0o100_644, "uid": 0, "gid": 0,
            "offset": offset, "NumLink": 0, "digest": digest, "chunkDigest": digest}),
        );
    }
    let contents = json!({"version": 1, "entries": entries}).to_string().into_bytes();
    let start = add(&[])?;
    add(&[header("stargz.index.json", &contents)?, padded(&contents), vec![0; 1024]].concat())?;
    let diff_id = digest(&stream);
    blob.extend_from_slice(&[0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255, 26, 0, b'S', b'G', 22, 0]);
    blob.extend_from_slice(format!("{start:016x}STARGZ").as_bytes());
    blob.extend_from_slice(&[1, 0, 0, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0]);
    Ok((blob, diff_id, digest(&contents)))
}

const TABLE: &str = "containerd.io/snapshot/stargz/toc.digest";

/// An OCI archive with one more layer on its image.
fn with_layer(archive: &Path, (blob, diff_id, table): &(Vec<u8>, String, String)) -> Result<Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in tar::Archive::new(std::fs::File::open(archive)?).entries()? {
        let (mut entry, mut bytes) = (entry?, Vec::new());
        std::io::Read::read_to_end(&mut entry, &mut bytes)?;
        files.insert(entry.path()?.display().to_string(), bytes);
    }
    let path = |digest: &str| format!("blobs/{}", digest.replace(':', "/"));
    let read = |files: &BTreeMap<String, Vec<u8>>, name: &str| -> Result<Value> {
        Ok(serde_json::from_slice(files.get(name).with_context(|| format!("no {name}"))?)?)
    };
    let named = |value: &Value| value["digest"].as_str().map(path).context("a digest");
    let mut index = read(&files, "index.json")?;
    let mut manifest = read(&files, &named(&index["manifests"][0])?)?;
    let mut config = read(&files, &named(&manifest["config"])?)?;
    let list = |value: &mut Value, item| value.as_array_mut().map(|list| list.push(item)).context("a list");
    list(&mut config["rootfs"]["diff_ids"], json!(diff_id))?;
    list(&mut config["history"], json!({"created_by": "COPY lazy /"}))?;
    list(
        &mut manifest["layers"],
        json!({"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": digest(blob), "size": blob.len(),
            "annotations": {TABLE: table, "org.example.kept": "yes"}}),
    )?;
    let config = config.to_string().into_bytes();
    manifest["config"]["digest"] = json!(digest(&config));
    manifest["config"]["size"] = json!(config.len());
    let manifest = manifest.to_string().into_bytes();
    index["manifests"][0]["digest"] = json!(digest(&manifest));
    index["manifests"][0]["size"] = json!(manifest.len());
    files.insert("index.json".to_owned(), index.to_string().into_bytes());
    for bytes in [config, manifest, blob.clone()] {
        files.insert(path(&digest(&bytes)), bytes);
    }
    Ok(files.iter().fold(Layer::new(), |layer, (name, bytes)| layer.file(name, bytes)).tar())
}

#[test]
fn a_layer_of_estargz_becomes_an_ordinary_one_that_runs() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let token = github_token();
    let plain = docker.build_oci(&Build::new("FROM bb\n").option("--provenance=false"), "tar=true")?;
    let env = format!("TOKEN={token}\n");
    let lazy = lazy_layer(&[
        ("app/first", b"first"),
        (".prefetch.landmark", &[0xf]),
        ("app/.env", env.as_bytes()),
        ("app/out", b"built\n"),
    ])?;
    let archive = docker.path("lazy.tar");
    std::fs::write(&archive, with_layer(&plain, &lazy)?)?;
    let printed = run(&docker, &archive, &token, (&[], "cat /app/out /app/.env; ls -a /"))?;
    assert!(printed.starts_with(&format!("built\nTOKEN={}\n", "x".repeat(token.len()))), "{printed}");
    assert!(!printed.contains("landmark") && !printed.contains("stargz"), "{printed}");

    let folder = docker.path("plain");
    let target = archive.to_str().context("a path that is text")?;
    let done = scrub(&[target, "-o", &format!("oci:{}", folder.display()), "--write", "--rotated"], &token)?;
    ensure!(done.code == 0, "{done:#?}");
    let read = |name: &str| -> Result<Vec<u8>> { Ok(std::fs::read(folder.join(name))?) };
    let blob = |value: &Value| -> Result<Vec<u8>> {
        read(&format!("blobs/{}", value["digest"].as_str().context("a digest")?.replace(':', "/")))
    };
    let index: Value = serde_json::from_slice(&read("index.json")?)?;
    let manifest: Value = serde_json::from_slice(&blob(&index["manifests"][0])?)?;
    let layer = manifest["layers"].as_array().and_then(|layers| layers.last()).context("a layer")?.clone();
    assert_eq!(layer["annotations"], json!({"org.example.kept": "yes"}));
    let blob = blob(&layer)?;
    ensure!(!blob.windows(6).any(|bytes| bytes == b"STARGZ"), "the footer is still there");
    let mut names = Vec::new();
    // One member: whoever reads only the first sees all.
    for entry in tar::Archive::new(flate2::read::GzDecoder::new(&*blob)).entries()? {
        names.push(entry?.path()?.display().to_string());
    }
    assert_eq!(names, ["app/first", "app/.env", "app/out"]);
    Ok(())
}
