//! Compose files: `build` of each service, with what it extends and merges.

use std::collections::BTreeSet;

use tightlip_dockerfile::{Edit, Span};

use super::{Format, file_name, is_yaml};
use crate::call::{Argument, SecretSource, SecretUse};
use crate::convert::variable_of;
use crate::dialect::Dialect;
use crate::fields::{arguments, attest, computed_names, options, plain, provenance, secrets, values};
use crate::tree::rewrite::Rewrite;
use crate::tree::{At, Entry, Layout, yaml};
use crate::{Call, Callers, Elsewhere, Fault, Grant, Granted, Move, Problem, Refusal, Source, Tool, Value};

pub(super) static FORMAT: Format =
    Format { name: "compose", what: "a compose file", claims, read, to_secret, grant };

fn claims(source: &Source<'_>) -> bool {
    let name = file_name(source.path);
    let called = ["compose", "docker-compose", "podman-compose"]
        .iter()
        .any(|stem| name.strip_prefix(stem).is_some_and(|rest| rest.starts_with(['.', '-', '_'])));
    is_yaml(name) && (called || (name.contains("compose") && source.text.contains("services:")))
}

fn read(source: &Source<'_>) -> Callers {
    let tree = yaml(source.text);
    let mut callers = Callers::default();
    if let Some(root) = tree.root() {
        let mut reader = Reader { root, callers: &mut callers };
        reader.includes();
        let services = root.get("services").map(|services| services.entries()).unwrap_or_default();
        services.iter().for_each(|service| reader.service(*service));
    }
    callers.problems.extend(tree.problems);
    callers
}

struct Reader<'t, 'c> {
    root: At<'t>,
    callers: &'c mut Callers,
}

impl<'t> Reader<'t, '_> {
    fn problem(&mut self, fault: Fault, span: Span) {
        self.callers.problems.push(Problem { fault, span });
    }

    fn elsewhere(&mut self, what: At<'t>) {
        let Some(text) = what.text() else { return };
        self.callers.elsewhere.push(Elsewhere {
            what: text.clone(),
            span: what.stands,
            secrets: Vec::new(),
            inherits: None,
            inputs: Vec::new(),
        });
    }

    fn includes(&mut self) {
        let Some(include) = self.root.get("include") else { return };
        for item in include.one_or_more() {
            let paths = if item.is_table() { item.get("path") } else { Some(item) };
            paths.map(|paths| paths.one_or_more()).unwrap_or_default().into_iter().for_each(|one| {
                self.elsewhere(one);
            });
        }
    }

    /// The service and those that it extends, the nearest first.
    fn chain(&mut self, service: Entry<'t>) -> Vec<At<'t>> {
        let mut chain = vec![service.value];
        let mut seen: BTreeSet<&str> = service.key.as_str().into_iter().collect();
        while let Some(extends) = chain.last().and_then(|last| last.get("extends")) {
            let name = if extends.is_table() { extends.get("service") } else { Some(extends) };
            if let Some(file) = extends.get("file") {
                self.elsewhere(file);
                break;
            }
            let Some((at, name)) = name.and_then(|at| Some((at, at.as_str()?))) else { break };
            let next = self.root.get("services").and_then(|services| services.get(name));
            match next {
                Some(next) if seen.insert(name) => chain.push(next),
                Some(_) => break,
                None => {
                    self.problem(Fault::Dangling(format!("service {name}")), at.stands);
                    break;
                }
            }
        }
        chain
    }

    fn service(&mut self, service: Entry<'t>) {
        let chain = self.chain(service);
        let builds: Vec<At<'t>> = chain.iter().filter_map(|one| one.get("build")).collect();
        if builds.iter().all(At::is_null) {
            return;
        }
        let mut call = Call::new(Tool::ComposeFile, service.span());
        call.name = service.key.text().cloned();
        for build in builds.iter().rev() {
            self.build(&mut call, *build);
        }
        let image = chain.iter().find_map(|one| one.get("image"));
        call.tags.extend(image.and_then(|image| image.value(Dialect::Compose)));
        self.callers.problems.extend(computed_names(&call.arguments));
        self.callers.calls.push(call);
    }

    fn build(&mut self, call: &mut Call, build: At<'t>) {
        if let Some(context) = build.value(Dialect::Compose) {
            call.context = Some(context);
            return;
        }
        for entry in build.entries() {
            let (Some(key), value) = (entry.key.as_str(), entry.value) else { continue };
            let text = value.value(Dialect::Compose);
            match key {
                "context" => call.context = text.or(call.context.take()),
                "dockerfile" => call.dockerfile = text.or(call.dockerfile.take()),
                "dockerfile_inline" => call.inline = value.text().cloned().or(call.inline.take()),
                "target" => call.target = text.or(call.target.take()),
                "args" => merge(&mut call.arguments, arguments(value, Dialect::Compose)),
                "labels" => merge(&mut call.labels, arguments(value, Dialect::Compose)),
                "additional_contexts" => merge(&mut call.contexts, arguments(value, Dialect::Compose)),
                "ssh" => call.ssh.extend(ssh(value)),
                "tags" => call.tags.extend(values(value, Dialect::Compose)),
                "platforms" => call.platforms.extend(values(value, Dialect::Compose)),
                "cache_to" => call.cache_to.extend(options(value, Dialect::Compose)),
                "provenance" => call.provenance = text.as_ref().map(provenance),
                "sbom" => call.sbom = text,
                "secrets" => self.secrets(call, value),
                "x-bake" => self.bake(call, value),
                _ => {}
            }
        }
    }

    /// What only bake reads.
    fn bake(&mut self, call: &mut Call, table: At<'t>) {
        for entry in table.entries() {
            let found = options(entry.value, Dialect::Compose);
            match entry.key.as_str() {
                Some("secret") => self.callers.problems.extend(secrets(call, &found)),
                Some("cache-to") => call.cache_to.extend(found),
                Some("output") => call.outputs.extend(found),
                Some("attest") => found.iter().for_each(|one| attest(call, one)),
                Some("ssh") => call.ssh.extend(values(entry.value, Dialect::Compose)),
                Some("tags") => call.tags.extend(values(entry.value, Dialect::Compose)),
                Some("platforms") => call.platforms.extend(values(entry.value, Dialect::Compose)),
                _ => {}
            }
        }
    }

    fn secrets(&mut self, call: &mut Call, list: At<'t>) {
        for item in list.items() {
            let name = if item.is_table() { item.get("source") } else { Some(item) };
            let Some(name) = name.and_then(|name| name.value(Dialect::Compose)) else {
                self.problem(Fault::Shape("a secret"), item.stands);
                continue;
            };
            let source = self.source_of(&name);
            call.secrets.push(SecretUse { id: name, source, span: item.stands });
        }
    }

    /// Where the secret of this name comes from, by the top of the file.
    fn source_of(&mut self, name: &Value) -> SecretSource {
        let declared = self.root.get("secrets").and_then(|all| all.get(name.as_str()));
        let Some(declared) = declared else {
            self.problem(Fault::Dangling(format!("secret {}", name.as_str())), name.span());
            return SecretSource::Outside;
        };
        if let Some(variable) = declared.text_of("environment") {
            return SecretSource::Environment(variable.clone());
        }
        let of = |key: &str| declared.get(key).and_then(|at| at.value(Dialect::Compose));
        of("file")
            .map(SecretSource::File)
            .or_else(|| of("content").map(SecretSource::Value))
            .unwrap_or(SecretSource::Outside)
    }
}

