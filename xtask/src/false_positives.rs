//! `cargo xtask false-positives`: what a scan says of packages that everybody uses, in which nobody left a secret.
//!
//! The packages come through npm's and pip's own clients, the newest version of each, and lie below `target` so that the
//! next run finds them there. Their names are in `e2e/packages`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::shell::{cargo, program, root, run as finish, target};

/// A registry: its name, the list of packages, how one is fetched into a folder.
struct Registry {
    name: &'static str,
    fetch: fn(&str, &Path) -> Command,
}

const REGISTRIES: &[Registry] =
    &[Registry { name: "npm", fetch: npm }, Registry { name: "pypi", fetch: pip }];

fn npm(package: &str, folder: &Path) -> Command {
    let mut command = Command::new("npm");
    command.args(["pack", "--silent", package]).current_dir(folder);
    command
}

fn pip(package: &str, folder: &Path) -> Command {
    let mut command = Command::new("python3");
    command.args(["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest", "."]);
    command.arg(package).current_dir(folder);
    command
}

/// Fetches what is not there, scans each registry's packages and counts the findings by level and rule. Arguments are
/// further folders to scan.
///
/// # Errors
/// When a client or the scan cannot run.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let mut folders: Vec<PathBuf> = Vec::new();
    for registry in REGISTRIES {
        folders.push(fetched(registry)?);
    }
    folders.extend(arguments.iter().map(PathBuf::from));
    finish(&mut cargo(&["build", "--release", "--quiet", "--locked"]))?;
    for folder in folders {
        count(&folder)?;
    }
    Ok(())
}

/// The folder of a registry's packages, each fetched and unpacked once.
fn fetched(registry: &Registry) -> Result<PathBuf> {
    let folder = target().join("false-positives").join(registry.name);
    let list = root().join("e2e/packages").join(registry.name).with_extension("txt");
    let names = fs::read_to_string(&list).with_context(|| format!("cannot read {}", list.display()))?;
    for name in names.split_whitespace() {
        let place = folder.join(name.replace('/', "+"));
        if place.exists() {
            continue;
        }
        let fresh = folder.join(".fresh");
        if fresh.exists() {
            fs::remove_dir_all(&fresh)?;
        }
        fs::create_dir_all(&fresh)?;
        if !(registry.fetch)(name, &fresh).status().context("cannot start the client")?.success() {
            println!("{}: {name} cannot be fetched", registry.name);
            continue;
        }
        unpack(&fresh)?;
        fs::rename(&fresh, &place)?;
    }
    Ok(folder)
}

/// Unpacks the archive in a folder and removes it.
fn unpack(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder)?.collect::<std::io::Result<Vec<_>>>()? {
        let archive = entry.path();
        let zip = archive.extension().is_some_and(|end| end == "whl" || end == "zip");
        let mut command = if zip {
            let mut command = Command::new("python3");
            command.args(["-m", "zipfile", "-e"]).arg(&archive).arg(".");
            command
        } else {
            let mut command = Command::new("tar");
            command.arg("-xf").arg(&archive);
            command
        };
        finish(command.current_dir(folder))?;
        fs::remove_file(archive)?;
    }
    Ok(())
}

/// Scans a folder and prints how many findings of each rule there are at each level, and those that fail a build.
fn count(folder: &Path) -> Result<()> {
    let binary = target().join("release/tightlip");
    let output = program(&binary.to_string_lossy())
        .args(["scan", "--format", "json"])
        .arg(format!("rootfs:{}", folder.display()))
        .output()
        .context("cannot start tightlip")?;
    ensure!(output.status.code() != Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).context("no report")?;
    let findings = report.get("findings").and_then(|all| all.as_array()).cloned().unwrap_or_default();
    let text = |finding: &serde_json::Value, pointer: &str| {
        finding.pointer(pointer).and_then(|value| value.as_str()).unwrap_or_default().to_owned()
    };
    let mut kinds: BTreeMap<(String, String), usize> = BTreeMap::new();
    println!("\n{}: {} findings", folder.display(), findings.len());
    for finding in &findings {
        let (level, rule) = (text(finding, "/level"), text(finding, "/rule"));
        if level == "deny" {
            let (path, member) = (text(finding, "/place/path"), text(finding, "/place/member"));
            println!("  deny {rule} in {path} {member}: {}", text(finding, "/shape"));
        }
        *kinds.entry((level, rule)).or_default() += 1;
    }
    for ((level, rule), times) in kinds {
        println!("{times:>6} {level:<5} {rule}");
    }
    Ok(())
}
