//! `cargo xtask test`: the one command that says whether the repository is in order.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::package::packing;
use crate::shell::{cargo, has_cargo, root, target, watch};
use crate::summary::{Counts, Summary};

/// Runs all checks and tests, or with `--filter TEXT` only the tests whose name contains the text, and ends
/// with a line that counts them.
///
/// # Errors
/// When anything failed.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let filter = match arguments {
        [] => None,
        [flag, text] if flag == "--filter" => Some(text.as_str()),
        _ => bail!("usage: cargo xtask test [--filter TEXT]"),
    };
    let mut summary = Summary::default();
    if filter.is_none() {
        checks(&mut summary)?;
    }
    unit_tests(&mut summary, filter)?;
    end_to_end_tests(&mut summary, filter)?;
    println!("{summary}");
    if !summary.failed.is_empty() {
        bail!("something failed: see FAILED above");
    }
    if summary.passed == 0 {
        bail!("no test ran");
    }
    Ok(())
}

/// What is one command each: all targets of Clippy include tests, examples and benchmarks.
fn checks(summary: &mut Summary) -> Result<()> {
    check(summary, "formatting", &mut cargo(&["fmt", "--all", "--check"]))?;
    let clippy = ["clippy", "--workspace", "--all-targets", "--locked", "--", "--deny", "warnings"];
    check(summary, "clippy", &mut cargo(&clippy))?;
    let mut doc = cargo(&["doc", "--workspace", "--no-deps", "--document-private-items", "--locked"]);
    check(summary, "documentation", doc.env("RUSTDOCFLAGS", "--deny warnings"))?;
    check(summary, "packing", &mut packing())?;
    // Without the library that a real fuzzing run links, so that no C++ compiler is needed here.
    let fuzz = ["check", "--manifest-path", "fuzz/Cargo.toml", "--no-default-features", "--locked"];
    let folder = target().join("fuzz-check");
    check(summary, "fuzz targets", cargo(&fuzz).env("CARGO_TARGET_DIR", folder))
}

fn check(summary: &mut Summary, name: &str, command: &mut Command) -> Result<()> {
    println!("── {name}");
    let end = watch(command, &mut |_| {})?;
    summary.check(name, end);
    Ok(())
}

fn unit_tests(summary: &mut Summary, filter: Option<&str>) -> Result<()> {
    let packages = ["--workspace", "--exclude", "tightlip-e2e", "--locked"];
    tests(summary, "unit tests", &mut runner(&packages, filter))?;
    let mut doc = cargo(&["test", "--doc"]);
    tests(summary, "documentation tests", doc.args(packages).args(filter))
}

fn end_to_end_tests(summary: &mut Summary, filter: Option<&str>) -> Result<()> {
    check(summary, "the program", &mut the_program())?;
    let skips = target().join("tightlip-e2e-skips");
    if skips.exists() {
        std::fs::remove_file(&skips).with_context(|| format!("cannot remove {}", skips.display()))?;
    }
    let mut command = runner(&["--package", "tightlip-e2e", "--locked"], filter);
    command.env("TIGHTLIP_E2E_SKIPS", &skips).env("TIGHTLIP_BIN", target().join("debug/tightlip"));
    tests(summary, "end-to-end tests", &mut command)?;
    summary.skip(&std::fs::read_to_string(&skips).unwrap_or_default());
    Ok(())
}

/// Builds the program as releases have it: on Linux without a loader, so that the image made of it holds nothing else.
fn the_program() -> Command {
    let mut command = cargo(&["rustc", "--package", "tightlip", "--bin", "tightlip", "--locked"]);
    if cfg!(target_os = "linux") {
        command.args(["--", "-C", "target-feature=+crt-static"]);
    }
    command
}

/// Nextest where it is installed: it runs each test in a process of its own and ends those that hang.
fn runner(packages: &[&str], filter: Option<&str>) -> Command {
    let mut command = if has_cargo("nextest") {
        cargo(&["nextest", "run", "--no-fail-fast", "--no-tests=pass"])
    } else {
        cargo(&["test", "--no-fail-fast", "--lib", "--bins", "--tests"])
    };
    command.args(packages).args(filter);
    command
}

fn tests(summary: &mut Summary, name: &str, command: &mut Command) -> Result<()> {
    println!("── {name}");
    let mut counts = Counts::default();
    // A failed expectation says enough; the way to it is noise.
    command.env("RUST_LIB_BACKTRACE", "0").current_dir(root());
    let end = watch(command, &mut |line| counts.see(line))?;
    summary.tests(name, counts, end);
    Ok(())
}