/// `ssh` as a list of names or a table of paths.
fn ssh(at: At<'_>) -> Vec<Value> {
    if at.is_table() {
        return at.entries().into_iter().filter_map(|entry| entry.key.text().map(plain)).collect();
    }
    values(at, Dialect::Compose)
}

/// Later names replace earlier ones.
fn merge(all: &mut Vec<Argument>, more: Vec<Argument>) {
    let names: BTreeSet<String> = more.iter().map(|one| one.name.as_str().to_owned()).collect();
    all.retain(|one| !names.contains(one.name.as_str()));
    all.extend(more);
}

fn to_secret(source: &Source<'_>, call: &Call, wanted: &Move<'_>) -> Result<Vec<Edit>, Refusal> {
    let tree = yaml(source.text);
    let rewrite = Rewrite::of(source.text);
    let root = tree.root().ok_or(Refusal::Form("an empty file"))?;
    let elsewhere = || Refusal::Elsewhere(format!("the build argument {}", wanted.argument));
    let argument = call.argument(wanted.argument).ok_or_else(elsewhere)?;
    let variable = variable_of(argument)?;
    let name = call.name.as_deref().unwrap_or("");
    let services = root.get("services").ok_or_else(elsewhere)?;
    let service = services.own_entry(name).filter(|one| one.span() == call.span).ok_or_else(elsewhere)?;
    let build = service.value.own_entry("build").ok_or_else(elsewhere)?;
    let args = build.value.own_entry("args").ok_or_else(elsewhere)?;
    if !build.span().contains(argument.span) || !args.value.is_here() || !build.value.is_here() {
        return Err(elsewhere());
    }
    if tree.is_shared(argument.span) {
        return Err(Refusal::Shared(format!("the build argument {}", wanted.argument)));
    }
    // What belongs to the build stands above what belongs to the file, also where both end with the file.
    let mut edits = exchange(&rewrite, build.value, args, &Exchange { argument, call, id: wanted.id })?;
    edits.extend(declare(&rewrite, root, wanted.id, ("environment", &variable))?);
    Ok(edits)
}

