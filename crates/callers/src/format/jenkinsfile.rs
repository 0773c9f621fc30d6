//! Jenkinsfiles: the `sh` steps, and `docker.build(name, arguments)`.

use tightlip_dockerfile::{Edit, Span, Text};

use super::{Format, file_name};
use crate::command::{self, Exports};
use crate::dialect::Dialect;
use crate::script::{self, Setting};
use crate::{Call, Callers, Move, Refusal, Source};

pub(super) static FORMAT: Format =
    Format { name: "jenkinsfile", what: "a Jenkinsfile", claims, read, to_secret, grant: command::grant };

fn claims(source: &Source<'_>) -> bool {
    let name = file_name(source.path);
    name.contains("Jenkinsfile") || name.ends_with(".jenkinsfile")
}

fn read(source: &Source<'_>) -> Callers {
    let mut callers = Callers::default();
    let strings = strings(source.text);
    for (index, one) in strings.iter().enumerate() {
        let before = source.text.get(..one.span.start).unwrap_or("");
        if is_step(before) {
            let found = script::calls(source, &one.text, one.dialect, &Setting::default());
            callers.calls.extend(found.calls);
            callers.problems.extend(found.problems);
        } else if ends_with_call(before, "docker.build") {
            callers.calls.extend(docker_build(source, one, strings.get(index + 1)));
        }
    }
    callers
}

/// A string of Groovy.
struct Quoted {
    text: Text,
    span: Span,
    /// Double quotes fill in references, single quotes do not.
    dialect: Dialect,
}

/// The strings of a Groovy text, comments left out.
fn strings(source: &str) -> Vec<Quoted> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = source.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with("//") {
            at += rest.find('\n').unwrap_or(rest.len());
        } else if rest.starts_with("/*") {
            at += rest.find("*/").map_or(rest.len(), |end| end + 2);
        } else if let Some(quote) =
            ["'''", "\"\"\"", "'", "\""].into_iter().find(|quote| rest.starts_with(*quote))
        {
            let one = string(source, at, quote);
            at = one.span.end;
            found.push(one);
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    found
}

fn string(source: &str, start: usize, quote: &str) -> Quoted {
    let dialect = if quote.starts_with('"') { Dialect::Groovy } else { Dialect::Plain };
    let mut at = start + quote.len();
    let mut text = Text::empty(at);
    while let Some(rest) = source.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with(quote) {
            return Quoted { text, span: Span::new(start, at + quote.len()), dialect };
        }
        // A line break ends what is left open.
        if quote.len() == 1 && rest.starts_with('\n') {
            break;
        }
        let escaped = rest.strip_prefix('\\').and_then(|rest| rest.chars().next());
        let (meaning, length) = match escaped {
            Some('n') => ('\n', 2),
            Some('t') => ('\t', 2),
            // The dollar sign is for the shell.
            Some(other) => (other, 1 + other.len_utf8()),
            None => rest.chars().next().map_or((' ', 1), |c| (c, c.len_utf8())),
        };
        // An escaped line break is one for the shell too.
        if escaped == Some('\n') {
            text.push("\\", Span::new(at, at + 1));
            text.push("\n", Span::new(at + 1, at + 2));
        } else {
            text.push(meaning.encode_utf8(&mut [0; 4]), Span::new(at, at + length));
        }
        at += length;
    }
    Quoted { text, span: Span::new(start, at), dialect }
}

/// Whether what stands before a string makes it a script: `sh`, `sh(`, `sh(script:`.
fn is_step(before: &str) -> bool {
    let before = before.trim_end();
    let before = before.strip_suffix(':').map_or(before, |rest| {
        let rest = rest.trim_end();
        rest.strip_suffix("script").map_or(before, |rest| {
            // Other named arguments may come first.
            rest.rfind('(').map_or(rest, |open| rest.get(..open).unwrap_or(rest))
        })
    });
    let before = before.trim_end().trim_end_matches('(').trim_end();
    ["sh", "bash"].iter().any(|step| {
        before
            .strip_suffix(step)
            .is_some_and(|rest| !rest.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '.'))
    })
}

fn ends_with_call(before: &str, name: &str) -> bool {
    let before = before.trim_end();
    let before = before.strip_suffix('(').unwrap_or(before).trim_end();
    before.ends_with(name)
}

/// `docker.build('name', '--build-arg T=… .')`
fn docker_build(source: &Source<'_>, name: &Quoted, options: Option<&Quoted>) -> Option<Call> {
    let options = options?;
    let between = source.text.get(name.span.end..options.span.start)?;
    if between.trim() != "," {
        return None;
    }
    // The plugin puts its own words before these.
    let mut text = Text::empty(options.text.span().start);
    text.push("docker build ", Span::new(options.text.span().start, options.text.span().start));
    script::copy(&mut text, &options.text, 0..options.text.len());
    let mut found = script::calls(source, &text, options.dialect, &Setting::default());
    let mut call = found.calls.pop()?;
    call.name = Some(name.text.clone());
    Some(call)
}

fn to_secret(source: &Source<'_>, call: &Call, wanted: &Move<'_>) -> Result<Vec<Edit>, Refusal> {
    // In front of the options of `docker.build` is no place for a variable.
    let place = if call.name.is_some() { Exports::Nowhere } else { Exports::InFront };
    command::to_secret(source, call, wanted, &place)
}
