//! Runs the built `tightlip` and reads its JSON report as a user's script would: by its documented fields.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

/// What a scan said.
#[derive(Clone, Debug)]
pub struct Scan {
    /// The exit code.
    pub code: i32,
    /// The report, `null` if the program could not run.
    pub report: Value,
    /// What it wrote beside the report.
    pub stderr: String,
}

/// One finding of a report.
#[derive(Clone, Copy, Debug)]
pub struct Found<'s>(&'s Value);

/// Scans `target` and holds the program to its promise that no output of it holds `secret`.
///
/// # Errors
/// When the program cannot be built or started, its report is no JSON, or an output holds the secret.
pub fn scan(target: &str, secret: &str) -> Result<Scan> {
    scan_with(&[target], secret)
}

/// The same with options before the target.
///
/// # Errors
/// As [`scan`].
pub fn scan_with(arguments: &[&str], secret: &str) -> Result<Scan> {
    scan_by(&mut tightlip(arguments)?, secret)
}

/// The program with these arguments, ready to be started: `scan` in the form that is read here.
///
/// # Errors
/// When it cannot be built.
pub fn tightlip(arguments: &[&str]) -> Result<Command> {
    let mut command = Command::new(program()?);
    command.args(["scan", "--no-cache", "--format", "json"]).args(arguments).env_remove("RUST_BACKTRACE");
    Ok(command)
}

/// Runs a scan as [`tightlip`] made it.
///
/// # Errors
/// As [`scan`].
pub fn scan_by(command: &mut Command, secret: &str) -> Result<Scan> {
    let output = command.output().context("cannot start tightlip")?;
    let stdout = String::from_utf8(output.stdout).context("the report is not UTF-8")?;
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(!stdout.contains(secret) && !stderr.contains(secret), "an output of tightlip holds the secret");
    let code = output.status.code().context("a signal ended tightlip")?;
    let report = match code {
        0 | 1 | 3 => serde_json::from_str(&stdout).with_context(|| format!("no JSON report: {stdout}"))?,
        _ => Value::Null,
    };
    Ok(Scan { code, report, stderr })
}

impl Scan {
    /// The word that the report gives as its verdict.
    #[must_use]
    pub fn verdict(&self) -> &str {
        self.report["verdict"].as_str().unwrap_or_default()
    }

    /// All findings.
    #[must_use]
    pub fn findings(&self) -> Vec<Found<'_>> {
        self.report["findings"].as_array().into_iter().flatten().map(Found).collect()
    }

    /// The findings of a surface that count as a leak.
    #[must_use]
    pub fn leaks(&self, surface: &str) -> Vec<Found<'_>> {
        let counts =
            |found: &Found<'_>| found.text("/place/surface") == surface && found.text("/level") == "deny";
        self.findings().into_iter().filter(counts).collect()
    }

    /// The only leak of a surface whose `pointer` holds `part`.
    ///
    /// # Errors
    /// When there is none; the error shows the whole answer.
    pub fn leak(&self, surface: &str, pointer: &str, part: &str) -> Result<Found<'_>> {
        let found = self.leaks(surface).into_iter().find(|found| found.text(pointer).contains(part));
        found.with_context(|| format!("no leak in a {surface} with `{part}` at {pointer}: {self:#?}"))
    }
}

impl<'s> Found<'s> {
    /// The text at a JSON pointer, empty if there is none.
    #[must_use]
    pub fn text(self, pointer: &str) -> &'s str {
        self.0.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    /// The number at a JSON pointer.
    #[must_use]
    pub fn number(self, pointer: &str) -> Option<u64> {
        self.0.pointer(pointer).and_then(Value::as_u64)
    }

    /// Does what the finding says anyone can do, and returns what comes out.
    ///
    /// # Errors
    /// When the command fails.
    pub fn recover(self, folder: &Path) -> Result<String> {
        self.recover_by(Command::new("sh").current_dir(folder))
    }

    /// The same in a shell of the caller's, with its variables.
    ///
    /// # Errors
    /// When the command fails.
    pub fn recover_by(self, shell: &mut Command) -> Result<String> {
        let recipe = self.text("/recover");
        let output = shell.args(["-c", recipe]).output()?;
        if !output.status.success() {
            bail!("`{recipe}` failed: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

/// The program under test: `TIGHTLIP_BIN`, or the one beside the tests, built first if need be.
///
/// # Errors
/// When it does not build.
pub fn program() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("TIGHTLIP_BIN") {
        return Ok(path.into());
    }
    let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["rustc", "--quiet", "--locked", "--package", "tightlip", "--bin", "tightlip"])
        // As releases have it: no loader, no libraries.
        .args(["--", "-C", "target-feature=+crt-static"])
        .status()
        .context("cannot start cargo")?;
    ensure!(status.success(), "tightlip does not build");
    let test = std::env::current_exe().context("cannot tell where the tests lie")?;
    let folder = test.ancestors().nth(2).context("the tests lie in no target folder")?;
    Ok(folder.join("tightlip"))
}
