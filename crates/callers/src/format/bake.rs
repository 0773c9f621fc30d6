//! Bake files, in HCL and in JSON: every target, with what it inherits.

use std::collections::{BTreeMap, BTreeSet};

use tightlip_dockerfile::{Edit, Span};

use super::{Format, file_name};
use crate::call::Argument;
use crate::convert::variable_of;
use crate::dialect::Dialect;
use crate::fields::{arguments, attest, computed_names, options, secrets, values};
use crate::tree::rewrite::Rewrite;
use crate::tree::{At, Entry, Layout, Tree, hcl, json};
use crate::value::{Part, Piece};
use crate::{Call, Callers, Fault, Grant, Granted, Move, Problem, Refusal, Source, Tool, Value};

pub(super) static FORMAT: Format =
    Format { name: "bake", what: "a bake file", claims, read, to_secret, grant };

fn claims(source: &Source<'_>) -> bool {
    let name = file_name(source.path);
    let bake = name.contains("bake");
    (name.ends_with(".hcl")
        && (bake || source.text.contains("target \"") && source.text.contains("dockerfile")))
        || (name.ends_with(".json") && bake && source.text.contains("\"target\""))
}

fn parse(source: &Source<'_>) -> Tree {
    if source.path.ends_with(".json") { json(source.text) } else { hcl(source.text) }
}

fn read(source: &Source<'_>) -> Callers {
    let tree = parse(source);
    let mut callers = Callers::default();
    if let Some(root) = tree.root() {
        let targets = targets(root);
        let reader = Reader { fallbacks: fallbacks(root), targets: &targets };
        for (name, parts) in &targets {
            reader.target(name, parts, &mut callers);
        }
    }
    callers.calls.sort_by_key(|call| call.span);
    callers.problems.extend(tree.problems);
    callers
}

/// A target inherits from so many others at most.
const DEEPEST: usize = 256;

/// The targets by name. A target may be written in several blocks.
type Targets<'t> = BTreeMap<&'t str, Vec<Entry<'t>>>;

fn targets(root: At<'_>) -> Targets<'_> {
    let mut targets = Targets::new();
    for block in root.own().into_iter().filter(|entry| entry.key.as_str() == Some("target")) {
        for target in block.value.own() {
            if let Some(name) = target.key.as_str() {
                targets.entry(name).or_default().push(target);
            }
        }
    }
    targets
}

/// What variables are when the environment does not set them.
fn fallbacks(root: At<'_>) -> BTreeMap<String, String> {
    let blocks = root.own().into_iter().filter(|entry| entry.key.as_str() == Some("variable"));
    let variables = blocks.flat_map(|block| block.value.own());
    let fallback = |entry: Entry<'_>| {
        let text = entry.value.get("default")?.value(Dialect::Hcl)?;
        Some((entry.key.as_str()?.to_owned(), text.as_str().to_owned()))
    };
    variables.filter_map(fallback).collect()
}

struct Reader<'t, 'r> {
    fallbacks: BTreeMap<String, String>,
    targets: &'r Targets<'t>,
}

/// A target and all that it inherits from.
#[derive(Default)]
struct Lineage<'t> {
    seen: BTreeSet<&'t str>,
    /// What is written, in the order in which it counts.
    order: Vec<At<'t>>,
    problems: Vec<Problem>,
}

impl<'t> Reader<'t, '_> {
    fn target(&self, name: &'t str, parts: &[Entry<'t>], callers: &mut Callers) {
        let Some(first) = parts.first() else { return };
        let mut call = Call::new(Tool::BakeFile, place(*first));
        call.name = first.key.text().cloned();
        let mut lineage = Lineage::default();
        self.collect(name, &mut lineage);
        callers.problems.append(&mut lineage.problems);
        for table in lineage.order {
            self.apply(table, &mut call, &mut callers.problems);
        }
        self.fill(&mut call);
        callers.problems.extend(computed_names(&call.arguments));
        callers.calls.push(call);
    }

    /// What a target is made of, what it inherits first.
    fn collect(&self, name: &'t str, lineage: &mut Lineage<'t>) {
        if lineage.seen.len() > DEEPEST || !lineage.seen.insert(name) {
            return;
        }
        for part in self.targets.get(name).map(Vec::as_slice).unwrap_or_default() {
            let parents = part.value.get("inherits").map(|at| at.one_or_more()).unwrap_or_default();
            for parent in parents {
                let Some(value) = parent.value(Dialect::Hcl) else { continue };
                match value.plain().and_then(|name| self.targets.get_key_value(name)) {
                    Some((name, _)) => self.collect(name, lineage),
                    None => {
                        let fault = Fault::Dangling(format!("target {}", value.as_str()));
                        lineage.problems.push(Problem { fault, span: parent.stands });
                    }
                }
            }
            lineage.order.push(part.value);
        }
    }

    fn apply(&self, table: At<'t>, call: &mut Call, problems: &mut Vec<Problem>) {
        for entry in table.own() {
            let value = entry.value;
            let text = value.value(Dialect::Hcl);
            let listed = || values(value, Dialect::Hcl);
            match entry.key.as_str().unwrap_or("") {
                "args" => merge(&mut call.arguments, arguments(value, Dialect::Hcl)),
                "labels" => merge(&mut call.labels, arguments(value, Dialect::Hcl)),
                "annotations" => call.labels.extend(arguments(value, Dialect::Hcl)),
                "contexts" => merge(&mut call.contexts, arguments(value, Dialect::Hcl)),
                "context" => call.context = text,
                "dockerfile" => call.dockerfile = text,
                "dockerfile-inline" => call.inline = value.text().cloned(),
                "target" => call.target = text,
                "tags" => call.tags = listed(),
                "platforms" => call.platforms = listed(),
                "ssh" => call.ssh.extend(listed()),
                "cache-to" => call.cache_to = options(value, Dialect::Hcl),
                "output" => call.outputs = options(value, Dialect::Hcl),
                "attest" => options(value, Dialect::Hcl).iter().for_each(|one| attest(call, one)),
                "secret" => problems.extend(secrets(call, &options(value, Dialect::Hcl))),
                "matrix" | "name" => {}
                _ => {}
            }
        }
    }

    /// Tells variables what they are when they are not set.
    fn fill(&self, call: &mut Call) {
        for argument in &mut call.arguments {
            let Some(value) = &argument.value else { continue };
            let filled = value.pieces().iter().map(|piece| match &piece.part {
                Part::Variable { name, fallback: None } => Piece {
                    at: piece.at.clone(),
                    part: Part::Variable { name: name.clone(), fallback: self.fallbacks.get(name).cloned() },
                },
                _ => piece.clone(),
            });
            let holes = filled.filter(|piece| piece.part != Part::Literal).collect();
            argument.value = Some(Value::with_holes(value.text().clone(), holes));
        }
    }
}

