//! Values among the words of commands: what `--password`, `-keypass`, `config set auth.token`, a header or a URL is given.
//!
//! The detection room reads text; here the words of the shell are known, so that no documentation is taken for a
//! command and no host is too much of an example.

mod programs;
mod texts;
mod windows;

use tightlip_detect::{Rule, Worth, name_says, value_worth};
use tightlip_dockerfile::shell::{
    Command, CommandKind, Fault, Flowing, Interpreter, Item, PartKind, Script, Simple, Target, Word,
};
use tightlip_dockerfile::{Document, Scope, Stages, Text};

use super::files::{Holds, holds};
use super::name::Says;

pub(crate) use texts::url;

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
        let Some(script) = Script::of(instruction, &Interpreter::at(document, &stages, index)) else {
            continue;
        };
        if script.problems.iter().any(|one| matches!(one.fault, Fault::Cmd | Fault::PowerShell)) {
            found.extend(windows::given(&instruction.arguments));
        }
        script.commands().into_iter().for_each(|command| of_command(command, &mut found));
        script.list.items.iter().for_each(|item| of_pipe(item, &mut found));
    }
    found
}

fn of_command(command: &Command, found: &mut Vec<Given>) {
    let CommandKind::Simple(simple) = &command.kind else { return };
    let words = words(simple);
    let assigned = simple.assignments.iter().flat_map(|one| one.value.iter().filter_map(plain));
    for text in assigned.chain(words.iter().flatten().cloned()) {
        found.extend(texts::inside(&text));
    }
    found.extend(fed(simple));
    for pair in words.windows(2) {
        if let [Some(name), Some(value)] = pair {
            found.extend(after(name, value));
        }
    }
    found.extend(programs::given(&words));
    found.extend(texts::formatted(&words));
    if command.redirects.iter().any(|redirect| is_secret_file(&redirect.target)) {
        found.extend(shown(&words));
    }
}

/// The words of a command in which nothing is expanded; the script in a word of it has commands of its own.
fn words(simple: &Simple) -> Vec<Option<Text>> {
    let nested = simple.nested.as_ref().map(|nested| nested.words.clone());
    let own = |index: usize| nested.as_ref().is_none_or(|range| !range.contains(&index));
    simple.words.iter().enumerate().map(|(index, word)| plain(word).filter(|_| own(index))).collect()
}

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
    (says_secret(key) && real).then(|| named(key, value.clone()))
}

fn named(name: &str, value: Text) -> Given {
    let shape = format!("value of {name}, {} characters", value.chars().count());
    Given { value, shape }
}

/// The last part of the key of a setting: `user.password`, `//registry/:_authToken`, `aws_secret_access_key`.
fn key(word: &str) -> Option<&str> {
    let last = word.rsplit(['.', ':', '/']).next()?;
    let name = last.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    let setting = last.len() < word.len() || (word.contains('_') && word == word.to_ascii_lowercase());
    let path = word.starts_with('/') && !word.starts_with("//");
    (name && setting && !word.contains("://") && !path).then_some(last)
}

fn says_secret(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    name_says(name) == Says::Secret || OWN_NAMES.contains(&lower.as_str())
}

const OWN_NAMES: &[&str] =
    &["requirepass", "storepass", "keypass", "masterauth", "srcstorepass", "deststorepass", "_auth"];

/// Passwords of key stores that everybody uses are no secrets.
fn is_store(name: &str) -> bool {
    matches!(name.to_ascii_lowercase().as_str(), "storepass" | "keypass" | "srcstorepass" | "deststorepass")
}

/// Whether a value is one that somebody could use.
fn is_real(value: &str, least: Worth) -> bool {
    let worth = value_worth(value);
    worth >= least && !matches!(worth, Worth::Prose | Worth::Uuid) && !super::look::is_stand_in(value)
}

