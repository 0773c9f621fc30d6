//! The idioms of the ecosystems: how each of their tools gets a secret from a variable without writing it down.

mod aws;
mod build_tools;
mod bundler;
mod cargo;
mod composer;
mod gcloud;
mod git;
mod github;
mod go;
mod gradle;
mod huggingface;
mod maven;
mod npm;
mod nuget;
mod pip;
mod poetry;
mod removal;
mod uv;
mod yarn;

use tightlip_dockerfile::shell::{
    Command, Item, Operator, Part, PartKind, Quoting, Script, Simple, Target, Word,
};
use tightlip_dockerfile::{Command as Written, Edit, Kind, Span};

use super::step::{simple, text};
use crate::lint::fix::Safety;
use crate::lint::project::Dockerfile;

/// What an ecosystem does with secrets.
pub(super) struct Recipe {
    /// The ecosystem.
    #[cfg_attr(not(test), expect(dead_code, reason = "a test holds that no two are the same"))]
    pub(super) id: &'static str,
    /// Its programs.
    pub(super) programs: &'static [&'static str],
    /// Whether they read a variable of that name by themselves.
    pub(super) reads: fn(&str) -> bool,
    /// Mends a command that writes the value down; `None` for all others.
    pub(super) mend: fn(&Scene<'_>, &Command, &Simple) -> Option<Mending>,
}

/// The ecosystems; the last one is for what no other knows.
pub(super) static RECIPES: &[&Recipe] = &[
    &npm::RECIPE,
    &yarn::RECIPE,
    &pip::RECIPE,
    &poetry::RECIPE,
    &uv::RECIPE,
    &maven::RECIPE,
    &gradle::RECIPE,
    &cargo::RECIPE,
    &go::RECIPE,
    &bundler::RECIPE,
    &composer::RECIPE,
    &nuget::RECIPE,
    &git::RECIPE,
    &github::RECIPE,
    &aws::RECIPE,
    &gcloud::RECIPE,
    &huggingface::RECIPE,
    &build_tools::RECIPE,
    &removal::RECIPE,
];

/// Edits of a command.
pub(super) struct Mending {
    pub(super) edits: Vec<Edit>,
    pub(super) safety: Safety,
    pub(super) filled: Filled,
}

/// Who puts the value where it is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Filled {
    /// The shell, in this step.
    Here,
    /// The tool whenever it runs: what was written has the name of the variable.
    ByTool,
}

impl Mending {
    fn safe(edits: Vec<Edit>) -> Self {
        Self { edits, safety: Safety::Safe, filled: Filled::Here }
    }
}

/// A command in its step.
pub(super) struct Scene<'s> {
    pub(super) dockerfile: &'s Dockerfile<'s>,
    /// The instruction.
    pub(super) index: usize,
    pub(super) script: &'s Script,
    /// The variable that holds the secret.
    pub(super) name: &'s str,
    /// What becomes of the steps behind it.
    pub(super) later: Later,
}

/// What becomes of steps that read what a command wrote down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Later {
    /// They miss it: then the command is not mended.
    Missing,
    /// They are given it too.
    Carried,
}

