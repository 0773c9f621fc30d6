//! `docker buildx bake` and `docker compose build`: each target becomes a build of its own, behind the same guard.
//!
//! The builder itself says what the targets are (`bake --print`), so that files, variables and overrides mean what they
//! mean to it. What a target asks for that a single build cannot do is refused by name.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::flags::{BUILD, Flag, Role, short, switch, value};
use super::known::{Environment, Values};
use super::line::{Line, LineError};
use super::plan::{Unguarded, unguarded};
use super::{GuardError, disk};
use crate::builder::{Builder, Task, field};
use crate::redact::Redactor;

const NO_BUILD: &str = "it builds nothing: run docker buildx bake itself";

/// The options of `docker buildx bake`. Source: docker/buildx `commands/bake.go`, v0.29.
pub static BAKE: &[Flag] = &[
    value("--allow", Role::Pass),
    value("--builder", Role::Builder),
    value("--call", Role::Refused(NO_BUILD)),
    switch("--check", Role::Refused(NO_BUILD)),
    short('D', switch("--debug", Role::Pass)),
    short('f', value("--file", Role::Dockerfile)),
    value("--list", Role::Refused(NO_BUILD)),
    switch("--load", Role::Load),
    value("--metadata-file", Role::Refused("a file for several targets is not written yet")),
    switch("--no-cache", Role::Pass),
    switch("--print", Role::Refused(NO_BUILD)),
    value("--progress", Role::Progress),
    value("--provenance", Role::Pass),
    switch("--pull", Role::Pass),
    switch("--push", Role::Push),
    value("--sbom", Role::Pass),
    value("--set", Role::Pass),
];

/// The options of `docker compose build`, and those of `docker compose` that say what is built.
/// Source: docker/compose `cmd/compose/{build,compose}.go`.
pub static COMPOSE: &[Flag] = &[
    value("--build-arg", Role::Argument),
    value("--builder", Role::Builder),
    short('f', value("--file", Role::Dockerfile)),
    switch("--no-cache", Role::Pass),
    switch("--pull", Role::Pass),
    switch("--push", Role::Push),
    value("--progress", Role::Progress),
    short('p', value("--project-name", Role::Tag)),
    short('q', switch("--quiet", Role::Quiet)),
    value("--profile", Role::Refused("profiles are not read; name the services instead")),
    value("--env-file", Role::Refused("bake reads .env alone")),
    value("--project-directory", Role::Refused("change into the directory instead")),
    switch("--with-dependencies", Role::Refused("name the services that they depend on")),
    value("--ssh", Role::Refused("name it in the file, under build.ssh")),
];

/// Where compose looks for its files. Source: compose-spec `cli/options.go`.
const FILES: &[&str] = &["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
const OVERRIDES: &[&str] = &[
    "compose.override.yaml",
    "compose.override.yml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
];

/// What several targets are built from.
pub struct Batch<'b> {
    /// Who builds.
    pub builder: &'b Builder,
    /// The options, read with [`BAKE`] or [`COMPOSE`].
    pub line: &'b Line,
    /// The environment.
    pub environment: &'b Environment,
}

/// A target: what it is called, and the command line that builds it.
pub type Target = (String, Line);

