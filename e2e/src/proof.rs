//! Runs `tightlip prove` and reads its JSON receipt as a user's script would: by its documented fields.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// What a proof said.
#[derive(Clone, Debug)]
pub struct Proof {
    /// The exit code.
    pub code: i32,
    /// The receipt, `null` if the program could not run.
    pub receipt: Value,
    /// What it wrote beside the receipt.
    pub stderr: String,
}

/// A secret of a proof.
#[derive(Clone, Copy, Debug)]
pub struct Secret<'p>(&'p Value);

/// Proves with these arguments; `lend` lets the program find a builder. Whatever it leaves in its temporary folder
/// is an error.
///
/// # Errors
/// When the program cannot be built or started, its receipt is no JSON, or something stays behind.
pub fn prove(lend: &dyn Fn(&mut Command) -> Result<()>, context: &Path, arguments: &[&str]) -> Result<Proof> {
    let below = tempfile::tempdir().context("cannot make a temporary folder")?;
    let mut command = Command::new(super::program()?);
    command.args(["prove", "--format", "json"]).args(arguments).arg(context);
    command.env("TMPDIR", below.path()).env_remove("RUST_BACKTRACE");
    lend(&mut command)?;
    let output = command.output().context("cannot start tightlip")?;
    let stdout = String::from_utf8(output.stdout).context("the receipt is not UTF-8")?;
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    let code = output.status.code().context("a signal ended tightlip")?;
    let receipt = match code {
        0 | 1 | 3 => serde_json::from_str(&stdout).with_context(|| format!("no JSON receipt: {stdout}"))?,
        _ => Value::Null,
    };
    let left: Vec<_> = std::fs::read_dir(below.path())?.flatten().map(|entry| entry.file_name()).collect();
    ensure!(left.is_empty(), "it leaves {left:?} behind");
    Ok(Proof { code, receipt, stderr })
}

impl Proof {
    /// The word for the whole.
    #[must_use]
    pub fn answer(&self) -> &str {
        self.receipt["answer"].as_str().unwrap_or_default()
    }

    /// The secret of that name.
    ///
    /// # Errors
    /// When the receipt has none; the error shows the whole receipt.
    pub fn secret(&self, name: &str) -> Result<Secret<'_>> {
        let mut secrets = self.receipt["secrets"].as_array().into_iter().flatten();
        let secret = secrets.find(|secret| secret["name"] == name);
        secret.map(Secret).with_context(|| format!("no secret {name} in {self:#?}"))
    }

    /// The names of a list of the receipt, by JSON pointer.
    #[must_use]
    pub fn list(&self, pointer: &str) -> Vec<&str> {
        let list = self.receipt.pointer(pointer).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str).collect()
    }
}

impl<'p> Secret<'p> {
    /// What became of it.
    #[must_use]
    pub fn answer(self) -> &'p str {
        self.0["answer"].as_str().unwrap_or_default()
    }

    /// The text at a JSON pointer, empty if there is none.
    #[must_use]
    pub fn text(self, pointer: &str) -> &'p str {
        self.0.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    /// The files of images in which it stands.
    #[must_use]
    pub fn files(self) -> Vec<&'p str> {
        let path = |leak: &'p Value| leak.pointer("/finding/place/path").and_then(Value::as_str);
        self.0["leaks"].as_array().into_iter().flatten().filter_map(path).collect()
    }

    /// The platforms of which the images hold it.
    #[must_use]
    pub fn platforms(self) -> Vec<&'p str> {
        let platform = |leak: &'p Value| leak.pointer("/finding/place/platform").and_then(Value::as_str);
        self.0["leaks"].as_array().into_iter().flatten().filter_map(platform).collect()
    }

    /// Where it stands: the form, the surface, and the line of the Dockerfile that brought it there.
    #[must_use]
    pub fn leaks(self) -> Vec<(&'p str, &'p str, u64)> {
        let leak = |leak: &'p Value| {
            let text = |pointer: &str| leak.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
            let line = leak.pointer("/finding/introduced_by/dockerfile/line").and_then(Value::as_u64);
            (text("/form"), text("/finding/place/surface"), line.unwrap_or_default())
        };
        self.0["leaks"].as_array().into_iter().flatten().map(leak).collect()
    }
}
