//! How the formats write references inside text.

use std::ops::Range;

use crate::value::{Part, Piece};

/// A way of writing references inside text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// Text only.
    Plain,
    /// `${{ expression }}`.
    GitHub,
    /// `$NAME`, `${NAME}`, `${NAME:-fallback}`, with `$$` for a dollar sign.
    Compose,
    /// `$NAME`, `${NAME}` and `%NAME%`, expanded by the CI.
    Variables,
    /// `$(NAME)` and `${{ expression }}` of Azure Pipelines.
    Azure,
    /// `$(NAME)` and `${NAME}` of make, and `$(function …)`.
    Make,
    /// `$(NAME)` in the arguments of a container.
    Kubernetes,
    /// `${expression}` of HCL in a JSON string.
    Hcl,
    /// `${expression}` and `$name` in a double-quoted string of Groovy.
    Groovy,
    /// `{{ expression }}`: just, Task.
    Braces,
    /// `<< parameters.name >>` of CircleCI.
    Circle,
}

impl Dialect {
    /// The references in a text, in order.
    pub(crate) fn holes(self, text: &str) -> Vec<Piece> {
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(step) = text.get(at..).and_then(|rest| self.next(rest)) {
            let (range, part) = step;
            let range = at + range.start..at + range.end;
            at = range.end.max(at + 1);
            if let Some(part) = part {
                found.push(Piece { at: range, part });
            }
            while !text.is_char_boundary(at) {
                at += 1;
            }
        }
        found
    }

    /// The next thing that is more than text; without a part it is an escape.
    fn next(self, text: &str) -> Option<(Range<usize>, Option<Part>)> {
        match self {
            Self::Plain => None,
            Self::GitHub => between(text, "${{", "}}", expression),
            Self::Azure => first(between(text, "${{", "}}", expression), between(text, "$(", ")", named)),
            Self::Circle => between(text, "<<", ">>", computed),
            Self::Braces => between(text, "{{", "}}", braces),
            Self::Kubernetes => dollar(text, &['(']),
            Self::Make => dollar(text, &['(', '{']),
            Self::Compose => dollar(text, &['{', 'n']),
            Self::Groovy => dollar(text, &['{', 'n']).map(|(range, part)| (range, part.map(groovy))),
            Self::Hcl => dollar(text, &['{']),
            Self::Variables => first(dollar(text, &['{', 'n']), percent(text)),
        }
    }
}

type Hole = Option<(Range<usize>, Option<Part>)>;

fn first(one: Hole, other: Hole) -> Hole {
    match (one, other) {
        (Some(one), Some(other)) => Some(if one.0.start <= other.0.start { one } else { other }),
        (one, other) => one.or(other),
    }
}

fn between(text: &str, open: &str, close: &str, part: fn(&str) -> Part) -> Hole {
    let start = text.find(open)?;
    let inner = text.get(start + open.len()..)?;
    let end = inner.find(close)?;
    let range = start..start + open.len() + end + close.len();
    Some((range, Some(part(inner.get(..end)?.trim()))))
}

/// `$` and what follows: one of the `forms` (a bracket, or `n` for a bare name). Any doubled sign is an escape.
fn dollar(text: &str, forms: &[char]) -> Hole {
    let mut from = 0;
    loop {
        let start = from + text.get(from..)?.find('$')?;
        let rest = text.get(start + 1..)?;
        match rest.chars().next() {
            Some('$') => return Some((start..start + 2, None)),
            Some(open @ ('(' | '{')) if forms.contains(&open) => {
                if let Some(end) = closing(rest) {
                    let inner = rest.get(1..end)?;
                    return Some((start..start + 1 + end + 1, Some(bracketed(inner))));
                }
            }
            Some(c) if forms.contains(&'n') && (c.is_ascii_alphabetic() || c == '_') => {
                let name = name_of(rest);
                return Some((start..start + 1 + name.len(), Some(Part::variable(name))));
            }
            _ => {}
        }
        from = start + 1;
    }
}

/// References are shorter than this; looking further for a bracket would make hostile text expensive.
const LONGEST: usize = 4096;

/// Where the bracket that opens `text` is closed.
fn closing(text: &str) -> Option<usize> {
    let open = text.chars().next()?;
    let close = if open == '(' { ')' } else { '}' };
    let mut depth = 0usize;
    for (at, character) in text.char_indices().take(LONGEST) {
        if character == open {
            depth += 1;
        } else if character == close {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return Some(at);
            }
        }
    }
    None
}

fn name_of(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    text.get(..end).unwrap_or("")
}

/// What stands between the brackets of `${…}` or `$(…)`.
fn bracketed(inner: &str) -> Part {
    let name = name_of(inner);
    let rest = inner.get(name.len()..).unwrap_or("");
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        return Part::Computed(inner.to_owned());
    }
    if rest.is_empty() {
        return Part::variable(name);
    }
    for operator in [":-", "-"] {
        if let Some(fallback) = rest.strip_prefix(operator) {
            return Part::Variable { name: name.to_owned(), fallback: Some(fallback.to_owned()) };
        }
    }
    // It must be set, else the tool stops.
    if rest.starts_with(":?") || rest.starts_with('?') {
        return Part::variable(name);
    }
    match (name, rest.strip_prefix(' ')) {
        ("shell", Some(command)) => Part::Command(command.to_owned()),
        _ => Part::Computed(inner.to_owned()),
    }
}

