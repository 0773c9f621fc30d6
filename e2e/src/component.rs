//! Finds the components that `e2e/components.sh` has set up, and keeps count of tests that miss one.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

/// The variables that lead to a component, as its script has written them.
pub(crate) type Variables = HashMap<String, String>;

/// The variables of the component `name`, or nothing if it is not set up and the test is to end.
///
/// # Errors
/// With `CI=true` a missing component is an error: there nothing may go untested.
pub(crate) fn find(name: &str) -> Result<Option<Variables>> {
    match fs::read_to_string(folder()?.join("env").join(name)) {
        Ok(text) => Ok(Some(variables(&text))),
        Err(_) => miss(name, "is not set up: run `cargo xtask components`"),
    }
}

/// Records that the running test ends because of the component `name`.
///
/// # Errors
/// With `CI=true`, and when the record cannot be written.
pub(crate) fn miss<T>(name: &str, why: &str) -> Result<Option<T>> {
    ensure!(std::env::var("CI").as_deref() != Ok("true"), "{name} {why}");
    let line = format!("SKIPPED {}: {name} {why}\n", test_name());
    match std::env::var_os("TIGHTLIP_E2E_SKIPS") {
        Some(path) => fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(&path)
            .and_then(|mut file| file.write_all(line.as_bytes()))
            .with_context(|| format!("cannot record a skipped test in {}", path.display()))?,
        None => std::io::stderr().write_all(line.as_bytes())?,
    }
    Ok(None)
}

/// A static busybox, to make base images of.
///
/// # Errors
/// With `CI=true` when it is not set up.
pub fn busybox() -> Result<Option<PathBuf>> {
    find("busybox")?.map(|found| value(&found, "TIGHTLIP_E2E_BUSYBOX").map(PathBuf::from)).transpose()
}

/// `host:port` of a registry on the loopback interface.
///
/// # Errors
/// With `CI=true` when it is not set up.
pub fn registry() -> Result<Option<String>> {
    find("registry")?.map(|found| value(&found, "TIGHTLIP_E2E_REGISTRY")).transpose()
}

/// The editor Neovim, which has a language client of its own.
///
/// # Errors
/// With `CI=true` when it is not set up.
pub fn neovim() -> Result<Option<PathBuf>> {
    find("neovim")?.map(|found| value(&found, "TIGHTLIP_E2E_NEOVIM").map(PathBuf::from)).transpose()
}

/// A browser.
///
/// # Errors
/// With `CI=true` when it is not set up.
pub fn browser() -> Result<Option<PathBuf>> {
    find("browser")?.map(|found| value(&found, "TIGHTLIP_E2E_BROWSER").map(PathBuf::from)).transpose()
}

/// The schema of SARIF 2.1.0.
///
/// # Errors
/// With `CI=true` when it is not set up.
pub fn sarif_schema() -> Result<Option<PathBuf>> {
    find("schemas")?.map(|found| value(&found, "TIGHTLIP_E2E_SARIF_SCHEMA").map(PathBuf::from)).transpose()
}

/// `pre-commit`, which comes with what recipes for CI call: make, curl, Git.
///
/// # Errors
/// With `CI=true` when it is not set up.
pub fn ci_tools() -> Result<Option<PathBuf>> {
    find("ci_tools")?.map(|found| value(&found, "TIGHTLIP_E2E_PRE_COMMIT").map(PathBuf::from)).transpose()
}

/// `crane` and `oras`, or nothing if the test is to end without them.
///
/// # Errors
/// With `CI=true` when they are not set up.
pub fn clients() -> Result<Option<[PathBuf; 2]>> {
    let Some(found) = find("clients")? else { return Ok(None) };
    let path = |name: &str| value(&found, name).map(PathBuf::from);
    Ok(Some([path("TIGHTLIP_E2E_CRANE")?, path("TIGHTLIP_E2E_ORAS")?]))
}

/// What `crane` answers; nothing if it says no.
///
/// # Errors
/// When it cannot be started.
pub fn crane(crane: &Path, arguments: &[&str]) -> Result<Option<String>> {
    let output = Command::new(crane).args(arguments).output()?;
    Ok(output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned()))
}

/// Puts the folder of a program before all others in which a command looks for programs.
pub fn lend<'c>(command: &'c mut Command, program: &Path) -> &'c mut Command {
    let own = command.get_envs().find(|(name, _)| *name == "PATH").and_then(|(_, value)| value);
    let before = own.map(OsStr::to_owned).or_else(|| std::env::var_os("PATH")).unwrap_or_default();
    let folders = program.parent().map(Path::to_owned).into_iter().chain(std::env::split_paths(&before));
    // A folder with a colon in its name is none that we made.
    let path = std::env::join_paths(folders).unwrap_or(before);
    command.env("PATH", path)
}

/// One variable of a component.
///
/// # Errors
/// When the component's script has not written it.
pub(crate) fn value(variables: &Variables, name: &str) -> Result<String> {
    variables.get(name).cloned().with_context(|| format!("the component's script has not set {name}"))
}

/// Runs a command to its end and returns what it wrote to its standard output.
///
/// # Errors
/// With the command and everything it wrote when it fails.
pub(crate) fn run(command: &mut Command) -> Result<Vec<u8>> {
    let output = command.output().with_context(|| format!("cannot start {command:?}"))?;
    if !output.status.success() {
        bail!(
            "{command:?} failed with {}\n{}{}",
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(output.stdout)
}

fn folder() -> Result<PathBuf> {
    let cache = match std::env::var_os("XDG_CACHE_HOME").filter(|path| !path.is_empty()) {
        Some(path) => PathBuf::from(path),
        None => PathBuf::from(std::env::var_os("HOME").context("HOME is not set")?).join(".cache"),
    };
    Ok(cache.join("tightlip-e2e"))
}

fn variables(text: &str) -> Variables {
    text.lines().filter_map(|line| line.split_once('=')).map(|(k, v)| (k.to_owned(), v.to_owned())).collect()
}

/// The runner's name for this test; the test thread carries it under `cargo test`.
fn test_name() -> String {
    std::env::var("NEXTEST_TEST_NAME")
        .ok()
        .or_else(|| std::thread::current().name().map(str::to_owned))
        .unwrap_or_else(|| "a test".to_owned())
}
