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
    let variables: Vec<Argument> = variables.collect();
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
    let value = Value::new(line.slice(equals + 1..text.len()), Dialect::Make).trim();
    Some(Argument::new(line.slice(at..at + name.len()), Some(value), line.span()))
}

fn to_secret(source: &Source<'_>, call: &Call, wanted: &Move<'_>) -> Result<Vec<Edit>, Refusal> {
    command::to_secret(source, call, wanted, &Exports::InFront)
}
