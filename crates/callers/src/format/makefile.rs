//! Makefiles: the recipes, and the variables that they use.

use tightlip_dockerfile::{Edit, Span, Text};

use super::{Format, file_name};
use crate::call::Argument;
use crate::command::{self, Exports};
use crate::dialect::Dialect;
use crate::script::{self, Setting};
use crate::value::Value;
use crate::{Call, Callers, Move, Refusal, Source};

pub(super) static FORMAT: Format =
    Format { name: "makefile", what: "a makefile", claims, read, to_secret, grant: command::grant };

fn claims(source: &Source<'_>) -> bool {
    let name = file_name(source.path);
    matches!(name, "Makefile" | "makefile" | "GNUmakefile" | "BSDmakefile")
        || name.ends_with(".mk")
        || name.ends_with(".mak")
        || name.starts_with("Makefile.")
}

fn read(source: &Source<'_>) -> Callers {
    let mut callers = Callers::default();
    let lines = lines(source.text);
    let variables =
        lines.iter().filter(|line| line.kind == Kind::Other).filter_map(|line| variable(&line.text));
    let variables: Vec<Argument> = variables.chain(defined(&lines)).collect();
    for line in lines.iter().filter(|line| line.kind == Kind::Recipe) {
        let setting = Setting { environment: variables.clone(), ..Setting::default() };
        let found = script::calls(source, &recipe(&line.text), Dialect::Make, &setting);
        callers.calls.extend(found.calls);
        callers.problems.extend(found.problems);
    }
    callers
}

/// What a line of a makefile is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A command for the shell.
    Recipe,
    /// A variable, a rule, a directive.
    Other,
}

/// A line, with those that continue it.
struct Line {
    kind: Kind,
    text: Text,
}

fn lines(source: &str) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut at = 0_usize;
    let mut goes_on = false;
    for raw in source.split_inclusive('\n') {
        let content = raw.trim_end_matches(['\n', '\r']);
        match lines.last_mut().filter(|_| goes_on) {
            Some(last) => {
                last.text.push("\n", Span::new(at.saturating_sub(1), at));
                last.text.push(content, Span::new(at, at + content.len()));
            }
            None => {
                let kind = if content.starts_with('\t') { Kind::Recipe } else { Kind::Other };
                lines.push(Line { kind, text: Text::verbatim(content, at) });
            }
        }
        goes_on = content.chars().rev().take_while(|c| *c == '\\').count() % 2 == 1;
        at += raw.len();
    }
    lines
}

/// What the shell gets of a recipe: without the tab and `@-+` in front, `$$` as one dollar sign.
fn recipe(line: &Text) -> Text {
    let start = line.len() - line.trim_start_matches(['\t', ' ', '@', '-', '+']).len();
    script::without_doubled_dollars(&line.slice(start..line.len()))
}

/// `NAME = value`, with any of the signs of make.
fn variable(line: &Text) -> Option<Argument> {
    let text = line.as_str();
    let equals = text.find('=')?;
    let mut name = text.get(..equals)?.trim_end_matches([':', '?', '+', '!']).trim();
    for word in ["export ", "override ", "private "] {
        name = name.strip_prefix(word).unwrap_or(name).trim();
    }
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if name.is_empty() || !name.chars().all(fits) {
        return None;
    }
    let at = text.find(name)?;
    let value = value(&line.slice(equals + 1..text.len())).trim();
    Some(Argument::new(line.slice(at..at + name.len()), Some(value), line.span()))
}

/// What a variable is set to: references of make, and those that the shell fills in, which have two dollar signs.
fn value(text: &Text) -> Value {
    let dialect = if text.contains("$$") && !text.contains("$(") { Dialect::Compose } else { Dialect::Make };
    Value::new(script::without_doubled_dollars(text), dialect)
}

/// `define NAME`, its lines, `endef`.
fn defined(lines: &[Line]) -> Vec<Argument> {
    let mut found = Vec::new();
    let mut rest = lines.iter();
    while let Some(line) = rest.next() {
        let Some(name) = line.text.as_str().trim().strip_prefix("define ") else { continue };
        let name = name.trim_end_matches([':', '?', '+', '=']).trim();
        let Some(at) = line.text.find(name).filter(|_| !name.is_empty()) else { continue };
        let mut body = Text::empty(line.text.span().end);
        for line in rest.by_ref().take_while(|line| line.text.trim() != *"endef") {
            let start = line.text.span().start;
            body.push("\n", Span::new(start.saturating_sub(1), start));
            script::copy(&mut body, &line.text, 0..line.text.len());
        }
        let span = line.text.span().to(body.span());
        found.push(Argument::new(line.text.slice(at..at + name.len()), Some(value(&body)), span));
    }
    found
}

fn to_secret(source: &Source<'_>, call: &Call, wanted: &Move<'_>) -> Result<Vec<Edit>, Refusal> {
    command::to_secret(source, call, wanted, &Exports::InFront)
}
