//! The script of an instruction: shell form, exec form, here-documents, and which shell reads it.

use super::Script;
use super::ast::{
    Command, CommandKind, Item, Join, List, Outcome, Part, PartKind, Quoting, Redirect, RedirectOperator,
    Simple, Target, Wait, Word,
};
use super::parser::Parser;
use super::problem::{Fault, Problem};
use crate::heredoc::{Heredoc, opening};
use crate::{Base, Command as Written, Document, Instruction, Kind, Span, Stages, Text};

/// What reads the shell form of `RUN`, `CMD` and so on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Interpreter {
    /// A shell of the Bourne family: what [`Script`] reads.
    Posix,
    /// `cmd`
    Cmd,
    /// PowerShell
    PowerShell,
    /// Another program, by name.
    Other(String),
}

impl Interpreter {
    /// The interpreter that the words of `SHELL`, or the line after `#!`, name.
    #[must_use]
    pub fn of(words: &[&str]) -> Interpreter {
        let mut names = words.iter().map(|word| {
            let name = word.rsplit(['/', '\\']).next().unwrap_or(word).to_ascii_lowercase();
            name.strip_suffix(".exe").map(str::to_owned).unwrap_or(name)
        });
        let starts = ["env", "busybox", "-s"];
        match names.find(|name| !starts.contains(&name.as_str())).as_deref() {
            Some("sh" | "bash" | "dash" | "ash" | "zsh" | "ksh" | "mksh") => Interpreter::Posix,
            Some("cmd") => Interpreter::Cmd,
            Some("powershell" | "pwsh") => Interpreter::PowerShell,
            Some(name) => Interpreter::Other(name.to_owned()),
            None => Interpreter::Other(String::new()),
        }
    }

    /// The interpreter in effect at an instruction: the last `SHELL` before it in its stage or in those it is `FROM`.
    /// Without one it is `sh`; but `cmd` in a document whose escape character is the backtick, which only Windows needs, unless the stage starts
    /// from a distribution of Linux.
    #[must_use]
    pub fn at(document: &Document, stages: &Stages, instruction: usize) -> Interpreter {
        match shell_words(document, stages, instruction) {
            Some(words) => Interpreter::of(&words.iter().map(Text::as_str).collect::<Vec<_>>()),
            None if is_windows(stages, instruction) => Interpreter::Cmd,
            None if document.escape() == '`' && !is_linux(stages, instruction) => Interpreter::Cmd,
            None => Interpreter::Posix,
        }
    }
}

/// Whether the shell of an instruction shows every command with its values, as `set -x` makes it: `SHELL ["sh", "-xc"]`,
/// or `#!/bin/sh -x` in its here-document.
pub(crate) fn traces(document: &Document, stages: &Stages, instruction: usize) -> bool {
    let words = shell_words(document, stages, instruction).unwrap_or_default();
    let heredocs = document.instructions().get(instruction).map(|one| one.innermost().heredocs.as_slice());
    let first = heredocs.and_then(<[Heredoc]>::first).and_then(|one| one.content.as_str().strip_prefix("#!"));
    let line = first.and_then(|rest| rest.lines().next()).unwrap_or("");
    let options = words.iter().map(Text::as_str).chain(line.split_whitespace());
    let mut traced = options.filter(|word| word.starts_with('-') && !word.starts_with("--"));
    traced.any(|word| word.contains('x'))
}

/// The words of the `SHELL` in effect.
fn shell_words<'d>(document: &'d Document, stages: &Stages, instruction: usize) -> Option<&'d [Text]> {
    match &document.instructions().get(stages.shell_at(instruction)?)?.kind {
        Kind::Shell(words) => Some(words.as_slice()),
        _ => None,
    }
}

/// Distributions that are Linux and nothing else.
const LINUX: &[&str] = &[
    "alpine",
    "debian",
    "ubuntu",
    "busybox",
    "fedora",
    "centos",
    "rockylinux",
    "almalinux",
    "amazonlinux",
    "archlinux",
    "bookworm",
    "bullseye",
    "trixie",
    "jammy",
    "noble",
];

/// Whether the image that a stage starts from is one of Microsoft's for Windows.
fn is_windows(stages: &Stages, instruction: usize) -> bool {
    base(stages, instruction).is_some_and(|name| name.contains("nanoserver") || name.contains("servercore"))
}

/// Whether the image that a stage starts from is a distribution of Linux, or is tagged as made of one: `node:22-alpine`.
fn is_linux(stages: &Stages, instruction: usize) -> bool {
    let name = base(stages, instruction).and_then(|name| name.split('@').next()?.rsplit('/').next());
    let mut words = name.into_iter().flat_map(|name| name.split([':', '-']));
    words.any(|word| LINUX.iter().any(|one| word.strip_prefix(one).is_some_and(is_version)))
}

