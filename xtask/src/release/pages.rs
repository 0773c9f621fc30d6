//! Manual pages and completions, as the program itself prints them.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

const SHELLS: &[(&str, &str)] = &[("bash", "tightlip.bash"), ("zsh", "_tightlip"), ("fish", "tightlip.fish")];

/// Writes `man/` and `completions/` into a folder. A program of another machine leaves this to one of this machine.
pub(super) fn write(built: &Path, folder: &Path) -> Result<()> {
    let teller = teller(built)?;
    fs::create_dir(folder.join("man"))?;
    fs::write(folder.join("man/tightlip.1"), ask(&teller, &["man"])?)?;
    for name in subcommands(&teller)? {
        let page = ask(&teller, &["man", &name])?;
        fs::write(folder.join(format!("man/tightlip-{name}.1")), page)?;
    }
    fs::create_dir(folder.join("completions"))?;
    for (shell, file) in SHELLS {
        fs::write(folder.join("completions").join(file), ask(&teller, &["completions", shell])?)?;
    }
    Ok(())
}

/// A program that runs here: the one that was built, or another of this release that was.
fn teller(built: &Path) -> Result<std::path::PathBuf> {
    let folder = built.ancestors().nth(3).context("a program outside of cargo's folder")?;
    let mut candidates = vec![built.to_owned()];
    for entry in fs::read_dir(folder)? {
        candidates.push(entry?.path().join("release/tightlip"));
    }
    for path in candidates {
        if Command::new(&path).arg("--version").output().is_ok_and(|output| output.status.success()) {
            return Ok(path);
        }
    }
    bail!(
        "no program of this release runs on this machine, so nothing prints its manual: name a target of this machine first"
    )
}

/// What `help` lists.
fn subcommands(program: &Path) -> Result<Vec<String>> {
    let help = String::from_utf8(ask(program, &["--help"])?)?;
    let names: Vec<_> = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        // Words of a description that goes on stand deeper.
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect();
    ensure!(!names.is_empty(), "the help of the program lists no subcommands");
    Ok(names)
}

fn ask(program: &Path, arguments: &[&str]) -> Result<Vec<u8>> {
    let output = Command::new(program).args(arguments).env("COLUMNS", "80").output()?;
    ensure!(output.status.success(), "`tightlip {}` ended with {}", arguments.join(" "), output.status);
    Ok(output.stdout)
}