impl Batch<'_> {
    /// The targets of a bake file.
    ///
    /// # Errors
    /// When the builder does not understand the files, or a target asks for what a single build cannot do.
    pub fn bake(&self) -> Result<Vec<Target>, GuardError> {
        let pass =
            |flag: &Flag, _: Option<&str>| matches!(flag.role, Role::Pass | Role::Builder | Role::Dockerfile);
        let mut arguments = self.line.arguments(pass);
        arguments.extend(self.line.words().map(str::to_owned));
        self.targets((arguments, Vec::new()), &|_| None)
    }

    /// The services of a compose file.
    ///
    /// # Errors
    /// As [`Batch::bake`].
    pub fn compose(&self) -> Result<Vec<Target>, GuardError> {
        let mut files: Vec<String> = self.line.values(Role::Dockerfile).map(str::to_owned).collect();
        if files.is_empty() {
            let found = |names: &[&str]| {
                names.iter().find(|name| Path::new(name).exists()).map(|name| (*name).to_owned())
            };
            let first =
                found(FILES).ok_or_else(|| unguarded("there is no compose file here", "Name it: -f FILE"))?;
            files = [Some(first), found(OVERRIDES)].into_iter().flatten().collect();
        }
        let mut arguments: Vec<String> = files.iter().map(|file| format!("--file={file}")).collect();
        arguments.extend(self.line.arguments(|flag, _| matches!(flag.role, Role::Pass | Role::Builder)));
        // Values go by the environment: others see a command line.
        let mut variables = Vec::new();
        for argument in self.line.values(Role::Argument) {
            let (name, value) = match argument.split_once('=') {
                Some(pair) => pair,
                None => (argument, self.environment.text(argument).unwrap_or("")),
            };
            arguments.push(format!("--set=*.args.{name}"));
            variables.push((name.to_owned(), value.to_owned()));
        }
        arguments.extend(self.line.words().map(str::to_owned));
        let project = self.project(files.first().map_or("", String::as_str));
        self.targets((arguments, variables), &|service| Some(format!("{project}-{service}")))
    }

    /// The name of the project, of which images are called that have no name. Source: compose-spec, "name".
    fn project(&self, file: &str) -> String {
        let said = self.line.value(Role::Tag).or_else(|| self.environment.text("COMPOSE_PROJECT_NAME"));
        let written = || {
            let text = disk::text(Path::new(file)).ok()?;
            let name = text.lines().find_map(|line| line.strip_prefix("name:"))?;
            Some(name.trim().trim_matches(['"', '\'']).to_owned())
        };
        let folder = || {
            let path = std::path::absolute(file).unwrap_or_default();
            path.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned())
        };
        let name =
            said.map(str::to_owned).or_else(written).or_else(folder).unwrap_or_default().to_lowercase();
        let fits = |c: &char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
        name.chars().filter(fits).collect::<String>().trim_start_matches(['-', '_']).to_owned()
    }

    fn targets(
        &self,
        (arguments, variables): (Vec<String>, Vec<(String, String)>),
        usual: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Vec<Target>, GuardError> {
        let task = Task::new(["bake", "--print"]);
        let task = variables.into_iter().fold(task, |task, (name, value)| task.variable(name, value));
        let task = arguments.into_iter().fold(task, Task::argument);
        let answer = self.builder.ask(&task)?;
        if !answer.ended.succeeded() {
            // It may quote the files, and with them a secret.
            let redactor = Redactor::new(&Values::around(self.environment).known, &[])?;
            return Err(GuardError::Targets(redactor.text(&String::from_utf8_lossy(&answer.said))));
        }
        let printed: Value = serde_json::from_slice(&answer.ended.output).unwrap_or_default();
        let targets = printed.get("target").and_then(Value::as_object).into_iter().flatten();
        let line = |(name, target): (&String, &Value)| {
            let members = target.as_object().cloned().unwrap_or_default();
            let words = self.words(name, members, usual(name))?;
            let line = Line::parse(&words, &[BUILD])
                .map_err(|error: LineError| unguarded(format!("target {name}: {error}"), ""))?;
            Ok::<Target, Unguarded>((name.clone(), line))
        };
        Ok(targets.map(line).collect::<Result<Vec<_>, _>>()?)
    }

    /// A target as the command line of a single build.
    fn words(
        &self,
        target: &str,
        members: Map<String, Value>,
        usual: Option<String>,
    ) -> Result<Vec<String>, Unguarded> {
        let mut words = Vec::new();
        let text = |name: &str| members.get(name).and_then(Value::as_str);
        let context = text("context").unwrap_or(".").to_owned();
        let local = !context.contains("://") && !context.starts_with("git@");
        for (name, value) in &members {
            let option = |option: &str| {
                list(value).into_iter().map(|item| format!("--{option}={item}")).collect::<Vec<_>>()
            };
            words.extend(match name.as_str() {
                "context" | "description" | "name" => Vec::new(),
                "dockerfile" if local => {
                    let path: PathBuf = Path::new(&context).join(value.as_str().unwrap_or_default());
                    vec![format!("--file={}", path.display())]
                }
                "dockerfile" => option("file"),
                "args" => pairs(value, "build-arg"),
                "labels" => pairs(value, "label"),
                "tags" => option("tag"),
                "target" => option("target"),
                "platforms" => option("platform"),
                "secret" => option("secret"),
                "ssh" => option("ssh"),
                "cache-from" => option("cache-from"),
                "cache-to" => option("cache-to"),
                "output" => option("output"),
                "attest" => option("attest"),
                "annotations" => option("annotation"),
                "network" | "networkmode" => option("network"),
                "no-cache-filter" => option("no-cache-filter"),
                "shm-size" => option("shm-size"),
                "ulimits" => option("ulimit"),
                "entitlements" => option("allow"),
                "extra-hosts" => pairs(value, "add-host"),
                "no-cache" | "pull" => vec![format!("--{name}={value}")],
                "contexts" => contexts(target, value)?,
                other => {
                    return Err(unguarded(
                        format!("target {target}: `{other}` cannot be guarded"),
                        "Build this target by itself with tightlip build, or leave the key out",
                    ));
                }
            });
        }
        if !members.contains_key("tags") {
            words.extend(usual.map(|name| format!("--tag={name}")));
        }
        words.extend(self.line.value(Role::Builder).map(|name| format!("--builder={name}")));
        for (role, word) in [(Role::Load, "--load"), (Role::Push, "--push")] {
            words.extend(self.line.is_on(role).then(|| word.to_owned()));
        }
        words.extend(["--".to_owned(), context]);
        Ok(words)
    }
}

/// The items of a list, each as text: fields of an object become a list with commas.
fn list(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(list).collect(),
        Value::Object(members) => {
            let fields = members.iter().map(|(name, value)| {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                field(name, text.as_ref()).to_string_lossy().into_owned()
            });
            vec![fields.collect::<Vec<_>>().join(",")]
        }
        Value::String(text) => vec![text.clone()],
        Value::Null => Vec::new(),
        other => vec![other.to_string()],
    }
}

fn pairs(value: &Value, option: &str) -> Vec<String> {
    let members = value.as_object().into_iter().flatten();
    let pair = |(name, value): (&String, &Value)| match value.as_str() {
        Some(value) => format!("--{option}={name}={value}"),
        None => format!("--{option}={name}"),
    };
    members.map(pair).collect()
}

fn contexts(target: &str, value: &Value) -> Result<Vec<String>, Unguarded> {
    let mut words = Vec::new();
    for (name, place) in value.as_object().into_iter().flatten() {
        let place = place.as_str().unwrap_or_default();
        if place.starts_with("target:") {
            return Err(unguarded(
                format!("target {target} is built from another target ({place})"),
                "Put both into one Dockerfile as stages: targets are guarded one by one",
            ));
        }
        words.push(format!("--build-context={name}={place}"));
    }
    Ok(words)
}