/// `echo value | passwd`: what a program that takes a password on its standard input is given.
fn of_pipe(item: &Item, found: &mut Vec<Given>) {
    for pair in item.pipeline.windows(2) {
        let [from, to] = pair else { continue };
        let (CommandKind::Simple(from), CommandKind::Simple(to)) = (&from.kind, &to.kind) else { continue };
        if programs::reads_a_password(&words(to)) {
            found.extend(shown(&words(from)));
        }
        if to.program().is_some_and(|program| ENCODERS.contains(&program.as_str())) {
            found.extend(login(&words(from)));
        }
    }
    if let [CommandKind::Simple(first), .., _] = &kinds(item)[..]
        && item.pipeline.last().is_some_and(writes_a_secret_file)
    {
        found.extend(shown(&words(first)));
    }
}

/// Whether what a command gets goes into a file that is there for secrets.
fn writes_a_secret_file(command: &Command) -> bool {
    let tee = |simple: &Simple| {
        simple.program().is_some_and(|program| program == "tee")
            && simple.words.iter().skip(1).any(|word| holds(&word.sketch()) == Holds::Secret)
    };
    command.redirects.iter().any(|one| is_secret_file(&one.target))
        || matches!(&command.kind, CommandKind::Simple(simple) if tee(simple))
}

fn kinds(item: &Item) -> Vec<&CommandKind> {
    item.pipeline.iter().map(|command| &command.kind).collect()
}

/// Programs that only write a value in other letters.
const ENCODERS: &[&str] = &["base64", "base32", "xxd", "openssl", "basenc"];

/// `echo user:password`, on its way to be encoded.
fn login(words: &[Option<Text>]) -> Option<Given> {
    let mut rest = words.iter().skip(1).flatten().filter(|word| !word.starts_with(['-', '%']));
    let program = words.first()?.as_ref()?;
    let (word, more) = (rest.next()?, rest.next());
    let (user, password) = word.cut(':')?;
    let one = matches!(program.as_str(), "echo" | "printf") && more.is_none();
    let login = one && !user.is_empty() && !word.contains([' ', '/']) && is_real(&password, Worth::Strong);
    login.then(|| named("a password", password))
}

/// `--vault-password-file <(echo value)`: what a program reads as a secret.
fn fed(simple: &Simple) -> Vec<Given> {
    let mut found = Vec::new();
    for (index, word) in simple.words.iter().enumerate() {
        let option =
            if word.prefix().starts_with('-') { Some(word) } else { simple.words.get(index.wrapping_sub(1)) };
        let names = option.is_some_and(|option| {
            let option = option.prefix().to_ascii_lowercase();
            option.starts_with('-') && ["pass", "secret", "token"].iter().any(|name| option.contains(name))
        });
        for part in word.parts.iter().filter(|_| names) {
            let PartKind::Process(Flowing::Out, list) = &part.kind else { continue };
            let commands = list.items.iter().flat_map(|item| &item.pipeline);
            let inner = commands.filter_map(|command| match &command.kind {
                CommandKind::Simple(simple) => shown(&words(simple)),
                _ => None,
            });
            found.extend(inner);
        }
    }
    found
}

fn is_secret_file(target: &Target) -> bool {
    let Target::Word(word) = target else { return false };
    let path = word.sketch();
    let name = path.rsplit('/').next().unwrap_or("");
    let stem = name.split('.').find(|part| !part.is_empty()).unwrap_or("");
    name_says(stem) == Says::Secret || holds(&path) == Holds::Secret
}

/// The one word that `echo` or `printf` shows.
fn shown(words: &[Option<Text>]) -> Option<Given> {
    let program = words.first()?.as_ref()?;
    if !matches!(program.as_str(), "echo" | "printf") {
        return None;
    }
    let mut rest =
        words.iter().skip(1).flatten().filter(|word| !word.starts_with('-') && !word.starts_with('%'));
    let (word, more) = (rest.next()?, rest.next());
    let end = word.find(['\\', '\n']).unwrap_or(word.len());
    let value = word.slice(0..end);
    let one = more.is_none() && !value.contains([' ', '=', ':', '[']);
    (one && is_real(&value, Worth::Default)).then(|| named("a password", value))
}