/// Declares the secret at the top of the file, unless it is declared.
fn declare(
    rewrite: &Rewrite<'_>,
    root: At<'_>,
    id: &str,
    (kind, from): (&str, &str),
) -> Result<Vec<Edit>, Refusal> {
    let Some(all) = root.own_entry("secrets") else {
        return Ok(vec![rewrite.add_entry(root, &format!("secrets:\n  {id}:\n    {kind}: {from}"))?]);
    };
    if let Some(known) = all.value.get(id) {
        let same = known.text_of(kind).is_some_and(|text| text.as_str() == from);
        return if same { Ok(Vec::new()) } else { Err(Refusal::Taken(id.to_owned())) };
    }
    let entry = match all.value.layout() {
        Some(Layout::Flow) => format!("{id}: {{{kind}: {from}}}"),
        _ => format!("{id}:\n  {kind}: {from}"),
    };
    Ok(vec![rewrite.add_entry(all.value, &entry)?])
}

struct Exchange<'a> {
    argument: &'a Argument,
    call: &'a Call,
    id: &'a str,
}

/// Takes the argument away and grants the secret to the build.
fn exchange(
    rewrite: &Rewrite<'_>,
    build: At<'_>,
    args: Entry<'_>,
    moved: &Exchange<'_>,
) -> Result<Vec<Edit>, Refusal> {
    let secrets = build.own_entry("secrets").filter(|entry| !entry.value.is_null());
    let last = args.value.own().len() + args.value.items().len() == 1;
    let granted = moved.call.secret(moved.id).is_some();
    let new = match build.layout() {
        Some(Layout::Flow) => format!("secrets: [{}]", moved.id),
        _ => format!("secrets:\n  - {}", moved.id),
    };
    let mut edits = Vec::new();
    match (secrets, last) {
        (None, true) if !granted => return Ok(vec![rewrite.replace_entry(args, &new)]),
        (Some(list), _) if !granted => edits.push(rewrite.add_item(list.value, moved.id)?),
        (None, _) if !granted => edits.push(rewrite.add_entry(build, &new)?),
        _ => {}
    }
    if last {
        edits.extend(rewrite.remove_entry(build, args));
    } else {
        edits.extend(remove(rewrite, args.value, moved.argument)?);
    }
    Ok(edits)
}

fn remove(rewrite: &Rewrite<'_>, args: At<'_>, argument: &Argument) -> Result<Vec<Edit>, Refusal> {
    let gone = || Refusal::Elsewhere(format!("the build argument {}", argument.name));
    if args.is_table() {
        let entry = args.own_entry(&argument.name).ok_or_else(gone)?;
        return Ok(rewrite.remove_entry(args, entry));
    }
    let item = args.items().into_iter().find(|item| item.stands == argument.span).ok_or_else(gone)?;
    Ok(rewrite.remove_item(args, item))
}

fn grant(source: &Source<'_>, call: &Call, wanted: &Grant<'_>) -> Result<Vec<Edit>, Refusal> {
    let tree = yaml(source.text);
    let rewrite = Rewrite::of(source.text);
    let elsewhere = || Refusal::Elsewhere("the build".to_owned());
    let root = tree.root().ok_or_else(elsewhere)?;
    let service = call.name.as_deref().and_then(|name| root.get("services")?.own_entry(name));
    let service = service.filter(|one| one.span() == call.span).ok_or_else(elsewhere)?;
    let build = service.value.own_entry("build").filter(|one| one.value.is_here()).ok_or_else(elsewhere)?;
    let path = wanted.path(call)?;
    let (declared, key, item) = match wanted.what {
        Granted::Secret => {
            let declared = declare(&rewrite, root, wanted.id, ("file", &path))?;
            (declared, "secrets", wanted.id.to_owned())
        }
        Granted::Ssh => (Vec::new(), "ssh", format!("{}={path}", wanted.id)),
    };
    let mut edits = vec![listed(source, &rewrite, build, (key, &item))?];
    edits.extend(declared);
    Ok(edits)
}

/// Adds an item to a list of a build, which may be a path alone so far.
fn listed(
    source: &Source<'_>,
    rewrite: &Rewrite<'_>,
    build: Entry<'_>,
    (key, item): (&str, &str),
) -> Result<Edit, Refusal> {
    if build.value.scalar().is_some() {
        let context = source.text.get(build.value.span().range()).unwrap_or(".");
        let text = format!("build:\n  context: {context}\n  {key}:\n    - {item}");
        return Ok(rewrite.replace_entry(build, &text));
    }
    match build.value.own_entry(key).filter(|entry| !entry.value.is_null()) {
        Some(list) => rewrite.add_item(list.value, item),
        None => match build.value.layout() {
            Some(Layout::Flow) => rewrite.add_entry(build.value, &format!("{key}: [{item}]")),
            _ => rewrite.add_entry(build.value, &format!("{key}:\n  - {item}")),
        },
    }
}
