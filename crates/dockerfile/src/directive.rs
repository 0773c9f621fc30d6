//! Parser directives: `# syntax=`, `# escape=` and `# check=` at the very top.

use crate::{Fault, Problem, Span, Text};

/// A parser directive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// `syntax`, `escape` or `check`, in small letters.
    pub kind: DirectiveKind,
    /// The name as written.
    pub name: Text,
    /// The value, trimmed.
    pub value: Text,
    /// The whole line without its line end.
    pub span: Span,
}

/// Which parser directive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DirectiveKind {
    /// The frontend image.
    Syntax,
    /// The escape character.
    Escape,
    /// Build checks to skip.
    Check,
}

impl DirectiveKind {
    fn parse(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "syntax" => Some(Self::Syntax),
            "escape" => Some(Self::Escape),
            "check" => Some(Self::Check),
            _ => None,
        }
    }
}

/// Directives are read until the first line that is none.
#[derive(Debug, Default)]
pub(crate) struct Directives {
    done: bool,
    pub(crate) found: Vec<Directive>,
    pub(crate) problems: Vec<Problem>,
}

impl Directives {
    /// Reads one line (without line end and leading white space) that starts at `offset`; true for a directive.
    pub(crate) fn read(&mut self, line: &str, offset: usize) -> bool {
        if self.done {
            return false;
        }
        let Some(directive) = parse(line, offset) else {
            self.done = true;
            return false;
        };
        if self.found.iter().any(|seen| seen.kind == directive.kind) {
            self.problems.push(Problem { fault: Fault::RepeatedDirective, span: directive.span });
        } else if directive.kind == DirectiveKind::Escape && escape_of(&directive).is_none() {
            self.problems.push(Problem { fault: Fault::BadEscape, span: directive.value.span() });
        }
        self.found.push(directive);
        true
    }

    /// The escape character that holds from here on.
    pub(crate) fn escape(&self) -> char {
        let mut escapes = self.found.iter().filter(|seen| seen.kind == DirectiveKind::Escape);
        escapes.next().and_then(escape_of).unwrap_or('\\')
    }
}

fn escape_of(directive: &Directive) -> Option<char> {
    match directive.value.as_str() {
        "\\" => Some('\\'),
        "`" => Some('`'),
        _ => None,
    }
}

fn parse(line: &str, offset: usize) -> Option<Directive> {
    let text = Text::verbatim(line, offset);
    let span = text.span();
    let (name, value) = text.from(line.strip_prefix('#').map(|rest| line.len() - rest.len())?).cut('=')?;
    let (name, value) = (name.trim(), value.trim());
    let kind = DirectiveKind::parse(&name)?;
    if value.is_empty() {
        return None;
    }
    Some(Directive { kind, name, value, span })
}
