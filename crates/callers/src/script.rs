//! Scripts: finds the commands that start builds, whatever the script stands in.

use tightlip_dockerfile::shell::{self, CommandKind, Operator, PartKind, Script, Simple, Word};
use tightlip_dockerfile::{Span, Text};

use crate::call::{Argument, Call};
use crate::command::{self, Line};
use crate::dialect::{Dialect, expression};
use crate::value::{Part, Piece, Value};
use crate::{Fault, Problem, Source};

/// What the commands of a script have around them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Setting {
    /// Variables that the file sets for the script, the nearest first.
    pub(crate) environment: Vec<Argument>,
    /// The image that the script runs in.
    pub(crate) image: Option<Value>,
    /// What the script belongs to.
    pub(crate) name: Option<Text>,
}

/// What was found in a script.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) calls: Vec<Call>,
    pub(crate) problems: Vec<Problem>,
}

/// Words without which no script starts a build or changes an image.
const TOOLS: &[&str] = &["build", "bake", "bud", "kaniko", "executor", "compose", "up", "commit", "mutate"];

/// Reads the script `text`, in which `dialect` fills in references before the shell sees it.
pub(crate) fn calls(source: &Source<'_>, text: &Text, dialect: Dialect, setting: &Setting) -> Found {
    let mut found = Found::default();
    if !TOOLS.iter().any(|word| text.contains(word)) {
        return found;
    }
    let masked = Masked::new(text, dialect);
    let script = Script::parse(&masked.text);
    let reader = Reader { source: source.text, masked: &masked };
    let variables = reader.variables(&script);
    // Options may stand in a variable of the script, or of the file around it.
    let known: Vec<Argument> = variables.iter().chain(&setting.environment).cloned().collect();
    for simple in simple_commands(&script) {
        let line = reader.line(simple.0, simple.1);
        let mut calls = command::read(&line, &known, &mut found.problems);
        for call in &mut calls {
            call.environment.extend(reader.assigned(simple.0));
            call.environment.extend(variables.iter().cloned());
            call.environment.extend(setting.environment.iter().cloned());
            call.image.clone_from(&setting.image);
            call.name.clone_from(&setting.name);
        }
        found.calls.extend(calls);
    }
    found.calls.sort_by_key(|call| call.span);
    // A script that starts no build may be as odd as it likes, unless the oddity hides one.
    let mentions = ["docker", "podman", "buildah", "nerdctl", "buildctl", "kaniko"];
    if mentions.iter().any(|tool| text.contains(tool)) {
        found.problems.extend(script.problems.iter().map(|problem| problem_of(*problem)));
    }
    found
}

fn problem_of(problem: shell::Problem) -> Problem {
    Problem { fault: Fault::Syntax(problem.fault.to_string()), span: problem.span }
}

fn simple_commands(script: &Script) -> Vec<(&Simple, Span)> {
    let simple = |command: &&shell::Command| matches!(command.kind, CommandKind::Simple(_));
    let commands = script.commands().into_iter().filter(simple);
    commands
        .filter_map(|command| match &command.kind {
            CommandKind::Simple(simple) => Some((simple, command.span)),
            _ => None,
        })
        .collect()
}

/// A text in which one character stands for each reference, so that the shell sees a plain word there.
struct Masked {
    text: Text,
    holes: Vec<(Text, Part)>,
}

/// The first of the characters that stand for references; no script uses them.
const MASK: u32 = 0xf_0000;

impl Masked {
    fn new(text: &Text, dialect: Dialect) -> Self {
        // The shell reader knows these by itself, with what stands in them.
        let holes = if dialect == Dialect::GitHub { Vec::new() } else { dialect.holes(text) };
        let mut masked = Self { text: Text::empty(text.span().start), holes: Vec::new() };
        let mut at = 0;
        for hole in holes.into_iter().take(0xfff0) {
            copy(&mut masked.text, text, at..hole.at.start);
            at = hole.at.end;
            let index = u32::try_from(masked.holes.len()).unwrap_or(0);
            let inner = text.slice(hole.at);
            if let Some(character) = char::from_u32(MASK + index) {
                masked.text.push(character.encode_utf8(&mut [0; 4]), inner.span());
            }
            masked.holes.push((inner, hole.part));
        }
        copy(&mut masked.text, text, at..text.len());
        masked
    }

    fn hole(&self, character: char) -> Option<&(Text, Part)> {
        let index = u32::from(character).checked_sub(MASK)?;
        self.holes.get(usize::try_from(index).ok()?)
    }
}

