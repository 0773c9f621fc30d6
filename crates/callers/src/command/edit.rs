//! Edits of command lines: `--build-arg T=$T` becomes `--secret id=T,env=T`.

use tightlip_dockerfile::{Edit, Span};

use crate::call::{Argument, Call, Tool};
use crate::value::{Part, Value};
use crate::{Grant, Granted, Move, Refusal, Source};

/// Adds a variable with a value to what the file sets for the command.
pub(crate) type AddVariable<'a> = dyn Fn(&str, &str) -> Result<Vec<Edit>, Refusal> + 'a;

/// Where a format can put a variable for the command, when its environment does not have it.
pub(crate) enum Exports<'a> {
    /// In front of the command: `T=value docker build`.
    InFront,
    /// The format has a place of its own for variables and adds it there.
    Table(&'a AddVariable<'a>),
    /// Nowhere.
    Nowhere,
}

/// Moves a build argument of a command to a secret.
pub(crate) fn to_secret(
    source: &Source<'_>,
    call: &Call,
    wanted: &Move<'_>,
    exports: &Exports<'_>,
) -> Result<Vec<Edit>, Refusal> {
    can_pass(call)?;
    let name = wanted.argument;
    let argument = call.argument(name).ok_or_else(|| Refusal::NoSuchArgument(name.to_owned()))?;
    let (variable, mut edits) = exported(source, call, argument, exports)?;
    // A name that is passed twice is removed in all places.
    let all = call.arguments.iter().filter(|one| one.name.as_str() == name);
    let mut granted = call.secret(wanted.id).is_some();
    for one in all {
        if granted {
            edits.push(Edit::remove(with_blank_before(source.text, one.span)));
        } else {
            edits.push(Edit::replace(one.span, option(call, one, wanted.id, &variable)));
            granted = true;
        }
    }
    Ok(edits)
}

/// Gives a command a secret from a file, or a key for SSH: one more option, right behind the subcommand.
pub(crate) fn grant(_: &Source<'_>, call: &Call, wanted: &Grant<'_>) -> Result<Vec<Edit>, Refusal> {
    can_pass(call)?;
    let tool = call.tool.name();
    match call.tool {
        Tool::Bake => return Err(Refusal::OtherPlace { tool, place: "the bake file" }),
        Tool::Kaniko => return Err(Refusal::NoSecrets("kaniko")),
        _ => {}
    }
    let at = call.behind.ok_or(Refusal::Form("a command without a place for options"))?;
    let file = wanted.path(call)?;
    Ok(vec![Edit::insert(
        at,
        match wanted.what {
            Granted::Secret => format!(" --secret id={},src={file}", wanted.id),
            Granted::Ssh => format!(" --ssh {}={file}", wanted.id),
        },
    )])
}

/// Whether the tool can give secrets to a build at all.
fn can_pass(call: &Call) -> Result<(), Refusal> {
    let tool = call.tool.name();
    match call.tool {
        Tool::Img | Tool::AzureRegistry | Tool::Mutation => Err(Refusal::NoSecrets(tool)),
        Tool::Compose => Err(Refusal::OtherPlace { tool, place: "the compose file" }),
        Tool::Kaniko => {
            // Only the continued project takes secrets; the one of Google was given up before.
            let image = call.image.as_ref().map(Value::as_str).unwrap_or("");
            let continued =
                ["osscontainertools/kaniko", "chainguard"].iter().any(|name| image.contains(name));
            if continued { Ok(()) } else { Err(Refusal::NoSecrets("kaniko (of gcr.io/kaniko-project)")) }
        }
        Tool::Docker if call.variable("DOCKER_BUILDKIT").and_then(Argument::plain) == Some("0") => {
            Err(Refusal::NoSecrets("docker build without BuildKit"))
        }
        _ => Ok(()),
    }
}

/// The option that passes the secret, in the way the argument was written.
fn option(call: &Call, argument: &Argument, id: &str, variable: &str) -> String {
    if call.tool == Tool::Bake {
        // `--set TARGET.args.NAME=…`: the target stays.
        let target = argument.target.as_deref().unwrap_or("*");
        let quote = if target.contains('*') { "'" } else { "" };
        return format!("--set {quote}{target}.secrets+=id={id},env={variable}{quote}");
    }
    format!("--secret id={id},env={variable}")
}

/// The variable in which the build finds the value, and what must change for it to be there.
fn exported(
    source: &Source<'_>,
    call: &Call,
    argument: &Argument,
    exports: &Exports<'_>,
) -> Result<(String, Vec<Edit>), Refusal> {
    let name = argument.name.as_str();
    let Some(value) = &argument.value else { return Ok((name.to_owned(), Vec::new())) };
    let wrapper = Wrapper::of(source, call)?;
    if let Some((variable, None)) = value.variable()
        && wrapper == Wrapper::None
        && is_variable(variable)
        && is_exported(source, call, variable)
    {
        return Ok((variable.to_owned(), Vec::new()));
    }
    if !is_variable(name) {
        return Err(Refusal::BadName(name.to_owned()));
    }
    if value.plain().is_some_and(|text| !text.is_empty()) {
        return Err(Refusal::Literal(name.to_owned()));
    }
    let edits = match exports {
        Exports::Table(add) if wrapper == Wrapper::None && moves_to_table(value) => {
            add(name, value.as_str())?
        }
        Exports::InFront | Exports::Table(_) => vec![in_front(&wrapper, call, name, value)?],
        Exports::Nowhere => return Err(Refusal::Computed(name.to_owned())),
    };
    Ok((name.to_owned(), edits))
}

