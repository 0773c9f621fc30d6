//! Whether `docker tightlip` works: the program as a plugin of Docker's command line.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

use super::{Check, Line, Machine};
use crate::program::{Call, find, run as start};

/// The check.
pub(super) static CHECK: Check = Check { name: "plugin", run };

/// How long a plugin may take to say what it is.
const PATIENCE: Duration = Duration::from_secs(10);

fn run(machine: &Machine) -> Vec<Line> {
    vec![match ask("docker-tightlip", &machine.plugins) {
        Asked::Version(path, version) => Line::good(format!("docker tightlip {version}, {}", path.display())),
        Asked::Nowhere => Line::missing(
            "docker tightlip: there is no docker-tightlip among Docker's plugins",
            "tightlip install-plugin makes it work",
        ),
        Asked::Silent(path, why) => Line::broken(
            format!("{} does not answer as a plugin: {why}", path.display()),
            "remove it, or put the program of this version there",
        ),
    }]
}

/// What a plugin says of itself.
pub(super) enum Asked {
    Version(PathBuf, String),
    Nowhere,
    Silent(PathBuf, String),
}

/// Asks a plugin for its version, by the protocol that Docker's command line asks with.
///
/// Source: docker/cli `cli-plugins/metadata`.
pub(super) fn ask(name: &str, folders: &[PathBuf]) -> Asked {
    let Some(path) = find(name, folders) else { return Asked::Nowhere };
    match version(&path) {
        Ok(version) => Asked::Version(path, version),
        Err(why) => Asked::Silent(path, why),
    }
}

fn version(path: &Path) -> Result<String, String> {
    let call = Call {
        program: path,
        arguments: &["docker-cli-plugin-metadata"],
        variables: &[],
        input: b"",
        patience: PATIENCE,
    };
    let ran = start(&call).map_err(|error| error.to_string())?;
    let said: Option<Value> = serde_json::from_slice(&ran.out).ok().filter(|_| ran.success);
    let version = said.as_ref().and_then(|said| said.get("Version")).and_then(Value::as_str);
    version.map(str::to_owned).ok_or_else(|| "it says no version".to_owned())
}
