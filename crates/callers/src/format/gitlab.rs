//! GitLab CI: the scripts of each job, with what it extends, and the variables around them.

use std::collections::BTreeSet;

use tightlip_dockerfile::Edit;

use super::{Format, file_name, is_yaml};
use crate::call::Argument;
use crate::command::{self, Exports};
use crate::dialect::Dialect;
use crate::fields::arguments;
use crate::script::{self, Setting};
use crate::tree::{At, DEPTH, Entry, yaml};
use crate::{Call, Callers, Elsewhere, Fault, Move, Problem, Refusal, Source, Value};

pub(super) static FORMAT: Format =
    Format { name: "gitlab", what: "a GitLab CI file", claims, read, to_secret, grant: command::grant };

fn claims(source: &Source<'_>) -> bool {
    let name = file_name(source.path);
    is_yaml(name)
        && (name.ends_with(".gitlab-ci.yml")
            || name.ends_with(".gitlab-ci.yaml")
            || source.path.contains(".gitlab/ci/"))
}

/// Keys at the top that are no jobs.
const GLOBAL: &[&str] =
    &["default", "include", "stages", "variables", "workflow", "image", "services", "cache"];

fn read(source: &Source<'_>) -> Callers {
    let tree = yaml(source.text);
    let mut callers = Callers::default();
    // A file with a header (`spec:`) has two documents.
    for root in tree.documents() {
        let mut reader = Reader { source, root, callers: &mut callers, seen: BTreeSet::new() };
        reader.includes();
        // Hidden jobs are for others to extend: those are what runs.
        let hidden = |job: &Entry<'_>| job.key.as_str().is_some_and(|name| name.starts_with('.'));
        let (hidden, jobs): (Vec<Entry<'_>>, Vec<Entry<'_>>) = root.entries().into_iter().partition(hidden);
        for job in jobs.into_iter().chain(hidden) {
            let name = job.key.as_str().unwrap_or("");
            if job.value.is_table() && (!GLOBAL.contains(&name) || name == "default") {
                reader.job(job);
            }
        }
        reader.lines(root, &Setting { environment: variables(root), ..Setting::default() });
    }
    callers.problems.extend(tree.problems);
    callers
}

fn variables(at: At<'_>) -> Vec<Argument> {
    let table = at.get("variables").filter(At::is_table);
    let entries = table.map(|table| table.entries()).unwrap_or_default();
    let one = |entry: Entry<'_>| {
        // A variable may be a table with its value and a description.
        let value = if entry.value.is_table() { entry.value.get("value") } else { Some(entry.value) };
        let value = value.and_then(|value| value.value(Dialect::Variables));
        Some(Argument::new(entry.key.text()?.clone(), value, entry.span()))
    };
    entries.into_iter().filter_map(one).collect()
}

struct Reader<'t, 's, 'c> {
    source: &'s Source<'s>,
    root: At<'t>,
    callers: &'c mut Callers,
    /// Where the scripts stand that were read: jobs share them.
    seen: BTreeSet<usize>,
}

impl<'t> Reader<'t, '_, '_> {
    fn includes(&mut self) {
        let Some(include) = self.root.get("include") else { return };
        let items = if include.is_table() { vec![include] } else { include.one_or_more() };
        for item in items {
            let named = ["local", "project", "remote", "template", "component", "file"];
            let named = named.iter().find_map(|key| item.text_of(key)).or_else(|| item.text());
            let Some(what) = named.cloned() else { continue };
            let inputs =
                item.get("inputs").map(|inputs| arguments(inputs, Dialect::Variables)).unwrap_or_default();
            self.callers.elsewhere.push(Elsewhere {
                what,
                span: item.stands,
                secrets: Vec::new(),
                inherits: None,
                inputs,
            });
        }
    }

    /// The job and those that it extends, the nearest first.
    fn chain(&mut self, job: Entry<'t>) -> Vec<At<'t>> {
        let mut chain = vec![job.value];
        let mut names: BTreeSet<&str> = job.key.as_str().into_iter().collect();
        let mut at = 0;
        while let Some(one) = chain.get(at).copied().filter(|_| at < DEPTH) {
            at += 1;
            for parent in one.get("extends").map(|at| at.one_or_more()).unwrap_or_default() {
                let Some(name) = parent.as_str().filter(|name| names.insert(name)) else { continue };
                match self.root.get(name) {
                    Some(table) => chain.push(table),
                    // It may come from an included file.
                    None => self.missing(name, parent),
                }
            }
        }
        chain
    }

    fn missing(&mut self, name: &str, at: At<'t>) {
        self.callers.problems.push(Problem { fault: Fault::Dangling(name.to_owned()), span: at.stands });
    }

    fn job(&mut self, job: Entry<'t>) {
        let chain = self.chain(job);
        let mut environment: Vec<Argument> = chain.iter().flat_map(|one| variables(*one)).collect();
        environment.extend(variables(self.root));
        let image = chain.iter().copied().chain([self.root]).find_map(image);
        let setting = Setting { environment, image, name: job.key.text().cloned() };
        for one in chain {
            self.lines(one, &setting);
        }
    }

    fn lines(&mut self, at: At<'t>, setting: &Setting) {
        for key in ["before_script", "script", "after_script"] {
            if let Some(script) = at.get(key) {
                self.script(script, setting, 0);
            }
        }
    }

    fn script(&mut self, at: At<'t>, setting: &Setting, depth: usize) {
        if depth > DEPTH {
            self.callers.problems.push(Problem { fault: Fault::TooDeep, span: at.stands });
            return;
        }
        if at.tag() == Some("reference") {
            return self.reference(at, setting, depth);
        }
        let Some(text) = at.text() else {
            at.items().into_iter().for_each(|item| self.script(item, setting, depth + 1));
            return;
        };
        if self.seen.insert(text.span().start) {
            let found = script::calls(self.source, text, Dialect::Plain, setting);
            self.callers.calls.extend(found.calls);
            self.callers.problems.extend(found.problems);
        }
    }

    /// `!reference [.job, script]`
    fn reference(&mut self, at: At<'t>, setting: &Setting, depth: usize) {
        let path: Vec<&str> = at.items().iter().filter_map(At::as_str).collect();
        let target = path.iter().try_fold(self.root, |at, key| at.get(key));
        match target {
            Some(target) => self.script(target, setting, depth + 1),
            None => self.missing(&path.join("."), at),
        }
    }
}

fn image(at: At<'_>) -> Option<Value> {
    let image = at.get("image")?;
    if image.is_table() { image.get("name") } else { Some(image) }?.value(Dialect::Variables)
}

fn to_secret(source: &Source<'_>, call: &Call, wanted: &Move<'_>) -> Result<Vec<Edit>, Refusal> {
    let tree = yaml(source.text);
    if tree.is_shared(call.span) {
        return Err(Refusal::Shared("the script".to_owned()));
    }
    command::to_secret(source, call, wanted, &Exports::InFront)
}
