//! `cargo xtask bench`: runs the benchmarks by hand.

use anyhow::{Result, bail};

use crate::shell::{cargo, root, run as finish};

/// Runs one benchmark with the arguments behind its name, or all of them. A benchmark is `crates/ROOM/benches/NAME.rs`.
///
/// # Errors
/// When there is none of that name, it does not build, or it fails.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let all = benches()?;
    let Some((name, rest)) = arguments.split_first() else {
        return all.iter().try_for_each(|(room, name)| one(room, name, &[]));
    };
    let Some((room, name)) = all.iter().find(|(_, known)| known == name) else {
        let known: Vec<&str> = all.iter().map(|(_, name)| name.as_str()).collect();
        bail!("no benchmark `{name}`; there are: {}", known.join(", "));
    };
    one(room, name, rest)
}

fn one(room: &str, name: &str, arguments: &[String]) -> Result<()> {
    let package = format!("tightlip-{room}");
    let mut command = cargo(&["bench", "--locked", "--package", &package, "--bench", name, "--"]);
    finish(command.args(arguments))
}

/// Room and name of every benchmark.
fn benches() -> Result<Vec<(String, String)>> {
    let mut all = Vec::new();
    for room in std::fs::read_dir(root().join("crates"))? {
        let room = room?;
        for file in std::fs::read_dir(room.path().join("benches")).into_iter().flatten() {
            if let Some(name) = file?.file_name().to_str().and_then(|file| file.strip_suffix(".rs")) {
                all.push((room.file_name().to_string_lossy().into_owned(), name.to_owned()));
            }
        }
    }
    all.sort();
    Ok(all)
}
