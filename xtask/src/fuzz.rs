//! `cargo xtask fuzz`: fuzzes one target by hand with libFuzzer, on the toolchain that everything else uses.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::shell::{cargo, program, root, run as finish, target};

/// What tells libFuzzer which code a run reached, and makes wrong arithmetic visible.
const FLAGS: &[&str] = &[
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Cdebug-assertions",
    "-Coverflow-checks",
    "--cfg=fuzzing",
];

/// Fuzzes `TARGET` for `--seconds N` (60 if not given); without a target lists them.
///
/// # Errors
/// When the target does not build, or an input made it fail: libFuzzer says which and keeps it.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let (name, seconds) = match arguments {
        [] => return list(),
        [name] => (name, 60),
        [name, flag, number] if flag == "--seconds" => (name, number.parse::<u32>().context("--seconds N")?),
        _ => bail!("usage: cargo xtask fuzz [TARGET] [--seconds N]"),
    };
    ensure!(targets()?.contains(name), "no fuzz target `{name}`: `cargo xtask fuzz` lists them");
    let binary = build(name)?;
    let corpus = root().join("fuzz/corpus").join(name);
    let artifacts = root().join("fuzz/artifacts").join(name);
    std::fs::create_dir_all(&corpus).context("cannot make the corpus folder")?;
    std::fs::create_dir_all(&artifacts).context("cannot make the artifacts folder")?;
    let mut fuzzer = Command::new(binary);
    fuzzer.current_dir(root().join("fuzz")).arg(corpus);
    fuzzer.arg(format!("-artifact_prefix={}/", artifacts.display()));
    fuzzer.args([&*format!("-max_total_time={seconds}"), "-timeout=10", "-rss_limit_mb=1024"]);
    finish(&mut fuzzer)
}

fn build(name: &str) -> Result<PathBuf> {
    let folder = target().join("fuzz");
    let triple = host()?;
    let mut build = cargo(&["build", "--release", "--locked", "--manifest-path", "fuzz/Cargo.toml"]);
    // An explicit target keeps the flags away from build scripts.
    build.args(["--bin", name, "--target", &triple]);
    build.env("CARGO_TARGET_DIR", &folder).env("CARGO_ENCODED_RUSTFLAGS", FLAGS.join("\u{1f}"));
    finish(&mut build)?;
    Ok(folder.join(triple).join("release").join(name))
}

fn host() -> Result<String> {
    let output = program("rustc").arg("-vV").output().context("cannot start rustc")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text.lines().find_map(|line| line.strip_prefix("host: "));
    line.map(str::to_owned).context("rustc does not say for which machine it builds")
}

fn targets() -> Result<Vec<String>> {
    let folder = root().join("fuzz/fuzz_targets");
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        names.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
    }
    names.sort();
    Ok(names)
}

fn list() -> Result<()> {
    for name in targets()? {
        println!("{name}");
    }
    Ok(())
}
