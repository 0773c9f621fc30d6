//! Values among the words of commands: what `--password`, `-keypass`, `config set auth.token`, a header or a URL is given.
//!
//! The detection room reads text; here the words of the shell are known, so that no documentation is taken for a
//! command and no host is too much of an example.

use tightlip_detect::{Rule, Worth, name_says, value_worth};
use tightlip_dockerfile::shell::{Command, CommandKind, Interpreter, PartKind, Script, Word};
use tightlip_dockerfile::{Document, Scope, Stages, Text};

use super::name::Says;

/// What is found here.
pub(crate) static RULE: Rule = Rule::new(
    "secret-in-command",
    "Secret among the arguments of a command",
    "Whoever can pull the image reads the command in its history.",
);

/// A value, and what may be said of it.
pub(crate) struct Given {
    pub(crate) value: Text,
    pub(crate) shape: String,
}

/// The values that the commands of a Dockerfile are given.
pub(crate) fn given(document: &Document) -> Vec<Given> {
    let stages = Stages::of(document, &Scope::default());
    let mut found = Vec::new();
    for (index, instruction) in document.instructions().iter().enumerate() {
        let script = Script::of(instruction, &Interpreter::at(document, &stages, index));
        for command in script.iter().flat_map(|script| script.commands()) {
            of_command(command, &mut found);
        }
    }
    found
}

fn of_command(command: &Command, found: &mut Vec<Given>) {
    let CommandKind::Simple(simple) = &command.kind else { return };
    let nested = simple.nested.as_ref().map(|nested| nested.words.clone());
    let words: Vec<Option<Text>> = simple
        .words
        .iter()
        .enumerate()
        .map(|(index, word)| {
            plain(word).filter(|_| nested.as_ref().is_none_or(|range| !range.contains(&index)))
        })
        .collect();
    let assigned = simple.assignments.iter().flat_map(|one| one.value.iter().filter_map(plain));
    for text in assigned.chain(words.iter().flatten().cloned()) {
        found.extend(inside(&text));
    }
    for pair in words.windows(2) {
        if let [Some(name), Some(value)] = pair {
            found.extend(after(name, value));
        }
    }
}

/// A word in which nothing is expanded.
fn plain(word: &Word) -> Option<Text> {
    let [part] = word.parts.as_slice() else { return None };
    match &part.kind {
        PartKind::Literal(text) => Some(text.clone()),
        _ => None,
    }
}

/// A value after the word that names it.
fn after(name: &Text, value: &Text) -> Option<Given> {
    let option = name.strip_prefix("--").or_else(|| name.strip_prefix('-').filter(|name| name.len() > 2));
    let key = option.or_else(|| key(name))?;
    let wanted = if is_store(key) { Worth::Number } else { Worth::Default };
    let real = is_real(value, wanted) && !value.starts_with('-') && !value.contains(char::is_whitespace);
    (says_secret(key) && real).then(|| given_as(key, value.clone()))
}

fn given_as(name: &str, value: Text) -> Given {
    let shape = format!("value of {name}, {} characters", value.chars().count());
    Given { value, shape }
}

/// The last part of the key of a setting: `user.password`, `//registry/:_authToken`, `aws_secret_access_key`.
fn key(word: &str) -> Option<&str> {
    let last = word.rsplit(['.', ':', '/']).next()?;
    let name = last.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    let setting = last.len() < word.len() || (word.contains('_') && word == word.to_ascii_lowercase());
    (name && setting && !word.contains("://") && !word.starts_with('/')).then_some(last)
}

fn says_secret(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    name_says(name) == Says::Secret
        || ["requirepass", "storepass", "keypass", "masterauth"].contains(&lower.as_str())
}

/// Passwords of key stores that everybody uses are no secrets.
fn is_store(name: &str) -> bool {
    matches!(name.to_ascii_lowercase().as_str(), "storepass" | "keypass" | "srcstorepass" | "deststorepass")
}

fn is_real(value: &str, least: Worth) -> bool {
    let worth = value_worth(value);
    worth >= least && !matches!(worth, Worth::Prose | Worth::Uuid) && !super::look::is_stand_in(value)
}

/// A value inside a word: in a URL, a header, a line of `.netrc`, SQL.
fn inside(text: &Text) -> Option<Given> {
    url(text).or_else(|| header(text)).or_else(|| netrc(text)).or_else(|| sql(text))
}

/// `scheme://user:password@host`, whatever the host.
pub(crate) fn url(text: &Text) -> Option<Given> {
    let start = text.find("://")? + 3;
    let rest = text.get(start..)?;
    let authority = rest.split(['/', '?', '#', ' ', '\n', '"', '\'']).next()?;
    let login = authority.rsplit_once('@')?.0;
    let (_, password) = login.split_once(':')?;
    let at = start + login.len() - password.len();
    let value = text.slice(at..at + password.len());
    let shape = format!("password in a URL, {} characters", password.chars().count());
    is_real(password, Worth::Number).then_some(Given { value, shape })
}

/// `X-Api-Key: value`, `Authorization: Bearer value`.
fn header(text: &Text) -> Option<Given> {
    let (name, rest) = text.split_once(':')?;
    let name_like = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let authorization =
        name.eq_ignore_ascii_case("authorization") || name.eq_ignore_ascii_case("proxy-authorization");
    let secret = authorization || (name.contains('-') && name_says(name) == Says::Secret);
    let value = rest.split_whitespace().next_back()?;
    if !name_like || !secret || !rest.starts_with(' ') || rest.split_whitespace().count() > 2 {
        return None;
    }
    let at = text.len() - rest.len() + rest.rfind(value)?;
    is_real(value, Worth::Number).then(|| given_as(name, text.slice(at..at + value.len())))
}

/// `machine host login user password value`.
fn netrc(text: &Text) -> Option<Given> {
    if !text.contains("machine ") || !text.contains("password ") {
        return None;
    }
    let at = text.find("password ")? + "password ".len();
    let value = text.get(at..)?.split(|c: char| c.is_whitespace() || c == '\\').next()?;
    is_real(value, Worth::Default).then(|| given_as("password", text.slice(at..at + value.len())))
}

/// `PASSWORD 'value'`, `IDENTIFIED BY 'value'`.
fn sql(text: &Text) -> Option<Given> {
    let upper = text.to_ascii_uppercase();
    let at = ["PASSWORD '", "IDENTIFIED BY '", "PASSWORD \"", "IDENTIFIED BY \""]
        .iter()
        .find_map(|words| Some(upper.find(words)? + words.len()))?;
    let value = text.get(at..)?.split(['\'', '"']).next()?;
    is_real(value, Worth::Default).then(|| given_as("PASSWORD", text.slice(at..at + value.len())))
}