fn is_version(rest: &str) -> bool {
    rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// The image that the stage of an instruction starts from.
fn base(stages: &Stages, instruction: usize) -> Option<&str> {
    let stage = stages.holding(instruction)?;
    match &stages.all().get(*stages.lineage(stage.index).first()?)?.base {
        Base::Image(name) => Some(name),
        _ => None,
    }
}

impl Script {
    /// The script of `RUN`, `CMD`, `ENTRYPOINT` or `HEALTHCHECK`, also inside `ONBUILD`; `None` for others.
    ///
    /// The exec form is one command in which nothing is expanded.
    #[must_use]
    pub fn of(instruction: &Instruction, interpreter: &Interpreter) -> Option<Script> {
        let instruction = instruction.innermost();
        let command = match &instruction.kind {
            Kind::Run(run) => &run.command,
            Kind::Cmd(command) | Kind::Entrypoint(command) | Kind::Healthcheck(Some(command)) => command,
            _ => return None,
        };
        Some(match command {
            Written::Exec(words) => exec(words),
            Written::Shell(text) => shell(text, &instruction.heredocs, interpreter),
        })
    }
}

fn shell(line: &Text, heredocs: &[Heredoc], interpreter: &Interpreter) -> Script {
    let alone = heredocs.first().filter(|_| opening(&line.trim()).is_some());
    // A lone here-document is the script itself, and may name its own interpreter.
    let marked = alone.and_then(|one| one.content.as_str().strip_prefix("#!"));
    let named = marked.map(|rest| rest.lines().next().unwrap_or("").split_whitespace().collect::<Vec<_>>());
    let interpreter = named.map_or_else(|| interpreter.clone(), |words| Interpreter::of(&words));
    let text = match alone {
        Some(one) => one.content.clone(),
        None => with_bodies(line, heredocs),
    };
    let fault = match interpreter {
        Interpreter::Posix => return Script::parse(&text),
        Interpreter::Cmd => Fault::Cmd,
        Interpreter::PowerShell => Fault::PowerShell,
        Interpreter::Other(_) => Fault::OtherInterpreter,
    };
    // What a program in another language does can be told in part; that it is no shell script stays said.
    let list = match &interpreter {
        Interpreter::Other(program) => started(program, text.clone()),
        _ => List::default(),
    };
    Script { list, problems: vec![Problem { fault, span: text.span() }] }
}

/// The line and the bodies after it, as the builder hands them to the shell.
fn with_bodies(line: &Text, heredocs: &[Heredoc]) -> Text {
    let mut text = line.clone();
    for one in heredocs {
        let end = text.span().end.max(one.body.start);
        text.push("\n", Span::new(one.body.start, one.body.start));
        text.append(&one.content);
        text.push(&one.name, one.terminator.unwrap_or(Span::new(end, end)));
    }
    text
}

/// A program that reads a text from its standard input.
fn started(program: &str, code: Text) -> List {
    let span = code.span();
    let mut name = Text::empty(span.start);
    name.push(program, Span::new(span.start, span.start));
    let simple = Simple { words: vec![literal(&name)], ..Simple::default() };
    let document = Redirect {
        descriptor: Some(0),
        operator: RedirectOperator::Read,
        target: Target::Document(literal(&code)),
        span,
    };
    alone(Command { kind: CommandKind::Simple(simple), redirects: vec![document], span })
}

fn literal(text: &Text) -> Word {
    let part = Part {
        kind: PartKind::Literal(text.clone()),
        quotes: Quoting::Single,
        span: text.span(),
        range: 0..0,
    };
    Word { span: text.span(), parts: vec![part] }
}

/// A list of one command.
fn alone(command: Command) -> List {
    let span = command.span;
    let item = Item {
        join: Join::Always,
        pipeline: vec![command],
        result: Outcome::Kept,
        wait: Wait::Foreground,
        span,
    };
    List { items: vec![item], span }
}

/// The exec form: words as they are.
fn exec(words: &[Text]) -> Script {
    let Some(first) = words.first() else { return Script::default() };
    let span = words.iter().fold(first.span(), |span, word| span.to(word.span()));
    let mut simple = Simple { words: words.iter().map(literal).collect(), ..Simple::default() };
    let empty = Text::empty(span.start);
    let mut parser = Parser::new(&empty, 0);
    simple.nested = parser.nested(&simple);
    let command = Command { kind: CommandKind::Simple(simple), redirects: Vec::new(), span };
    Script { list: alone(command), problems: parser.problems }
}
