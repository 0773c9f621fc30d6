//! Docker's contract with its plugins: `docker tightlip …` runs this program under the name `docker-tightlip`.
//!
//! Source: docker/cli `cli-plugins/metadata`, `cli-plugins/hooks`, `cli-plugins/manager`.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use crate::outcome::Outcome;

/// What the program is called as a plugin.
pub(crate) const FILE: &str = "docker-tightlip";
/// The word after `docker`.
const NAME: &str = "tightlip";

/// What Docker wants of a plugin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    /// A command, with the options that `docker` itself was given (`--context NAME`).
    Command {
        /// The arguments, the program first.
        arguments: Vec<OsString>,
        /// Options of `docker`.
        docker: Vec<OsString>,
    },
    /// What the plugin is.
    Metadata,
    /// What to say after a command of Docker's own.
    Hook(String),
}

/// Reads the arguments of the process.
pub(crate) fn call(arguments: Vec<OsString>) -> Call {
    let program = arguments.first().map(|path| Path::new(path).file_stem().unwrap_or_default().to_owned());
    let word = |index: usize| arguments.get(index).and_then(|word| word.to_str());
    if word(1) == Some("docker-cli-plugin-metadata") {
        return Call::Metadata;
    }
    let own = arguments.iter().position(|word| word == NAME);
    let Some(own) = own.filter(|at| *at > 0 && program.is_some_and(|program| program == FILE)) else {
        return Call::Command { arguments, docker: Vec::new() };
    };
    if word(own + 1) == Some("docker-cli-plugin-hooks") {
        return Call::Hook(word(own + 2).unwrap_or_default().to_owned());
    }
    let docker = arguments.get(1..own).unwrap_or_default().to_vec();
    let rest = arguments.get(own + 1..).unwrap_or_default();
    Call::Command { arguments: arguments.iter().take(1).chain(rest).cloned().collect(), docker }
}

/// Says what the plugin is.
pub(crate) fn metadata() -> Outcome {
    print(&json!({
        // The only version that command lines before 28.4 accept.
        "SchemaVersion": "0.1.0",
        "Vendor": "tightlip",
        "Version": env!("CARGO_PKG_VERSION"),
        "ShortDescription": "Build, scan and push images that keep their secrets",
    }))
}

/// Says what may come next, after a build or a push. A hook can do no more than that.
pub(crate) fn hook(data: &str) -> Outcome {
    let command = serde_json::from_str::<Value>(data).unwrap_or_default();
    let text = |name: &str| command.get(name).and_then(Value::as_str).unwrap_or_default();
    // After what failed there is nothing to look at.
    match next_step(text("RootCmd")).filter(|_| text("CommandError").is_empty()) {
        Some(text) => print(&json!({ "Type": 0, "Template": text })),
        None => Outcome::Clean,
    }
}

fn next_step(command: &str) -> Option<&'static str> {
    match command.split(' ').next_back()? {
        "build" => Some(
            "See whether the image keeps its secrets: docker tightlip scan IMAGE\nBuild behind a guard the next time: docker tightlip build",
        ),
        "push" => Some("See what everybody can read in it now: docker tightlip scan registry:IMAGE"),
        _ => None,
    }
}

fn print(value: &Value) -> Outcome {
    match writeln!(crate::out::stdout(), "{value}") {
        Ok(()) => Outcome::Clean,
        Err(_) => Outcome::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn called(line: &str) -> Call {
        call(line.split(' ').map(OsString::from).collect())
    }

    fn words(line: &str) -> Vec<OsString> {
        line.split(' ').filter(|word| !word.is_empty()).map(OsString::from).collect()
    }

    #[test]
    fn docker_calls_it_by_its_name() {
        let own = called("/p/docker-tightlip --context far tightlip build .");
        let arguments = words("/p/docker-tightlip build .");
        assert_eq!(own, Call::Command { arguments, docker: words("--context far") });
        let plain = called("/bin/tightlip scan tightlip");
        assert_eq!(
            plain,
            Call::Command { arguments: words("/bin/tightlip scan tightlip"), docker: Vec::new() }
        );
        assert_eq!(called("docker-tightlip docker-cli-plugin-metadata"), Call::Metadata);
        let hook = called("docker-tightlip tightlip docker-cli-plugin-hooks {}");
        assert_eq!(hook, Call::Hook("{}".to_owned()));
    }

    #[test]
    fn a_hook_speaks_after_what_makes_or_publishes_images() {
        assert!(next_step("buildx build").is_some_and(|text| text.contains("scan")));
        assert!(next_step("push").is_some());
        assert_eq!(next_step("run"), None);
    }
}
