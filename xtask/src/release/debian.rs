//! The Debian package: the same static program, with its manual and completions where Debian looks for them.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use super::target::Target;
use super::{Release, epoch};
use crate::shell::{program, run as finish};

/// Where the files of an unpacked archive go, by folder and by name.
const PLACES: &[(&str, &str, u32)] = &[
    ("tightlip", "usr/bin/tightlip", 0o755),
    ("completions/tightlip.bash", "usr/share/bash-completion/completions/tightlip", 0o644),
    ("completions/_tightlip", "usr/share/zsh/vendor-completions/_tightlip", 0o644),
    ("completions/tightlip.fish", "usr/share/fish/vendor_completions.d/tightlip.fish", 0o644),
    ("README.md", "usr/share/doc/tightlip/README.md", 0o644),
    ("SHORTCOMINGS.md", "usr/share/doc/tightlip/SHORTCOMINGS.md", 0o644),
    ("CHANGELOG.md", "usr/share/doc/tightlip/changelog.md", 0o644),
    ("LICENSE-MIT", "usr/share/doc/tightlip/copyright", 0o644),
];

/// Makes a package of what lies in `folder`. Without `dpkg-deb` there is none, and that is said.
pub(super) fn package(release: &Release, target: &Target, folder: &Path) -> Result<()> {
    if !has_dpkg() {
        println!("no dpkg-deb on this machine: no Debian package for {}", target.triple);
        return Ok(());
    }
    let tree = folder.join("debian");
    for (from, to, mode) in PLACES {
        place(&folder.join(from), &tree.join(to), *mode)?;
    }
    for entry in fs::read_dir(folder.join("man"))? {
        let page = entry?;
        place(&page.path(), &tree.join("usr/share/man/man1").join(page.file_name()), 0o644)?;
    }
    write(&tree.join("DEBIAN/control"), &control(release, target))?;
    let file = format!("tightlip_{}_{}.deb", release.version, target.debian);
    let mut command = program("dpkg-deb");
    command.env("SOURCE_DATE_EPOCH", epoch()?.to_string());
    command.args(["--build", "--root-owner-group", "-Zxz"]).arg(&tree).arg(release.folder.join(file));
    finish(command.stdout(Stdio::null()))?;
    Ok(fs::remove_dir_all(&tree)?)
}

fn control(release: &Release, target: &Target) -> String {
    format!(
        "Package: tightlip\nVersion: {}\nArchitecture: {}\nMaintainer: The tightlip authors <tightlip@localhost>\n\
         Section: utils\nPriority: optional\nRecommends: ca-certificates\n\
         Description: keeps secrets from leaking through container images\n \
         Finds secrets in every layer, in history and attestations of images, and in Dockerfiles\n \
         before they are built; masks build logs; takes leaks out of images.\n",
        release.version, target.debian
    )
}

fn place(from: &Path, to: &Path, mode: u32) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = to.parent().context("a file at the root")?;
    fs::create_dir_all(folder)?;
    fs::copy(from, to).with_context(|| format!("cannot copy {}", from.display()))?;
    Ok(fs::set_permissions(to, fs::Permissions::from_mode(mode))?)
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::create_dir_all(path.parent().context("a file at the root")?)?;
    Ok(fs::write(path, text)?)
}

fn has_dpkg() -> bool {
    let mut command = Command::new("dpkg-deb");
    command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
