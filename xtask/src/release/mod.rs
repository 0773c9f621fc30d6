//! `cargo xtask release [TRIPLE…]`: everything that is handed out, one archive per target.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use self::target::Target;
use crate::shell::{program, root, run as finish, target as build_folder};

mod debian;
mod elf;
mod image;
mod pages;
mod sbom;
mod target;

/// What a release is made of: the version of the program, and the folder where its files go.
struct Release {
    version: String,
    folder: PathBuf,
}

/// Builds the program for the targets, or for those that releases have, and writes archives, packages, what the image
/// is built of, the bill of materials and checksums to `target/release-files`.
///
/// # Errors
/// When a target cannot be built, and when a program is not static.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let targets = target::named(arguments)?;
    let release = Release { version: sbom::version()?, folder: build_folder().join("release-files") };
    if release.folder.exists() {
        fs::remove_dir_all(&release.folder)
            .with_context(|| format!("cannot clear {}", release.folder.display()))?;
    }
    fs::create_dir_all(&release.folder)?;
    for target in targets {
        release.add(target)?;
    }
    fs::write(release.folder.join("tightlip.cdx.json"), sbom::bill(&release.version)?)?;
    release.sum()?;
    println!("wrote {}", release.folder.display());
    Ok(())
}

impl Release {
    /// Builds for one target and packs what came out.
    fn add(&self, target: &Target) -> Result<()> {
        let built = target.build()?;
        ensure!(
            elf::is_static(&built)?,
            "{} needs libraries of the system that runs it: releases are static",
            built.display()
        );
        let folder = self.folder.join(format!("tightlip-{}-{}", self.version, target.triple));
        fs::create_dir(&folder)?;
        fs::copy(&built, folder.join("tightlip"))?;
        for name in ["README.md", "CHANGELOG.md", "SHORTCOMINGS.md", "LICENSE-APACHE", "LICENSE-MIT"] {
            fs::copy(root().join(name), folder.join(name)).with_context(|| format!("cannot copy {name}"))?;
        }
        pages::write(&built, &folder)?;
        self.pack(&folder)?;
        image::add(self, target, &built)?;
        debian::package(self, target, &folder)?;
        fs::remove_dir_all(&folder)?;
        Ok(())
    }

    /// Makes an archive of a folder that is the same whenever its files are.
    fn pack(&self, folder: &Path) -> Result<()> {
        let name = folder.file_name().context("a folder without a name")?;
        let archive = folder.with_extension(extension(folder, "tar.gz"));
        let mut command = program("tar");
        command.args(["--create", "--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--mode=go-w"]);
        command.arg(format!("--mtime=@{}", epoch()?)).arg("--use-compress-program=gzip -n -9");
        finish(command.arg("--file").arg(archive).arg("--directory").arg(&self.folder).arg(name))
    }

    /// Writes `SHA256SUMS` over all files.
    fn sum(&self) -> Result<()> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                names.push(entry.file_name());
            }
        }
        names.sort();
        let output = Command::new("sha256sum").args(&names).current_dir(&self.folder).output();
        let output = output.context("cannot start sha256sum")?;
        ensure!(output.status.success(), "sha256sum ended with {}", output.status);
        fs::write(self.folder.join("SHA256SUMS"), output.stdout).context("cannot write the checksums")
    }
}

/// A version has dots, which `with_extension` takes for the beginning of an extension.
fn extension(folder: &Path, add: &str) -> String {
    match folder.extension() {
        Some(own) => format!("{}.{add}", own.to_string_lossy()),
        None => add.to_owned(),
    }
}

/// The time that all files in an archive carry: what `SOURCE_DATE_EPOCH` says, or that of the last commit.
fn epoch() -> Result<u64> {
    let said = match std::env::var("SOURCE_DATE_EPOCH") {
        Ok(said) => said,
        Err(_) => {
            let output = program("git").args(["log", "-1", "--format=%ct"]).output()?;
            ensure!(output.status.success(), "not a Git repository: set SOURCE_DATE_EPOCH");
            String::from_utf8(output.stdout)?
        }
    };
    said.trim().parse().with_context(|| format!("not a number of seconds: {said}"))
}
