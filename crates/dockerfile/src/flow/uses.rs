//! How a script uses a variable.

use crate::Span;
use crate::shell::{Command, CommandKind, Script, Simple, Word};

/// A use of a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// The reference.
    pub span: Span,
    /// The command it is in.
    pub command: Span,
    /// The program of that command, when it is literal.
    pub program: Option<String>,
    /// As what.
    pub role: Role,
}

/// As what a variable is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// In the value of another variable.
    Value,
    /// As the program, or in its name.
    Program,
    /// In an argument.
    Argument,
    /// In the target of a redirection.
    Target,
    /// In the body of a here-document or in a here-string.
    Input,
    /// In a condition: a test, the subject of `case`, arithmetic.
    Condition,
    /// In the words of a loop.
    Loop,
}

/// Every use of the variable `name` by an expansion, in order of place. Programs that read their environment use it
/// without a word.
///
/// ```
/// use tightlip_dockerfile::flow::{Role, uses};
/// use tightlip_dockerfile::shell::Script;
///
/// let script = Script::parse_str("[ -n \"$T\" ] && curl -H \"X: $T\" u");
/// let roles: Vec<Role> = uses(&script, "T").iter().map(|one| one.role).collect();
/// assert_eq!(roles, [Role::Condition, Role::Argument]);
/// ```
#[must_use]
pub fn uses(script: &Script, name: &str) -> Vec<Use> {
    let mut found: Vec<Use> =
        script.commands().into_iter().flat_map(|command| of_command(command, name)).collect();
    found.sort_by_key(|one| one.span);
    found.dedup_by_key(|one| one.span);
    found
}

fn of_command(command: &Command, name: &str) -> Vec<Use> {
    let mut words: Vec<(&Word, Role)> = Vec::new();
    let mut program = None;
    match &command.kind {
        CommandKind::Simple(simple) => {
            program = simple.program();
            of_simple(simple, program.as_deref(), &mut words);
        }
        CommandKind::For(_, all, _) => words.extend(all.iter().flatten().map(|word| (word, Role::Loop))),
        CommandKind::Case(subject, _) => words.push((subject, Role::Condition)),
        CommandKind::Test(all) => words.extend(all.iter().map(|word| (word, Role::Condition))),
        CommandKind::Arithmetic(word) => words.push((word, Role::Condition)),
        _ => {}
    }
    for redirect in &command.redirects {
        let role = match &redirect.target {
            crate::shell::Target::Word(_) => Role::Target,
            _ => Role::Input,
        };
        words.push((redirect.word(), role));
    }
    let make = |(word, role): (&Word, Role)| {
        let references = word.variables().into_iter().filter(|(variable, _)| variable.name == name);
        let uses: Vec<Use> = references
            .map(|(_, span)| Use { span, command: command.span, program: program.clone(), role })
            .collect();
        uses
    };
    words.into_iter().flat_map(make).collect()
}

fn of_simple<'s>(simple: &'s Simple, program: Option<&str>, words: &mut Vec<(&'s Word, Role)>) {
    words.extend(simple.assignments.iter().flat_map(|one| &one.value).map(|word| (word, Role::Value)));
    let rest = if matches!(program, Some("test" | "[")) { Role::Condition } else { Role::Argument };
    for (index, word) in simple.words.iter().enumerate() {
        if simple.nested.as_ref().is_some_and(|nested| nested.words.contains(&index)) {
            continue;
        }
        words.push((word, if index == 0 { Role::Program } else { rest }));
    }
}