impl Scene<'_> {
    /// A word as it is written.
    fn source(&self, word: &Word) -> &str {
        text(self.dockerfile, word.span)
    }

    /// A command written as `export NAME=value …` instead: the tool reads it from there. Only if no later step runs
    /// one of the programs, for it would miss what was written down.
    fn exported(&self, command: &Command, programs: &[&str], pairs: &[(String, String)]) -> Option<Mending> {
        let missed = self.later == Later::Missing && self.used_later(programs);
        if !command.redirects.is_empty() || missed {
            return None;
        }
        let pairs: String = pairs.iter().map(|(name, value)| format!(" {name}={value}")).collect();
        Some(Mending::safe(vec![Edit::replace(command.span, format!("export{pairs}"))]))
    }

    /// A command behind all others of the step. Behind a here-document or a comment nothing can follow on the line.
    fn at_end(&self, command: &str) -> Option<Edit> {
        let instruction = self.dockerfile.instruction(self.index)?;
        let Kind::Run(run) = &instruction.kind else { return None };
        let Written::Shell(text) = &run.command else { return None };
        let open = instruction.heredocs.is_empty() && !text.contains('#');
        open.then(|| Edit::insert(self.script.list.span.end, format!(" && {command}")))
    }

    /// Whether the step does something after a command: something else than to prepare files.
    fn goes_on(&self, command: &Command) -> bool {
        let after = |other: &&Command| other.span.start >= command.span.end;
        let mut later = self.script.commands().into_iter().filter(after).filter_map(simple);
        later.any(|simple| {
            let program = simple.program().unwrap_or_default();
            !PREPARING.contains(&last(&program))
        })
    }

    /// The pipeline that ends in a command.
    fn pipeline(&self, command: &Command) -> Option<&Item> {
        let ends = |item: &&Item| item.pipeline.last().is_some_and(|last| last.span == command.span);
        self.script.list.items.iter().find(ends)
    }

    /// Whether a step after this one runs one of the programs.
    fn used_later(&self, programs: &[&str]) -> bool {
        let stages = self.dockerfile.stages();
        let later = self.dockerfile.instructions().skip(self.index + 1);
        later.filter(|(_, instruction)| matches!(instruction.kind, Kind::Run(_))).any(
            |(index, instruction)| {
                let same = stages.holding(index).is_some_and(|stage| {
                    let own = stages.holding(self.index).map_or(usize::MAX, |own| own.index);
                    stages.lineage(stage.index).contains(&own)
                });
                let script = Script::of(instruction, &tightlip_dockerfile::shell::Interpreter::Posix);
                let commands = script.iter().flat_map(Script::commands).filter_map(|c| simple(c)?.program());
                same && commands.into_iter().any(|program| programs.contains(&last(&program)))
            },
        )
    }

    /// A word with the reference to the secret kept as it is instead of filled in: the tool fills it in when it
    /// reads the file. `None` if the word holds other expansions, or what single quotes cannot hold.
    fn kept(&self, word: &Word, reference: &dyn Fn(&str) -> String) -> Option<String> {
        let mut inner = String::new();
        let mut secrets = 0;
        for part in &word.parts {
            match &part.kind {
                PartKind::Literal(text) if !text.contains('\'') => inner.push_str(text.as_str()),
                PartKind::Variable(variable)
                    if variable.name == self.name && variable.operator == Operator::Value =>
                {
                    inner.push_str(&reference(self.name));
                    secrets += 1;
                }
                _ => return None,
            }
        }
        (secrets > 0).then(|| format!("'{inner}'"))
    }

    /// The words that hold the secret, written so that they keep the reference.
    fn keeping(&self, words: &[Word], reference: &dyn Fn(&str) -> String) -> Option<Mending> {
        let holds = |word: &&Word| word.variables().iter().any(|(variable, _)| variable.name == self.name);
        let mut edits = Vec::new();
        for word in words.iter().filter(holds) {
            edits.push(Edit::replace(word.span, self.kept(word, reference)?));
        }
        (!edits.is_empty()).then(|| Mending { filled: Filled::ByTool, ..Mending::safe(edits) })
    }

    /// Whether a word is the secret and nothing else.
    fn is_secret(&self, word: &Word) -> bool {
        let mut parts = word.parts.iter().filter(|part| !is_empty(part));
        let first = parts.next().map(|part| &part.kind);
        let whole = matches!(first, Some(PartKind::Variable(variable))
            if variable.name == self.name && variable.operator == Operator::Value);
        whole && parts.next().is_none()
    }

    /// A word as a value: what would be split otherwise gets quotes.
    fn value(&self, word: &Word) -> String {
        let bare = |part: &Part| part.quotes == Quoting::Bare && !matches!(part.kind, PartKind::Literal(_));
        let source = self.source(word);
        if word.parts.iter().any(bare) && !source.contains(['"', '\'']) {
            format!("\"{source}\"")
        } else {
            source.to_owned()
        }
    }
}

/// Programs that only prepare a file for those that read it.
pub(super) const PREPARING: &[&str] = &["chmod", "chown", "chgrp", "touch", "mkdir", "ls", "true", ":"];

fn is_empty(part: &Part) -> bool {
    matches!(&part.kind, PartKind::Literal(text) if text.is_empty())
}

/// The name of a program without its directory.
pub(super) fn last(program: &str) -> &str {
    program.rsplit('/').next().unwrap_or(program)
}

/// The words behind a program and its sub-commands: `npm config set`.
fn after<'w>(simple: &'w Simple, start: &[&str]) -> Option<&'w [Word]> {
    let words: Vec<String> = simple.words.iter().take(start.len()).filter_map(Word::literal).collect();
    let same = words.len() == start.len()
        && words.iter().zip(start).enumerate().all(|(place, (word, wanted))| {
            let word = if place == 0 { last(word) } else { word.as_str() };
            wanted.split('|').any(|one| one == word)
        });
    if same { simple.words.get(start.len()..) } else { None }
}

/// Words that are no flags.
fn plain(words: &[Word]) -> Vec<&Word> {
    words.iter().filter(|word| !word.prefix().starts_with('-')).collect()
}

/// Whether a program prints what it is given into a file that is called like this.
fn prints_into<'c>(command: &'c Command, simple: &Simple, names: &[&str]) -> Option<&'c Word> {
    let prints = simple.program().is_some_and(|program| matches!(last(&program), "echo" | "printf"));
    let target = command.redirects.iter().find_map(|redirect| match &redirect.target {
        Target::Word(word) => Some(word),
        _ => None,
    })?;
    let path = target.sketch();
    (prints && names.iter().any(|name| path.ends_with(name))).then_some(target)
}

/// Where a command stands.
fn place(command: &Command) -> Span {
    command.span
}

/// No variable is read.
fn nothing(_: &str) -> bool {
    false
}

/// No command is mended.
fn as_it_is(_: &Scene<'_>, _: &Command, _: &Simple) -> Option<Mending> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_recipe_has_a_name_of_its_own() {
        let names: std::collections::BTreeSet<_> = RECIPES.iter().map(|recipe| recipe.id).collect();
        assert_eq!(names.len(), RECIPES.len());
    }
}
