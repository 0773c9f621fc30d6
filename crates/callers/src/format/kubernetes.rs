//! Kaniko and other builders as steps: containers of Kubernetes and Tekton, steps of Cloud Build.

use tightlip_dockerfile::{Edit, Span, Text};

use super::{Format, file_name, is_yaml};
use crate::command::{self, Exports, Word};
use crate::dialect::Dialect;
use crate::fields::arguments;
use crate::script::{self, Setting};
use crate::tree::{At, DEPTH, yaml};
use crate::value::{Part, Piece};
use crate::{Argument, Call, Callers, Fault, Grant, Move, Problem, Refusal, Source, Value};

pub(super) static FORMAT: Format =
    Format { name: "containers", what: "containers that build images", claims, read, to_secret, grant };

fn claims(source: &Source<'_>) -> bool {
    if !is_yaml(source.path) {
        return false;
    }
    let name = file_name(source.path);
    let kubernetes = source.text.contains("apiVersion:") && source.text.contains("kind:");
    let builds =
        ["kaniko", "buildah", "buildctl", "docker", "podman"].iter().any(|tool| source.text.contains(tool));
    name.starts_with("cloudbuild") || name.contains("cloudbuild") || (kubernetes && builds)
}

fn dialect(source: &Source<'_>) -> Dialect {
    if file_name(source.path).contains("cloudbuild") { Dialect::Compose } else { Dialect::Kubernetes }
}

fn read(source: &Source<'_>) -> Callers {
    let tree = yaml(source.text);
    let mut callers = Callers::default();
    let mut reader = Reader { source, dialect: dialect(source), callers: &mut callers };
    for root in tree.documents() {
        reader.walk(root, 0);
    }
    callers.problems.extend(tree.problems);
    callers
}

struct Reader<'s, 'c> {
    source: &'s Source<'s>,
    dialect: Dialect,
    callers: &'c mut Callers,
}

impl Reader<'_, '_> {
    fn walk(&mut self, at: At<'_>, depth: usize) {
        if depth > DEPTH {
            self.callers.problems.push(Problem { fault: Fault::TooDeep, span: at.stands });
            return;
        }
        if !at.is_here() {
            return;
        }
        if at.get("args").is_some() || at.get("command").is_some() || at.get("script").is_some() {
            self.container(at);
        }
        at.own().into_iter().for_each(|entry| self.walk(entry.value, depth + 1));
        at.items().into_iter().for_each(|item| self.walk(item, depth + 1));
    }

    /// A container, or a step: an image, a program, and its words.
    fn container(&mut self, at: At<'_>) {
        let image = if at.get("image").is_some() { at.get("image") } else { at.get("name") };
        let image = image.and_then(|image| image.value(self.dialect));
        let setting = Setting { environment: self.variables(at), image, name: at.text_of("name").cloned() };
        if let Some(text) = at.text_of("script") {
            self.script(text, &setting);
        }
        let words = |key: &str| at.get(key).map(|list| list.one_or_more()).unwrap_or_default();
        let program: Vec<At<'_>> = words("command").into_iter().chain(words("entrypoint")).collect();
        let args = words("args");
        let all: Vec<At<'_>> = program.iter().chain(&args).copied().collect();
        match all
            .iter()
            .position(|word| matches!(word.as_str(), Some("-c" | "-ec" | "-xc" | "-exc" | "-euxc")))
        {
            Some(at) => self.shell(all.get(at + 1).copied(), &setting),
            None => self.exec(at, (program.as_slice(), args.as_slice()), setting),
        }
    }

    /// `sh -c 'script'`
    fn shell(&mut self, script: Option<At<'_>>, setting: &Setting) {
        if let Some(text) = script.and_then(|script| script.text()) {
            self.script(text, setting);
        }
    }

    fn script(&mut self, text: &Text, setting: &Setting) {
        // Cloud Build fills in `$NAME` and `${NAME}`, and leaves `$$` to the shell as one sign.
        let found = match self.dialect {
            Dialect::Compose if text.contains("$$") => {
                script::calls(self.source, &script::without_doubled_dollars(text), Dialect::Plain, setting)
            }
            dialect => script::calls(self.source, text, dialect, setting),
        };
        self.callers.calls.extend(found.calls);
        self.callers.problems.extend(found.problems);
    }

