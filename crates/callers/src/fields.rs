//! Fields that many formats have, in whatever form they are written.

use tightlip_dockerfile::Text;

use crate::call::{Argument, Call, Options, Provenance, ProvenanceMode, SecretSource, SecretUse};
use crate::dialect::Dialect;
use crate::tree::At;
use crate::value::{Origin, Value};
use crate::{Fault, Problem};

/// Names with values: a table, or a list of `NAME=value`.
pub(crate) fn arguments(at: At<'_>, dialect: Dialect) -> Vec<Argument> {
    if at.is_table() {
        let entries = at.entries().into_iter().filter_map(|entry| {
            let name = entry.key.text()?.clone();
            Some(Argument::new(name, entry.value.value(dialect), entry.span()))
        });
        return entries.collect();
    }
    let items = at.one_or_more().into_iter();
    items.filter_map(|item| Some(Argument::of(&item.value(dialect)?, item.stands))).collect()
}

/// Problems for names that are computed.
pub(crate) fn computed_names<'a>(arguments: impl IntoIterator<Item = &'a Argument>) -> Vec<Problem> {
    let computed = arguments.into_iter().filter(|one| !is_name(&one.name));
    computed.map(|one| Problem { fault: Fault::ComputedName, span: one.span }).collect()
}

/// Whether it is a name, not something from which a name is made.
pub(crate) fn is_name(text: &str) -> bool {
    !text.contains(['$', '{', '}', '(', ')', '`', '%', '<', '>'])
}

/// The texts of a list, or the one text that it is.
pub(crate) fn values(at: At<'_>, dialect: Dialect) -> Vec<Value> {
    at.one_or_more().into_iter().filter_map(|item| item.value(dialect)).collect()
}

/// Lists of options, each as text or as a table.
pub(crate) fn options(at: At<'_>, dialect: Dialect) -> Vec<Options> {
    let items = if at.is_table() { vec![at] } else { at.one_or_more() };
    let one = |item: At<'_>| match item.value(dialect) {
        Some(value) => Some(Options::of(&value)),
        None if item.is_table() => Some(Options { fields: arguments(item, dialect), span: item.stands }),
        None => None,
    };
    items.into_iter().filter_map(one).collect()
}

/// A secret from its options: `id=…,env=…`, `id=…,src=…`.
pub(crate) fn secret(options: &Options) -> Option<SecretUse> {
    // Only a name without options: a file of that name, as the oldest form has it.
    let id = options.get("id").cloned();
    let id = id.or_else(|| {
        let first = options.fields.first().filter(|first| first.value.is_none())?;
        Some(Value::literal(first.name.clone()))
    })?;
    let file = ["src", "source"].iter().find_map(|name| options.get(name));
    let source = match (options.get("env"), file) {
        (Some(variable), _) => SecretSource::Environment(variable.text().clone()),
        (None, Some(name)) if options.plain("type") == Some("env") => {
            SecretSource::Environment(name.text().clone())
        }
        (None, Some(file)) => SecretSource::File(file.clone()),
        (None, None) => SecretSource::Unsaid,
    };
    Some(SecretUse { id, source, span: options.span })
}

/// Adds secrets that are written as options; what names none is a problem.
pub(crate) fn secrets(call: &mut Call, all: &[Options]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for options in all {
        match secret(options) {
            Some(secret) => call.secrets.push(secret),
            None => problems.push(Problem { fault: Fault::Shape("a secret"), span: options.span }),
        }
    }
    problems
}

/// What `--provenance`, or an input of that name, asks for.
pub(crate) fn provenance(value: &Value) -> Provenance {
    let mode = match value.plain() {
        None => match value.origin() {
            // A part of it may still be said.
            Origin::Mixture => mode(&Options::of(value)),
            _ => ProvenanceMode::Computed,
        },
        Some("false" | "0" | "f" | "F" | "FALSE" | "False") => ProvenanceMode::Off,
        Some(_) => mode(&Options::of(value)),
    };
    Provenance { mode, span: value.span() }
}

/// Without a mode the builder publishes everything.
fn mode(options: &Options) -> ProvenanceMode {
    if options.plain("disabled") == Some("true") {
        return ProvenanceMode::Off;
    }
    match options.get("mode") {
        None => ProvenanceMode::Max,
        Some(value) => match value.plain() {
            Some("min") => ProvenanceMode::Min,
            Some(_) => ProvenanceMode::Max,
            None => ProvenanceMode::Computed,
        },
    }
}

/// Takes `--attest type=provenance,…` and `type=sbom` into the call.
pub(crate) fn attest(call: &mut Call, options: &Options) {
    match options.plain("type") {
        Some("provenance") => {
            call.provenance = Some(Provenance { mode: mode(options), span: options.span });
        }
        Some("sbom") => call.sbom = options.get("type").cloned(),
        _ => {}
    }
}

/// A text as a value without references.
pub(crate) fn plain(text: &Text) -> Value {
    Value::literal(text.clone())
}
