//! The variables of a Dockerfile that hold a secret: what declares them, and what they are called elsewhere.

use tightlip_dockerfile::{Instruction, Kind, Origin, Pair, Span};
use tightlip_report::Level;

use super::name::{self, Says};
use super::project::Dockerfile;
use super::text::Literal;
use super::used;

/// A declaration of a variable that holds a secret.
#[derive(Clone, Debug)]
pub(crate) struct SecretVariable {
    /// Its name.
    pub(crate) name: String,
    /// The name that the secret has outside: that of the build argument it was copied from.
    pub(crate) root: String,
    /// `ARG` or `ENV`.
    pub(crate) origin: Origin,
    /// The instruction, as an index into the document's.
    pub(crate) instruction: usize,
    /// Where its name stands.
    pub(crate) span: Span,
    /// How plainly the name says so.
    pub(crate) says: Says,
    /// Where its value comes from.
    pub(crate) value: Value,
}

impl SecretVariable {
    /// Whether it holds what is known to be published, and is called like that: it may stay.
    pub(crate) fn is_published(&self, level: Level) -> bool {
        level == Level::Note && name::says(&self.name) == Says::Nothing
    }
}

/// Where the value of a variable comes from.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// From whoever builds.
    Outside,
    /// It stands in the Dockerfile.
    Literal(Literal),
    /// From this variable.
    Copied(String),
}

/// Every declaration of a secret. `passed` are arguments that are known to get one.
pub(crate) fn secrets(dockerfile: &Dockerfile<'_>, passed: &[(&str, Says)]) -> Vec<SecretVariable> {
    let mut found: Vec<SecretVariable> = Vec::new();
    for (index, instruction) in dockerfile.instructions() {
        let (pairs, origin) = match &instruction.kind {
            Kind::Arg(pairs) => (pairs, Origin::Arg),
            Kind::Env(pairs) => (pairs, Origin::Env),
            _ => continue,
        };
        let declared =
            pairs.iter().filter_map(|pair| declaration(dockerfile, (index, pair, origin), (&found, passed)));
        let declared: Vec<SecretVariable> = declared.collect();
        found.extend(declared);
    }
    found
}

fn declaration(
    dockerfile: &Dockerfile<'_>,
    (instruction, pair, origin): (usize, &Pair, Origin),
    (before, passed): (&[SecretVariable], &[(&str, Says)]),
) -> Option<SecretVariable> {
    let name = pair.name.to_string();
    let new = |root: &str, says: Says, value: Value| SecretVariable {
        name: name.clone(),
        root: root.to_owned(),
        origin,
        instruction,
        span: pair.name.span(),
        says,
        value,
    };
    let text = pair.value.as_deref().unwrap_or("");
    let source = copied(dockerfile, text, before);
    // Text around a reference is no value: `Bearer $TOKEN`.
    let stands = |literal: &&Literal| {
        source.is_none_or(|source| {
            let text = dockerfile.document.text(literal.span);
            !["$", "${"].iter().any(|sign| text.contains(&format!("{sign}{}", source.name)))
        })
    };
    let mut literals = pair.value.iter().flat_map(|value| dockerfile.literals(value.span()));
    if let Some(literal) = literals.find(stands) {
        return Some(new(&name, name::says(&name).max(Says::Maybe), Value::Literal(literal.clone())));
    }
    if let Some(source) = source {
        return Some(new(&source.root, source.says, Value::Copied(source.name.clone())));
    }
    let given = || {
        let given =
            passed.iter().filter(|(one, _)| *one == name && name::without_public_prefix(one).is_none());
        given.map(|(_, says)| *says).max().unwrap_or(Says::Nothing)
    };
    // Its default stands in front of all stages.
    let global =
        |one: &&SecretVariable| one.name == name && dockerfile.stages().holding(one.instruction).is_none();
    let written =
        |one: &SecretVariable| matches!(&one.value, Value::Literal(one) if one.level == Level::Deny);
    let says = match name::says(&name) {
        Says::Nothing | Says::Maybe
            if origin == Origin::Arg && before.iter().find(global).is_some_and(written) =>
        {
            Says::Secret
        }
        says @ (Says::Nothing | Says::Maybe) if origin == Origin::Arg => {
            says.max(given()).max(used::later(dockerfile.document, instruction, &name))
        }
        says => says,
    };
    let empty = text.trim_matches(['"', '\'']).is_empty();
    (origin == Origin::Arg && empty && says > Says::Nothing).then(|| new(&name, says, Value::Outside))
}

/// The secret variable that a value is made from.
fn copied<'b>(
    dockerfile: &Dockerfile<'_>,
    text: &str,
    before: &'b [SecretVariable],
) -> Option<&'b SecretVariable> {
    if !text.contains('$') {
        return None;
    }
    let escape = dockerfile.document.escape();
    let parts = tightlip_dockerfile::parts(text, escape, tightlip_dockerfile::Quotes::Remove).ok()?;
    let variables = tightlip_dockerfile::variables(&parts);
    let used = |secret: &&SecretVariable| variables.iter().any(|variable| reads(variable, &secret.name));
    // What is published is not a secret in another variable either.
    let counts = |secret: &&SecretVariable| match &secret.value {
        Value::Literal(literal) => !secret.is_published(literal.level),
        _ => true,
    };
    before.iter().rev().find(used).filter(counts)
}

/// Whether what a reference stands for may be the variable's value: `${X:+set}` only tells that there is one.
fn reads(variable: &tightlip_dockerfile::Variable, name: &str) -> bool {
    let tells = matches!(variable.operator, tightlip_dockerfile::Operator::Alternative(..));
    variable.name == name && !tells
}

/// Where the builder itself fills in a variable in an instruction.
pub(crate) fn references(instruction: &Instruction, escape: char, name: &str) -> Vec<Span> {
    let all = tightlip_dockerfile::references(instruction, escape);
    all.into_iter().filter(|reference| reference.name == name).map(|reference| reference.span).collect()
}
