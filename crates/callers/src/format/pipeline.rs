//! Other CI services whose files are YAML with scripts in them: CircleCI, Azure Pipelines, Bitbucket, Drone, Woodpecker,
//! Travis CI, Buildkite, AWS CodeBuild, Semaphore, Taskfiles.

use tightlip_dockerfile::{Edit, Text};

use super::{Format, file_name, is_yaml};
use crate::call::Argument;
use crate::command::{self, Exports};
use crate::dialect::Dialect;
use crate::fields::arguments;
use crate::script::{self, Setting};
use crate::task;
use crate::tree::{At, DEPTH, yaml};
use crate::{Call, Callers, Fault, Move, Problem, Refusal, Source, Value};

pub(super) static FORMAT: Format = Format {
    name: "pipeline",
    what: "a file of a CI service",
    claims,
    read,
    to_secret,
    grant: command::grant,
};

/// A service: a part of its paths, and how it writes references.
struct Service {
    matches: fn(path: &str, name: &str) -> bool,
    dialect: Dialect,
}

const SERVICES: &[Service] = &[
    Service { matches: |path, _| path.contains(".circleci/"), dialect: Dialect::Circle },
    Service {
        matches: |path, name| {
            name.starts_with("azure-pipelines")
                || path.contains(".azuredevops/")
                || path.contains(".azure-pipelines/")
        },
        dialect: Dialect::Azure,
    },
    Service { matches: |_, name| name.starts_with("bitbucket-pipelines"), dialect: Dialect::Plain },
    Service { matches: |_, name| name.starts_with(".drone."), dialect: Dialect::Plain },
    Service {
        matches: |path, name| name.starts_with(".woodpecker.") || path.contains(".woodpecker/"),
        dialect: Dialect::Plain,
    },
    Service { matches: |_, name| name == ".travis.yml", dialect: Dialect::Plain },
    Service { matches: |path, _| path.contains(".buildkite/"), dialect: Dialect::Plain },
    Service { matches: |_, name| name.starts_with("buildspec"), dialect: Dialect::Plain },
    Service { matches: |path, _| path.contains(".semaphore/"), dialect: Dialect::Plain },
    Service {
        matches: |_, name| name.to_ascii_lowercase().starts_with("taskfile"),
        dialect: Dialect::Braces,
    },
];

/// Keys under which commands stand.
const SCRIPTS: &[&str] = &[
    "script",
    "scripts",
    "run",
    "command",
    "commands",
    "bash",
    "sh",
    "cmd",
    "cmds",
    "before_script",
    "after_script",
    "after-script",
    "install",
    "before_install",
    "after_success",
    "inlineScript",
    "before_deploy",
    "deploy",
];

/// Keys under which variables stand.
const VARIABLES: &[&str] = &["environment", "env", "variables", "vars"];

fn service(path: &str) -> Option<&'static Service> {
    let name = file_name(path);
    SERVICES.iter().find(|service| (service.matches)(path, name))
}

fn claims(source: &Source<'_>) -> bool {
    is_yaml(source.path) && service(source.path).is_some()
}

fn read(source: &Source<'_>) -> Callers {
    let tree = yaml(source.text);
    let mut callers = Callers::default();
    let dialect = service(source.path).map_or(Dialect::Plain, |service| service.dialect);
    let mut reader = Reader { source, dialect, callers: &mut callers };
    for root in tree.documents() {
        reader.walk(root, &Setting::default(), 0);
    }
    callers.problems.extend(tree.problems);
    // An alias repeats a script that is written once.
    callers.calls.sort_by_key(|call| call.span);
    callers.calls.dedup_by_key(|call| call.span);
    callers
}

struct Reader<'s, 'c> {
    source: &'s Source<'s>,
    dialect: Dialect,
    callers: &'c mut Callers,
}

impl Reader<'_, '_> {
    fn walk(&mut self, at: At<'_>, around: &Setting, depth: usize) {
        if depth > DEPTH {
            self.callers.problems.push(Problem { fault: Fault::TooDeep, span: at.stands });
            return;
        }
        if !at.is_here() {
            // What an alias repeats is read where it is written.
            return;
        }
        let mut setting = around.clone();
        for key in VARIABLES {
            let Some(variables) = at.get(key) else { continue };
            let mut nearer: Vec<Argument> = arguments(variables, Dialect::Variables);
            nearer.append(&mut setting.environment);
            setting.environment = nearer;
        }
        if let Some(image) = at.get("image").and_then(|image| image.value(Dialect::Variables)) {
            setting.image = Some(image);
        }
        if self.dialect == Dialect::Azure {
            let found = task::read(self.source, at, &setting);
            self.callers.calls.extend(found.calls);
            self.callers.problems.extend(found.problems);
        }
        for entry in at.own() {
            if SCRIPTS.contains(&entry.key.as_str().unwrap_or("")) {
                self.script(entry.value, &setting, depth + 1);
            } else {
                self.walk(entry.value, &setting, depth + 1);
            }
        }
        for item in at.items() {
            self.walk(item, &setting, depth + 1);
        }
    }

    fn script(&mut self, at: At<'_>, setting: &Setting, depth: usize) {
        for item in at.one_or_more() {
            match item.text() {
                Some(text) if item.is_here() => self.read(text, setting),
                Some(_) => {}
                None => self.walk(item, setting, depth),
            }
        }
        if at.is_table() {
            self.walk(at, setting, depth);
        }
    }

    fn read(&mut self, text: &Text, setting: &Setting) {
        let found = script::calls(self.source, text, self.dialect, setting);
        self.callers.calls.extend(found.calls);
        self.callers.problems.extend(found.problems);
    }
}

fn to_secret(source: &Source<'_>, call: &Call, wanted: &Move<'_>) -> Result<Vec<Edit>, Refusal> {
    let tree = yaml(source.text);
    if tree.is_shared(call.span) {
        return Err(Refusal::Shared("the script".to_owned()));
    }
    let secret =
        call.argument(wanted.argument).and_then(|one| one.value.as_ref()).is_some_and(Value::holds_secret);
    if call.behind.is_none() {
        let root = tree.documents().into_iter().find(|root| root.span().contains(call.span));
        let root = root.ok_or(Refusal::Form("an empty file"))?;
        return task::to_secret(source, root, call, wanted);
    }
    let azure = service(source.path).is_some_and(|service| service.dialect == Dialect::Azure);
    // Secret variables of Azure are in no environment: they must be handed to the step by name.
    if azure && secret {
        return Err(Refusal::Computed(wanted.argument.to_owned()));
    }
    command::to_secret(source, call, wanted, &Exports::InFront)
}