    /// A program with its words.
    fn exec(&mut self, at: At<'_>, (program, args): (&[At<'_>], &[At<'_>]), setting: Setting) {
        let word = |at: &At<'_>| Some(Word { value: at.value(self.dialect)?, span: at.stands });
        let args: Vec<Word> = args.iter().filter_map(word).collect();
        let mut line: Vec<Word> = program.iter().filter_map(word).collect();
        if let (true, Some(image)) = (line.is_empty(), &setting.image) {
            line.push(Word { value: image.clone(), span: image.span() });
        }
        line.extend(args);
        let line = command::Line { words: line, span: at.span() };
        let calls = command::read(&line, &[], &mut self.callers.problems);
        for mut call in calls {
            call.environment = setting.environment.clone();
            call.image.clone_from(&setting.image);
            call.name.clone_from(&setting.name);
            self.callers.calls.push(call);
        }
    }

    fn variables(&self, at: At<'_>) -> Vec<Argument> {
        let secrets = at.get("secretEnv").map(|list| list.items()).unwrap_or_default();
        let secret = |item: At<'_>| {
            let name = item.text()?;
            Some(Argument::new(name.clone(), Some(kept_apart(name)), item.stands))
        };
        let mut variables: Vec<Argument> = secrets.into_iter().filter_map(secret).collect();
        variables.extend(self.env(at));
        variables
    }

    fn env(&self, at: At<'_>) -> Vec<Argument> {
        let Some(env) = at.get("env") else { return Vec::new() };
        let of = |item: At<'_>| {
            let name = item.text_of("name")?.clone();
            let secret = item.get("valueFrom").and_then(|from| from.get("secretKeyRef")?.text_of("key"));
            let value = item.get("value").and_then(|value| value.value(self.dialect));
            let value = value.or_else(|| secret.map(kept_apart));
            Some(Argument::new(name, value, item.stands))
        };
        let named: Vec<Argument> = env.items().into_iter().filter_map(of).collect();
        if named.is_empty() { arguments(env, self.dialect) } else { named }
    }
}

/// What a store of secrets puts into a variable.
fn kept_apart(name: &Text) -> Value {
    let secret = Piece { at: 0..name.len(), part: Part::Secret(name.to_string()) };
    Value::with_holes(name.clone(), vec![secret])
}

fn to_secret(source: &Source<'_>, call: &Call, wanted: &Move<'_>) -> Result<Vec<Edit>, Refusal> {
    if yaml(source.text).is_shared(call.span) {
        return Err(Refusal::Shared("the container".to_owned()));
    }
    let value = call.argument(wanted.argument).and_then(|one| one.value.as_ref());
    let variable = value.and_then(Value::variable).map(|(name, _)| name);
    // What the container does not have in its environment, the tool will not find there.
    if value.is_some() && variable.is_none_or(|name| call.variable(name).is_none()) {
        return Err(Refusal::Computed(wanted.argument.to_owned()));
    }
    // Only what stands inside of the words changes: they may be items of a list, each in its quotes.
    let edits = command::to_secret(source, call, wanted, &Exports::Nowhere)?;
    let inner = call.arguments.iter().filter(|one| one.name.as_str() == wanted.argument);
    let inner = inner.filter_map(|one| Some((one, edits.iter().find(|edit| edit.span == one.span)?)));
    Ok(inner.flat_map(|(one, edit)| inside(source.text, one, &edit.replacement)).collect())
}

fn grant(_: &Source<'_>, _: &Call, _: &Grant<'_>) -> Result<Vec<Edit>, Refusal> {
    Err(Refusal::Form("the arguments of a container, which does not have the file"))
}

fn inside(text: &str, argument: &Argument, option: &str) -> Vec<Edit> {
    let span = argument.span;
    let at = text.get(span.range()).and_then(|text| text.find("--build-arg"));
    let (Some(at), Some((name, value))) = (at, option.split_once(' ')) else { return Vec::new() };
    let flag = Span::new(span.start + at, span.start + at + "--build-arg".len());
    let end =
        argument.value.as_ref().map_or(argument.name.span(), |value| argument.name.span().to(value.span()));
    vec![Edit::replace(flag, name), Edit::replace(end, value)]
}
