//! Variables of `ENV` that are made of the secret and of other text: the steps that read one make it themselves.

use tightlip_dockerfile::{Kind, Operator, Part, Quotes, parts};

use crate::lint::project::Dockerfile;
use crate::lint::variable::{SecretVariable, Value};

/// A variable that is made of the secret.
pub(super) struct Composed<'d> {
    /// Its name.
    pub(super) name: &'d str,
    /// The variable that it is made of.
    pub(super) of: &'d str,
    /// How a shell makes it.
    pub(super) text: String,
}

/// The variables that are made of one other and of text, in their order.
pub(super) fn composed<'d>(
    dockerfile: &'d Dockerfile<'_>,
    declared: &[&'d SecretVariable],
) -> Vec<Composed<'d>> {
    let mut all: Vec<Composed<'d>> = declared.iter().filter_map(|one| of(dockerfile, one)).collect();
    let names: Vec<&str> = all.iter().map(|one| one.name).collect();
    all.retain(|one| !names.contains(&one.of));
    all
}

fn of<'d>(dockerfile: &'d Dockerfile<'_>, one: &'d SecretVariable) -> Option<Composed<'d>> {
    let Value::Copied(source) = &one.value else { return None };
    let instruction = dockerfile.instruction(one.instruction)?;
    let Kind::Env(pairs) = &instruction.kind else { return None };
    let pair = pairs.iter().find(|pair| pair.name.span() == one.span)?;
    let value = pair.value.as_deref()?;
    let parts = parts(value, dockerfile.document.escape(), Quotes::Remove).ok()?;
    let mut text = String::new();
    for part in &parts {
        match part {
            Part::Text(plain) => text.extend(plain.chars().flat_map(quoted)),
            Part::Variable(variable) if variable.name == *source && variable.operator == Operator::Plain => {
                text.push_str(&format!("${{{source}}}"));
            }
            Part::Variable(_) => return None,
        }
    }
    let made = text != format!("${{{source}}}") && !text.contains('\n');
    made.then_some(Composed { name: &one.name, of: source, text })
}

/// A character between double quotes of the shell.
fn quoted(c: char) -> impl Iterator<Item = char> {
    let escape = matches!(c, '"' | '\\' | '$' | '`').then_some('\\');
    escape.into_iter().chain([c])
}

impl Composed<'_> {
    /// The command that makes it.
    pub(super) fn made(&self) -> String {
        format!("export {}=\"{}\"", self.name, self.text)
    }
}
