//! Entry points for fuzzing: nothing here may panic but the laws themselves.

use crate::flow::{Effects, Setting};
use crate::ignore::Ignore;
use crate::scope::{Scopes, references};
use crate::shell::Script;
use crate::{Document, locate, parse_created_by};

/// Reads a Dockerfile, checks that nothing is lost, and asks everything there is to ask.
pub fn dockerfile(bytes: &[u8]) {
    let document = Document::parse_bytes(bytes);
    assert_eq!(document.bytes(), bytes);
    assert_eq!(document.to_string(), document.source());
    let scopes = Scopes::of(&document, std::collections::BTreeMap::new());
    for (index, instruction) in document.instructions().iter().enumerate().take(64) {
        assert!(instruction.span.contains(instruction.arguments.span()));
        let _ =
            (scopes.at(index), references(instruction, document.escape()), document.comments_above(index));
    }
    let texts: Vec<String> =
        document.instructions().iter().take(64).map(|one| one.arguments.to_string()).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    assert_eq!(locate(&document, None, &texts).len(), texts.len());
}

/// Reads the first half as an ignore file and asks for the second half as paths.
pub fn ignore(bytes: &[u8]) {
    let (rules, paths) = bytes.split_at(bytes.len() / 2);
    let ignore = Ignore::parse(&String::from_utf8_lossy(rules));
    String::from_utf8_lossy(paths).lines().take(64).for_each(|path| {
        let _ = ignore.excludes(path);
    });
}

/// Takes a history text apart and checks that every span fits it.
pub fn created_by(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let step = parse_created_by(&text);
    assert!(text.get(step.command.range()).is_some());
    let found = step.build_args.iter().chain(&step.pairs);
    for one in found {
        assert!(text.get(one.name.range()).is_some());
        assert!(one.value.is_none_or(|value| text.get(value.range()).is_some()));
    }
}

/// Reads a shell script, checks that every span fits it, and follows its secrets.
pub fn shell(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let script = Script::parse_str(&text);
    for command in script.commands() {
        assert!(text.get(command.span.range()).is_some());
        assert!(command.redirects.iter().all(|redirect| text.get(redirect.word().span.range()).is_some()));
    }
    assert!(script.problems.iter().all(|problem| text.get(problem.span.range()).is_some()));
    let effects = Effects::of(&script, &Setting::default().variable("T").file("/run/secrets/t"));
    assert!(effects.flows.iter().all(|flow| text.get(flow.span.range()).is_some()));
    assert!(effects.writes.iter().all(|touch| text.get(touch.span.range()).is_some()));
}