/// A text in which `$$` stands for one dollar sign.
pub(crate) fn without_doubled_dollars(text: &Text) -> Text {
    let mut result = Text::empty(text.span().start);
    let mut at = 0;
    for (found, _) in text.match_indices("$$") {
        copy(&mut result, text, at..found);
        result.push("$", text.locate(found..found + 2));
        at = found + 2;
    }
    copy(&mut result, text, at..text.len());
    result
}

/// Copies character by character, so that each keeps its place whatever it was written as.
pub(crate) fn copy(to: &mut Text, from: &Text, range: std::ops::Range<usize>) {
    for (at, character) in from.get(range.clone()).unwrap_or("").char_indices() {
        let at = range.start + at;
        let span = from.locate(at..at + character.len_utf8());
        to.push(character.encode_utf8(&mut [0; 4]), span);
    }
}

struct Reader<'a> {
    source: &'a str,
    masked: &'a Masked,
}

impl Reader<'_> {
    fn line(&self, simple: &Simple, span: Span) -> Line {
        let words =
            simple.words.iter().map(|word| command::Word { value: self.value(word), span: word.span });
        Line { words: words.collect(), span }
    }

    /// What the assignments in front of a command set.
    fn assigned(&self, simple: &Simple) -> Vec<Argument> {
        simple.assignments.iter().flat_map(|one| self.assignment(one)).collect()
    }

    /// What is set; each element of an array by itself, which then does not stand behind the name.
    fn assignment(&self, one: &shell::Assignment) -> Vec<Argument> {
        let mut name = Text::empty(one.span.start);
        let end = one.span.start + one.name.len();
        name.push(&one.name, Span::new(one.span.start, end));
        match one.value.as_slice() {
            [] => vec![Argument::new(name, None, one.span)],
            [word] if self.source.get(end..end + 2) != Some("=(") => {
                vec![Argument::new(name, Some(self.value(word)), one.span)]
            }
            words => {
                let element = |word: &Word| Argument::new(name.clone(), Some(self.value(word)), word.span);
                words.iter().map(element).collect()
            }
        }
    }

    /// What the script itself sets, by assignments of their own and by `export`.
    fn variables(&self, script: &Script) -> Vec<Argument> {
        let mut found = Vec::new();
        for (simple, _) in simple_commands(script) {
            if simple.words.is_empty() {
                found.extend(self.assigned(simple));
                continue;
            }
            let sets = matches!(
                simple.program().as_deref(),
                Some("export" | "declare" | "local" | "readonly" | "typeset")
            );
            for word in simple.words.iter().skip(1).filter(|_| sets) {
                let value = self.value(word);
                if value.cut('=').is_some() {
                    found.push(Argument::of(&value, word.span));
                }
            }
        }
        found
    }

    /// A word of the shell as a value.
    fn value(&self, word: &Word) -> Value {
        let mut text = Text::empty(word.span.start);
        let mut holes = Vec::new();
        for part in &word.parts {
            let kind = match &part.kind {
                PartKind::Literal(literal) => {
                    self.literal(literal, &mut text, &mut holes);
                    continue;
                }
                PartKind::Variable(variable) => reference(variable),
                PartKind::Command(_) => Part::Command(self.raw(part.span)),
                PartKind::Template(inner) => expression(inner.trim()),
                PartKind::Process(..) | PartKind::Arithmetic(_) => Part::Computed(self.raw(part.span)),
            };
            let at = text.len();
            text.push(&self.raw(part.span), part.span);
            holes.push(Piece { at: at..text.len(), part: kind });
        }
        Value::with_holes(text, holes)
    }

    fn raw(&self, span: Span) -> String {
        self.source.get(span.range()).unwrap_or("").to_owned()
    }

    fn literal(&self, literal: &Text, text: &mut Text, holes: &mut Vec<Piece>) {
        for (at, character) in literal.char_indices() {
            let start = text.len();
            match self.masked.hole(character) {
                Some((inner, part)) => {
                    text.push(inner.as_str(), inner.span());
                    holes.push(Piece { at: start..text.len(), part: part.clone() });
                }
                None => {
                    let span = literal.locate(at..at + character.len_utf8());
                    text.push(character.encode_utf8(&mut [0; 4]), span);
                }
            }
        }
    }
}

fn reference(variable: &shell::Variable) -> Part {
    let fallback = match &variable.operator {
        Operator::Value | Operator::Required(_) => return Part::variable(&variable.name),
        Operator::Default(word) => word.literal(),
        _ => None,
    };
    match fallback {
        Some(fallback) => Part::Variable { name: variable.name.clone(), fallback: Some(fallback) },
        None => Part::Computed(format!("${{{}…}}", variable.name)),
    }
}
