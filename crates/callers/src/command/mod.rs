//! Command lines: which of them start a build, and what their options say.

mod azure;
mod bake;
mod buildctl;
mod compose;
mod docker;
mod edit;
mod kaniko;
mod mutate;
mod podman;
mod take;

use tightlip_dockerfile::Span;

pub(crate) use self::edit::{Exports, grant, to_secret};
pub(crate) use self::take::set;
use crate::call::{Argument, Call, Tool};
use crate::value::{Origin, Part, Value};
use crate::{Fault, Problem};

/// A word of a command and where it stands, quotes included.
#[derive(Debug, Clone)]
pub(crate) struct Word {
    pub(crate) value: Value,
    pub(crate) span: Span,
}

/// A command line.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) words: Vec<Word>,
    pub(crate) span: Span,
}

/// How a tool is called, and its options.
#[derive(Debug)]
pub(crate) struct Syntax {
    /// What it is.
    tool: Tool,
    /// The programs, without their folder.
    programs: &'static [&'static str],
    /// The words after the program, other options aside. One of these must come.
    subcommands: &'static [&'static [&'static str]],
    /// The short options and what they stand for. One that stands for nothing known has no value.
    short: &'static [(char, &'static str)],
    /// Options with a value.
    valued: &'static [&'static str],
    /// Options without.
    switches: &'static [&'static str],
    /// What words without a dash are.
    positional: Positional,
}

/// What the words without a dash are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Positional {
    /// The build context.
    Context,
    /// What is built: targets, services.
    Names,
}

static SYNTAXES: &[&Syntax] = &[
    &docker::DOCKER,
    &docker::NERDCTL,
    &docker::IMG,
    &podman::PODMAN,
    &podman::BUILDAH,
    &bake::BAKE,
    &compose::COMPOSE,
    &kaniko::KANIKO,
    &buildctl::BUILDCTL,
    &azure::AZURE,
    &mutate::COMMIT,
    &mutate::CONFIG,
    &mutate::MUTATE,
];

/// Programs whose words are only talk.
const TALK: &[&str] = &["echo", "printf", "grep", "log", "info", "warn", "error", "die", "alias", "which"];

/// The builds that a command line starts. `variables` is what the script sets.
pub(crate) fn read(line: &Line, variables: &[Argument], problems: &mut Vec<Problem>) -> Vec<Call> {
    let first = line.words.first().map(|word| base(word.value.as_str()));
    if first.is_none_or(|name| TALK.contains(&name)) {
        return Vec::new();
    }
    // Whatever stands before the tool (sudo, time, a function that tries again) hands the words on.
    for start in 0..line.words.len() {
        for syntax in SYNTAXES {
            if let Some(after) = syntax.matches(&line.words, start) {
                let mut call = Call::new(syntax.tool, line.span);
                let last = after.checked_sub(1).and_then(|at| line.words.get(at));
                call.behind = last.map(|word| word.span.end);
                let mut reader = take::Options { syntax, call: &mut call, variables, problems };
                reader.read(line.words.get(start + 1..).unwrap_or_default(), after - start - 1);
                return vec![call];
            }
        }
    }
    Vec::new()
}

impl Syntax {
    /// Whether the tool is called at `start`; where its options for the build begin.
    fn matches(&self, words: &[Word], start: usize) -> Option<usize> {
        let program = words.get(start).filter(|word| !word.value.as_str().contains("://"))?;
        if !self.programs.contains(&base(program.value.as_str())) && !self.is_variable_for(&program.value) {
            return None;
        }
        // Without a subcommand, a word could be anything: it must be the program, or the image of the tool.
        if self.subcommands.is_empty() {
            return (start == 0 || program.value.as_str().contains("kaniko")).then_some(start + 1);
        }
        self.subcommands.iter().find_map(|wanted| self.subcommand(words, start + 1, wanted))
    }

    /// Finds the words of a subcommand, with global options between.
    fn subcommand(&self, words: &[Word], start: usize, wanted: &[&str]) -> Option<usize> {
        let mut at = start;
        for name in wanted {
            loop {
                let word = words.get(at)?.value.as_str();
                at += 1;
                if word == *name {
                    break;
                }
                if !word.starts_with('-') {
                    return None;
                }
                if GLOBAL.contains(&word) {
                    at += 1;
                }
            }
        }
        Some(at)
    }

    /// Whether the program is in a variable that is called like the tool, or falls back to it.
    fn is_variable_for(&self, value: &Value) -> bool {
        let Origin::One(Part::Variable { name, fallback }) = value.origin() else { return false };
        if let Some(fallback) = fallback {
            return self.programs.contains(&base(fallback));
        }
        let lower = name.to_ascii_lowercase();
        let engine =
            lower.contains("container_engine") || lower.contains("container_cli") || lower == "engine";
        self.programs.iter().any(|program| {
            lower == *program || lower == format!("{program}_cmd") || lower == format!("{program}_bin")
        }) || (engine && self.tool == Tool::Docker)
    }
}

/// Global options of these tools that have a value.
const GLOBAL: &[&str] = &[
    "-H",
    "--host",
    "--context",
    "-c",
    "--config",
    "-l",
    "--log-level",
    "--builder",
    "-f",
    "--file",
    "-p",
    "--project-name",
    "--profile",
    "--env-file",
    "--project-directory",
    "--progress",
    "--ansi",
    "--root",
    "--storage-driver",
    "--storage-opt",
    "--runtime",
    "--addr",
    "-n",
    "--namespace",
    "--connection",
    "--url",
    "--registries-conf",
    "--tlscacert",
    "--tlscert",
    "--tlskey",
];

/// The name of a program without its folder.
fn base(program: &str) -> &str {
    let name = program.rsplit('/').next().unwrap_or(program);
    // An image has a tag or a digest.
    let name = name.split([':', '@']).next().unwrap_or(name);
    name.strip_suffix(".exe").unwrap_or(name)
}

/// A problem at a place.
fn problem(fault: Fault, span: Span) -> Problem {
    Problem { fault, span }
}