fn percent(text: &str) -> Hole {
    let start = text.find('%')?;
    let name = name_of(text.get(start + 1..)?);
    let end = start + 1 + name.len();
    let whole = !name.is_empty() && text.get(end..)?.starts_with('%');
    if whole { Some((start..end + 1, Some(Part::variable(name)))) } else { Some((start..start + 1, None)) }
}

fn named(inner: &str) -> Part {
    Part::variable(inner)
}

fn computed(inner: &str) -> Part {
    Part::Computed(inner.to_owned())
}

/// `{{name}}` of just, `{{.NAME}}` of Task.
fn braces(inner: &str) -> Part {
    let name = inner.strip_prefix('.').unwrap_or(inner);
    if !name.is_empty() && name_of(name) == name { Part::variable(name) } else { computed(inner) }
}

/// `env.NAME` and `params.NAME` are how Groovy reaches variables.
fn groovy(part: Part) -> Part {
    match part {
        Part::Computed(text) => match text.strip_prefix("env.").or_else(|| text.strip_prefix("params.")) {
            Some(name) if name_of(name) == name => Part::variable(name),
            _ => Part::Computed(text),
        },
        other => other,
    }
}

/// An expression of GitHub Actions.
pub(crate) fn expression(inner: &str) -> Part {
    let bare: String = inner.chars().filter(|c| !c.is_whitespace()).collect();
    let lower = bare.to_ascii_lowercase();
    if matches!(lower.as_str(), "github.token" | "github['token']") {
        return Part::Token("github.token".to_owned());
    }
    if lower == "tojson(secrets)" {
        return Part::AllSecrets;
    }
    let member = |context: &str| -> Option<&str> {
        let rest = lower.starts_with(context).then(|| bare.get(context.len()..)).flatten()?;
        let name = match rest.strip_prefix('.') {
            Some(name) => name,
            None => rest.strip_prefix("['")?.strip_suffix("']")?,
        };
        (!name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-'))
            .then_some(name)
    };
    if let Some(name) = member("secrets") {
        return Part::Secret(name.to_owned());
    }
    match member("env") {
        Some(name) => Part::variable(name),
        None => Part::Computed(inner.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(dialect: Dialect, text: &str) -> Vec<(String, Part)> {
        let holes = dialect.holes(text).into_iter();
        holes.map(|hole| (text[hole.at.clone()].to_owned(), hole.part)).collect()
    }

    fn variable(name: &str, fallback: Option<&str>) -> Part {
        Part::Variable { name: name.into(), fallback: fallback.map(str::to_owned) }
    }

    #[test]
    fn each_dialect_has_its_references() {
        let x = |text: &str| vec![(text.to_owned(), variable("X", None))];
        assert_eq!(parts(Dialect::GitHub, "a ${{ env.X }} $X"), x("${{ env.X }}"));
        assert_eq!(parts(Dialect::Compose, "$$A ${X} "), x("${X}"));
        assert_eq!(parts(Dialect::Make, "a$(X)b$Y"), x("$(X)"));
        assert_eq!(parts(Dialect::Variables, "a%X%b 5%"), x("%X%"));
        assert_eq!(parts(Dialect::Kubernetes, "$(X) ${Y} $$(Z)"), x("$(X)"));
        assert_eq!(parts(Dialect::Groovy, "${env.X}"), x("${env.X}"));
        assert_eq!(parts(Dialect::Braces, "{{.X}}"), x("{{.X}}"));
        assert_eq!(parts(Dialect::Compose, "${X:-y}"), [("${X:-y}".to_owned(), variable("X", Some("y")))]);
        assert_eq!(
            parts(Dialect::Make, "$(shell cat t)"),
            [("$(shell cat t)".to_owned(), Part::Command("cat t".into()))]
        );
    }

    #[test]
    fn secrets_of_the_ci_are_known() {
        let one = |text: &str| parts(Dialect::GitHub, text).remove(0).1;
        assert_eq!(one("${{secrets.A_B}}"), Part::Secret("A_B".into()));
        assert_eq!(one("${{ secrets['A'] }}"), Part::Secret("A".into()));
        assert_eq!(one("${{ toJSON(secrets) }}"), Part::AllSecrets);
        assert_eq!(one("${{ github.token }}"), Part::Token("github.token".into()));
        assert_eq!(parts(Dialect::Variables, "$CI_JOB_TOKEN")[0].1, Part::Token("CI_JOB_TOKEN".into()));
    }

    #[test]
    fn odd_text_is_text() {
        for text in ["$", "${", "$(", "${{", "%", "%%", "$é", "{{", "<<", "é${"] {
            for dialect in [Dialect::GitHub, Dialect::Compose, Dialect::Variables, Dialect::Make] {
                assert_eq!(parts(dialect, text), [], "{text}");
            }
        }
    }
}