/// What stands before the tool and changes its environment.
#[derive(Debug, PartialEq, Eq)]
enum Wrapper {
    /// Nothing that matters.
    None,
    /// `sudo`, which takes assignments itself: its length with the blank.
    Takes(usize),
    /// `time`, a word of the shell: assignments come after it.
    Before(usize),
}

impl Wrapper {
    fn of(source: &Source<'_>, call: &Call) -> Result<Self, Refusal> {
        let command = source.text.get(call.span.range()).unwrap_or("");
        let (first, rest) = command.split_once(char::is_whitespace).unwrap_or((command, ""));
        let length = command.len() - rest.trim_start().len();
        match first {
            "sudo" if rest.trim_start().starts_with("-E ") || rest.contains("--preserve-env ") => {
                Ok(Self::None)
            }
            "sudo" if rest.trim_start().starts_with('-') => Err(Refusal::Environment(first.to_owned())),
            "sudo" => Ok(Self::Takes(length)),
            "time" => Ok(Self::Before(length)),
            "ssh" | "doas" | "su" | "runuser" | "chroot" | "vagrant" => {
                Err(Refusal::Environment(first.to_owned()))
            }
            _ => Ok(Self::None),
        }
    }
}

/// Whether the value means the same outside of the script: expressions of the CI only.
fn moves_to_table(value: &Value) -> bool {
    value.pieces().iter().all(|piece| match &piece.part {
        Part::Secret(_) | Part::AllSecrets => true,
        Part::Token(name) => name == "github.token",
        Part::Computed(_) => value.as_str().get(piece.at.clone()).is_some_and(|text| text.starts_with("${{")),
        Part::Literal => true,
        Part::Variable { .. } | Part::Command(_) => false,
    })
}

fn is_variable(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Whether the environment of the command has the variable: what the script only sets for itself does not count.
fn is_exported(source: &Source<'_>, call: &Call, name: &str) -> bool {
    let sets = |one: &&Argument| one.name.as_str() == name;
    let Some(set) = call.environment.iter().find(sets) else { return true };
    let Some(line) = line_with(source.text, set.span) else { return true };
    // In front of the command itself, or with `export`; tables of a CI are exported as they are.
    call.span.contains(set.span)
        || ["export ", "declare -x ", "typeset -x "].iter().any(|word| line.contains(word))
        || exports_later(source.text, name)
        || set.value.is_none()
        || !assigns(line, name)
}

/// Whether a line of a script or a makefile sets the variable; a line of YAML does not.
fn assigns(line: &str, name: &str) -> bool {
    let rest = line.trim_start().strip_prefix(name).map(str::trim_start).unwrap_or("");
    let operators = ["=", ":=", "?=", "::=", "!=", "+="];
    operators.iter().any(|sign| rest.starts_with(sign)) || line.contains(&format!("{name}="))
}

fn exports_later(text: &str, name: &str) -> bool {
    text.contains("set -a")
        || text.contains("allexport")
        || text.lines().any(|line| {
            let mut words = line.split_whitespace().skip_while(|word| *word != "export").skip(1);
            words.any(|word| word.trim_end_matches(';') == name)
        })
}

fn line_with(text: &str, span: Span) -> Option<&str> {
    let start = text.get(..span.start)?.rfind('\n').map_or(0, |at| at + 1);
    text.get(start..)?.split('\n').next()
}

/// Sets a variable in front of the command.
fn in_front(wrapper: &Wrapper, call: &Call, name: &str, value: &Value) -> Result<Edit, Refusal> {
    let literal = value.pieces().iter().filter(|piece| piece.part == Part::Literal);
    let mut text = literal.filter_map(|piece| value.as_str().get(piece.at.clone())).flat_map(str::chars);
    // Anything else would need quotes, and which ones depends on what the script stands in.
    if !text.all(|c| c.is_ascii_alphanumeric() || "_./:@+-=,".contains(c)) {
        return Err(Refusal::Form("a value with signs that need quotes"));
    }
    let at = match wrapper {
        Wrapper::None => call.span.start,
        Wrapper::Takes(length) | Wrapper::Before(length) => call.span.start + length,
    };
    Ok(Edit::insert(at, format!("{name}={} ", value.as_str())))
}

/// The option with the blanks, and the line break with its backslash, before it.
fn with_blank_before(text: &str, span: Span) -> Span {
    let before = text.get(..span.start).unwrap_or("");
    let kept = before.trim_end_matches([' ', '\t', '\n', '\r', '\\']);
    Span::new(kept.len(), span.end)
}