/// A block of HCL, or an entry of JSON.
fn place(target: Entry<'_>) -> Span {
    match target.value.layout() {
        Some(Layout::Body) => target.value.span(),
        _ => target.span(),
    }
}

fn merge(all: &mut Vec<Argument>, more: Vec<Argument>) {
    for one in more {
        all.retain(|known| known.name.as_str() != one.name.as_str());
        all.push(one);
    }
}

fn to_secret(source: &Source<'_>, call: &Call, wanted: &Move<'_>) -> Result<Vec<Edit>, Refusal> {
    let tree = parse(source);
    let rewrite = Rewrite::of(source.text);
    let elsewhere = || Refusal::Elsewhere(format!("the build argument {}", wanted.argument));
    let argument = call.argument(wanted.argument).ok_or_else(elsewhere)?;
    let targets = targets(tree.root().ok_or_else(elsewhere)?);
    let parts = call.name.as_ref().and_then(|name| targets.get(name.as_str())).ok_or_else(elsewhere)?;
    let holds = |part: &&Entry<'_>| part.value.span().contains(argument.span);
    let table = parts.iter().find(holds).ok_or_else(elsewhere)?.value;
    let args = table.own_entry("args").ok_or_else(elsewhere)?;
    let entry = args.value.own_entry(wanted.argument).ok_or_else(elsewhere)?;
    let options = format!("\"id={},env={}\"", wanted.id, variable_of(argument)?);
    let new = match table.layout() {
        Some(Layout::Body) => format!("secret = [{options}]"),
        _ => format!("\"secret\": [{options}]"),
    };
    let known = table.own_entry("secret");
    let granted = call.secret(wanted.id).is_some();
    let last = args.value.own().len() == 1;
    let mut edits = Vec::new();
    match known {
        None if last && !granted => return Ok(vec![rewrite.replace_entry(args, &new)]),
        None if !granted => edits.push(rewrite.add_entry(table, &new)?),
        Some(list) if !granted => {
            if !list.value.is_list() {
                return Err(Refusal::Form("a computed list of secrets"));
            }
            edits.push(rewrite.add_item(list.value, &options)?);
        }
        _ => {}
    }
    match last {
        true => edits.extend(rewrite.remove_entry(table, args)),
        false => edits.extend(rewrite.remove_entry(args.value, entry)),
    }
    Ok(edits)
}

fn grant(source: &Source<'_>, call: &Call, wanted: &Grant<'_>) -> Result<Vec<Edit>, Refusal> {
    let tree = parse(source);
    let rewrite = Rewrite::of(source.text);
    let elsewhere = || Refusal::Elsewhere("the target".to_owned());
    let targets = targets(tree.root().ok_or_else(elsewhere)?);
    let parts = call.name.as_ref().and_then(|name| targets.get(name.as_str())).ok_or_else(elsewhere)?;
    let table = parts.last().ok_or_else(elsewhere)?.value;
    let path = wanted.path(call)?;
    let (key, item, inherited) = match wanted.what {
        Granted::Secret => ("secret", format!("\"id={},src={path}\"", wanted.id), !call.secrets.is_empty()),
        Granted::Ssh => ("ssh", format!("\"{}={path}\"", wanted.id), !call.ssh.is_empty()),
    };
    match table.own_entry(key) {
        Some(list) if list.value.is_list() => Ok(vec![rewrite.add_item(list.value, &item)?]),
        Some(_) => Err(Refusal::Form("a computed list")),
        // A list of its own would take the place of what it inherits.
        None if inherited => Err(Refusal::Elsewhere(format!("`{key}`"))),
        None => {
            let text = match table.layout() {
                Some(Layout::Body) => format!("{key} = [{item}]"),
                _ => format!("\"{key}\": [{item}]"),
            };
            Ok(vec![rewrite.add_entry(table, &text)?])
        }
    }
}
